"""Commands on disposals, holds, financial years and the erasure ledger."""
