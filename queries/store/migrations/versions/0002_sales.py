"""the lists of sales: late orders, orders of a service, credit notes and what is to be refunded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_index("ix_service_order_service", "service_order", ["service_id", "ordered_on", "id"])
    op.create_index(
        "ix_service_order_unclosed",
        "service_order",
        ["ordered_on", "id", "status"],
        sqlite_where=sa.text("closed_on IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL"),
    )
    op.create_index(
        "ix_service_order_late",
        "service_order",
        ["due_on", "id", "status"],
        sqlite_where=sa.text("closed_on IS NULL"),
        postgresql_where=sa.text("closed_on IS NULL"),
    )
    op.create_index(
        "ix_invoice_open_issued",
        "invoice",
        ["issued_on", "id"],
        sqlite_where=sa.text("open_cents <> 0"),
        postgresql_where=sa.text("open_cents <> 0"),
    )
    op.create_index(
        "ix_invoice_to_refund",
        "invoice",
        ["issued_on", "id"],
        sqlite_where=sa.text("open_cents < 0"),
        postgresql_where=sa.text("open_cents < 0"),
    )
    op.create_index(
        "ix_invoice_credit_note",
        "invoice",
        ["issued_on", "id"],
        sqlite_where=sa.text("kind = 'credit_note'"),
        postgresql_where=sa.text("kind = 'credit_note'"),
    )
