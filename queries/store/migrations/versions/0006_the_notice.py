"""What the notice is held against: sources, recipients, the newsletter, web forms, versions.

A check of a table that stands is widened in place: SQLite's own way for a change that no row can
fail (https://sqlite.org/lang_altertable.html, section 7).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


_SOURCES = "'email', 'phone', 'form', 'meeting', 'ytj', 'import', 'invoice', 'office'"
_KINDS = "'invoice', 'draft', 'order', 'note'"
_WIDER = [
    *(
        (table, "source", _SOURCES, f"{_SOURCES}, 'third_party', 'unknown'")
        for table in ("party", "address", "email", "phone", "billing_detail", "payment")
    ),
    (
        "disposal_item",
        "kind",
        f"{_KINDS}, 'party'",
        f"{_KINDS}, 'paper', 'form_message', 'request', 'party'",
    ),
]


def upgrade() -> None:
    _widen_checks()
    _make_notice()
    _make_newsletter()
    _make_forms()
    _widen_tables()


def _widen_checks() -> None:
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        for table, column, _, allowed in _WIDER:
            name = op.f(f"ck_{table}_{column}")
            op.drop_constraint(name, table, type_="check")
            op.create_check_constraint(name, table, f"{column} IN ({allowed})")
        return
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    for table, column, before, allowed in _WIDER:
        changed = bind.execute(
            sa.text(
                "UPDATE sqlite_master SET sql = replace(sql, :before, :allowed)"
                " WHERE type = 'table' AND name = :table AND instr(sql, :before)"
            ),
            {
                "table": table,
                "before": f"{column} IN ({before})",
                "allowed": f"{column} IN ({allowed})",
            },
        )
        if changed.rowcount != 1:
            raise RuntimeError(f"the check of {table}.{column} is not as it was made")
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = RESET")


def _make_notice() -> None:
    op.create_table(
        "notice_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("published_by", sa.String(length=64), nullable=False),
        sa.Column("summary", sa.String(length=200), nullable=True),
        sa.Column("fi", sa.Text(), nullable=False),
        sa.Column("sv", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_version")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_notice_version_number", "notice_version", ["number"], unique=True)
    op.create_table(
        "post_code",
        sa.Column("code", sa.String(length=5), nullable=False),
        sa.Column("town_fi", sa.String(length=30), nullable=False),
        sa.Column("town_sv", sa.String(length=30), nullable=False),
        sa.Column("municipality_fi", sa.String(length=20), nullable=False),
        sa.Column("municipality_sv", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_post_code")),
    )
    op.create_table(
        "source_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("told_by", sa.String(length=64), nullable=True),
        sa.Column("how", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "how IN ('email', 'post', 'phone', 'in_person', 'already_known')",
            name=op.f("ck_source_notice_how"),
        ),
        sa.CheckConstraint(
            "source IN ('email', 'phone', 'form', 'meeting', 'ytj', 'import', 'invoice', 'office', 'third_party', 'unknown')",
            name=op.f("ck_source_notice_source"),
        ),
        sa.CheckConstraint(
            "(told_on IS NULL) = (how IS NULL)", name=op.f("ck_source_notice_told_how")
        ),
        sa.CheckConstraint(
            "(told_on IS NULL) = (told_by IS NULL)", name=op.f("ck_source_notice_told_by")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_source_notice_party_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_notice")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_source_notice_source", "source_notice", ["party_id", "source"], unique=True)
    op.create_index(
        "ix_source_notice_waiting",
        "source_notice",
        ["since", "id"],
        unique=False,
        sqlite_where=sa.text("told_on IS NULL"),
        postgresql_where=sa.text("told_on IS NULL"),
    )


def _make_newsletter() -> None:
    op.create_table(
        "consent_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("written_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("language IN ('fi', 'sv', 'en')", name=op.f("ck_consent_text_language")),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_consent_text_written")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_text")),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_consent_text_version", "consent_text", ["version", "language"], unique=True)
    op.create_table(
        "newsletter_issue",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("exported_at", sa.DateTime(), nullable=False),
        sa.Column("exported_by", sa.String(length=64), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_newsletter_issue")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_newsletter_issue_exported_at", "newsletter_issue", ["exported_at", "id"], unique=False
    )
    op.create_table(
        "subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("address_key", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("basis", sa.String(length=16), nullable=False),
        sa.Column("consent_text_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("sourced_on", sa.Date(), nullable=False),
        sa.Column("renewal_reason", sa.Text(), nullable=True),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "basis IN ('consent', 'customer', 'organisation')", name=op.f("ck_subscription_basis")
        ),
        sa.CheckConstraint(
            "consent_text_id IS NULL OR basis = 'consent'", name=op.f("ck_subscription_consented")
        ),
        sa.CheckConstraint("language IN ('fi', 'sv', 'en')", name=op.f("ck_subscription_language")),
        sa.CheckConstraint(
            "source IN ('email', 'phone', 'form', 'meeting', 'ytj', 'import', 'invoice', 'office', 'third_party', 'unknown')",
            name=op.f("ck_subscription_source"),
        ),
        sa.CheckConstraint("length(address) > 0", name=op.f("ck_subscription_addressed")),
        sa.ForeignKeyConstraint(
            ["consent_text_id"], ["consent_text.id"], name=op.f("fk_subscription_consent_text_id")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_subscription_party_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_subscription_basis", "subscription", ["basis", "id"], unique=False)
    op.create_index(
        "ix_subscription_consent_text_id", "subscription", ["consent_text_id"], unique=False
    )
    op.create_index("ix_subscription_party_id", "subscription", ["party_id"], unique=False)
    op.create_index("uq_subscription_address_key", "subscription", ["address_key"], unique=True)
    op.create_index("uq_subscription_token", "subscription", ["token"], unique=True)


def _make_forms() -> None:
    op.create_table(
        "web_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("origins", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("consent_text_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("language IN ('fi', 'sv', 'en')", name=op.f("ck_web_form_language")),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_web_form_named")),
        sa.ForeignKeyConstraint(
            ["consent_text_id"], ["consent_text.id"], name=op.f("fk_web_form_consent_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_form")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_web_form_consent_text_id", "web_form", ["consent_text_id"], unique=False)
    op.create_index("uq_web_form_key", "web_form", ["key"], unique=True)
    op.create_table(
        "form_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_id", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("street", sa.String(length=200), nullable=True),
        sa.Column("post_code", sa.String(length=16), nullable=True),
        sa.Column("town", sa.String(length=100), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("consents", sa.Boolean(), nullable=False),
        sa.Column("consent_text_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("language IN ('fi', 'sv', 'en')", name=op.f("ck_form_message_language")),
        sa.CheckConstraint(
            "consents OR consent_text_id IS NULL", name=op.f("ck_form_message_consented")
        ),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_form_message_named")),
        sa.ForeignKeyConstraint(
            ["consent_text_id"], ["consent_text.id"], name=op.f("fk_form_message_consent_text_id")
        ),
        sa.ForeignKeyConstraint(["form_id"], ["web_form.id"], name=op.f("fk_form_message_form_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_message")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_form_message_consent_text_id", "form_message", ["consent_text_id"], unique=False
    )
    op.create_index("ix_form_message_form_id", "form_message", ["form_id"], unique=False)
    op.create_index(
        "ix_form_message_received_on", "form_message", ["received_on", "id"], unique=False
    )


def _widen_tables() -> None:
    op.create_index("ix_address_source", "address", ["source", "party_id"], unique=False)
    op.create_index(
        "ix_billing_detail_source", "billing_detail", ["source", "party_id"], unique=False
    )
    op.create_index("ix_email_source", "email", ["source", "party_id"], unique=False)
    op.create_index("ix_party_source", "party", ["source", "id"], unique=False)
    op.create_index("ix_phone_source", "phone", ["source", "party_id"], unique=False)
    op.add_column(
        "recipient",
        sa.Column("role", sa.String(length=16), server_default="processor", nullable=False),
    )
    op.add_column("recipient", sa.Column("what", sa.String(length=300), nullable=True))
    op.add_column("recipient", sa.Column("transfer_basis", sa.String(length=32), nullable=True))
    op.add_column("recipient", sa.Column("email", sa.String(length=254), nullable=True))
    op.add_column("recipient", sa.Column("agreed_on", sa.Date(), nullable=True))
