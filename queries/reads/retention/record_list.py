"""The records that are overdue, due soon, held or without a financial year, a page at a time.

Each series of files is read from its own index, no further than the page needs, and the series are
merged by deadline; parties follow after all records, in the order of their keys.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    cast,
    literal,
    not_,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from queries.reads.paging import Total, count_up_to, typed_key
from queries.reads.retention.figures import (
    PARTY_CLASS,
    EventDays,
    Moment,
    RetentionState,
    read_moment,
    unasked,
    unasked_parties,
)
from queries.reads.retention.rows import RetentionFilter, RetentionPage, RetentionRow
from queries.rules.periods import Span
from queries.rules.roles import Permission
from queries.store.retention.blocks import kept_back, party_kept_back
from queries.store.retention.series import (
    PARTY_EVENTS,
    SERIES,
    Deadlines,
    Series,
    event_day,
    party_up,
    read_event,
)
from queries.store.search_query import found_parties
from queries.store.sessions import needs
from queries.store.tables import ItemKind, Party, PartyFacts

PAGE_SIZE = 50
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class _Wanted:
    """A filter made ready: the conditions of every series."""

    filter: RetentionFilter
    state: RetentionState
    moment: Moment
    found: Select[Any] | None
    days: Mapping[str, EventDays] | None


_Order = tuple[bool, date, int, Any, int]
"""Whether there is no deadline, the deadline, the series' place, its event and the key: the order
of the list. Events are compared within a series, where all are days or all are instants."""


@dataclass(frozen=True)
class _Mark:
    """The end of the last page: the series' place, its deadline, None without one, its event and
    its key."""

    place: int
    until: date | None
    event: date | datetime
    id: int

    @property
    def order(self) -> _Order:
        return _order(self.until, self.place, self.event, self.id)


def _order(until: date | None, place: int, event: date | datetime, key: int) -> _Order:
    return until is None, until or date.max, place, event, key


@needs(Permission.SEE_RETENTION)
def retention_list(
    session: Session,
    wanted: RetentionFilter,
    *,
    today: date,
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> RetentionPage:
    """One page of files; at most 9 statements: 4 of the moment, one of the mark, one of all the
    records and one of the parties, and 2 of names.

    Where customers are chosen, the files are counted too, up to 10 000 of a series.

    :param after: the ``key`` of the row to page on after; one that is gone means the first page.
    """
    return list_of(session, wanted, read_moment(session, today=today), after=after, size=size)


def list_of(
    session: Session,
    wanted: RetentionFilter,
    moment: Moment,
    *,
    after: str | None = None,
    size: int = PAGE_SIZE,
    days: Mapping[str, EventDays] | None = None,
) -> RetentionPage:
    """One page of the list of a moment; at most 5 statements.

    :param days: of the moment, where they are known: no file is looked for where none is.
    """
    chosen = found_parties(session, wanted.text)
    ready = _Wanted(wanted, RetentionState(wanted.state), moment, chosen, days)
    series = [one for one in SERIES if _is_wanted(ready, one)]
    mark = _mark(session, ready, after)
    rows: list[RetentionRow] = []
    if mark is None or mark.place < len(SERIES):
        found = [
            *_asked_rows(session, ready, series, mark),
            *_rows(session, ready, series, mark, size + 1),
        ]
        found.sort(key=itemgetter(0))
        rows = [row for _order, row in found]
    if len(rows) <= size and _are_parties_wanted(ready):
        last = mark.id if mark is not None and mark.place == len(SERIES) else 0
        rows += _parties(session, ready, last, size + 1 - len(rows))
    page = tuple(rows[:size])
    return RetentionPage(
        page, _total(session, ready, series), page[-1].key if len(rows) > size else None
    )


def _is_wanted(ready: _Wanted, series: Series) -> bool:
    asked = ready.filter
    if asked.kind not in (None, series.kind) or asked.code not in (None, series.code):
        return False
    return ready.state != RetentionState.MISSING or series.needs_financial_year


def _are_parties_wanted(ready: _Wanted) -> bool:
    asked = ready.filter
    if asked.kind not in (None, ItemKind.PARTY) or asked.code not in (None, PARTY_CLASS):
        return False
    return ready.state != RetentionState.MISSING


@functools.cache
def _places() -> dict[str, int]:
    return {series.name: place for place, series in enumerate(SERIES)}


def _mark(session: Session, ready: _Wanted, after: str | None) -> _Mark | None:
    """Return where to continue: the row with this key, as it is."""
    name, _, text = (after or "").rpartition("-")
    key = typed_key(text)
    if key is None:
        return None
    if name == ItemKind.PARTY:
        return _Mark(len(SERIES), None, date.max, key)
    place = _places().get(name)
    return None if place is None else _mark_in(session, ready, place, key)


def _mark_in(session: Session, ready: _Wanted, place: int, key: int) -> _Mark | None:
    name, series = SERIES[place].name, SERIES[place]
    for file in ready.moment.asked.get(name, ()):
        if file.id == key:
            return _Mark(place, file.keep_until, file.event, key)
    event = session.scalar(select(series.day).where(series.model.id == key))
    if event is None:
        return None
    until = ready.moment.periods.keep_until(series.code, event_day(event))
    if until is None and ready.state != RetentionState.MISSING:
        return None  # its financial year was removed since
    return _Mark(place, until, event, key)


def _spans(ready: _Wanted, series: Series, mark: _Mark | None) -> list[Span]:
    """The event days of the state that have files, from the mark's deadline on."""
    spans = _spans_of_state(ready, series, mark)
    if ready.days is None:
        return spans
    return [span for span in spans if ready.days[series.name].count_in([span])]


