"""Reasons why a record is kept until its day: event, financial year, law and calculation.

Data for a sentence; the words folder owns the sentence.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import false, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from queries.errors import NotFound
from queries.reads.paging import typed_key
from queries.reads.retention.blocked_by import Keepers, in_series, keepers_of_file, keepers_of_party
from queries.rules.periods import Periods
from queries.rules.retention import RetentionReason
from queries.rules.roles import Permission
from queries.store.retention.series import (
    DRAFTS,
    INVOICES,
    ORDERS,
    ORDERS_AT_REST,
    PARTY_EVENTS,
    SERIES,
    Deadlines,
    Series,
    event_day,
    read_periods,
)
from queries.store.sessions import audit_read, needs
from queries.store.tables import (
    ContactPerson,
    HoldScope,
    Invoice,
    ItemKind,
    Party,
    PartyFacts,
    Payment,
    ServiceOrder,
    WorkEntry,
    WriteOff,
)


class Event(enum.StrEnum):
    """Event from whose day a record is kept."""

    ISSUED = "issued"
    PAID = "paid"
    CREDITED = "credited"
    WRITTEN_OFF = "written_off"
    WRITE_OFF_REVERSED = "write_off_reversed"
    """A write-off was taken back: an entry of the books as the write-off itself."""
    DUE = "due"
    """An invoice with an open balance falls due so late that its claim is kept the longest."""
    INVOICED = "invoiced"
    """The latest event of the order's invoices."""
    QUOTED = "quoted"
    CLOSED = "closed"
    WORKED = "worked"
    """The latest work entry of the order."""
    ORDER_CLOSED = "order_closed"
    """An order that was invoiced was closed later."""
    DRAFTED = "drafted"
    NOTED = "noted"
    ANSWERED = "answered"
    """The request was closed."""
    FILED = "filed"
    """The last day that the paper tells of."""
    LEAD = "lead"
    ENDED = "ended"
    UNLINKED = "unlinked"


#: A series with the events of a customer's files, earliest first, what has not ended last, and how
#: many have each.
_Events = tuple[Series, list[tuple[date | datetime | None, int]]]

_PARTY_EVENTS = {
    "last_voucher_on": Event.ISSUED,
    "last_claim_on": Event.DUE,
    "last_rest_on": Event.CLOSED,
    "last_draft_at": Event.DRAFTED,
    "last_note_on": Event.NOTED,
    "lead_on": Event.LEAD,
    "ended_on": Event.ENDED,
    "unlinked_on": Event.UNLINKED,
}


@dataclass(frozen=True)
class Why:
    """The reason why one file is kept.

    :param party_id: none where the file belongs to nobody in the register, or names several.
    :param event: what happened last, on ``event_on``; for a party, of its longest-living record.
    :param reason: the arithmetic; None where the event's financial year is not recorded, or where
        ``alive``: the relation or the job has not ended, so that there is no deadline yet.
    :param number: of the invoice, order or request, or of the invoice that a party's data follow.
    :param through: the organisation that a contact person's data follow.
    """

    kind: str
    id: int
    party_id: int | None
    number: str | None
    alive: bool
    event: str | None
    event_on: date | None
    reason: RetentionReason | None
    through: str | None = None

    @property
    def keep_until(self) -> date | None:
        return None if self.reason is None else self.reason.keep_until

    @property
    def year_missing(self) -> bool:
        return self.event is not None and self.reason is None and not self.alive


@dataclass(frozen=True)
class ReasonPart:
    """A customer's files of one series: how many, and the first and last of their deadlines."""

    kind: str
    code: str
    count: int
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Files:
    """A customer's files of one series that are kept until the same day; none has come yet, or its
    financial year is not recorded, where there is no ``keep_until``."""

    kind: str
    code: str
    count: int
    keep_until: date | None


@dataclass(frozen=True)
class CustomerRetention:
    """Retention as the card shows it: until when the customer's own details are kept and why,
    and the rest.

    :param files: the files behind ``parts``, by the day until which each is kept.
    """

    why: Why
    parts: tuple[ReasonPart, ...]
    files: tuple[Files, ...]
    keepers: Keepers


@needs(Permission.SEE_RETENTION)
def why(session: Session, key: str) -> Why:
    """Return why the file of a list's row is kept; at most 6 statements, and a read line of its
    party.

    :param key: :attr:`.rows.RetentionRow.key`.
    :raises NotFound: when there is no such file.
    """
    name, _, text = key.rpartition("-")
    key_of_file = typed_key(text)
    if key_of_file is None:
        raise NotFound("record", None)
    periods = read_periods(session)
    series = next((one for one in SERIES if one.name == name), None)
    if name == ItemKind.PARTY:
        found = _why_party(session, periods, key_of_file)
    elif series is None:
        raise NotFound("record", key_of_file)
    else:
        found = _why_file(session, periods, series, key_of_file)
    if found.party_id is None:
        subject = "party" if series is None else series.table
        audit_read(session, subject, found.id)
    else:
        audit_read(session, "party", found.party_id, party_id=found.party_id)
    return found


