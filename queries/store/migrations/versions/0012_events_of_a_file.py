"""Days that retention counts from: when a contact person was unlinked, when an order was invoiced."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_OVER = (
    "last_voucher_on",
    "ended_on",
    "lead_on",
    "last_rest_on",
    "last_note_on",
    "last_draft_at",
    "unlinked_on",
)


def upgrade() -> None:
    op.add_column("party", sa.Column("unlinked_on", sa.Date(), nullable=True))
    op.add_column("service_order", sa.Column("invoiced_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_service_order_party_voucher", "service_order", ["party_id", "voucher_on"], unique=False
    )
    # Facts are computed anew after every migration: none has to be carried over.
    op.execute("DELETE FROM party_facts")
    op.drop_index("ix_party_facts_over", "party_facts")
    op.drop_column("party_facts", "unlinked_at")
    op.add_column("party_facts", sa.Column("unlinked_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_party_facts_over",
        "party_facts",
        ["party_id", *_OVER],
        unique=False,
        sqlite_where=sa.text("in_force = 0"),
        postgresql_where=sa.text("NOT in_force"),
    )
    _keep_the_day_that_counted()


def _keep_the_day_that_counted() -> None:
    """Until now a contact person of no organisation counted from its last change."""
    party = sa.table(
        "party",
        sa.column("id"),
        sa.column("is_customer"),
        sa.column("is_partner"),
        sa.column("unlinked_on", sa.Date()),
        sa.column("changed_at", sa.DateTime()),
    )
    link = sa.table("contact_person", sa.column("person_id"))
    linked = sa.exists().where(link.c.person_id == party.c.id)
    op.execute(
        sa.update(party)
        .where(~party.c.is_customer, ~party.c.is_partner, ~linked)
        .values(unlinked_on=sa.func.date(party.c.changed_at))
    )
