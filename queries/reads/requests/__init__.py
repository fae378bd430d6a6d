"""Reads of the requests of data subjects."""
