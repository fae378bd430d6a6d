"""Reads of retention: what is due, until when, why, and what blocks it."""