@needs(Permission.SEE_RETENTION)
def record_explained(session: Session, scope: str, key: int, *, today: date) -> tuple[Why, Keepers]:
    """Explain as :func:`explained` does, for an invoice, a draft or an order by its own key, and
    of a credit note by the invoice that it credits; at most 9 statements, and no read line: its
    page leaves one.

    :raises NotFound: when there is no such record.
    """
    periods = read_periods(session)
    model: type[Invoice | ServiceOrder] = ServiceOrder
    if scope == HoldScope.INVOICE:
        model = Invoice
        key = session.scalar(select(Invoice.credits_id).where(Invoice.id == key)) or key
    for series in SERIES:
        if series.model is model and session.scalar(select(model.id).where(in_series(series, key))):
            found = _why_file(session, periods, series, key)
            kept = keepers_of_file(session, series, key, found.party_id, today=today)
            return found, kept
    raise NotFound(model.__tablename__, key)


@needs(Permission.SEE_RETENTION)
def explained(session: Session, key: str, *, today: date) -> tuple[Why, Keepers]:
    """Return why a file is kept, and what keeps it although its time is up; at most 9
    statements, and a read line as :func:`why` leaves it.

    :raises NotFound: when there is no such file.
    """
    found = why(session, key)
    name = key.rpartition("-")[0]
    series = next((one for one in SERIES if one.name == name), None)
    if series is None:
        return found, keepers_of_party(session, found.id, today=today)
    return found, keepers_of_file(session, series, found.id, found.party_id, today=today)


@needs(Permission.SEE_RETENTION)
def customer_retention(session: Session, party_id: int, *, today: date) -> CustomerRetention:
    """The retention of one customer; at most 8 statements.

    :raises NotFound: when there is no such party.
    """
    periods = read_periods(session)
    events = _events(session, party_id)
    return CustomerRetention(
        _why_party(session, periods, party_id),
        _parts(periods, events),
        _files(periods, events),
        keepers_of_party(session, party_id, today=today),
    )


def _why_file(session: Session, periods: Periods, series: Series, key: int) -> Why:
    going_on = false() if series.going_on is None else series.going_on
    row = session.execute(
        select(series.model, series.day, going_on).where(series.model.id == key, series.belongs)
    ).first()
    if row is None:
        raise NotFound(series.kind, key)
    record, event, alive = row
    day = None if event is None else event_day(event)
    return Why(
        series.kind,
        key,
        None if series.party is None else getattr(record, series.party.key),
        None if series.number is None else getattr(record, series.number.key),
        bool(alive),
        None if day is None else _event(session, series, record, day),
        day,
        None if day is None else periods.reason(series.code, day),
    )


def _event(session: Session, series: Series, record: Any, day: date) -> str:
    if series is INVOICES:
        return _invoice_event(session, record, day)
    if series in {ORDERS, ORDERS_AT_REST}:
        return _order_event(session, series, record, day)
    return series.event


def _order_event(session: Session, series: Series, order: ServiceOrder, day: date) -> str:
    if order.closed_on == day:
        return Event.CLOSED if series is ORDERS_AT_REST else Event.ORDER_CLOSED
    worked = select(WorkEntry.id).where(WorkEntry.order_id == order.id, WorkEntry.done_on == day)
    if session.scalar(worked.limit(1)) is not None:
        return Event.WORKED
    return Event.QUOTED if series is ORDERS_AT_REST else series.event


def _invoice_event(session: Session, invoice: Invoice, day: date) -> Event:
    if invoice.issued_on == day:
        return Event.ISSUED
    family = select(Invoice.id).where(
        (Invoice.id == invoice.id) | (Invoice.credits_id == invoice.id)
    )
    paid = select(Payment.id).where(Payment.invoice_id.in_(family), Payment.paid_on == day)
    if session.scalar(paid.limit(1)) is not None:
        return Event.PAID
    given_up = session.execute(
        select(WriteOff.invoice_id, WriteOff.written_off_on, WriteOff.amount_cents)
        .where(WriteOff.invoice_id.in_(family))
        .order_by(WriteOff.id)
    ).all()
    last = next((row for row in reversed(given_up) if row.written_off_on == day), None)
    if last is None:
        return Event.CREDITED
    in_force = sum(row.amount_cents for row in given_up if row.invoice_id == last.invoice_id)
    return Event.WRITTEN_OFF if in_force else Event.WRITE_OFF_REVERSED


