"""What belongs to a request: rights, answers, letters; recipients and suppression marks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("agreement", sa.String(length=200), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(country) = 2", name=op.f("ck_recipient_country_code")),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_recipient_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recipient")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_recipient_name", "recipient", ["name"], unique=True)
    op.create_table(
        "suppression",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.CheckConstraint("kind IN ('marketing', 'newsletter')", name=op.f("ck_suppression_kind")),
        sa.PrimaryKeyConstraint("kind", "address_hash", name=op.f("pk_suppression")),
    )
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("disclosed_on", sa.Date(), nullable=False),
        sa.Column("noted_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_disclosure_party_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["recipient.id"], name=op.f("fk_disclosure_recipient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_disclosure_party_id", "disclosure", ["party_id", "disclosed_on"], unique=False
    )
    op.create_index("ix_disclosure_recipient_id", "disclosure", ["recipient_id"], unique=False)
    op.create_table(
        "identity_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("checked_by", sa.String(length=64), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "method IN ('known_email', 'call_back', 'signature', 'in_person', 'other')",
            name=op.f("ck_identity_check_method"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["data_subject_request.id"],
            name=op.f("fk_identity_check_request_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_check")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_identity_check_request_id", "identity_check", ["request_id"], unique=False)
    op.create_table(
        "request_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["data_subject_request.id"],
            name=op.f("fk_request_attachment_request_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_attachment")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_request_attachment_request_id", "request_attachment", ["request_id"], unique=False
    )
    op.create_table(
        "request_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("asked", sa.String(length=16), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("media_type", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "language IN ('fi', 'sv', 'en')", name=op.f("ck_request_letter_language")
        ),
        sa.CheckConstraint(
            "(sent_on IS NULL) = (channel IS NULL)", name=op.f("ck_request_letter_sent_by")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["data_subject_request.id"],
            name=op.f("fk_request_letter_request_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_letter")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_request_letter_request_id", "request_letter", ["request_id"], unique=False)
    op.create_table(
        "request_right",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("refusal_ground", sa.String(length=32), nullable=True),
        sa.Column("refusal_citation", sa.String(length=100), nullable=True),
        sa.Column("refusal_reason", sa.Text(), nullable=True),
        sa.Column("completes_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "(status = 'open') = (answered_by IS NULL)", name=op.f("ck_request_right_answered_by")
        ),
        sa.CheckConstraint(
            "(status = 'open') = (answered_on IS NULL)", name=op.f("ck_request_right_answered_day")
        ),
        sa.CheckConstraint(
            "kind IN ('access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'withdrawal', 'complaint')",
            name=op.f("ck_request_right_kind"),
        ),
        sa.CheckConstraint(
            "status <> 'refused' OR refusal_citation IS NOT NULL",
            name=op.f("ck_request_right_cited"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'fulfilled', 'partly', 'refused')",
            name=op.f("ck_request_right_status"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["data_subject_request.id"],
            name=op.f("fk_request_right_request_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_right")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_request_right_answered_on", "request_right", ["answered_on", "id"], unique=False
    )
    op.create_index("uq_request_right_kind", "request_right", ["request_id", "kind"], unique=True)
    op.create_table(
        "request_suspension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "answered_on IS NULL OR answered_on >= asked_on",
            name=op.f("ck_request_suspension_answered_after"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["data_subject_request.id"],
            name=op.f("fk_request_suspension_request_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_suspension")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_request_suspension_request_id", "request_suspension", ["request_id"], unique=False
    )
    op.create_index(
        "uq_request_suspension_waiting",
        "request_suspension",
        ["request_id"],
        unique=True,
        sqlite_where=sa.text("answered_on IS NULL"),
        postgresql_where=sa.text("answered_on IS NULL"),
    )
