"""Forecast of the files whose time will be up in each month of the coming years, by class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, case, cast, func, not_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from queries.reads.retention.figures import (
    PARTY_CLASS,
    Moment,
    event_days,
    read_moment,
    unasked_parties,
)
from queries.rules.deadlines import add_months
from queries.rules.periods import OWN_CODES, Periods
from queries.rules.roles import Permission
from queries.rules.statutes import statute
from queries.store.retention.series import PARTY_EVENTS, SERIES, party_up
from queries.store.sessions import needs
from queries.store.tables import ItemKind, PartyFacts

YEARS = 10
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ForecastMonth:
    """A count of files of a kind and class whose last day kept is in the month that begins then."""

    month: date
    kind: str
    code: str
    count: int


@needs(Permission.SEE_RETENTION)
def retention_forecast(session: Session, *, today: date) -> tuple[ForecastMonth, ...]:
    """Return the months of ten years from the running one on, those with files in them; 4
    statements, two more while somebody who asked for erasure is not gone yet.

    What is overdue is left out: the running month counts from today on. The parties are counted in
    one pass over their facts, whose instants (a draft, a contact person's last change) count in
    the month that they have in UTC.
    """
    moment = read_moment(session, today=today)
    periods, days = moment.periods, event_days(session, moment)
    first = today.replace(day=1)
    months = [add_months(first, n) for n in range(12 * YEARS + 1)]
    found = []
    for series in SERIES:
        for month, following in pairwise(months):
            spans = periods.between(series.code, max(month, today), following)
            count = days[series.name].count_in(spans)
            if count:
                found.append(ForecastMonth(month, series.kind, series.code, count))
    return (*found, *_parties(session, moment, months))


def _parties(session: Session, moment: Moment, months: list[date]) -> list[ForecastMonth]:
    periods = moment.periods
    greatest = func.max if session.get_bind().dialect.name == "sqlite" else func.greatest
    number = greatest(*(_month(periods, column, code) for column, code in PARTY_EVENTS))
    rows = session.execute(
        select(number, func.count())
        .where(
            not_(PartyFacts.in_force), ~party_up(periods, moment.today), *unasked_parties(moment)
        )
        .group_by(number)
    )
    counts = {int(n): count for n, count in rows}
    for party in moment.parties:
        if party.keep_until is not None and party.keep_until >= moment.today:
            month = _number(party.keep_until)
            counts[month] = counts.get(month, 0) + 1
    return [
        ForecastMonth(month, ItemKind.PARTY, PARTY_CLASS, counts[_number(month)])
        for month in months[:-1]
        if _number(month) in counts
    ]


def _months(periods: Periods, code: str) -> int | None:
    """Return the months that are counted from the event itself; None where they count from a
    financial year."""
    if code in OWN_CODES:
        return periods.own(code).months
    rule = statute(code)
    return None if rule.needs_financial_year else 12 * rule.period


def _number(day: date) -> int:
    """Months since the year 0: one number for each month, in order."""
    return 12 * day.year + day.month


#: Later than any month: a deadline that nobody knows.
_UNKNOWN = 12 * 9999


def _month(periods: Periods, column: InstrumentedAttribute[Any], code: str) -> ColumnElement[int]:
    """Return the number of the month of the event's deadline; 0 without an event.

    The months of the company's periods are added to the month alone: a short month never moves a
    day on.
    """
    months = _months(periods, code)
    if months is not None:
        text = cast(column, String)
        number = (
            12 * cast(func.substr(text, 1, 4), Integer)
            + cast(func.substr(text, 6, 2), Integer)
            + months
        )
        return func.coalesce(number, 0)
    # The first that holds counts: of two years that overlap the one that keeps longer.
    latest_first = sorted(periods.years, key=lambda year: year.end, reverse=True)
    kept = {year: periods.keep_until(code, year.end) for year in latest_first}
    return case(
        (column.is_(None), 0),
        *(
            (column.between(year.start, year.end), _number(until))
            for year, until in kept.items()
            if until is not None
        ),
        else_=_UNKNOWN,
    )
