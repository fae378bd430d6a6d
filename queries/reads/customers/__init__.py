"""Reads of customers: the list, the card, the service history."""
