"""The record of each import: its file, its notes, what it added and what it replaced."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    for column in (
        sa.Column("refused", sa.Integer(), nullable=True),
        sa.Column("replaced", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("settings", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.Column("emptied_on", sa.Date(), nullable=True),
    ):
        op.add_column("import_batch", column)
    _rows()
    _changes()


def _rows() -> None:
    op.create_table(
        "import_row",
        *_of_batch("import_row"),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("invoice_number", sa.String(length=32), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_import_row_party_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_import_row_batch_id", "import_row", ["batch_id", "id"])
    for column in ("party_id", "name", "noted_on"):
        op.create_index(f"ix_import_row_{column}", "import_row", [column])
    op.create_table(
        "import_mention",
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["row_id"], ["import_row.id"], name=op.f("fk_import_mention_row_id")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_import_mention_party_id")
        ),
        sa.PrimaryKeyConstraint("row_id", "party_id", name=op.f("pk_import_mention")),
    )
    op.create_index("ix_import_mention_party_id", "import_mention", ["party_id"])


def _changes() -> None:
    op.create_table(
        "import_change",
        *_of_batch("import_change"),
        sa.Column("table_name", sa.String(length=32), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_import_change_batch_id", "import_change", ["batch_id", "id"])
    op.create_table(
        "import_before",
        *_of_batch("import_before"),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("table_name", sa.String(length=32), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("version_after", sa.Integer(), nullable=False),
        sa.Column("stood", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_import_before_party_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_import_before_batch_id", "import_before", ["batch_id", "id"])
    for column in ("party_id", "noted_on"):
        op.create_index(f"ix_import_before_{column}", "import_before", [column])


def _of_batch(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f(f"fk_{table}_batch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
