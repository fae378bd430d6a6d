"""Reads of orders, invoices and services."""
