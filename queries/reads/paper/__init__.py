"""Reads of manual material: records, rooms and what is not in order."""
