"""Periods by which deadlines are counted at one moment: recorded financial years, own periods.

It is read anew in each transaction (:mod:`queries.store.retention.series`), so that a changed year
or period takes effect at once; here it answers for one class what :mod:`queries.rules.retention`
answers for a formula, in both directions: the deadline of an event day, and the event days of a
span of deadlines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from queries.rules import retention
from queries.rules.retention import FinancialYearSpan, OwnPeriod, RetentionReason
from queries.rules.statutes import OWN_CLASSES, STATUTES, own_class, statute

_DAY = timedelta(days=1)
_STATUTORY = frozenset(rule.code for rule in STATUTES)

Span = tuple[date, date]
"""A first and a last event day."""


@dataclass(frozen=True)
class Periods:
    """The financial years on record and the months that the company has set, by class.

    Years that overlap keep what is in both for the longer time.

    :param months: a class that is not there has its suggested period.

    >>> periods = Periods((FinancialYearSpan(date(2024, 1, 1), date(2024, 12, 31)),), {"note": 6})
    >>> periods.keep_until("voucher", date(2024, 5, 5))
    datetime.date(2030, 12, 31)
    >>> periods.keep_until("note", date(2024, 5, 5))
    datetime.date(2024, 11, 5)
    """

    years: tuple[FinancialYearSpan, ...] = ()
    months: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "years", tuple(sorted(self.years)))

    def own(self, code: str) -> OwnPeriod:
        """Return the company's period of one of its classes.

        :raises InvalidInput: ``retention_class.unknown``.
        """
        return OwnPeriod(self.months.get(code, own_class(code).suggested_months))

    def citation(self, code: str) -> str:
        """The law behind a class."""
        return statute(code).citation if code in _STATUTORY else own_class(code).citation

    def reason(self, code: str, event: date) -> RetentionReason | None:
        """The arithmetic of an event's deadline; nothing where its financial year is missing."""
        if code not in _STATUTORY:
            return self.own(code).explain(code, event)
        year = None
        if statute(code).needs_financial_year:
            year = retention.financial_year_of(event, self.years)
            if year is None:
                return None
        return retention.explain(code, event, financial_year=year)

    def keep_until(self, code: str, event: date) -> date | None:
        """The last day kept; nothing where the event's financial year is missing."""
        reason = self.reason(code, event)
        return None if reason is None else reason.keep_until

    def up(self, code: str, on: date) -> list[Span]:
        """The event days whose time is up on a day (``keep_until`` before it), in order."""
        if code in _STATUTORY:
            return retention.disposable_ranges(code, on, self.years)
        last = self.own(code).last_event_disposable(on)
        return [] if last is None else [(date.min, last)]

    def between(self, code: str, first: date | None, before: date) -> list[Span]:
        """The event days with ``first <= keep_until < before``, in order.

        :param first: without it, all whose time is up on the day ``before``.

        >>> Periods((), {"note": 6}).between("note", date(2026, 3, 1), date(2026, 3, 2))
        [(datetime.date(2025, 9, 1), datetime.date(2025, 9, 1))]
        """
        spans = self.up(code, before)
        if first is None:
            return spans
        gone = self.up(code, first)
        floor = gone[-1][1] if gone else None
        found = []
        for start, end in spans:
            if floor is None or start > floor:
                found.append((start, end))
            elif end > floor:
                found.append((floor + _DAY, end))
        return found

    @cached_property
    def missing(self) -> list[Span]:
        """The days in no recorded financial year, in order: their vouchers have no deadline.

        >>> [(str(first), str(last)) for first, last in Periods(
        ...     (FinancialYearSpan(date(2024, 1, 1), date(2024, 12, 31)),)).missing]
        [('0001-01-01', '2023-12-31'), ('2025-01-01', '9999-12-31')]
        """
        found, start = [], date.min
        for year in self.years:
            if year.start > start:
                found.append((start, year.start - _DAY))
            if year.end == date.max:
                return found
            start = max(start, year.end + _DAY)
        return [*found, (start, date.max)]

    @cached_property
    def overlapping(self) -> list[Span]:
        """The days in more than one recorded financial year, in order: a fault to mend."""
        return retention.overlaps(self.years)


def contains(spans: Sequence[Span], day: date) -> bool:
    """Check if a day is in one of the spans."""
    return any(first <= day <= last for first, last in spans)


OWN_CODES = tuple(rule.code for rule in OWN_CLASSES)
"""The classes whose period is a setting."""