def _spans_of_state(ready: _Wanted, series: Series, mark: _Mark | None) -> list[Span]:
    if ready.state == RetentionState.MISSING:
        return ready.moment.periods.missing
    first, before = ready.state.deadlines(ready.moment.today)
    if mark is not None and mark.until is not None:
        start = mark.until + _DAY if _places()[series.name] < mark.place else mark.until
        first = start if first is None else max(first, start)
        if first >= before:
            return []
    return ready.moment.periods.between(series.code, first, before)


def _conditions(
    ready: _Wanted, series: Series, spans: Sequence[Span]
) -> list[ColumnElement[bool]] | None:
    """Return the conditions of a file of the series; None where none can match."""
    standing = ready.moment.standing
    held_class = series.code in standing.classes
    if not spans or (held_class and ready.state == RetentionState.OVERDUE):
        return None
    conditions = [series.within(spans), *unasked(ready.moment, series)]
    if ready.state == RetentionState.HELD and not held_class:
        if not standing.anything:
            return None
        conditions.append(kept_back(series))
    elif ready.state == RetentionState.OVERDUE and standing.anything:
        conditions.append(not_(kept_back(series)))
    return [*conditions, *_chosen(ready, series)]


def _rows(
    session: Session, ready: _Wanted, series: Sequence[Series], mark: _Mark | None, size: int
) -> list[tuple[_Order, RetentionRow]]:
    """The next rows of each series, no more than the page needs; one statement."""
    queries = [query for one in series if (query := _query(ready, one, mark, size)) is not None]
    if not queries:
        return []
    by_name = {one.name: one for one in series}
    found = []
    for name, key, text, party_id, party, number in session.execute(union_all(*queries)):
        one = by_name[name]
        event = read_event(one, text)
        until = ready.moment.periods.keep_until(one.code, event_day(event))
        row = RetentionRow(
            f"{name}-{key}",
            one.kind,
            key,
            party_id,
            party,
            number,
            one.code,
            event_day(event),
            until,
        )
        found.append((_order(until, _places()[name], event, key), row))
    return found


def _query(ready: _Wanted, series: Series, mark: _Mark | None, size: int) -> Select[Any] | None:
    conditions = _conditions(ready, series, _spans(ready, series, mark))
    if conditions is None:
        return None
    model = series.model
    if mark is not None and SERIES[mark.place] is series:
        conditions.append(tuple_(series.day, model.id) > tuple_(mark.event, mark.id))
    elif (
        mark is not None
        and ready.state == RetentionState.MISSING
        and _places()[series.name] < mark.place
    ):
        return None  # without deadlines the series come one after the other
    keys = (
        select(model.id, series.day).where(*conditions).order_by(series.day, model.id).limit(size)
    ).subquery()
    return _labelled(series).join(keys, keys.c.id == model.id)


def _labelled(series: Series) -> Select[Any]:
    """Select the label of a file's row; without a name where the file is about several people."""
    model = series.model
    number: ColumnElement[Any] = cast(null(), String)
    if series.number is not None:
        number = series.number.expression
    name = literal(series.name)
    if series.party is None:
        no_party = cast(null(), Integer), cast(null(), String)
        return select(name, model.id, cast(series.day, String), *no_party, number)
    party = series.party
    return select(
        name, model.id, cast(series.day, String), party, Party.name, number
    ).outerjoin_from(model, Party, Party.id == party)


