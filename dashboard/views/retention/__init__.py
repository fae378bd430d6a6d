"""Retention (Säilytysajat) and the financial years that it counts from."""
