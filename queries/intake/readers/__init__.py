"""Readers of files: text, tables, workbooks and XML, each in a process of its own."""
