"""Proposal of a disposal: every file whose time is up, with the calculation that shows it.

Conditions and events are those of :mod:`queries.store.retention.series`, the same that the pages
list by. Files that a hold or an open request keeps are proposed too, and stay with the reason when
their turn comes: nothing overdue is left out silently.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from queries.store.retention.blocks import read_standing
from queries.store.retention.erasure_due import asked_files, asked_parties
from queries.store.retention.series import (
    PARTY_EVENTS,
    SERIES,
    Deadlines,
    Series,
    event_day,
    party_up,
    read_periods,
)
from queries.store.tables import DisposalItem, ItemKind, PartyFacts

#: Ground for erasing what only a period of the company would keep, once the person asked.
ON_REQUEST = "GDPR Art. 17(1)"

#: So many items are read and written at a time.
_CHUNK = 10_000


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
    standing = read_standing(session)
    for series, files in asked_files(session, standing.erasing, deadlines):
        _add(
            session,
            run_id,
            series.kind,
            [
                (file.id, series.code, file.event_on, file.keep_until, ON_REQUEST)
                for file in files
                if file.keep_until < on
            ],
        )
    _add(
        session,
        run_id,
        ItemKind.PARTY,
        [
            (party.id, party.code, party.event_on, party.keep_until, ON_REQUEST)
            for party in asked_parties(session, standing, deadlines)
            if party.keep_until is not None and party.keep_until < on
        ],
    )


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
        longest = deadlines.longest(events)
        if longest is None:
            continue
        _column, code, event, until = longest
        if until is not None:
            yield key, code, event, until, deadlines.citation(code)


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
        rows.append(
            {
                "run_id": run_id,
                "kind": kind,
                "record_id": key,
                "class_code": code,
                "rule": rule,
                "event_on": event,
                "keep_until": until,
            }
        )
        if len(rows) == _CHUNK:
            connection.execute(insert(DisposalItem), rows)
            rows = []
    if rows:
        connection.execute(insert(DisposalItem), rows)
