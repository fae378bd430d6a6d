"""The list of invoices and credit notes."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from queries.reads.customers.customer_list import in_month
from queries.reads.paging import Page, Total, count_up_to, page_of
from queries.rules.calendar_fi import day_begins
from queries.rules.retention import last_event_disposable
from queries.rules.roles import Permission
from queries.store.planner_hints import unindexed
from queries.store.search import bounded
from queries.store.search_query import begins_with, found_parties
from queries.store.sessions import needs
from queries.store.tables import Invoice, InvoiceKind, InvoiceStatus, Party, Summary

PAGE_SIZE = 50
#: So many digits begin a number; fewer would find much of the register.
SHORTEST_NUMBER = 3
#: A draft that nobody has touched in so many days is old.
OLD_DRAFT_DAYS = 7
#: Under this day the summary keeps what is open without a due day.
NO_DUE_DAY = date(9999, 12, 31)


class InvoiceState(enum.StrEnum):
    """``open``: something is unpaid; ``overdue``: and its due day has passed; ``refund``: the
    customer is owed; ``old_draft``: untouched for :data:`OLD_DRAFT_DAYS` days; ``lapsed``: a
    balance, either way, whose claim has lapsed and that waits for a decision."""

    DRAFT = "draft"
    OLD_DRAFT = "old_draft"
    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"
    CREDIT_NOTE = "credit_note"
    REFUND = "refund"
    LAPSED = "lapsed"


class Age(enum.StrEnum):
    """Time since an unpaid invoice fell due."""

    NOT_DUE = "not_due"
    DAYS_1_14 = "1_14"
    DAYS_15_30 = "15_30"
    DAYS_31_90 = "31_90"
    OVER_90 = "over_90"
    NO_DUE_DAY = "no_due_day"


class InvoiceSort(enum.StrEnum):
    """``due``: by due day, the longest overdue first; only for what is unpaid and has one."""

    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"


@dataclass(frozen=True, kw_only=True)
class InvoiceFilter:
    """Filter of the list; None is no restriction.

    :param state: an :class:`InvoiceState`; without one, everything that was issued.
    :param age: of what is open, an :class:`Age`.
    :param month: of issue, ``2026-03``.
    :param text: a number or the beginning of one, a reference, or a search for the customer.
    """

    text: str = ""
    state: str | None = None
    age: str | None = None
    month: str | None = None
    party_id: int | None = None
    sort: str = InvoiceSort.NEWEST


@dataclass(frozen=True)
class InvoiceRow:
    """A line of the list; sums in cents; ``days_late`` since the due day of what is unpaid."""

    id: int
    kind: str
    status: str
    number: str | None
    party_id: int
    party_name: str
    issued_on: date | None
    due_on: date | None
    total_cents: int
    open_cents: int
    days_late: int


#: The states whose invoices have something open, and so a place by due day.
_UNPAID = (InvoiceState.OPEN, InvoiceState.OVERDUE)
_DRAFTS = (InvoiceState.DRAFT, InvoiceState.OLD_DRAFT)


@needs(Permission.SEE_BILLING)
def invoice_list(
    session: Session,
    wanted: InvoiceFilter,
    *,
    today: date,
    after: int | None = None,
    before: int | None = None,
    size: int = PAGE_SIZE,
) -> Page[InvoiceRow]:
    """One page of the invoices that the filter lets through; at most 5 statements.

    Drafts are in the order in which they were made; what is issued is by its day, or by its due
    day when that is wanted and it is unpaid.

    :param after: the id of the invoice to page on after, ``before`` the one to page back before;
        one that is gone means the first page.
    """
    query = _filtered(session, wanted, today)
    if _by_due(wanted):
        query = query.where(Invoice.due_on.is_not(None))
    shown = query.with_only_columns(Invoice, Party.name, maintain_column_froms=True)
    return page_of(
        session,
        shown.join(Party, Party.id == Invoice.party_id),
        _key(wanted),
        lambda rows: (_row(row, today) for row in rows),
        total=_total(session, wanted, query, today),
        descending=wanted.sort == InvoiceSort.NEWEST,
        after=after,
        before=before,
        size=size,
    )


def age_days(age: str, today: date) -> tuple[date, date]:
    """The first and the last due day of a class of age.

    >>> age_days("1_14", date(2026, 3, 5))
    (datetime.date(2026, 2, 19), datetime.date(2026, 3, 4))
    """
    spans: Mapping[str, tuple[int, int]] = {
        Age.DAYS_1_14: (14, 1),
        Age.DAYS_15_30: (30, 15),
        Age.DAYS_31_90: (90, 31),
    }
    if age in spans:
        oldest, newest = spans[age]
        return today - timedelta(days=oldest), today - timedelta(days=newest)
    if age == Age.NOT_DUE:
        return today, NO_DUE_DAY - timedelta(days=1)
    if age == Age.NO_DUE_DAY:
        return NO_DUE_DAY, NO_DUE_DAY
    return date.min, today - timedelta(days=91)


def state_conditions(
    state: str | None, today: date, status: SQLColumnExpression[str] = Invoice.status
) -> list[ColumnElement[bool]]:
    """Return the conditions of an invoice in the state.

    :param status: the column, or what replaces it where another index is to be walked.
    """
    unpaid = [Invoice.open_cents != 0, Invoice.open_cents > 0]  # the first names the index
    issued, draft = status == InvoiceStatus.ISSUED, status == InvoiceStatus.DRAFT
    untouched = Invoice.changed_at < day_begins(today - timedelta(days=OLD_DRAFT_DAYS - 1))
    conditions: Mapping[str | None, list[ColumnElement[bool]]] = {
        None: [issued],
        InvoiceState.DRAFT: [draft],
        InvoiceState.OLD_DRAFT: [draft, untouched],
        InvoiceState.OPEN: unpaid,
        InvoiceState.OVERDUE: [*unpaid, Invoice.due_on < today],
        InvoiceState.PAID: [issued, Invoice.kind == InvoiceKind.INVOICE, Invoice.open_cents == 0],
        # There are no drafts of credit notes. The kind is written out, as a value that is bound
        # later does not help the index of credit notes.
        InvoiceState.CREDIT_NOTE: [Invoice.kind == literal_column("'credit_note'")],
        InvoiceState.REFUND: [Invoice.open_cents < literal_column("0")],
        InvoiceState.LAPSED: _lapsed(today),
    }
    return conditions[state]


def _lapsed(today: date) -> list[ColumnElement[bool]]:
    """Open balances of which the due day and every event are more than the claim's years ago."""
    last = last_event_disposable("claim", today) or date.min
    return [
        Invoice.open_cents != literal_column("0"),
        func.coalesce(Invoice.due_on, Invoice.issued_on) <= last,
        Invoice.last_event_on <= last,
    ]


