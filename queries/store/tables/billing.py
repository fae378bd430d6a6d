"""Invoices, their lines, payments, financial years and number series."""

from __future__ import annotations

import enum
from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from queries.store.tables.base import Base, Cents, Source, Versioned, checks


class InvoiceKind(enum.StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class InvoiceStatus(enum.StrEnum):
    DRAFT = "draft"
    ISSUED = "issued"


class InvoiceOrigin(enum.StrEnum):
    """``own``: numbered by this register; ``finvoice``: brought in with its number."""

    OWN = "own"
    FINVOICE = "finvoice"


class Invoice(Versioned, Base):
    """An invoice or a credit note (lasku, hyvityslasku).

    Sums of a credit note are negative. Once issued it is immutable but for ``open_cents``, what
    is still to be paid (saatava), and its version; the buyer's details are those of the day it
    was issued. Triggers of the store refuse anything else.

    Kept by triggers, no command writes them:

    :param last_event_on: the latest day of an issued invoice, its payments, its credit notes and
        its write-offs, from which the file is kept as a voucher.
    :param claim_on: the due day of an invoice with an open balance of its own or of a credit note,
        where the claim is kept longer than the voucher: the due day's year is more than three
        after that of the last event (Laki velan vanhentumisesta 728/2003 4 §: three years from the
        due day; a payment interrupts, 10 §). Of any other the voucher's period is the later one.
    """

    __tablename__ = "invoice"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    origin: Mapped[str] = mapped_column(String(16), default="own")
    number: Mapped[str | None] = mapped_column(String(20))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("service_order.id"))
    credits_id: Mapped[int | None] = mapped_column(ForeignKey("invoice.id"))
    issued_on: Mapped[date | None]
    due_on: Mapped[date | None]
    reference: Mapped[str | None] = mapped_column(String(25))
    buyer_name: Mapped[str | None] = mapped_column(String(200))
    buyer_address: Mapped[str | None] = mapped_column(String(400))
    buyer_business_id: Mapped[str | None] = mapped_column(String(32))
    buyer_reference: Mapped[str | None] = mapped_column(String(100))
    free_text: Mapped[str | None] = mapped_column(Text)
    net_cents: Mapped[Cents] = mapped_column(default=0)
    vat_cents: Mapped[Cents] = mapped_column(default=0)
    total_cents: Mapped[Cents] = mapped_column(default=0)
    open_cents: Mapped[Cents] = mapped_column(default=0)
    last_event_on: Mapped[date | None]
    claim_on: Mapped[date | None]

    lines: Mapped[list[InvoiceLine]] = relationship(
        cascade="all, delete-orphan", order_by="InvoiceLine.position"
    )

    __table_args__ = checks(
        CheckConstraint(
            "status = 'draft' OR (number IS NOT NULL AND issued_on IS NOT NULL"
            " AND buyer_name IS NOT NULL)",
            name="issued_is_whole",
        ),
        CheckConstraint(
            "origin <> 'own' OR status = 'issued' OR number IS NULL", name="draft_has_no_number"
        ),
        CheckConstraint("total_cents = net_cents + vat_cents", name="total"),
        CheckConstraint("credits_id IS NULL OR kind = 'credit_note'", name="credits"),
        CheckConstraint("status = 'issued' OR open_cents = 0", name="draft_is_not_open"),
        CheckConstraint(
            "due_on IS NULL OR issued_on IS NULL OR due_on >= issued_on", name="due_after_issue"
        ),
        Index(
            "uq_invoice_own_number",
            "number",
            unique=True,
            sqlite_where=text("origin = 'own'"),
            postgresql_where=text("origin = 'own'"),
        ),
        Index(
            "uq_invoice_brought_number",
            "number",
            "issued_on",
            unique=True,
            sqlite_where=text("origin <> 'own'"),
            postgresql_where=text("origin <> 'own'"),
        ),
        Index("ix_invoice_number", "number"),
        Index("ix_invoice_reference", "reference"),
        Index("ix_invoice_party", "party_id", "issued_on", "open_cents"),
        Index("ix_invoice_issued_on", "issued_on", "id"),
        Index("ix_invoice_status", "status", "issued_on", "id"),
        Index("ix_invoice_order", "order_id", "last_event_on"),
        Index("ix_invoice_credits", "credits_id", "last_event_on"),
        Index("ix_invoice_party_event", "party_id", "last_event_on"),
        Index(
            "ix_invoice_file",
            "last_event_on",
            "id",
            sqlite_where=text("credits_id IS NULL AND claim_on IS NULL"),
            postgresql_where=text("credits_id IS NULL AND claim_on IS NULL"),
        ),
        Index(
            "ix_invoice_claim",
            "claim_on",
            "id",
            sqlite_where=text("claim_on IS NOT NULL"),
            postgresql_where=text("claim_on IS NOT NULL"),
        ),
        Index(
            "ix_invoice_party_claim",
            "party_id",
            "claim_on",
            sqlite_where=text("claim_on IS NOT NULL"),
            postgresql_where=text("claim_on IS NOT NULL"),
        ),
        Index(
            "ix_invoice_draft",
            "changed_at",
            "id",
            sqlite_where=text("status = 'draft'"),
            postgresql_where=text("status = 'draft'"),
        ),
        Index(
            "ix_invoice_party_draft",
            "party_id",
            "changed_at",
            sqlite_where=text("status = 'draft'"),
            postgresql_where=text("status = 'draft'"),
        ),
        Index(
            "ix_invoice_open_due",
            "due_on",
            "id",
            sqlite_where=text("open_cents <> 0"),
            postgresql_where=text("open_cents <> 0"),
        ),
        Index(
            "ix_invoice_open_issued",
            "issued_on",
            "id",
            sqlite_where=text("open_cents <> 0"),
            postgresql_where=text("open_cents <> 0"),
        ),
        Index(
            "ix_invoice_to_refund",
            "issued_on",
            "id",
            sqlite_where=text("open_cents < 0"),
            postgresql_where=text("open_cents < 0"),
        ),
        Index(
            "ix_invoice_credit_note",
            "issued_on",
            "id",
            sqlite_where=text("kind = 'credit_note'"),
            postgresql_where=text("kind = 'credit_note'"),
        ),
        kind=InvoiceKind,
        status=InvoiceStatus,
        origin=InvoiceOrigin,
    )