def _asked_rows(
    session: Session, ready: _Wanted, series: Sequence[Series], mark: _Mark | None
) -> list[tuple[_Order, RetentionRow]]:
    """The files after the mark that a request for erasure made due; one statement a series."""
    if ready.state not in {RetentionState.OVERDUE, RetentionState.HELD}:
        return []
    found = []
    for one in series:
        files = {
            file.id: file
            for file in ready.moment.asked_of(one, kept=ready.state == RetentionState.HELD)
        }
        if not files:
            continue
        query = _labelled(one).where(one.model.id.in_(files), *_chosen(ready, one))
        for name, key, _day, party_id, party, number in session.execute(query):
            file = files[key]
            row = RetentionRow(
                f"{name}-{key}",
                one.kind,
                key,
                party_id,
                party,
                number,
                one.code,
                file.event_on,
                file.keep_until,
            )
            found.append((_order(file.keep_until, _places()[name], file.event, key), row))
    return [(order, row) for order, row in found if mark is None or order > mark.order]


def _chosen(ready: _Wanted, series: Series) -> list[ColumnElement[bool]]:
    """The files of the customers that the filter chooses."""
    found = []
    if ready.filter.party_id is not None:
        found.append(series.of_parties([ready.filter.party_id]))
    if ready.found is not None:
        found.append(series.of_parties(ready.found))
    return found


def _parties(session: Session, ready: _Wanted, last: int, size: int) -> list[RetentionRow]:
    columns = [column for column, _code in PARTY_EVENTS]
    found = session.execute(
        select(PartyFacts.party_id, Party.name, *columns)
        .join(Party, Party.id == PartyFacts.party_id)
        .where(*_party_conditions(ready), PartyFacts.party_id > last)
        .order_by(PartyFacts.party_id)
        .limit(size)
    )
    deadlines, erasing = Deadlines(ready.moment.periods), ready.moment.standing.erasing
    rows = []
    for key, name, *events in found:
        longest = deadlines.longest(events, erasing.get(key))
        assert longest is not None, "what is up has an event"  # noqa: S101 - the condition said so
        _column, _code, event, until = longest
        rows.append(
            RetentionRow(
                f"{ItemKind.PARTY}-{key}",
                ItemKind.PARTY,
                key,
                key,
                name,
                None,
                PARTY_CLASS,
                event,
                until,
            )
        )
    return rows


def _party_conditions(ready: _Wanted) -> list[ColumnElement[bool]]:
    today, standing = ready.moment.today, ready.moment.standing
    kept = party_kept_back(standing.classes)
    first, before = ready.state.deadlines(today)
    up = [party_up(ready.moment.periods, before), *unasked_parties(ready.moment)]
    if first is not None:
        up.append(not_(party_up(ready.moment.periods, first)))
    asked = [
        party.id
        for party in ready.moment.parties
        if party.keep_until is not None
        and party.keep_until < before
        and (first is None or party.keep_until >= first)
    ]
    conditions = [or_(and_(*up), PartyFacts.party_id.in_(asked)) if asked else and_(*up)]
    if ready.state == RetentionState.HELD:
        conditions.append(kept)
    elif ready.state == RetentionState.OVERDUE and standing.keeps_parties:
        conditions.append(not_(kept))
    if ready.filter.party_id is not None:
        conditions.append(PartyFacts.party_id == ready.filter.party_id)
    if ready.found is not None:
        conditions.append(PartyFacts.party_id.in_(ready.found))
    return conditions


def _total(session: Session, ready: _Wanted, series: Sequence[Series]) -> Total | None:
    """Count the files where customers are chosen: the figures count them otherwise."""
    if ready.found is None and ready.filter.party_id is None:
        return None
    totals = [Total(len(_asked_rows(session, ready, series, None)))]
    for one in series:
        conditions = _conditions(ready, one, _spans(ready, one, None))
        if conditions is not None:
            totals.append(count_up_to(session, select(one.model.id).where(*conditions)))
    if _are_parties_wanted(ready):
        query = select(PartyFacts.party_id).where(*_party_conditions(ready))
        totals.append(count_up_to(session, query))
    return Total(sum(total.n for total in totals), exact=all(total.exact for total in totals))
