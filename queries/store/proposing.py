"""What a disposal proposes: every file whose time is up, with the arithmetic that says so.

Conditions and events are those of :mod:`queries.store.deadlines`, the same that the pages list by.
What a hold or an open request keeps is proposed too, and stays with its reason when its turn comes:
nothing that is overdue is left out silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from queries.rules.periods import Periods
from queries.store.deadlines import (
    PARTY_EVENTS,
    SERIES,
    Series,
    helsinki_day,
    party_up,
    read_periods,
)
from queries.store.tables import DisposalItem, ItemKind, PartyFacts

#: So many items are read and written at a time.
_CHUNK = 10_000


class Deadlines:
    """Deadlines of one moment, each computed once: a day has many records."""

    def __init__(self, periods: Periods) -> None:
        self._periods = periods
        self._known: dict[tuple[str, date], date | None] = {}

    def keep_until(self, code: str, event: date) -> date | None:
        """The last day kept; nothing where the event's financial year is missing."""
        key = (code, event)
        if key not in self._known:
            self._known[key] = self._periods.keep_until(code, event)
        return self._known[key]

    def citation(self, code: str) -> str:
        return self._periods.citation(code)

    def longest(self, events: Sequence[Any]) -> tuple[str, date, date | None] | None:
        """Of a party's events, in the order of ``PARTY_EVENTS``, the one that keeps it longest:
        class, event and deadline; an event without a deadline is longer than any."""
        found: tuple[str, date, date | None] | None = None
        for (_column, code), event in zip(PARTY_EVENTS, events, strict=True):
            if event is None:
                continue
            day = event_day(event)
            until = self.keep_until(code, day)
            if found is None or (found[2] is not None and (until is None or until > found[2])):
                found = code, day, until
        return found


def event_day(event: date | datetime) -> date:
    """The calendar day of an event that is a day or an instant."""
    return helsinki_day(event) if isinstance(event, datetime) else event


def collect(session: Session, run_id: int, on: date) -> None:
    """Write the items of a proposal: every file whose time is up on a day.

    The financial years and periods are read in this transaction. One pass over each index range;
    nothing is counted that is not proposed.
    """
    periods = read_periods(session)
    deadlines = Deadlines(periods)
    for series in SERIES:
        rows = _events(session, series, series.up(periods, on))
        _write(session, run_id, series.kind, _of_series(rows, series.code, deadlines))
    _write(session, run_id, ItemKind.PARTY, _of_parties(session, party_up(periods, on), deadlines))


_Item = tuple[int, str, date, date, str]


def _events(
    session: Session, series: Series, up: ColumnElement[bool]
) -> Iterator[tuple[int, date]]:
    found = session.execute(
        select(series.model.id, series.day).where(up).execution_options(yield_per=_CHUNK)
    )
    return ((key, event_day(event)) for key, event in found)


def _of_series(
    rows: Iterator[tuple[int, date]], code: str, deadlines: Deadlines
) -> Iterator[_Item]:
    rule = deadlines.citation(code)
    for key, event in rows:
        until = deadlines.keep_until(code, event)
        assert until is not None, "what is up has a deadline"  # noqa: S101 - the condition said so
        yield key, code, event, until, rule


def _of_parties(session: Session, up: ColumnElement[bool], deadlines: Deadlines) -> Iterator[_Item]:
    columns = [column for column, _code in PARTY_EVENTS]
    found = session.execute(
        select(PartyFacts.party_id, *columns).where(up).execution_options(yield_per=_CHUNK)
    )
    for key, *events in found:
        code, event, until = deadlines.longest(events) or ("", date.min, None)
        if until is not None:
            yield key, code, event, until, deadlines.citation(code)


def _write(session: Session, run_id: int, kind: str, items: Iterator[_Item]) -> None:
    connection = session.connection()
    rows: list[dict[str, Any]] = []
    for key, code, event, until, rule in items:
        rows.append({"run_id": run_id, "kind": kind, "record_id": key, "class_code": code,
                     "rule": rule, "event_on": event, "keep_until": until})  # fmt: skip
        if len(rows) == _CHUNK:
            connection.execute(insert(DisposalItem), rows)
            rows = []
    if rows:
        connection.execute(insert(DisposalItem), rows)
