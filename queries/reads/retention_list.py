"""The records that are overdue, due soon, held or without a financial year, a page at a time.

Each series of files is read from its own index, no further than the page needs, and the series are
merged by deadline; parties follow after all records, in the order of their keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, not_, null, select, tuple_
from sqlalchemy.orm import Session

from queries.reads.paging import Total, count_up_to
from queries.reads.retention import PARTY_CLASS, RetentionState
from queries.rules.periods import Periods, Span
from queries.rules.roles import Right
from queries.store.deadlines import (
    NEVER,
    PARTY_EVENTS,
    SERIES,
    Series,
    helsinki_day,
    party_up,
    read_periods,
)
from queries.store.finding import found_parties
from queries.store.obstacles import kept_back, party_kept_back, what_is_held
from queries.store.sessions import needs
from queries.store.tables import Invoice, ItemKind, Party, PartyFacts, ServiceOrder

PAGE_SIZE = 50
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class RetentionFilter:
    """What the list shows; None is no restriction.

    :param kind: a kind of file; ``code``: a retention class.
    :param text: finds customers as their own list does.
    """

    state: str = RetentionState.OVERDUE
    kind: str | None = None
    code: str | None = None
    party_id: int | None = None
    text: str = ""


@dataclass(frozen=True)
class RetentionRow:
    """A file with its deadline; ``keep_until`` is None where the financial year is missing.

    :param key: ``series-id``, by which a list pages on and :func:`.retention_why.why` explains.
    :param number: of an invoice or order.
    """

    key: str
    kind: str
    id: int
    party_id: int
    party: str
    number: str | None
    code: str
    event_on: date
    keep_until: date | None


@dataclass(frozen=True)
class RetentionPage:
    """``total`` is None where the page's figures have it; ``next_key`` pages on."""

    rows: tuple[RetentionRow, ...]
    total: Total | None
    next_key: str | None


@dataclass(frozen=True)
class _Wanted:
    """A filter made ready: what is asked of every series."""

    filter: RetentionFilter
    state: RetentionState
    today: date
    periods: Periods
    found: Select[Any] | None
    classes: frozenset[str]


@dataclass(frozen=True)
class _Mark:
    """Where the last page ended: the series' place, its deadline, event and key."""

    place: int
    until: date
    event: date | datetime
    id: int


