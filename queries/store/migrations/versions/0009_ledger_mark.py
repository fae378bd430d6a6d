"""What the store knows of the erasure ledger: its last line, and what restores erased again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "ledger_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mac", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_mark")),
    )
    op.create_table(
        "erased_record",
        sa.Column("table_name", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("table_name", "record_id", name=op.f("pk_erased_record")),
    )
    _mark_what_has_a_ledger()


def _mark_what_has_a_ledger() -> None:
    """A store that disposed of something, or was restored, has a ledger of which it kept no line:
    number 0 stands for any."""
    run = sa.table("disposal_run", sa.column("status"))
    line = sa.table("trail_entry", sa.column("action"))
    connection = op.get_bind()
    disposed = connection.scalar(
        sa.select(sa.func.count()).where(run.c.status.in_(("carrying_out", "done")))
    )
    restored = connection.scalar(
        sa.select(sa.func.count()).where(line.c.action == "restore_backup")
    )
    if disposed or restored:
        op.execute("INSERT INTO ledger_mark (id, number, mac) VALUES (1, 0, '')")
