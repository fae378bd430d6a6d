"""Which records' time is up, as conditions over the store: read by pages and by the disposal.

The danger: two places that ask the same question in their own words, and a record that one of them
shows as kept while the other disposes of it. The principle: both ask here. A condition is made from
:class:`queries.rules.periods.Periods`, read in the same transaction, and becomes ranges of an index
(:attr:`Series.day`); no deadline is stored. What stands in the way of a disposal all the same is
:mod:`queries.store.obstacles`.

The files that go together: an invoice with its payments and credit notes; a draft; an order with
its work; a note; a party with its details, which goes last of all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from queries.rules import retention
from queries.rules.periods import OWN_CODES, Periods, Span
from queries.store.tables import (
    FinancialYear,
    Invoice,
    InvoiceStatus,
    ItemKind,
    Note,
    PartyFacts,
    ServiceOrder,
    Setting,
)

HELSINKI = ZoneInfo("Europe/Helsinki")

#: An order whose job is going on is at rest on this day: never.
NEVER = date(9999, 12, 31)

#: The setting of a class's months is named ``period.<class>``.
PERIOD = "period."

_Model = type[Invoice] | type[ServiceOrder] | type[Note]


@dataclass(frozen=True)
class Series:
    """Records of one kind and one retention class, by the day from which they are kept.

    :param name: of the series, and of the summary that counts its records by day, where one does.
    :param day: the indexed column of the event; an instant for drafts.
    :param belongs: which rows of the table are files of the series.
    """

    name: str
    kind: ItemKind
    code: str
    model: _Model
    day: InstrumentedAttribute[Any]
    belongs: ColumnElement[bool]

    @property
    def is_instant(self) -> bool:
        return self.kind == ItemKind.DRAFT

    @property
    def needs_financial_year(self) -> bool:
        """Whether a file whose event is in no recorded year has no deadline."""
        return self.code == "voucher"

    def day_of(self, event: date | datetime) -> date:
        """The event's calendar day, as the column gives it."""
        return helsinki_day(event) if isinstance(event, datetime) else event

    def within(self, spans: Sequence[Span]) -> ColumnElement[bool]:
        """The files of the series whose event lies in one of the spans."""
        if self.is_instant:
            return and_(self.belongs, within(self.day, spans, instants=True))
        return and_(self.belongs, self.day.is_not(None), within(self.day, spans))

    def up(self, periods: Periods, on: date) -> ColumnElement[bool]:
        """The files of the series whose time is up on a day."""
        return self.within(periods.up(self.code, on))


INVOICES = Series("invoice_days", ItemKind.INVOICE, "voucher", Invoice, Invoice.last_event_on,
                  Invoice.credits_id.is_(None))  # fmt: skip
ORDERS = Series("order_days", ItemKind.ORDER, "voucher", ServiceOrder, ServiceOrder.voucher_on,
                true())  # fmt: skip
ORDERS_AT_REST = Series("rest_days", ItemKind.ORDER, "quote_or_lead", ServiceOrder,
                        ServiceOrder.rest_on, true())  # fmt: skip
DRAFTS = Series("drafts", ItemKind.DRAFT, "quote_or_lead", Invoice, Invoice.changed_at,
                Invoice.status == InvoiceStatus.DRAFT)  # fmt: skip
NOTES = Series("note_days", ItemKind.NOTE, "note", Note, Note.noted_on, true())

#: In the order in which their files are disposed of; parties come last.
SERIES = (INVOICES, DRAFTS, ORDERS, ORDERS_AT_REST, NOTES)

#: What of a party is kept by which class; instants are told apart by their names.
PARTY_EVENTS: tuple[tuple[InstrumentedAttribute[Any], str], ...] = (
    (PartyFacts.last_voucher_on, "voucher"),
    (PartyFacts.last_rest_on, "quote_or_lead"),
    (PartyFacts.last_draft_at, "quote_or_lead"),
    (PartyFacts.last_note_on, "note"),
    (PartyFacts.lead_on, "quote_or_lead"),
    (PartyFacts.ended_on, "contact_without_transaction"),
    (PartyFacts.unlinked_at, "contact_without_transaction"),
)


def read_periods(session: Session) -> Periods:
    """The financial years and the house's periods as they stand; two statements."""
    years = session.execute(select(FinancialYear.starts_on, FinancialYear.ends_on)).all()
    names = [f"{PERIOD}{code}" for code in OWN_CODES]
    months = session.execute(select(Setting.name, Setting.value).where(Setting.name.in_(names)))
    return Periods(
        tuple(retention.FinancialYear(start, end) for start, end in years),
        {name.removeprefix(PERIOD): json.loads(value) for name, value in months},
    )


def within(
    column: InstrumentedAttribute[Any], spans: Sequence[Span], *, instants: bool = False
) -> ColumnElement[bool]:
    """The column's day lies in one of the spans: an index range each."""
    return or_(false(), *(_in_span(column, span, instants=instants) for span in spans))


def party_up(periods: Periods, on: date) -> ColumnElement[bool]:
    """The parties whose time is up on a day, by their :class:`.PartyFacts`.

    A party that still has a record which is held, or whose financial year is missing, is among
    them when its latest events are over: whoever disposes looks for what is left of it.
    """
    return and_(
        not_(PartyFacts.in_force),
        # "Not later" rather than "earlier or none": a third of the time over a million parties.
        *(_outside(column, periods.up(code, on)).is_not(true()) for column, code in PARTY_EVENTS),
    )


def helsinki_day(instant: datetime) -> date:
    """The calendar day of an instant.

    >>> helsinki_day(datetime(2026, 3, 4, 22, 30, tzinfo=UTC))
    datetime.date(2026, 3, 5)
    """
    return instant.astimezone(HELSINKI).date()


def day_begins(day: date) -> datetime:
    """The instant at which a calendar day begins in Helsinki.

    >>> day_begins(date(2026, 7, 1)).isoformat()
    '2026-06-30T21:00:00+00:00'
    """
    return datetime.combine(day, time(), HELSINKI).astimezone(UTC)


def _in_span(
    column: InstrumentedAttribute[Any], span: Span, *, instants: bool
) -> ColumnElement[bool]:
    first, last = span
    if not instants:
        below = column <= last
        return below if first == date.min else and_(column >= first, below)
    below = true() if last == date.max else column < day_begins(last + timedelta(days=1))
    return below if first == date.min else and_(column >= day_begins(first), below)


def _outside(column: InstrumentedAttribute[Any], spans: Sequence[Span]) -> ColumnElement[bool]:
    """The column's day lies in none of the spans, which are in order; unknown where it is none."""
    if not spans:
        return column.is_not(None)
    instants = column.key.endswith("_at")
    found: list[ColumnElement[bool]] = []
    after: date | None = None
    for first, last in spans:
        if first != date.min:
            before = column < (day_begins(first) if instants else first)
            found.append(before if after is None else and_(_later(column, after), before))
        after = last
    if after is not None and after != date.max:
        found.append(_later(column, after))
    return or_(*found) if found else false()


def _later(column: InstrumentedAttribute[Any], day: date) -> ColumnElement[bool]:
    if column.key.endswith("_at"):
        return column >= day_begins(day + timedelta(days=1))
    return column > day
