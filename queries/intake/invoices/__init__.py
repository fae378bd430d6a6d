"""The import of invoices: Finvoice and UBL, judged one by one, then planned."""
