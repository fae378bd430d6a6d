"""Manual material: rooms with their keys, paper records, loans and destructions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    _make_rooms()
    _make_papers()


def _make_rooms() -> None:
    op.create_table(
        "storage_room",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("lock", sa.String(length=200), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_storage_room_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_room")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_storage_room_name", "storage_room", ["name"], unique=True)
    op.create_table(
        "key_holder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("held_from", sa.Date(), nullable=False),
        sa.Column("held_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "held_until IS NULL OR held_until >= held_from", name=op.f("ck_key_holder_until_after")
        ),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_key_holder_named")),
        sa.ForeignKeyConstraint(
            ["room_id"], ["storage_room.id"], name=op.f("fk_key_holder_room_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_holder")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_key_holder_room_id", "key_holder", ["room_id", "held_from"], unique=False)


def _make_papers() -> None:
    op.create_table(
        "paper_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("class_code", sa.String(length=32), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("shelf", sa.String(length=100), nullable=True),
        sa.Column("disposed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "kind IN ('binder', 'box', 'folder')", name=op.f("ck_paper_record_kind")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_paper_record_period")),
        sa.CheckConstraint("length(title) > 0", name=op.f("ck_paper_record_titled")),
        sa.ForeignKeyConstraint(
            ["room_id"], ["storage_room.id"], name=op.f("fk_paper_record_room_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_record")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_paper_record_class",
        "paper_record",
        ["class_code", "ends_on", "id"],
        unique=False,
        sqlite_where=sa.text("disposed_on IS NULL"),
        postgresql_where=sa.text("disposed_on IS NULL"),
    )
    op.create_index("ix_paper_record_room_id", "paper_record", ["room_id"], unique=False)
    op.create_index("uq_paper_record_number", "paper_record", ["number"], unique=True)
    op.create_table(
        "paper_destruction",
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("destroyed_on", sa.Date(), nullable=False),
        sa.Column("destroyed_by", sa.String(length=200), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("witness", sa.String(length=200), nullable=False),
        sa.Column("noted_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "method IN ('shredded', 'processor', 'burned')",
            name=op.f("ck_paper_destruction_method"),
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"],
            ["paper_record.id"],
            name=op.f("fk_paper_destruction_paper_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("paper_id", name=op.f("pk_paper_destruction")),
    )
    op.create_table(
        "paper_loan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("lent_to", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("lent_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("noted_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("due_on >= lent_on", name=op.f("ck_paper_loan_due_after")),
        sa.CheckConstraint(
            "returned_on IS NULL OR returned_on >= lent_on",
            name=op.f("ck_paper_loan_returned_after"),
        ),
        sa.ForeignKeyConstraint(
            ["paper_id"],
            ["paper_record.id"],
            name=op.f("fk_paper_loan_paper_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_loan")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_paper_loan_due_on",
        "paper_loan",
        ["due_on", "id"],
        unique=False,
        sqlite_where=sa.text("returned_on IS NULL"),
        postgresql_where=sa.text("returned_on IS NULL"),
    )
    op.create_index("ix_paper_loan_paper_id", "paper_loan", ["paper_id", "lent_on"], unique=False)
    op.create_index(
        "uq_paper_loan_out",
        "paper_loan",
        ["paper_id"],
        unique=True,
        sqlite_where=sa.text("returned_on IS NULL"),
        postgresql_where=sa.text("returned_on IS NULL"),
    )
    op.create_table(
        "paper_party",
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["paper_id"],
            ["paper_record.id"],
            name=op.f("fk_paper_party_paper_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_paper_party_party_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("paper_id", "party_id", name=op.f("pk_paper_party")),
    )
    op.create_index("ix_paper_party_party_id", "paper_party", ["party_id"], unique=False)
