"""retention: facts by file and party, holds, restrictions, requests and disposals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "disposal_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("proposed_by", sa.String(length=64), nullable=False),
        sa.Column("proposed_at", sa.DateTime(), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("approved_at", sa.DateTime(), nullable=True),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("counts", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "status IN ('proposed', 'approved', 'carrying_out', 'done', 'withdrawn')",
            name=op.f("ck_disposal_run_status"),
        ),
        sa.CheckConstraint(
            "status IN ('proposed', 'withdrawn') OR approved_at IS NOT NULL",
            name=op.f("ck_disposal_run_approved"),
        ),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by IS NULL)",
            name=op.f("ck_disposal_run_approved_by"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal_run")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_disposal_run_status", "disposal_run", ["status", "id"], unique=False)
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("class_code", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_on", sa.Date(), nullable=False),
        sa.Column("placed_by", sa.String(length=64), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("released_at", sa.DateTime(), nullable=True),
        sa.Column("released_by", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(scope = 'class') = (class_code IS NOT NULL)", name=op.f("ck_legal_hold_class_named")
        ),
        sa.CheckConstraint(
            "(scope = 'class') = (party_id IS NULL)", name=op.f("ck_legal_hold_party_named")
        ),
        sa.CheckConstraint(
            "(scope = 'class') = (target_id IS NULL)", name=op.f("ck_legal_hold_target_named")
        ),
        sa.CheckConstraint(
            "scope IN ('party', 'order', 'invoice', 'class')", name=op.f("ck_legal_hold_scope")
        ),
        sa.CheckConstraint(
            "(released_at IS NULL) = (released_by IS NULL)", name=op.f("ck_legal_hold_released_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_legal_hold_party_id", "legal_hold", ["party_id"], unique=False)
    op.create_index(
        "ix_legal_hold_review_on",
        "legal_hold",
        ["review_on", "id"],
        unique=False,
        sqlite_where=sa.text("released_at IS NULL"),
        postgresql_where=sa.text("released_at IS NULL"),
    )
    op.create_index("ix_legal_hold_target", "legal_hold", ["scope", "target_id"], unique=False)
    op.create_table(
        "data_subject_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(status = 'closed') = (closed_on IS NOT NULL)",
            name=op.f("ck_data_subject_request_closed_day"),
        ),
        sa.CheckConstraint(
            "status IN ('open', 'closed')", name=op.f("ck_data_subject_request_status")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"],
            ["party.id"],
            name=op.f("fk_data_subject_request_party_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_subject_request")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_data_subject_request_party_id", "data_subject_request", ["party_id"], unique=False
    )
    op.create_index(
        "ix_data_subject_request_status",
        "data_subject_request",
        ["status", "received_on", "id"],
        unique=False,
    )
    op.create_table(
        "disposal_item",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("record_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("class_code", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=100), nullable=False),
        sa.Column("event_on", sa.Date(), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "kind IN ('invoice', 'draft', 'order', 'note', 'party')",
            name=op.f("ck_disposal_item_kind"),
        ),
        sa.CheckConstraint("outcome IN ('gone', 'stayed')", name=op.f("ck_disposal_item_outcome")),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["disposal_run.id"],
            name=op.f("fk_disposal_item_run_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "kind", "record_id", name=op.f("pk_disposal_item")),
    )
    op.create_index(
        "ix_disposal_item_outcome",
        "disposal_item",
        ["run_id", "outcome", "kind", "record_id"],
        unique=False,
    )
    op.create_index(
        "ix_disposal_item_waiting",
        "disposal_item",
        ["run_id", "kind", "record_id"],
        unique=False,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "party_facts",
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("last_voucher_on", sa.Date(), nullable=True),
        sa.Column("last_rest_on", sa.Date(), nullable=True),
        sa.Column("last_draft_at", sa.DateTime(), nullable=True),
        sa.Column("last_note_on", sa.Date(), nullable=True),
        sa.Column("lead_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("unlinked_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_party_facts_party_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("party_id", name=op.f("pk_party_facts")),
    )
    op.create_index(
        "ix_party_facts_over",
        "party_facts",
        [
            "party_id",
            "last_voucher_on",
            "ended_on",
            "lead_on",
            "last_rest_on",
            "last_note_on",
            "last_draft_at",
            "unlinked_at",
        ],
        unique=False,
        sqlite_where=sa.text("in_force = 0"),
        postgresql_where=sa.text("NOT in_force"),
    )
    op.create_table(
        "restriction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "lifted_on IS NULL OR lifted_on >= since", name=op.f("ck_restriction_lifted_after")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_restriction_party_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restriction")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_restriction_party_id", "restriction", ["party_id"], unique=False)
    op.add_column("invoice", sa.Column("last_event_on", sa.Date(), nullable=True))
    op.drop_index(op.f("ix_invoice_credits"), table_name="invoice")
    op.create_index("ix_invoice_credits", "invoice", ["credits_id", "last_event_on"], unique=False)
    op.drop_index(op.f("ix_invoice_order"), table_name="invoice")
    op.create_index("ix_invoice_order", "invoice", ["order_id", "last_event_on"], unique=False)
    op.create_index(
        "ix_invoice_draft",
        "invoice",
        ["changed_at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'draft'"),
        postgresql_where=sa.text("status = 'draft'"),
    )
    op.create_index(
        "ix_invoice_file",
        "invoice",
        ["last_event_on", "id"],
        unique=False,
        sqlite_where=sa.text("credits_id IS NULL"),
        postgresql_where=sa.text("credits_id IS NULL"),
    )
    op.create_index(
        "ix_invoice_party_draft",
        "invoice",
        ["party_id", "changed_at"],
        unique=False,
        sqlite_where=sa.text("status = 'draft'"),
        postgresql_where=sa.text("status = 'draft'"),
    )
    op.create_index(
        "ix_invoice_party_event", "invoice", ["party_id", "last_event_on"], unique=False
    )
    op.create_index("ix_note_noted_on", "note", ["noted_on", "id"], unique=False)
    op.drop_index(op.f("ix_payment_invoice_id"), table_name="payment")
    op.create_index("ix_payment_invoice", "payment", ["invoice_id", "paid_on"], unique=False)
    op.add_column("service_order", sa.Column("voucher_on", sa.Date(), nullable=True))
    op.add_column("service_order", sa.Column("rest_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_service_order_party_rest", "service_order", ["party_id", "rest_on"], unique=False
    )
    op.create_index(
        "ix_service_order_rest",
        "service_order",
        ["rest_on", "id"],
        unique=False,
        sqlite_where=sa.text("rest_on IS NOT NULL"),
        postgresql_where=sa.text("rest_on IS NOT NULL"),
    )
    op.create_index(
        "ix_service_order_voucher",
        "service_order",
        ["voucher_on", "id"],
        unique=False,
        sqlite_where=sa.text("voucher_on IS NOT NULL"),
        postgresql_where=sa.text("voucher_on IS NOT NULL"),
    )
