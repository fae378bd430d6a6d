"""Which records' time is up or soon will be: counts and lists, by summaries and index ranges.

Nothing here scans the records. Counts are sums over the summaries by event day; lists are ranges of
an index, one for each series of files (:mod:`queries.store.deadlines`), merged by deadline. Parties
are found by the one row of facts that each has, and stand after the records: they go last.
"""

from __future__ import annotations

import enum
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, select, union
from sqlalchemy.orm import Session

from queries.rules.periods import Periods, Span
from queries.rules.roles import Right
from queries.store.deadlines import (
    DRAFTS,
    NEVER,
    SERIES,
    Series,
    party_up,
    read_periods,
)
from queries.store.obstacles import held_parties, kept_back_by, what_is_held
from queries.store.sessions import needs
from queries.store.tables import ItemKind, PartyFacts, Summary

#: Due within so many days, besides what is overdue.
WITHIN = (30, 90, 365)
PARTY_CLASS = "follows_party"
_DAY = timedelta(days=1)


class RetentionState(enum.StrEnum):
    """What a list shows. ``missing``: a voucher whose financial year is not recorded."""

    OVERDUE = "overdue"
    DAYS_30 = "days_30"
    DAYS_90 = "days_90"
    DAYS_365 = "days_365"
    HELD = "held"
    MISSING = "missing"

    def deadlines(self, today: date) -> tuple[date | None, date]:
        """``first <= keep_until < before``."""
        if self.value.startswith("days_"):
            return today, today + timedelta(days=int(self.value.removeprefix("days_")))
        return None, today


@dataclass(frozen=True)
class ClassCount:
    """Counts of one series of files, or of the parties.

    :param code: its retention class; ``follows_party`` for parties.
    :param overdue: time is up and nothing keeps it; ``held``: time is up, kept by a hold, a
        restriction or an open request.
    :param within: how many more are due within each of :data:`WITHIN`, in days.
    """

    kind: str
    code: str
    overdue: int = 0
    held: int = 0
    missing: int = 0
    within: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class RetentionFigures:
    """The figures of the page.

    :param oldest: the deadline that has been over for longest among what is overdue.
    :param next_due: the next deadline of a record, and how many records have it.
    """

    counts: tuple[ClassCount, ...]
    oldest: date | None
    next_due: date | None
    next_count: int

    def of(self, state: RetentionState) -> int:
        """How many files are in a state, all classes together."""
        return sum(count_of(count, state) for count in self.counts)


def count_of(count: ClassCount, state: RetentionState) -> int:
    """How many files of a class are in a state."""
    if state.value.startswith("days_"):
        return count.within.get(int(state.value.removeprefix("days_")), 0)
    return int(getattr(count, state.value))


@needs(Right.SEE_RETENTION)
def retention_figures(session: Session, *, today: date) -> RetentionFigures:
    """Counts by class and state; 6 statements, and one a series of files while something is held.

    Two read the settings, two the summaries and the few drafts, two the parties' facts and holds.
    """
    periods = read_periods(session)
    days = event_days(session)
    held = _Held(session)
    counts = [_series_count(session, series, days[series.name], periods, held, today)
              for series in SERIES]  # fmt: skip
    deadlines = [
        (until, days[series.name].count_in([span]))
        for series in SERIES
        for until, span in _deadlines(series, periods, days[series.name], today)
    ]
    soonest = min((until for until, _count in deadlines), default=None)
    return RetentionFigures(
        (*counts, _party_count(session, periods, held, today)),
        min((until for until in (_oldest(series, periods, days[series.name], today)
                                 for series in SERIES) if until), default=None),
        soonest,
        sum(count for until, count in deadlines if until == soonest),
    )  # fmt: skip


