"""Backup, restore, and the erasure ledger that keeps the erased erased."""
