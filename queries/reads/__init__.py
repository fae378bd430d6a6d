"""Reads, one module a noun: plain values in, frozen rows out."""
