"""The register: parties, what they order, and how they are billed."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = "0000"


def _versioned() -> list[sa.Column[Any]]:
    """The columns of a record that is corrected in place."""
    return [
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
    ]


def _sourced() -> list[sa.Column[Any]]:
    """The columns of a datum that knows what it is for and where it came from."""
    return [
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("sourced_on", sa.Date(), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_number", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("given_name", sa.String(length=100), nullable=True),
        sa.Column("family_name", sa.String(length=100), nullable=True),
        sa.Column(
            "sort_name",
            sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("business_id", sa.String(length=16), nullable=True),
        sa.Column("foreign_id", sa.String(length=32), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("town", sa.String(length=100), nullable=True),
        sa.Column("is_customer", sa.Boolean(), nullable=False),
        sa.Column("is_partner", sa.Boolean(), nullable=False),
        sa.Column("is_contact", sa.Boolean(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("sourced_on", sa.Date(), nullable=False),
        *_versioned(),
        sa.CheckConstraint(
            "(status = 'ended') = (ended_on IS NOT NULL)", name=op.f("ck_party_ended_day")
        ),
        sa.CheckConstraint(
            "kind = 'organisation' OR business_id IS NULL OR is_customer OR is_partner",
            name=op.f("ck_party_business_id_owner"),
        ),
        sa.CheckConstraint("kind IN ('person', 'organisation')", name=op.f("ck_party_kind")),
        sa.CheckConstraint("language IN ('fi', 'sv', 'en')", name=op.f("ck_party_language")),
        sa.CheckConstraint(
            "source IN ('email', 'phone', 'form', 'meeting', 'ytj', 'import', 'invoice', 'office')",
            name=op.f("ck_party_source"),
        ),
        sa.CheckConstraint("status IN ('lead', 'active', 'ended')", name=op.f("ck_party_status")),
        sa.CheckConstraint(
            "ended_on IS NULL OR ended_on >= started_on", name=op.f("ck_party_ended_after_start")
        ),
        sa.CheckConstraint(
            "is_customer OR is_partner OR is_contact", name=op.f("ck_party_has_a_role")
        ),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_party_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_party_contact", "party", ["is_contact", "sort_name", "id"], unique=False)
    op.create_index("ix_party_ended_on", "party", ["ended_on", "id"], unique=False)
    op.create_index("ix_party_kind", "party", ["kind", "sort_name", "id"], unique=False)
    op.create_index("ix_party_language", "party", ["language", "sort_name", "id"], unique=False)
    op.create_index("ix_party_partner", "party", ["is_partner", "sort_name", "id"], unique=False)
    op.create_index("ix_party_sort_name", "party", ["sort_name", "id"], unique=False)
    op.create_index("ix_party_started_on", "party", ["started_on", "id"], unique=False)
    op.create_index("ix_party_status", "party", ["status", "sort_name", "id"], unique=False)
    op.create_index("ix_party_town", "party", ["town", "sort_name", "id"], unique=False)
    op.create_index("uq_party_business_id", "party", ["business_id"], unique=True)
    op.create_index("uq_party_customer_number", "party", ["customer_number"], unique=True)
    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("unit_price_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_category", sa.String(length=16), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        *_versioned(),
        sa.CheckConstraint(
            "unit IN ('hour', 'piece', 'day', 'kilometre', 'month')", name=op.f("ck_service_unit")
        ),
        sa.CheckConstraint(
            "vat_category IN ('standard', 'reduced', 'reduced_low', 'zero', 'reverse_charge')",
            name=op.f("ck_service_vat_category"),
        ),
        sa.CheckConstraint("unit_price_cents >= 0", name=op.f("ck_service_price")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("code", name=op.f("uq_service_code")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "address",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("street", sa.String(length=200), nullable=False),
        sa.Column("post_code", sa.String(length=16), nullable=True),
        sa.Column("town", sa.String(length=100), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        *_versioned(),
        *_sourced(),
        sa.CheckConstraint(
            "purpose IN ('contact', 'billing', 'delivery')", name=op.f("ck_address_purpose")
        ),
        sa.CheckConstraint(
            "source IN ('email', 'phone', 'form', 'meeting', 'ytj', 'import', 'invoice', 'office')",
            name=op.f("ck_address_source"),
        ),
        sa.CheckConstraint("length(country) = 2", name=op.f("ck_address_country_code")),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_address_party_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_address_party_id", "address", ["party_id"], unique=False)
    op.create_table(
        "billing_detail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("e_invoice_address", sa.String(length=35), nullable=True),
        sa.Column("operator", sa.String(length=35), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("iban", sa.String(length=34), nullable=True),
        sa.Column("payment_days", sa.Integer(), nullable=False),
        sa.Column("buyer_reference", sa.String(length=100), nullable=True),
        *_versioned(),
        *_sourced(),
        sa.CheckConstraint(
            "method <> 'e_invoice' OR e_invoice_address IS NOT NULL",
            name=op.f("ck_billing_detail_e_invoice_address"),
        ),
        sa.CheckConstraint(
            "method IN ('email', 'e_invoice', 'letter')", name=op.f("ck_billing_detail_method")
        ),
        sa.CheckConstraint(
            "purpose IN ('contact', 'billing', 'delivery')", name=op.f("ck_billing_detail_purpose")
        ),
        sa.CheckConstraint(
            "source IN ('email', 'phone', 'form', 'meeting', 'ytj', 'import', 'invoice', 'office')",
            name=op.f("ck_billing_detail_source"),
        ),
        sa.CheckConstraint(
            "payment_days BETWEEN 0 AND 180", name=op.f("ck_billing_detail_payment_days")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_billing_detail_party_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_detail")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_billing_detail_party_id", "billing_detail", ["party_id"], unique=False)
    op.create_table(
        "contact_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=True),
        *_versioned(),
        sa.CheckConstraint(
            "organisation_id <> person_id", name=op.f("ck_contact_person_two_parties")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["party.id"],
            name=op.f("fk_contact_person_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["party.id"],
            name=op.f("fk_contact_person_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_person")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_contact_person_person_id", "contact_person", ["person_id"], unique=False)
    op.create_index(
        "uq_contact_person_pair", "contact_person", ["organisation_id", "person_id"], unique=True
    )
    op.create_table(
        "email",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        *_versioned(),
        *_sourced(),
        sa.CheckConstraint(
            "purpose IN ('contact', 'billing', 'delivery')", name=op.f("ck_email_purpose")
        ),
        sa.CheckConstraint(
            "source IN ('email', 'phone', 'form', 'meeting', 'ytj', 'import', 'invoice', 'office')",
            name=op.f("ck_email_source"),
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_email_party_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_email")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_email_address", "email", ["address"], unique=False)
    op.create_index("ix_email_party_id", "email", ["party_id"], unique=False)
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("noted_by", sa.String(length=64), nullable=False),
        *_versioned(),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_note_party_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_note_party_id", "note", ["party_id", "noted_on"], unique=False)
    op.create_table(
        "party_search",
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_party_search_party_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("party_id", name=op.f("pk_party_search")),
    )
    op.create_table(
        "phone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        *_versioned(),
        *_sourced(),
        sa.CheckConstraint(
            "purpose IN ('contact', 'billing', 'delivery')", name=op.f("ck_phone_purpose")
        ),
        sa.CheckConstraint(
            "source IN ('email', 'phone', 'form', 'meeting', 'ytj', 'import', 'invoice', 'office')",
            name=op.f("ck_phone_source"),
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_phone_party_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_phone_number", "phone", ["number"], unique=False)
    op.create_index("ix_phone_party_id", "phone", ["party_id"], unique=False)
    op.create_table(
        "service_order",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("buyer_reference", sa.String(length=100), nullable=True),
        *_versioned(),
        sa.CheckConstraint(
            "(status IN ('done', 'cancelled')) = (closed_on IS NOT NULL)",
            name=op.f("ck_service_order_closed_day"),
        ),
        sa.CheckConstraint(
            "status IN ('quote', 'open', 'in_progress', 'done', 'cancelled')",
            name=op.f("ck_service_order_status"),
        ),
        sa.CheckConstraint(
            "due_on IS NULL OR due_on >= ordered_on", name=op.f("ck_service_order_due_after_order")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_service_order_party_id")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_order_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_order")),
        sa.UniqueConstraint("number", name=op.f("uq_service_order_number")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_service_order_ordered_on", "service_order", ["ordered_on", "id"], unique=False
    )
    op.create_index(
        "ix_service_order_party", "service_order", ["party_id", "ordered_on"], unique=False
    )
    op.create_index(
        "ix_service_order_status", "service_order", ["status", "ordered_on", "id"], unique=False
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=True),
        sa.Column("credits_id", sa.Integer(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=25), nullable=True),
        sa.Column("buyer_name", sa.String(length=200), nullable=True),
        sa.Column("buyer_address", sa.String(length=400), nullable=True),
        sa.Column("buyer_business_id", sa.String(length=32), nullable=True),
        sa.Column("buyer_reference", sa.String(length=100), nullable=True),
        sa.Column("free_text", sa.Text(), nullable=True),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_cents", sa.BigInteger(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("open_cents", sa.BigInteger(), nullable=False),
        *_versioned(),
        sa.CheckConstraint(
            "credits_id IS NULL OR kind = 'credit_note'", name=op.f("ck_invoice_credits")
        ),
        sa.CheckConstraint("kind IN ('invoice', 'credit_note')", name=op.f("ck_invoice_kind")),
        sa.CheckConstraint(
            "origin <> 'own' OR status = 'issued' OR number IS NULL",
            name=op.f("ck_invoice_draft_has_no_number"),
        ),
        sa.CheckConstraint("origin IN ('own', 'finvoice')", name=op.f("ck_invoice_origin")),
        sa.CheckConstraint(
            "status = 'draft' OR (number IS NOT NULL AND issued_on IS NOT NULL AND buyer_name IS NOT NULL)",
            name=op.f("ck_invoice_issued_is_whole"),
        ),
        sa.CheckConstraint(
            "status = 'issued' OR open_cents = 0", name=op.f("ck_invoice_draft_is_not_open")
        ),
        sa.CheckConstraint("status IN ('draft', 'issued')", name=op.f("ck_invoice_status")),
        sa.CheckConstraint(
            "due_on IS NULL OR issued_on IS NULL OR due_on >= issued_on",
            name=op.f("ck_invoice_due_after_issue"),
        ),
        sa.CheckConstraint("total_cents = net_cents + vat_cents", name=op.f("ck_invoice_total")),
        sa.ForeignKeyConstraint(["credits_id"], ["invoice.id"], name=op.f("fk_invoice_credits_id")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["service_order.id"], name=op.f("fk_invoice_order_id")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_invoice_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_invoice_credits", "invoice", ["credits_id"], unique=False)
    op.create_index("ix_invoice_issued_on", "invoice", ["issued_on", "id"], unique=False)
    op.create_index("ix_invoice_number", "invoice", ["number"], unique=False)
    op.create_index(
        "ix_invoice_open_due",
        "invoice",
        ["due_on", "id"],
        unique=False,
        sqlite_where=sa.text("open_cents <> 0"),
        postgresql_where=sa.text("open_cents <> 0"),
    )
    op.create_index("ix_invoice_order", "invoice", ["order_id"], unique=False)
    op.create_index(
        "ix_invoice_party", "invoice", ["party_id", "issued_on", "open_cents"], unique=False
    )
    op.create_index("ix_invoice_reference", "invoice", ["reference"], unique=False)
    op.create_index("ix_invoice_status", "invoice", ["status", "issued_on", "id"], unique=False)
    op.create_index("uq_invoice_number", "invoice", ["origin", "number"], unique=True)
    op.create_table(
        "work_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("done_by", sa.String(length=100), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("material", sa.Text(), nullable=True),
        *_versioned(),
        sa.CheckConstraint("minutes BETWEEN 0 AND 60000", name=op.f("ck_work_entry_minutes")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["service_order.id"], name=op.f("fk_work_entry_order_id")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_work_entry_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_entry")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_work_entry_done_on", "work_entry", ["done_on", "id"], unique=False)
    op.create_index("ix_work_entry_order", "work_entry", ["order_id", "done_on"], unique=False)
    op.create_index("ix_work_entry_party", "work_entry", ["party_id", "done_on"], unique=False)
    op.create_table(
        "invoice_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("quantity_thousandths", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("unit_price_cents", sa.BigInteger(), nullable=False),
        sa.Column("discount_basis_points", sa.Integer(), nullable=False),
        sa.Column("vat_category", sa.String(length=16), nullable=False),
        sa.Column("vat_basis_points", sa.Integer(), nullable=False),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "discount_basis_points BETWEEN 0 AND 10000", name=op.f("ck_invoice_line_discount")
        ),
        sa.CheckConstraint(
            "vat_basis_points BETWEEN 0 AND 10000", name=op.f("ck_invoice_line_vat_rate")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoice.id"],
            name=op.f("fk_invoice_line_invoice_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_invoice_line_service_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_invoice_line_position", "invoice_line", ["invoice_id", "position"], unique=True
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        *_versioned(),
        sa.CheckConstraint(
            "source IN ('email', 'phone', 'form', 'meeting', 'ytj', 'import', 'invoice', 'office')",
            name=op.f("ck_payment_source"),
        ),
        sa.CheckConstraint("amount_cents <> 0", name=op.f("ck_payment_amount")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_payment_invoice_id")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_payment_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_payment_invoice_id", "payment", ["invoice_id"], unique=False)
    op.create_index("ix_payment_paid_on", "payment", ["paid_on", "id"], unique=False)
    op.create_index("ix_payment_party", "payment", ["party_id", "paid_on"], unique=False)
