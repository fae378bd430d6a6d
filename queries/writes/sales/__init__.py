"""Commands on orders, work, drafts, invoices and payments."""
