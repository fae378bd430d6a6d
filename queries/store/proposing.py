"""What a disposal proposes: every file whose time is up, with the arithmetic that says so.

Conditions and events are those of :mod:`queries.store.deadlines`, the same that the pages list by.
What a hold or an open request keeps is proposed too, and stays with its reason when its turn comes:
nothing that is overdue is left out silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from queries.rules.periods import OWN_CODES, Periods
from queries.store.deadlines import (
    NEVER,
    PARTY_EVENTS,
    SERIES,
    Series,
    helsinki_day,
    party_up,
    read_periods,
)
from queries.store.obstacles import ERASING, erasing_parties
from queries.store.tables import DisposalItem, ItemKind, PartyFacts, Restriction

#: By what right goes what only a period of the house would keep, once the person asked.
ON_REQUEST = "GDPR Art. 17(1)"

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

    def until(self, code: str, event: date | datetime, erasing: date | None) -> date | None:
        """The last day kept, of a party that asked for erasure: the house's own periods end with
        the day before, and an order that goes on keeps.

        :param erasing: that day; None for everybody else.
        """
        day = event_day(event)
        found = self.keep_until(code, day)
        if erasing is None or found is None or day == NEVER or code not in OWN_CODES:
            return found
        return min(found, erasing)

    def citation(self, code: str) -> str:
        return self._periods.citation(code)

    def longest(
        self, events: Sequence[Any], erasing: date | None = None
    ) -> tuple[str, date, date | None] | None:
        """Of a party's events, in the order of ``PARTY_EVENTS``, the one that keeps it longest:
        class, event and deadline; an event without a deadline is longer than any.

        :param erasing: as :meth:`until` of the party.
        """
        found: tuple[str, date, date | None] | None = None
        for (_column, code), event in zip(PARTY_EVENTS, events, strict=True):
            if event is None:
                continue
            day = event_day(event)
            until = self.until(code, event, erasing)
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
    erasing = erasing_parties(session)
    if erasing:
        for series in SERIES:
            if series.code in OWN_CODES:
                _add(session, run_id, series.kind, _asked_files(session, series, erasing, on))
        _add(session, run_id, ItemKind.PARTY, _asked_parties(session, deadlines, erasing, on))


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


_ASKED = select(Restriction.party_id).where(*ERASING)


def _asked_files(
    session: Session, series: Series, erasing: Mapping[int, date], on: date
) -> list[_Item]:
    """The files of the parties that asked for erasure which only a period of the house keeps."""
    found = session.execute(
        select(series.model.id, series.model.party_id, series.day).where(
            series.belongs, series.day.is_not(None), series.model.party_id.in_(_ASKED)
        )
    )
    return [
        (key, series.code, event_day(event), erasing[party], ON_REQUEST)
        for key, party, event in found
        if event_day(event) != NEVER and erasing[party] < on
    ]


def _asked_parties(
    session: Session, deadlines: Deadlines, erasing: Mapping[int, date], on: date
) -> list[_Item]:
    columns = [column for column, _code in PARTY_EVENTS]
    found = session.execute(
        select(PartyFacts.party_id, *columns).where(
            PartyFacts.party_id.in_(_ASKED), PartyFacts.in_force.is_(False)
        )
    )
    items = []
    for key, *events in found:
        code, event, until = deadlines.longest(events, erasing[key]) or ("", date.min, None)
        if until is not None and until < on:
            items.append((key, code, event, until, ON_REQUEST))
    return items


def _add(session: Session, run_id: int, kind: str, items: list[_Item]) -> None:
    """Write what was not proposed by its period already."""
    keys = [item[0] for item in items]
    there = set(
        session.scalars(
            select(DisposalItem.record_id).where(
                DisposalItem.run_id == run_id,
                DisposalItem.kind == kind,
                DisposalItem.record_id.in_(keys),
            )
        )
    )
    _write(session, run_id, kind, iter([item for item in items if item[0] not in there]))


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
