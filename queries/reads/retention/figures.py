"""Counts and lists of records whose time is up or soon will be, by summaries and index ranges.

Nothing here scans the records. Counts are sums over the summaries by event day; lists are ranges of
an index, one for each series of files (:mod:`queries.store.retention.series`), merged by deadline.
Parties are found by the one row of facts that each has, and come after the records: they are erased
last.
"""

from __future__ import annotations

import enum
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate, compress

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    func,
    literal,
    not_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session

from queries.rules.periods import Periods, Span
from queries.rules.roles import Permission
from queries.store.day_ranges import within
from queries.store.retention.blocks import Standing, kept_back_by, party_kept_back, read_standing
from queries.store.retention.erasure_due import AskedFile, AskedParty, asked_files, asked_parties
from queries.store.retention.series import (
    SERIES,
    Deadlines,
    Series,
    event_day,
    events_over,
    party_up,
    read_event,
    read_periods,
)
from queries.store.sessions import needs
from queries.store.tables import ItemKind, PartyFacts, Summary

#: Due within so many days, besides what is overdue.
WITHIN = (30, 90, 365)
PARTY_CLASS = "follows_party"
_DAY = timedelta(days=1)


class RetentionState(enum.StrEnum):
    """State that a list shows. ``missing``: a voucher whose financial year is not recorded."""

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
        restriction or an open request, a party also by paper that names it.
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
    :param overlapping: the days that are in two recorded financial years: a fault to mend, and
        until then their vouchers are kept for the longer time.
    """

    counts: tuple[ClassCount, ...]
    oldest: date | None
    next_due: date | None
    next_count: int
    overlapping: tuple[Span, ...] = ()

    def of(self, state: RetentionState) -> int:
        """Count the files in a state, all classes together."""
        return sum(count_of(count, state) for count in self.counts)


def count_of(count: ClassCount, state: RetentionState) -> int:
    """Count the files of a class in a state."""
    if state.value.startswith("days_"):
        return count.within.get(int(state.value.removeprefix("days_")), 0)
    return int(getattr(count, state.value))


@dataclass(frozen=True)
class Moment:
    """The data that retention depends on at one moment, read once for everything on a page.

    :param asked: the files that a request for erasure made due, by series; ``parties`` likewise.
    """

    today: date
    periods: Periods
    standing: Standing
    asked: Mapping[str, Sequence[AskedFile]]
    parties: Sequence[AskedParty]

    def asked_of(self, series: Series, *, kept: bool) -> list[AskedFile]:
        """Return the files of a series, due by a request for erasure, whose time is up and that
        something keeps, or nothing."""
        whole = series.code in self.standing.classes
        return [
            file
            for file in self.asked.get(series.name, ())
            if file.keep_until < self.today and (file.is_held or whole) == kept
        ]

    def asked_parties(self, *, kept: bool) -> list[AskedParty]:
        """Return the parties that asked for erasure, whose time is up and that something keeps,
        or nothing."""
        return [
            party
            for party in self.parties
            if party.keep_until is not None
            and party.keep_until < self.today
            and party.is_held == kept
        ]

    def asked_within(self, days: int) -> int:
        """Count the parties that asked for erasure and are due within so many days: a statute
        keeps them."""
        before = self.today + timedelta(days=days)
        return sum(
            party.keep_until is not None and self.today <= party.keep_until < before
            for party in self.parties
        )


def read_moment(session: Session, *, today: date) -> Moment:
    """Read the moment; two statements, and two more while a party that asked for erasure is not
    gone yet."""
    periods, standing = read_periods(session), read_standing(session)
    deadlines = Deadlines(periods)
    asked = {
        series.name: files for series, files in asked_files(session, standing.erasing, deadlines)
    }
    parties = asked_parties(session, standing, deadlines)
    return Moment(today, periods, standing, asked, parties)


@needs(Permission.SEE_RETENTION)
def retention_figures(session: Session, *, today: date) -> RetentionFigures:
    """Count by class and state; 4 statements, one more while something is held, and two more
    while a party that asked for erasure is not gone yet."""
    return figures_of(session, read_moment(session, today=today))


def figures_of(
    session: Session, moment: Moment, days: Mapping[str, EventDays] | None = None
) -> RetentionFigures:
    """The figures of a moment; two statements, one more while something is held.

    :param days: of the moment, where they are read already; then it is one statement.
    """
    days = event_days(session, moment) if days is None else days
    held = _kept_back(session, moment)
    counts = [
        _series_count(moment, series, days[series.name], held.get(series.name, 0))
        for series in SERIES
    ]
    deadlines = [
        (until, days[series.name].count_in([span]))
        for series in SERIES
        for until, span in _deadlines(series, moment, days[series.name])
    ]
    soonest = min((until for until, _count in deadlines), default=None)
    return RetentionFigures(
        (*counts, _party_count(session, moment)),
        min(
            (until for series in SERIES if (until := _oldest(series, moment, days[series.name]))),
            default=None,
        ),
        soonest,
        sum(count for until, count in deadlines if until == soonest),
        tuple(moment.periods.overlapping),
    )


class EventDays:
    """Count of files by event day: sums over spans without going through them all.

    :param counts: by the day as the summaries write it, 2026-03-05: as texts they are in order too.
    """

    def __init__(self, counts: Mapping[str, int]) -> None:
        # As pieces of C: there are ten thousand days, and the page waits.
        self._days = sorted(compress(counts, counts.values()))
        self._sums = [0, *accumulate(map(counts.__getitem__, self._days))]

    def count_in(self, spans: Sequence[Span]) -> int:
        """Count the files with their event in the spans."""
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


def event_days(session: Session, moment: Moment) -> dict[str, EventDays]:
    """The event days of every series, but of the files that a request for erasure made due; one
    statement.

    The days of a series come as one text: ten thousand rows of two would take longer than all else.
    """
    counts: dict[str, dict[str, int]] = {series.name: {} for series in SERIES}
    by_name = {series.name: series for series in SERIES}
    one = Summary.key + "=" + cast(Summary.count, String)
    summed = (
        select(Summary.name, func.aggregate_strings(one, ","))
        .where(
            Summary.name.in_([name for name, series in by_name.items() if series.is_summed]),
            Summary.count > 0,
        )
        .group_by(Summary.name)
    )
    few = (
        select(literal(series.name), func.aggregate_strings(cast(series.day, String), ",")).where(
            series.belongs, series.day.is_not(None)
        )
        for series in SERIES
        if not series.is_summed
    )
    for name, texts in session.execute(union_all(summed, *few)):
        told = texts.split(",") if texts else ()
        counts[name] = _days_told(by_name[name], told)
    for name, files in moment.asked.items():
        for file in files:
            day = file.event_on.isoformat()
            counts[name][day] = counts[name].get(day, 0) - 1
    return {name: EventDays(days) for name, days in counts.items()}


def _days_told(series: Series, told: Iterable[str]) -> dict[str, int]:
    """Count the files of each event day, from ``2026-03-05=12`` of a summary (instants by the
    hour of UTC), else from a day for each file."""
    if not series.is_summed:
        return dict(Counter(event_day(read_event(series, text)).isoformat() for text in told))
    if not series.is_instant:
        return {text[:10]: int(text[11:]) for text in told}
    days: Counter[str] = Counter()
    for hour, _, count in (text.partition("=") for text in told):
        days[event_day(read_event(series, hour)).isoformat()] += int(count)
    return dict(days)


def _series_count(moment: Moment, series: Series, days: EventDays, held: int) -> ClassCount:
    up = days.count_in(moment.periods.up(series.code, moment.today))
    kept = up if series.code in moment.standing.classes else held
    today = moment.today
    return ClassCount(
        series.kind,
        series.code,
        overdue=up - kept + len(moment.asked_of(series, kept=False)),
        held=kept + len(moment.asked_of(series, kept=True)),
        missing=days.count_in(moment.periods.missing) if series.needs_financial_year else 0,
        within={
            n: days.count_in(moment.periods.between(series.code, today, today + timedelta(days=n)))
            for n in WITHIN
        },
    )


def _kept_back(session: Session, moment: Moment) -> dict[str, int]:
    """Count the files of each series whose time is up and that a single block keeps."""
    if not moment.standing.anything:
        return {}
    counted = []
    for series in SERIES:
        if series.code in moment.standing.classes:
            continue
        up = [series.up(moment.periods, moment.today, narrowed=True), *unasked(moment, series)]
        keys = [select(series.model.id).where(*up, kept) for kept in kept_back_by(series)]
        counted.append(
            select(literal(series.name), func.count()).select_from(union(*keys).subquery())
        )
    return {name: count for name, count in session.execute(union_all(*counted))}  # noqa: C416 - rows become pairs


def unasked(moment: Moment, series: Series) -> list[ColumnElement[bool]]:
    """The files of a series but for those that a request for erasure made due."""
    keys = [file.id for file in moment.asked.get(series.name, ())]
    return [series.model.id.not_in(keys)] if keys else []


def unasked_parties(moment: Moment) -> list[ColumnElement[bool]]:
    """Select the parties except those that asked for erasure."""
    keys = list(moment.standing.erasing)
    return [PartyFacts.party_id.not_in(keys)] if keys else []


def _party_count(session: Session, moment: Moment) -> ClassCount:
    """Count in one pass over the index of the parties whose relation has ended, no further than
    those whose latest voucher is over; each is classed once, by the soonest day of all.

    What was read of a party from the index is not read again: a million parties take a quarter
    less time.
    """
    voucher = PartyFacts.last_voucher_on
    days = {n: moment.today + timedelta(days=n) for n in (0, *WITHIN)}
    spans = {n: moment.periods.up("voucher", day) for n, day in days.items()}
    over = {n: and_(*events_over(moment.periods, day, but=voucher)) for n, day in days.items()}
    soonest = {
        voucher.is_(None): case(*((others, n) for n, others in over.items())),
        within(voucher, spans[WITHIN[-1]]): case(
            *((and_(within(voucher, spans[n]), others), n) for n, others in over.items())
        ),
    }
    found = union_all(
        *(
            select(n.label("soonest")).where(
                not_(PartyFacts.in_force), which, *unasked_parties(moment)
            )
            for which, n in soonest.items()
        )
    ).subquery()
    up = party_up(moment.periods, moment.today)
    kept = (
        select(func.count())
        .where(up, party_kept_back(moment.standing.classes), *unasked_parties(moment))
        .scalar_subquery()
    )
    back, *counts = session.execute(
        select(
            kept if moment.standing.keeps_parties else literal(0),
            *(func.count().filter(found.c.soonest <= n) for n in over),
        ).select_from(found)
    ).one()
    return ClassCount(
        ItemKind.PARTY,
        PARTY_CLASS,
        overdue=counts[0] - back + len(moment.asked_parties(kept=False)),
        held=back + len(moment.asked_parties(kept=True)),
        within={
            n: count - counts[0] + moment.asked_within(n)
            for n, count in zip(WITHIN, counts[1:], strict=True)
        },
    )


def _oldest(series: Series, moment: Moment, days: EventDays) -> date | None:
    first = days.first_in(moment.periods.up(series.code, moment.today))
    own = None if first is None else moment.periods.keep_until(series.code, first)
    asked = [file.keep_until for file in moment.asked_of(series, kept=False)]
    return min(([own] if own else []) + asked, default=None)


def _deadlines(series: Series, moment: Moment, days: EventDays) -> list[tuple[date, Span]]:
    """The series' first deadline from today on, with the event days that have it."""
    periods, today = moment.periods, moment.today
    first = days.first_in(periods.between(series.code, today, date.max))
    until = None if first is None else periods.keep_until(series.code, first)
    if until is None:
        return []
    return [(until, span) for span in periods.between(series.code, until, until + _DAY)]