def _is_narrow(wanted: InvoiceFilter) -> bool:
    """Return whether the list begins from a few invoices, and not from an index of them all."""
    return bool(wanted.text.strip()) or wanted.party_id is not None


def _filtered(session: Session, wanted: InvoiceFilter, today: date) -> Select[int]:
    state = InvoiceState.OPEN if wanted.age and wanted.state is None else wanted.state
    narrow = _is_narrow(wanted)
    status: SQLColumnExpression[str]
    status = unindexed(Invoice.status) if narrow else Invoice.status
    query = select(Invoice.id).where(*state_conditions(state, today, status))
    if wanted.age == Age.NO_DUE_DAY:
        query = query.where(Invoice.due_on.is_(None))
    elif wanted.age is not None:
        first, last = age_days(wanted.age, today)
        query = query.where(Invoice.due_on.between(first, last))
    if wanted.month is not None:
        day: SQLColumnExpression[date | None]
        day = unindexed(Invoice.issued_on) if narrow else Invoice.issued_on
        query = query.where(*in_month(day, wanted.month))
    if wanted.party_id is not None:
        query = query.where(Invoice.party_id == wanted.party_id)
    return _searched(session, query, wanted.text)


def _searched(session: Session, query: Select[int], text: str) -> Select[int]:
    """A number or reference that there is means that invoice; anything else means a customer."""
    whole = "".join(bounded(text).split()).upper()
    if not whole:
        return query
    exact = or_(Invoice.number == whole, Invoice.reference == whole)
    if session.scalar(select(Invoice.id).where(exact).limit(1)) is not None:
        return query.where(exact)
    found = found_parties(session, text)
    ways = [] if found is None else [Invoice.party_id.in_(found)]
    if whole.isdecimal() and whole.isascii() and len(whole) >= SHORTEST_NUMBER:
        by_number = select(Invoice.id).where(*begins_with(Invoice.number, whole))
        ways.append(Invoice.id.in_(by_number))
    return query.where(or_(*ways)) if ways else query


