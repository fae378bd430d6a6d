"""An invoice that was brought in may have the number of another year's: many start from 1 anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.drop_index("uq_invoice_number", "invoice")
    own, brought = sa.text("origin = 'own'"), sa.text("origin <> 'own'")
    op.create_index(
        "uq_invoice_own_number",
        "invoice",
        ["number"],
        unique=True,
        sqlite_where=own,
        postgresql_where=own,
    )
    op.create_index(
        "uq_invoice_brought_number",
        "invoice",
        ["number", "issued_on"],
        unique=True,
        sqlite_where=brought,
        postgresql_where=brought,
    )
