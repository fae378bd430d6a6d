"""Files made due by a request for erasure: only a period of the company would have kept them.

From the day of the request on such a period keeps nothing of the person (GDPR Art. 17(1)), whatever
its months say; what a statute keeps stays until its own day. The proposal, the figures and the list
all use this module, so that what one of them counts the others show. There are few such parties, so
their files are read whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, literal, select, union_all
from sqlalchemy.orm import Session

from queries.store.retention.blocks import ERASING, Standing, kept_back, party_kept_back
from queries.store.retention.series import (
    PARTY_EVENTS,
    SERIES,
    Deadlines,
    Series,
    event_day,
    read_event,
)
from queries.store.tables import PartyFacts, Restriction


@dataclass(frozen=True)
class AskedFile:
    """A file that a request for erasure made due.

    :param event: the day or instant from which its own period would count.
    :param keep_until: the day before the request, or that of its own period if it is earlier.
    :param is_held: a hold, a restriction or an open request keeps it; holds on classes apart.
    """

    id: int
    party_id: int
    event: date | datetime
    keep_until: date
    is_held: bool

    @property
    def event_on(self) -> date:
        return event_day(self.event)


@dataclass(frozen=True)
class AskedParty:
    """A party that asked for erasure.

    :param code: the class of its longest-living record, counted from ``event_on``.
    :param keep_until: None where the event's financial year is missing.
    :param is_held: a hold, of a class too, a restriction, an open request or paper keeps it.
    """

    id: int
    code: str
    event_on: date
    keep_until: date | None
    is_held: bool


def asking() -> Select[Any]:
    """Select the keys of the parties that asked for erasure."""
    return select(Restriction.party_id).where(*ERASING)


def asked_files(
    session: Session, erasing: Mapping[int, date], deadlines: Deadlines
) -> Iterator[tuple[Series, list[AskedFile]]]:
    """Yield the files of each series that a request made due; one statement, or zero where
    nobody asked.

    :param erasing: of :class:`.Standing`.
    """
    if not erasing:
        return
    series = {one.name: one for one in SERIES if one.ends_on_request}
    found: dict[str, list[AskedFile]] = {name: [] for name in series}
    for name, key, party, text, held in session.execute(
        union_all(*(_files(one) for one in series.values()))
    ):
        event = read_event(series[name], text)
        until = deadlines.until(series[name].code, event, erasing[party])
        if until is not None:
            found[name].append(AskedFile(key, party, event, until, bool(held)))
    for name, files in found.items():
        yield series[name], files


def _files(series: Series) -> Select[Any]:
    assert series.party is not None  # noqa: S101 - a series that ends on request has one
    held: ColumnElement[bool] = kept_back(series)
    return select(
        literal(series.name), series.model.id, series.party, cast(series.day, String), held
    ).where(series.belongs, series.day.is_not(None), series.party.in_(asking()))


def asked_parties(session: Session, standing: Standing, deadlines: Deadlines) -> list[AskedParty]:
    """Return the parties that asked for erasure and whose relation is over; one statement, or
    zero where nobody asked."""
    if not standing.erasing:
        return []
    columns = [column for column, _code in PARTY_EVENTS]
    rows = session.execute(
        select(PartyFacts.party_id, party_kept_back(standing.classes), *columns).where(
            PartyFacts.party_id.in_(asking()), PartyFacts.in_force.is_(False)
        )
    )
    found = []
    for key, held, *events in rows:
        longest = deadlines.longest(events, standing.erasing[key])
        if longest is not None:
            _column, code, event, until = longest
            found.append(AskedParty(key, code, event, until, bool(held)))
    return found