def _by_due(wanted: InvoiceFilter) -> bool:
    unpaid = wanted.state in _UNPAID or (wanted.age is not None and wanted.state is None)
    return wanted.sort == InvoiceSort.DUE and unpaid and wanted.age != Age.NO_DUE_DAY


def _key(wanted: InvoiceFilter) -> list[SQLColumnExpression[object]]:
    if wanted.state in _DRAFTS:
        return [Invoice.id]
    day = Invoice.due_on if _by_due(wanted) else Invoice.issued_on
    return [unindexed(day) if _is_narrow(wanted) else day, Invoice.id]


def _total(session: Session, wanted: InvoiceFilter, query: Select[int], today: date) -> Total:
    kept = _kept_count(wanted, today)
    if kept is None:
        return count_up_to(session, query)
    return Total(int(session.scalar(kept) or 0))


def _kept_count(wanted: InvoiceFilter, today: date) -> Select[int] | None:
    """The count as a summary keeps it, for the filters that the overview's figures open."""
    if _is_narrow(wanted):
        return None
    rows = _kept_rows(wanted, today)
    return None if rows is None else select(func.sum(Summary.count)).where(*rows)


def _kept_rows(wanted: InvoiceFilter, today: date) -> list[ColumnElement[bool]] | None:
    if wanted.state is None and wanted.age is None:
        month = [] if wanted.month is None else [Summary.key == wanted.month]
        return [Summary.name == "invoiced", *month]
    if wanted.month is not None:
        return None
    unpaid = Summary.name == "open_by_due"
    if wanted.age is not None:
        if wanted.state not in (None, InvoiceState.OPEN):
            return None
        first, last = age_days(wanted.age, today)
        return [unpaid, Summary.key.between(first.isoformat(), last.isoformat())]
    dated = [Summary.key < NO_DUE_DAY.isoformat()] if wanted.sort == InvoiceSort.DUE else []
    states: Mapping[str | None, list[ColumnElement[bool]]] = {
        InvoiceState.OPEN: [unpaid, *dated],
        InvoiceState.OVERDUE: [unpaid, Summary.key < today.isoformat()],
        InvoiceState.REFUND: [Summary.name == "to_refund"],
    }
    return states.get(wanted.state)


def _row(row: Row[Invoice, str], today: date) -> InvoiceRow:
    invoice, party_name = row
    late = invoice.open_cents > 0 and invoice.due_on is not None and invoice.due_on < today
    return InvoiceRow(
        id=invoice.id,
        kind=invoice.kind,
        status=invoice.status,
        number=invoice.number,
        party_id=invoice.party_id,
        party_name=party_name,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        total_cents=invoice.total_cents,
        open_cents=invoice.open_cents,
        days_late=(today - invoice.due_on).days if late and invoice.due_on else 0,
    )