class InvoiceLine(Base):
    """One line: quantity in thousandths, discount and VAT rate in basis points (25.5 % = 2550)."""

    __tablename__ = "invoice_line"
    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id", ondelete="CASCADE"))
    position: Mapped[int]
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    description: Mapped[str] = mapped_column(String(500))
    quantity_thousandths: Mapped[int] = mapped_column(BigInteger)
    unit: Mapped[str] = mapped_column(String(16))
    unit_price_cents: Mapped[Cents]
    discount_basis_points: Mapped[int] = mapped_column(Integer, default=0)
    vat_category: Mapped[str] = mapped_column(String(16))
    vat_basis_points: Mapped[int] = mapped_column(Integer)
    net_cents: Mapped[Cents]

    __table_args__ = checks(
        CheckConstraint("vat_basis_points BETWEEN 0 AND 10000", name="vat_rate"),
        CheckConstraint("discount_basis_points BETWEEN 0 AND 10000", name="discount"),
        Index("uq_invoice_line_position", "invoice_id", "position", unique=True),
    )


class Payment(Versioned, Base):
    """Money received for an invoice (maksu); negative when paid back."""

    __tablename__ = "payment"
    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    paid_on: Mapped[date]
    amount_cents: Mapped[Cents]
    source: Mapped[str] = mapped_column(String(16))

    __table_args__ = checks(
        CheckConstraint("amount_cents <> 0", name="amount"),
        Index("ix_payment_invoice", "invoice_id", "paid_on"),
        Index("ix_payment_party", "party_id", "paid_on"),
        Index("ix_payment_paid_on", "paid_on", "id"),
        source=Source,
    )


class WriteOff(Versioned, Base):
    """A decision that an open balance which has lapsed is not collected, or not paid back, any more
    (luottotappio): an entry of the books, which stays as it is.

    :param amount_cents: as ``open_cents`` was: negative of what was owed to the customer.
    """

    __tablename__ = "write_off"
    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    written_off_on: Mapped[date]
    amount_cents: Mapped[Cents]
    reason: Mapped[str] = mapped_column(Text)

    __table_args__ = checks(
        CheckConstraint("amount_cents <> 0", name="amount"),
        Index("ix_write_off_invoice", "invoice_id", "written_off_on"),
        Index("ix_write_off_party", "party_id", "written_off_on"),
    )


class FinancialYear(Versioned, Base):
    """A financial year (tilikausi), first and last day; at most 18 months (KPL 1336/1997 1:4)."""

    __tablename__ = "financial_year"
    id: Mapped[int] = mapped_column(primary_key=True)
    starts_on: Mapped[date] = mapped_column(unique=True)
    ends_on: Mapped[date] = mapped_column(unique=True)

    __table_args__ = checks(CheckConstraint("ends_on >= starts_on", name="order"))


class NumberSeries(Base):
    """The next number of a gapless series; its row is locked by whoever takes one."""

    __tablename__ = "number_series"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    next_number: Mapped[int] = mapped_column(BigInteger)


class Summary(Base):
    """Counts and sums kept by triggers in the writing transaction (see store/summaries.py)."""

    __tablename__ = "summary"
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger, default=0)
    cents: Mapped[int] = mapped_column(BigInteger, default=0)
