"""Customers (Asiakkaat): the list, the card, a new customer."""