@needs(Right.SEE_RETENTION)
def retention_list(
    session: Session,
    wanted: RetentionFilter,
    *,
    today: date,
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> RetentionPage:
    """One page of files; at most 11 statements: 3 of settings, one each kind, 2 of the mark.

    Where customers are chosen, the files are counted too, up to 10 000 of a series.

    :param after: the ``key`` of the row to page on after; one that is gone means the first page.
    """
    ready = _Wanted(
        wanted, RetentionState(wanted.state), today, read_periods(session),
        found_parties(session, wanted.text), what_is_held(session)[1],
    )  # fmt: skip
    series = [one for one in SERIES if _is_wanted(ready, one.kind, one.code)]
    mark = _mark(session, ready, after)
    rows: list[RetentionRow] = []
    if mark is None or mark.place < len(SERIES):
        for one in series:
            rows += _rows(session, ready, one, mark, size + 1)
        rows.sort(key=_order)
    if len(rows) <= size and _is_wanted(ready, ItemKind.PARTY, PARTY_CLASS):
        last = mark.id if mark is not None and mark.place == len(SERIES) else 0
        rows += _parties(session, ready, last, size + 1 - len(rows))
    page = tuple(rows[:size])
    return RetentionPage(
        page,
        _total(session, ready, series),
        page[-1].key if len(rows) > size else None,
    )


def _is_wanted(ready: _Wanted, kind: str, code: str) -> bool:
    asked = ready.filter
    if asked.kind not in (None, kind) or asked.code not in (None, code):
        return False
    return ready.state != RetentionState.MISSING or code == "voucher"


def _places() -> dict[str, int]:
    return {series.name: place for place, series in enumerate(SERIES)}


def _order(row: RetentionRow) -> tuple[date, int, date, int]:
    place = _places()[row.key.rsplit("-", 1)[0]]
    return row.keep_until or NEVER, place, row.event_on, row.id


def _mark(session: Session, ready: _Wanted, after: str | None) -> _Mark | None:
    """Where to go on: the row with this key, as it stands."""
    name, _, text = (after or "").rpartition("-")
    if not text.isdecimal() or len(text) > 11:  # noqa: PLR2004 - an id's length
        return None
    if name == ItemKind.PARTY:
        return _Mark(len(SERIES), date.max, date.max, int(text))
    place = _places().get(name)
    if place is None:
        return None
    series = SERIES[place]
    event = session.scalar(select(series.day).where(series.model.id == int(text)))
    if event is None:
        return None
    until = ready.periods.keep_until(series.code, series.day_of(event))
    return _Mark(place, until or NEVER, event, int(text))


def _spans(ready: _Wanted, series: Series, mark: _Mark | None) -> list[Span]:
    """The event days of the state, from the mark's deadline on."""
    if ready.state == RetentionState.MISSING:
        return ready.periods.missing
    first, before = ready.state.deadlines(ready.today)
    if mark is not None:
        start = mark.until + _DAY if _places()[series.name] < mark.place else mark.until
        first = start if first is None else max(first, start)
        if first >= before:
            return []
    return ready.periods.between(series.code, first, before)


def _conditions(
    ready: _Wanted, series: Series, spans: Sequence[Span]
) -> list[ColumnElement[bool]] | None:
    """What a file of the series must be; None where none can be."""
    held_class = series.code in ready.classes
    if not spans or (held_class and ready.state == RetentionState.OVERDUE):
        return None
    conditions = [series.within(spans)]
    if ready.state == RetentionState.HELD and not held_class:
        conditions.append(kept_back(series))
    elif ready.state == RetentionState.OVERDUE:
        conditions.append(not_(kept_back(series)))
    if ready.filter.party_id is not None:
        conditions.append(series.model.party_id == ready.filter.party_id)
    if ready.found is not None:
        conditions.append(series.model.party_id.in_(ready.found))
    return conditions


def _rows(
    session: Session, ready: _Wanted, series: Series, mark: _Mark | None, size: int
) -> list[RetentionRow]:
    conditions = _conditions(ready, series, _spans(ready, series, mark))
    if conditions is None:
        return []
    model = series.model
    if mark is not None and SERIES[mark.place] is series:
        conditions.append(tuple_(series.day, model.id) > tuple_(mark.event, mark.id))
    elif (
        mark is not None
        and ready.state == RetentionState.MISSING
        and _places()[series.name] < mark.place
    ):
        return []  # without deadlines the series come one after the other
    number: ColumnElement[Any] = cast(null(), String)
    if model is Invoice:
        number = Invoice.number.expression
    elif model is ServiceOrder:
        number = ServiceOrder.number.expression
    found = session.execute(
        select(model.id, series.day, model.party_id, Party.name, number)
        .join(Party, Party.id == model.party_id)
        .where(*conditions)
        .order_by(series.day, model.id)
        .limit(size)
    )
    return [
        RetentionRow(
            f"{series.name}-{key}", series.kind, key, party_id, name, label, series.code,
            series.day_of(event), ready.periods.keep_until(series.code, series.day_of(event)),
        )
        for key, event, party_id, name, label in found
    ]  # fmt: skip


def _parties(session: Session, ready: _Wanted, last: int, size: int) -> list[RetentionRow]:
    columns = [column for column, _code in PARTY_EVENTS]
    found = session.execute(
        select(PartyFacts.party_id, Party.name, *columns)
        .join(Party, Party.id == PartyFacts.party_id)
        .where(*_party_conditions(ready), PartyFacts.party_id > last)
        .order_by(PartyFacts.party_id)
        .limit(size)
    )
    rows = []
    for key, name, *events in found:
        until, event = latest(ready.periods, events)
        rows.append(RetentionRow(f"{ItemKind.PARTY}-{key}", ItemKind.PARTY, key, key, name, None,
                                 PARTY_CLASS, event, until))  # fmt: skip
    return rows


def _party_conditions(ready: _Wanted) -> list[ColumnElement[bool]]:
    first, before = ready.state.deadlines(ready.today)
    conditions = [party_up(ready.periods, before)]
    if first is not None:
        conditions.append(not_(party_up(ready.periods, first)))
    if ready.state == RetentionState.HELD:
        conditions.append(party_kept_back(PartyFacts.party_id))
    elif ready.state == RetentionState.OVERDUE:
        conditions.append(not_(party_kept_back(PartyFacts.party_id)))
    if ready.filter.party_id is not None:
        conditions.append(PartyFacts.party_id == ready.filter.party_id)
    if ready.found is not None:
        conditions.append(PartyFacts.party_id.in_(ready.found))
    return conditions


def latest(periods: Periods, events: Sequence[date | datetime | None]) -> tuple[date | None, date]:
    """The deadline of a party, and the event that it is counted from, of its latest events in the
    order of :data:`.PARTY_EVENTS`; none where a financial year is missing or an order is open.

    :raises ValueError: without any event.
    """
    found = []
    for event, (_column, code) in zip(events, PARTY_EVENTS, strict=True):
        if event is None:
            continue
        day = helsinki_day(event) if isinstance(event, datetime) else event
        until = None if day == NEVER else periods.keep_until(code, day)
        found.append((until is None, until or NEVER, day))
    missing, until, day = max(found)
    return None if missing else until, day


def _total(session: Session, ready: _Wanted, series: Sequence[Series]) -> Total | None:
    """How many there are, where customers are chosen: the figures count them otherwise."""
    if ready.found is None and ready.filter.party_id is None:
        return None
    totals = []
    for one in series:
        conditions = _conditions(ready, one, _spans(ready, one, None))
        if conditions is not None:
            totals.append(count_up_to(session, select(one.model.id).where(*conditions)))
    if _is_wanted(ready, ItemKind.PARTY, PARTY_CLASS):
        query = select(PartyFacts.party_id).where(*_party_conditions(ready))
        totals.append(count_up_to(session, query))
    return Total(sum(total.n for total in totals), exact=all(total.exact for total in totals))
