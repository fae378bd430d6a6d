"""Commands, one module a noun: one transaction and one trail line each."""
