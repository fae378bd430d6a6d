"""The financial years on record (tilikaudet), with what hangs on each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.rules.deadlines import add_months
from queries.rules.periods import Periods, Span, contains
from queries.rules.retention import FinancialYearSpan as Days
from queries.rules.roles import Permission
from queries.store.retention.series import INVOICES, ORDERS
from queries.store.sessions import needs
from queries.store.tables import FinancialYear, Summary


@dataclass(frozen=True)
class FinancialYearRow:
    """A year, its vouchers' last day kept, and how many invoice files and orders it has."""

    id: int
    version: int
    starts_on: date
    ends_on: date
    keep_until: date
    invoices: int
    orders: int
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True)
class MissingYear:
    """Days with vouchers and without a year, from the first voucher to the last one."""

    starts_on: date
    ends_on: date
    invoices: int
    orders: int


@dataclass(frozen=True)
class FinancialYears:
    """All years, the newest first, and where one is missing."""

    years: tuple[FinancialYearRow, ...]
    missing: tuple[MissingYear, ...]
    overlapping: tuple[Span, ...]
    """The days that are in two years, which only rows from elsewhere can have brought."""
    proposed: Days | None
    """The year after the last one, as a person would go on; none where there is none yet."""


@needs(Permission.SEE_RETENTION)
def financial_years(session: Session) -> FinancialYears:
    """The page's rows; two statements, one of them over the summary by day."""
    years = session.scalars(select(FinancialYear).order_by(FinancialYear.starts_on.desc())).all()
    periods = Periods(tuple(Days(year.starts_on, year.ends_on, checked=False) for year in years))
    counts = voucher_days(session)
    return FinancialYears(
        tuple(_row(year, periods, counts) for year in years),
        tuple(_missing(periods, counts)),
        tuple(periods.overlapping),
        _following(max((year.ends_on for year in years), default=None)),
    )


def voucher_days(session: Session) -> dict[str, dict[date, int]]:
    """Count the files of each event day, by series of vouchers; one statement."""
    names = (INVOICES.name, ORDERS.name)
    rows = session.execute(
        select(Summary.name, Summary.key, Summary.count).where(
            Summary.name.in_(names), Summary.count > 0
        )
    )
    found: dict[str, dict[date, int]] = {name: {} for name in names}
    for name, day, count in rows:
        found[name][date.fromisoformat(day)] = count
    return found


def _row(
    year: FinancialYear, periods: Periods, counts: dict[str, dict[date, int]]
) -> FinancialYearRow:
    keep_until = periods.keep_until("voucher", year.ends_on)
    assert keep_until is not None, "the year is one of them"  # noqa: S101 - part of the program
    invoices, orders = (
        _within(counts[series.name], year.starts_on, year.ends_on) for series in (INVOICES, ORDERS)
    )
    return FinancialYearRow(
        year.id,
        year.version,
        year.starts_on,
        year.ends_on,
        keep_until,
        invoices,
        orders,
        year.changed_by,
        year.changed_at,
    )


def _within(days: dict[date, int], first: date, last: date) -> int:
    return sum(count for day, count in days.items() if first <= day <= last)


def _missing(periods: Periods, counts: dict[str, dict[date, int]]) -> list[MissingYear]:
    found = []
    events = sorted(
        {day for days in counts.values() for day in days if contains(periods.missing, day)}
    )
    for first, last in periods.missing:
        inside = [day for day in events if first <= day <= last]
        if inside:
            start, end = inside[0], inside[-1]
            found.append(
                MissingYear(
                    start,
                    end,
                    _within(counts[INVOICES.name], start, end),
                    _within(counts[ORDERS.name], start, end),
                )
            )
    return found


def _following(last_day: date | None) -> Days | None:
    """A year of twelve months after the last one; none where the calendar has no room for it."""
    if last_day is None or last_day.year >= date.max.year - 1:
        return None
    start = last_day + timedelta(days=1)
    return Days(start, add_months(start, 12) - timedelta(days=1))
