"""A letter to a recipient of the data says to which one; of those that stood, by their first line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    # SQLite adds no constraint to a table that stands: there it is made anew.
    kept = {"sqlite_autoincrement": True}
    with op.batch_alter_table("request_letter", table_kwargs=kept) as table:
        table.add_column(sa.Column("recipient_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_request_letter_recipient_id"),
            "recipient",
            ["recipient_id"],
            ["id"],
            ondelete="SET NULL",
        )
        table.create_index("ix_request_letter_recipient_id", ["recipient_id"], unique=False)
    letter = sa.table(
        "request_letter",
        sa.column("id"),
        sa.column("kind"),
        sa.column("text"),
        sa.column("recipient_id"),
    )
    recipient = sa.table("recipient", sa.column("id"), sa.column("name"))
    connection = op.get_bind()
    names = {row.name: row.id for row in connection.execute(sa.select(recipient))}
    told = sa.select(letter.c.id, letter.c.text).where(letter.c.kind == "recipients_told")
    for row in connection.execute(told).all():
        key = names.get((row.text or "").partition("\n")[0])
        connection.execute(sa.update(letter).where(letter.c.id == row.id).values(recipient_id=key))
