"""What is owed: claims that outlive the voucher, write-offs, and the open sums of a disposal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_OVER = (
    "last_voucher_on",
    "ended_on",
    "lead_on",
    "last_claim_on",
    "last_rest_on",
    "last_note_on",
    "last_draft_at",
    "unlinked_on",
)
_FILE = sa.text("credits_id IS NULL AND claim_on IS NULL")
_CLAIM = sa.text("claim_on IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "write_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("written_off_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_write_off_amount")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_write_off_invoice_id")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_write_off_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_off")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_write_off_invoice", "write_off", ["invoice_id", "written_off_on"])
    op.create_index("ix_write_off_party", "write_off", ["party_id", "written_off_on"])
    op.add_column("disposal_run", sa.Column("sums", sa.Text(), nullable=True))
    op.add_column("invoice", sa.Column("claim_on", sa.Date(), nullable=True))
    op.drop_index("ix_invoice_file", "invoice")
    _index("ix_invoice_file", "invoice", ["last_event_on", "id"], _FILE)
    _index("ix_invoice_claim", "invoice", ["claim_on", "id"], _CLAIM)
    _index("ix_invoice_party_claim", "invoice", ["party_id", "claim_on"], _CLAIM)
    op.add_column("party_facts", sa.Column("last_claim_on", sa.Date(), nullable=True))
    op.drop_index("ix_party_facts_over", "party_facts")
    op.create_index(
        "ix_party_facts_over",
        "party_facts",
        ["party_id", *_OVER],
        sqlite_where=sa.text("in_force = 0"),
        postgresql_where=sa.text("NOT in_force"),
    )


def _index(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
