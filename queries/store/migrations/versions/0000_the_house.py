"""The house: users, sign-ins, trail, imports, settings, summaries, financial years."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0000"
down_revision = None


def _versioned() -> list[sa.Column[Any]]:
    """The columns of a record that is corrected in place."""
    return [
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "derived_mark",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_derived_mark")),
    )
    op.create_table(
        "disposal_gate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_gate")),
    )
    op.create_table(
        "financial_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        *_versioned(),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_financial_year_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_financial_year")),
        sa.UniqueConstraint("ends_on", name=op.f("uq_financial_year_ends_on")),
        sa.UniqueConstraint("starts_on", name=op.f("uq_financial_year_starts_on")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("form", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_import_batch_sha256", "import_batch", ["sha256"], unique=False)
    op.create_table(
        "number_series",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("next_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_number_series")),
    )
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        *_versioned(),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "summary",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "key", name=op.f("pk_summary")),
    )
    op.create_table(
        "trail_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("columns", sa.Text(), nullable=True),
        sa.Column("token", sa.String(length=64), nullable=True),
        sa.CheckConstraint("kind IN ('read', 'write')", name=op.f("ck_trail_entry_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail_entry")),
        sa.UniqueConstraint("token", name=op.f("uq_trail_entry_token")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_trail_entry_actor", "trail_entry", ["actor", "id"], unique=False)
    op.create_index("ix_trail_entry_at", "trail_entry", ["at", "id"], unique=False)
    op.create_index("ix_trail_entry_party", "trail_entry", ["party_id", "id"], unique=False)
    op.create_index(
        "ix_trail_entry_subject", "trail_entry", ["subject", "subject_id", "id"], unique=False
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.String(length=100), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(), nullable=True),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(), nullable=True),
        *_versioned(),
        sa.CheckConstraint("language IN ('fi', 'sv', 'en')", name=op.f("ck_user_account_language")),
        sa.CheckConstraint(
            "role IN ('viewer', 'office', 'manager', 'administrator')",
            name=op.f("ck_user_account_role"),
        ),
        sa.CheckConstraint(
            "username = lower(username) AND length(username) > 0",
            name=op.f("ck_user_account_username"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("username", name=op.f("uq_user_account_username")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "sign_in_session",
        sa.Column("cookie_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_sign_in_session_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("cookie_hash", name=op.f("pk_sign_in_session")),
    )
    op.create_index(
        "ix_sign_in_session_expires_at", "sign_in_session", ["expires_at"], unique=False
    )
    op.create_index("ix_sign_in_session_user_id", "sign_in_session", ["user_id"], unique=False)
    op.create_table(
        "sign_in_ticket",
        sa.Column("ticket_hash", sa.String(length=64), nullable=False),
        sa.Column("nonce_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_sign_in_ticket_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ticket_hash", name=op.f("pk_sign_in_ticket")),
    )
    op.create_index("ix_sign_in_ticket_expires_at", "sign_in_ticket", ["expires_at"], unique=False)
