"""Retention of records: those that are due, what blocks their disposal, and erasing them."""
