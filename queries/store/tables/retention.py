"""Tables of retention: facts by party, holds and disposals.

None of these tables holds a deadline. The facts are days of events, kept by triggers
(:mod:`queries.store.derived`); the rest is what blocks a disposal, and its outcome.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from queries.store.tables.base import Base, Versioned, checks


class HoldScope(enum.StrEnum):
    """Scope of a hold: a party with everything that belongs to it, one order, one invoice, a
    class."""

    PARTY = "party"
    ORDER = "order"
    INVOICE = "invoice"
    CLASS = "class"


class RunStatus(enum.StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    CARRYING_OUT = "carrying_out"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class ItemKind(enum.StrEnum):
    """The files that are disposed of, in this order."""

    INVOICE = "invoice"
    DRAFT = "draft"
    ORDER = "order"
    NOTE = "note"
    PAPER = "paper"
    FORM_MESSAGE = "form_message"
    REQUEST = "request"
    PARTY = "party"


class Outcome(enum.StrEnum):
    GONE = "gone"
    STAYED = "stayed"


class PartyFacts(Base):
    """The latest events of a party's records, each of one retention class; kept by triggers.

    A contact person of organisations has the latest of its own and theirs.

    :param in_force: the relation or a job is in force, so that the party has no deadline.
    :param last_voucher_on: of its invoice files and of the orders that were invoiced (``voucher``).
    :param last_claim_on: of its invoices that are kept as claims (``claim``).
    :param last_rest_on: of its orders without invoices (``quote_or_lead``).
    :param last_draft_at: of its drafts of invoices (``quote_or_lead``).
    :param last_note_on: ``note``.
    :param lead_on: a lead's beginning or later note (``quote_or_lead``).
    :param ended_on: the day on which the relation ended (``contact_without_transaction``).
    :param unlinked_on: the day on which a contact person was unlinked
        (``contact_without_transaction``).
    """

    __tablename__ = "party_facts"
    party_id: Mapped[int] = mapped_column(
        ForeignKey("party.id", ondelete="CASCADE"), primary_key=True
    )
    in_force: Mapped[bool]
    last_voucher_on: Mapped[date | None]
    last_claim_on: Mapped[date | None]
    last_rest_on: Mapped[date | None]
    last_draft_at: Mapped[datetime | None]
    last_note_on: Mapped[date | None]
    lead_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    unlinked_on: Mapped[date | None]

    __table_args__ = (
        Index(
            "ix_party_facts_over",
            "party_id",
            "last_voucher_on",
            "ended_on",
            "lead_on",
            "last_claim_on",
            "last_rest_on",
            "last_note_on",
            "last_draft_at",
            "unlinked_on",
            sqlite_where=text("in_force = 0"),
            postgresql_where=text("NOT in_force"),
        ),
    )


class LegalHold(Versioned, Base):
    """A hold suspends disposal until it is released (hävittämiskielto).

    :param target_id: the party, order or invoice; none for a class.
    :param party_id: whose record it is, so that the hold is shown on that card; not a key of the
        party's table, which may lose the party after the hold was released.
    :param review_on: the day on which somebody has to look whether it is still needed.
    """

    __tablename__ = "legal_hold"
    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(String(16))
    target_id: Mapped[int | None]
    party_id: Mapped[int | None]
    class_code: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(Text)
    placed_on: Mapped[date]
    placed_by: Mapped[str] = mapped_column(String(64))
    review_on: Mapped[date]
    released_at: Mapped[datetime | None]
    released_by: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = checks(
        CheckConstraint("(scope = 'class') = (class_code IS NOT NULL)", name="class_named"),
        CheckConstraint("(scope = 'class') = (target_id IS NULL)", name="target_named"),
        CheckConstraint("(scope = 'class') = (party_id IS NULL)", name="party_named"),
        CheckConstraint("(released_at IS NULL) = (released_by IS NULL)", name="released_by"),
        Index("ix_legal_hold_target", "scope", "target_id"),
        Index("ix_legal_hold_party_id", "party_id"),
        Index(
            "ix_legal_hold_review_on",
            "review_on",
            "id",
            sqlite_where=text("released_at IS NULL"),
            postgresql_where=text("released_at IS NULL"),
        ),
        scope=HoldScope,
    )


class DisposalRun(Versioned, Base):
    """One disposal from its proposal to its certificate.

    :param as_of: the day by which the records' time was up.
    :param counts: what was proposed, went and stayed, by class and rule, as JSON.
    :param sums: the cents of its invoices that were open and stayed, and that were written off and
        went, as JSON.
    """

    __tablename__ = "disposal_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    as_of: Mapped[date]
    status: Mapped[str] = mapped_column(String(16), default="proposed")
    proposed_by: Mapped[str] = mapped_column(String(64))
    proposed_at: Mapped[datetime]
    approved_by: Mapped[str | None] = mapped_column(String(64))
    approved_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    counts: Mapped[str | None] = mapped_column(Text)
    sums: Mapped[str | None] = mapped_column(Text)

    __table_args__ = checks(
        CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approved_by"),
        CheckConstraint(
            "status IN ('proposed', 'withdrawn') OR approved_at IS NOT NULL", name="approved"
        ),
        Index("ix_disposal_run_status", "status", "id"),
        status=RunStatus,
    )


class DisposalItem(Base):
    """A record in a disposal: its key and the rule, nothing personal.

    :param rule: the citation by which the time was up.
    :param outcome: none until it was its turn.
    :param reason: why it stayed, as a code.
    """

    __tablename__ = "disposal_item"
    run_id: Mapped[int] = mapped_column(
        ForeignKey("disposal_run.id", ondelete="CASCADE"), primary_key=True
    )
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    record_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    class_code: Mapped[str] = mapped_column(String(32))
    rule: Mapped[str] = mapped_column(String(100))
    event_on: Mapped[date]
    keep_until: Mapped[date]
    outcome: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(64))

    __table_args__ = (
        *checks(kind=ItemKind)[:-1],
        CheckConstraint("outcome IN ('gone', 'stayed')", name="outcome"),
        Index(
            "ix_disposal_item_waiting",
            "run_id",
            "kind",
            "record_id",
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        Index("ix_disposal_item_outcome", "run_id", "outcome", "kind", "record_id"),
    )


class LedgerMark(Base):
    """The last line of the erasure ledger that this store knows of; one row, or none before the
    first disposal.

    :param number: of the line, from 1 on; 0 for any, in a store that had a ledger before it kept a
        line of it.
    :param mac: of the line: another ledger has another one.
    """

    __tablename__ = "ledger_mark"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    mac: Mapped[str] = mapped_column(String(32))


class ErasedRecord(Base):
    """A record that is gone although no disposal of this store took it: a restore repeated its
    erasure, or the store that the restore replaced knew of it.

    What disposals erased themselves is in their items. Together they are what the store can add to
    a ledger that was lost.

    :param table_name: the table of the record.
    :param erased_on: the day of the erasure.
    :param origin: what distinguishes the record from another one of the same key
        (:mod:`queries.store.backup.record_origins`); nothing personal.
    """

    __tablename__ = "erased_record"
    table_name: Mapped[str] = mapped_column(String(32), primary_key=True)
    record_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    erased_on: Mapped[date]
    origin: Mapped[str | None] = mapped_column(String(64))