def _why_party(session: Session, periods: Periods, party_id: int) -> Why:
    columns = [column for column, _code in PARTY_EVENTS]
    row = session.execute(
        select(PartyFacts.in_force, *columns).where(PartyFacts.party_id == party_id)
    ).first()
    if row is None:
        raise NotFound("party", party_id)
    in_force, *events = row
    longest = None if in_force else Deadlines(periods).longest(events)
    if longest is None:
        return Why(ItemKind.PARTY, party_id, party_id, None, True, None, None, None)
    column, code, day, _until = longest
    number = through = None
    event = _PARTY_EVENTS[column]
    if column == "last_voucher_on":
        number = _number_of(session, party_id, day)
        if number is None and (number := _order_of(session, party_id, day)) is not None:
            event = Event.INVOICED
    if (column == "last_voucher_on" and number is None) or _is_contact_of(session, party_id):
        through = _through(session, party_id, column, day)
    return Why(
        ItemKind.PARTY,
        party_id,
        party_id,
        number,
        False,
        event,
        day,
        periods.reason(code, day),
        through,
    )


def _number_of(session: Session, party_id: int, day: date) -> str | None:
    """The number of the party's own invoice file with this last event."""
    return session.scalar(
        select(Invoice.number)
        .where(Invoice.party_id == party_id, Invoice.last_event_on == day)
        .order_by(Invoice.credits_id.is_not(None), Invoice.id.desc())
        .limit(1)
    )


def _order_of(session: Session, party_id: int, day: date) -> str | None:
    """The number of the party's own order with this last event."""
    return session.scalar(
        select(ServiceOrder.number)
        .where(ServiceOrder.party_id == party_id, ServiceOrder.voucher_on == day)
        .order_by(ServiceOrder.id.desc())
        .limit(1)
    )


def _is_contact_of(session: Session, party_id: int) -> bool:
    link = select(ContactPerson.id).where(ContactPerson.person_id == party_id).limit(1)
    return session.scalar(link) is not None


def _through(session: Session, party_id: int, column: str, day: date) -> str | None:
    """The organisation whose record the party's data follow; none where it is the party's own."""
    theirs = aliased(PartyFacts)
    return session.scalar(
        select(Party.name)
        .join(ContactPerson, ContactPerson.organisation_id == Party.id)
        .join(theirs, theirs.party_id == Party.id)
        .where(ContactPerson.person_id == party_id, getattr(theirs, column) == day)
        .order_by(Party.id)
        .limit(1)
    )


def _events(session: Session, party_id: int) -> list[_Events]:
    """Count the customer's files of each series by event; two statements."""
    by_day = [series for series in SERIES if not series.is_instant]
    queries = [
        select(literal(series.name).label("name"), series.day.label("day"), func.count().label("n"))
        .where(series.of_parties([party_id]), series.has_files)
        .group_by(series.day)
        for series in by_day
    ]
    drafts = select(literal(DRAFTS.name), DRAFTS.day, func.count()).where(
        DRAFTS.belongs, Invoice.party_id == party_id
    )
    found: dict[str, list[tuple[date | datetime | None, int]]] = {}
    for query in (union_all(*queries), drafts.group_by(DRAFTS.day)):
        for name, day, n in session.execute(query):
            found.setdefault(name, []).append((day, n))
    return [(one, sorted(found[one.name], key=_in_order)) for one in SERIES if one.name in found]


def _in_order(day: tuple[date | datetime | None, int]) -> tuple[bool, date | datetime]:
    """Return a sort key by the event; what has not ended comes last."""
    event, _count = day
    return event is None, event or date.max


def _parts(periods: Periods, events: Sequence[_Events]) -> tuple[ReasonPart, ...]:
    return tuple(
        ReasonPart(
            series.kind,
            series.code,
            sum(n for _day, n in days),
            _until(periods, series, days[0][0]),
            _until(periods, series, days[-1][0]),
        )
        for series, days in events
    )


def _files(periods: Periods, events: Sequence[_Events]) -> tuple[Files, ...]:
    found: dict[tuple[str, str, date | None], int] = {}
    for series, days in events:
        for day, n in days:
            key = (series.kind, series.code, _until(periods, series, day))
            found[key] = found.get(key, 0) + n
    return tuple(Files(kind, code, n, until) for (kind, code, until), n in found.items())


def _until(periods: Periods, series: Series, event: date | datetime | None) -> date | None:
    return None if event is None else periods.keep_until(series.code, event_day(event))
