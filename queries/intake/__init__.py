"""Imports: CSV and XLSX, Finvoice, YTJ. Preview first, then all or nothing."""