class EventDays:
    """How many files have each event day: sums over spans without going through them all.

    :param counts: by the day as the summaries write it, 2026-03-05: as texts they are in order too.
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._days = sorted(counts)
        self._sums = [0, *accumulate(counts[day] for day in self._days)]

    def count_in(self, spans: Sequence[Span]) -> int:
        """How many files have their event in the spans."""
        return sum(
            self._sums[bisect_right(self._days, last.isoformat())]
            - self._sums[bisect_left(self._days, first.isoformat())]
            for first, last in spans
        )

    def first_in(self, spans: Sequence[Span]) -> date | None:
        """The earliest event day in the spans."""
        for first, last in spans:
            at = bisect_left(self._days, first.isoformat())
            if at < len(self._days) and self._days[at] <= last.isoformat():
                return date.fromisoformat(self._days[at])
        return None


def event_days(session: Session) -> dict[str, EventDays]:
    """The event days of every series; two statements.

    The days of a series come as one text: ten thousand rows of two would take longer than all else.
    """
    names = [series.name for series in SERIES]
    counts: dict[str, dict[str, int]] = {name: {} for name in names}
    one = Summary.key + "=" + cast(Summary.count, String)
    for name, texts in session.execute(
        select(Summary.name, func.aggregate_strings(one, ","))
        .where(Summary.name.in_(names), Summary.count > 0)
        .group_by(Summary.name)
    ):
        counts[name] = {text[:10]: int(text[11:]) for text in texts.split(",")}
    drafts = counts[DRAFTS.name]
    for instant in session.scalars(select(DRAFTS.day).where(DRAFTS.belongs)):
        day = DRAFTS.day_of(instant).isoformat()
        drafts[day] = drafts.get(day, 0) + 1
    return {name: EventDays(days) for name, days in counts.items()}


class _Held:
    """What is held at all: read once, so that nobody counts what is not there."""

    def __init__(self, session: Session) -> None:
        anything, self.classes = what_is_held(session)
        self.anything = anything or bool(self.classes)


def _series_count(
    session: Session, series: Series, days: EventDays, periods: Periods, held: _Held, today: date
) -> ClassCount:
    up = days.count_in(periods.up(series.code, today))
    kept = up if series.code in held.classes else 0
    if held.anything and not kept and up:
        kept = _kept_back(session, series, series.up(periods, today))
    return ClassCount(
        series.kind,
        series.code,
        overdue=up - kept,
        held=kept,
        missing=days.count_in(periods.missing) if series.needs_financial_year else 0,
        within={n: days.count_in(periods.between(series.code, today, today + timedelta(days=n)))
                for n in WITHIN},
    )  # fmt: skip


def _kept_back(session: Session, series: Series, up: ColumnElement[bool]) -> int:
    keys = [select(series.model.id).where(up, condition) for condition in kept_back_by(series)]
    return session.execute(select(func.count()).select_from(union(*keys).subquery())).scalar_one()


def _party_count(session: Session, periods: Periods, held: _Held, today: date) -> ClassCount:
    """One pass over the facts of the parties whose relation does not go on."""
    farthest = party_up(periods, today + timedelta(days=WITHIN[-1]))
    spans = [func.sum(case((party_up(periods, today + timedelta(days=n)), 1), else_=0))
             for n in (0, *WITHIN[:-1])]  # fmt: skip
    kept = func.sum(
        case((and_(party_up(periods, today), PartyFacts.party_id.in_(held_parties())), 1), else_=0)
    )
    row = session.execute(
        select(*spans, func.count(), kept if held.anything else literal(0)).where(farthest)
    ).one()
    up, *until = (int(n or 0) for n in row[:-1])
    back = int(row[-1] or 0)
    return ClassCount(
        ItemKind.PARTY, PARTY_CLASS, overdue=up - back, held=back,
        within={n: count - up for n, count in zip(WITHIN, until, strict=True)},
    )  # fmt: skip


def _oldest(series: Series, periods: Periods, days: EventDays, today: date) -> date | None:
    first = days.first_in(periods.up(series.code, today))
    return None if first is None else periods.keep_until(series.code, first)


def _deadlines(
    series: Series, periods: Periods, days: EventDays, today: date
) -> list[tuple[date, Span]]:
    """The series' first deadline from today on, with the event days that have it."""
    first = days.first_in(periods.between(series.code, today, NEVER))
    until = None if first is None else periods.keep_until(series.code, first)
    if until is None:
        return []
    return [(until, span) for span in periods.between(series.code, until, until + _DAY)]
