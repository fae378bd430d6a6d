"""Requests of data subjects: what is due first, who it may be, and what is restricted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Nullable, select
from sqlalchemy.orm import Session

from queries.errors import InvalidInput
from queries.reads.paging import Page, count_up_to, page_of
from queries.rules import identifiers
from queries.rules.deadlines import request_due
from queries.rules.roles import Permission
from queries.store.request_clock import suspended_days
from queries.store.search import fold, sort_name
from queries.store.sessions import needs
from queries.store.tables import (
    AskedStatus,
    DataSubjectRequest,
    Email,
    Party,
    Phone,
    RequestRight,
    RequestStatus,
    RequestSuspension,
    Restriction,
)

PAGE_SIZE = 50
#: More open requests than this are no list any more; the figures say how many there are.
MOST_OPEN = 1_000
#: An answer that is due within so many days is due soon.
SOON = timedelta(days=7)
MOST_MATCHES = 10


@dataclass(frozen=True)
class AskedRow:
    """One right of a request, with its answer."""

    kind: str
    status: str
    answered_on: date | None
    answered_by: str | None
    refusal_ground: str | None
    refusal_citation: str | None
    refusal_reason: str | None
    completes_on: date | None


@dataclass(frozen=True)
class RequestRow:
    """A line of the list.

    :param due: the last day on which the answer is in time.
    :param days_left: from today; negative when it is overdue.
    :param waiting: information about the identity is awaited, so that the clock is stopped.
    """

    id: int
    number: str
    received_on: date
    due: date
    days_left: int
    extended: bool
    waiting: bool
    status: str
    closed_on: date | None
    registered: str
    party_id: int | None
    name: str | None
    rights: tuple[AskedRow, ...]


@dataclass(frozen=True)
class RequestFigures:
    """Counts of open requests: all, those overdue and those due soon."""

    open: int
    soon: int
    overdue: int


@dataclass(frozen=True)
class RequestMatch:
    """A party that may be the one who asks, with the reasons, the strongest first."""

    party_id: int
    name: str
    town: str | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class PartyStanding:
    """A restriction in force."""

    id: int
    version: int
    since: date
    basis: str
    reason: str
    request_id: int | None


@needs(Permission.SEE_REQUESTS)
def open_requests(session: Session, *, today: date) -> tuple[RequestRow, ...]:
    """Return the open requests, the soonest due first; 3 statements."""
    rows = session.execute(
        select(DataSubjectRequest, Nullable(Party.name))
        .outerjoin(Party, Party.id == DataSubjectRequest.party_id)
        .where(DataSubjectRequest.status == RequestStatus.OPEN)
        .order_by(DataSubjectRequest.received_on, DataSubjectRequest.id)
        .limit(MOST_OPEN)
    ).all()
    found = _rows(session, rows, today)
    return tuple(sorted(found, key=lambda row: (row.due, row.received_on, row.id)))


@needs(Permission.SEE_REQUESTS)
def closed_requests(
    session: Session,
    *,
    today: date,
    after: int | None = None,
    before: int | None = None,
    size: int = PAGE_SIZE,
) -> Page[RequestRow]:
    """One page of the closed requests, the last closed first; at most 6 statements."""
    closed = DataSubjectRequest.status == RequestStatus.CLOSED
    query = (
        select(DataSubjectRequest, Nullable(Party.name))
        .outerjoin(Party, Party.id == DataSubjectRequest.party_id)
        .where(closed)
    )
    return page_of(
        session,
        query,
        [DataSubjectRequest.closed_on, DataSubjectRequest.id],
        lambda rows: _rows(session, rows, today),
        total=count_up_to(session, select(DataSubjectRequest.id).where(closed)),
        descending=True,
        after=after,
        before=before,
        size=size,
    )


@needs(Permission.SEE_REQUESTS)
def request_figures(session: Session, *, today: date) -> RequestFigures:
    """The figures of the overview; 2 statements."""
    rows = session.execute(
        select(
            DataSubjectRequest.id, DataSubjectRequest.received_on, DataSubjectRequest.extended_on
        ).where(DataSubjectRequest.status == RequestStatus.OPEN)
    ).all()
    days = suspended_days(session, [row.id for row in rows], today=today)
    dues = [
        request_due(
            row.received_on,
            extended=row.extended_on is not None,
            suspended_days=days.get(row.id, 0),
        )
        for row in rows
    ]
    return RequestFigures(
        open=len(dues),
        soon=sum(today <= due <= today + SOON for due in dues),
        overdue=sum(due < today for due in dues),
    )


@needs(Permission.SEE_REQUESTS)
def who_is_this(session: Session, *, name: str = "", contact: str = "") -> tuple[RequestMatch, ...]:
    """Parties that may be the one who asks, best first; at most 5 statements.

    Reasons are codes: ``same_email``, ``same_phone``, ``same_business_id``, ``same_name_and_town``,
    ``same_name``. A suggestion is not an identity check.
    """
    reasons: dict[int, list[str]] = {}

    def matched(reason: str, ids: Sequence[int]) -> None:
        for party_id in ids:
            reasons.setdefault(party_id, []).append(reason)

    contact, whole = contact.strip(), fold(name)
    for rule, reason, model, column in (
        (identifiers.email, "same_email", Email, Email.address),
        (identifiers.phone, "same_phone", Phone, Phone.number),
    ):
        if (value := _by(rule, contact)) is not None:
            found_by = select(model.party_id).where(column.in_({value, value.lower()})).distinct()
            matched(reason, session.scalars(found_by.limit(MOST_MATCHES)).all())
    for text in (contact, name):
        if (value := _by(identifiers.business_id, text)) is not None:
            ids = session.scalars(select(Party.id).where(Party.business_id == value)).all()
            matched("same_business_id", ids)
    if whole:
        town = fold(contact)
        for party_id, its_town in session.execute(
            select(Party.id, Party.town)
            .where(Party.sort_name.in_(_orders_of(whole)))
            .limit(MOST_MATCHES)
        ):
            near = its_town is not None and fold(its_town) in town
            matched("same_name_and_town" if near else "same_name", [party_id])
    if not reasons:
        return ()
    rows = session.execute(
        select(Party.id, Party.name, Party.town).where(Party.id.in_(list(reasons)))
    )
    found = [RequestMatch(row.id, row.name, row.town, tuple(reasons[row.id])) for row in rows]
    strength = ("same_email", "same_phone", "same_business_id", "same_name_and_town", "same_name")
    return tuple(
        sorted(found, key=lambda one: (strength.index(one.reasons[0]), -len(one.reasons), one.name))
    )


@needs(Permission.SEE_CUSTOMERS)
def restrictions_of(session: Session, party_id: int) -> tuple[PartyStanding, ...]:
    """Return the restrictions of a party that are in force, the oldest first; 1 statement."""
    rows = session.scalars(
        select(Restriction)
        .where(Restriction.party_id == party_id, Restriction.lifted_on.is_(None))
        .order_by(Restriction.since, Restriction.id)
    )
    return tuple(
        PartyStanding(row.id, row.version, row.since, row.basis, row.reason, row.request_id)
        for row in rows
    )


@needs(Permission.SEE_CUSTOMERS)
def restricted_among(session: Session, party_ids: Sequence[int]) -> frozenset[int]:
    """Return those of some parties whose data are restricted; 1 statement. What lists or exports
    parties asks here: what is restricted is shown as such, and used for nothing (GDPR Art.
    18(2))."""
    standing = Restriction.party_id.in_(party_ids) & Restriction.lifted_on.is_(None)
    return frozenset(session.scalars(select(Restriction.party_id).where(standing)))


def _by(rule: object, text: str) -> str | None:
    """Apply a rule to a text; None for a text that is not of its kind."""
    try:
        return str(rule(text)) if text else None  # type: ignore[operator]  # a rule of identifiers
    except InvalidInput:
        return None


def _orders_of(name: str) -> list[str]:
    """A name as lists order it: as written, and with its last word first or its first last."""
    words = name.split()
    orders = [words, [words[-1], *words[:-1]], [*words[1:], words[0]]]
    return list(dict.fromkeys(sort_name(" ".join(order)) for order in orders))


def _rows(
    session: Session, found: Sequence[tuple[DataSubjectRequest, str | None]], today: date
) -> tuple[RequestRow, ...]:
    ids = [request.id for request, _name in found]
    rights = asked_of(session, ids)
    days = suspended_days(session, ids, today=today)
    waiting = set(
        session.scalars(
            select(RequestSuspension.request_id).where(
                RequestSuspension.request_id.in_(ids), RequestSuspension.answered_on.is_(None)
            )
        )
    )
    rows = []
    for request, name in found:
        due = request_due(
            request.received_on,
            extended=request.extended_on is not None,
            suspended_days=days.get(request.id, 0),
        )
        rows.append(
            RequestRow(
                id=request.id,
                number=request.number,
                received_on=request.received_on,
                due=due,
                days_left=(due - today).days,
                extended=request.extended_on is not None,
                waiting=request.id in waiting,
                status=request.status,
                closed_on=request.closed_on,
                registered=request.registered,
                party_id=request.party_id,
                name=name or request.claimed_name,
                rights=tuple(rights.get(request.id, ())),
            )
        )
    return tuple(rows)


def asked_of(session: Session, ids: Sequence[int]) -> dict[int, list[AskedRow]]:
    """The rights of some requests in their order; one statement. Shared by the reads."""
    found: dict[int, list[AskedRow]] = {}
    rows = session.scalars(
        select(RequestRight).where(RequestRight.request_id.in_(ids)).order_by(RequestRight.id)
    )
    for row in rows:
        found.setdefault(row.request_id, []).append(
            AskedRow(
                row.kind,
                row.status,
                row.answered_on,
                row.answered_by,
                row.refusal_ground,
                row.refusal_citation,
                row.refusal_reason,
                row.completes_on,
            )
        )
    return found


@dataclass(frozen=True)
class RightMonth:
    """Count of requests for a right in a month (its first day)."""

    month: date
    kind: str
    count: int


@dataclass(frozen=True)
class RequestStatistics:
    """Numbers only: they stay when the files are anonymised.

    :param median_days: from receipt to the last answer of a request; None without any.
    :param in_time: how many of the ``answered`` requests had every answer in time.
    """

    asked: tuple[RightMonth, ...]
    answered: int
    in_time: int
    median_days: float | None


@needs(Permission.SEE_REQUESTS)
def request_statistics(session: Session, *, since: date, today: date) -> RequestStatistics:
    """Return rights requested by month, days to answer and the share in time since a day; 3
    statements.

    A suspension whose days went with an anonymised file no longer lengthens the time: the file then
    counts by its plain due day.
    """
    rows = session.execute(
        select(
            DataSubjectRequest.id,
            DataSubjectRequest.received_on,
            DataSubjectRequest.extended_on,
            RequestRight.kind,
            RequestRight.status,
            RequestRight.answered_on,
        )
        .join(RequestRight, RequestRight.request_id == DataSubjectRequest.id)
        .where(DataSubjectRequest.received_on >= since)
    ).all()
    months: dict[tuple[date, str], int] = {}
    last: dict[int, date] = {}
    waits = {row.id for row in rows if row.status == AskedStatus.OPEN}
    for row in rows:
        key = (row.received_on.replace(day=1), row.kind)
        months[key] = months.get(key, 0) + 1
        if row.id not in waits:
            last[row.id] = max(last.get(row.id, row.answered_on), row.answered_on)
    days = suspended_days(session, list(last), today=today)
    received = {row.id: row for row in rows}
    took = sorted((on - received[key].received_on).days for key, on in last.items())
    in_time = sum(
        on
        <= request_due(
            received[key].received_on,
            extended=received[key].extended_on is not None,
            suspended_days=days.get(key, 0),
        )
        for key, on in last.items()
    )
    middle = len(took) // 2
    median = None if not took else (took[middle] + took[-middle - 1]) / 2
    asked = tuple(RightMonth(month, kind, n) for (month, kind), n in sorted(months.items()))
    return RequestStatistics(asked, len(last), in_time, median)
