"""Retention of a record: the last day it is kept, and the exact inverse.

**The danger.** Two mistakes, and neither can be undone. Destroyed a day too early, a voucher is
missing when the tax authority asks, and the company has broken the Accounting Act; no backup may
bring it back. Kept a day too long, a person's data is held without any right to it, and nobody
notices, because nothing fails. Both come from the same small errors: a year counted from the
invoice instead of the financial year's end, a 29 February, a financial year that was changed
after the date had been stored, a record that no rule was written for.

**The principle.** No deadline is stored. ``keep_until`` is computed from the event, the financial
year and the law each time that it is needed, so that a corrected year or a changed period takes
effect at once and nothing gets out of date. It is the *last* day kept: disposal is lawful from the
day after. The query for records whose time is up uses the exact inverse:
:func:`last_event_disposable` turns a day into an event day, and the store reads a range of an
index. Where the facts do not suffice (a voucher in no recorded financial year), the answer is a
refusal, never a guess: such a record is shown as "year missing" and is not disposable. A later
event never means an earlier ``keep_until``; this holds because financial years do not overlap.
Where they do, as rows from elsewhere may, nothing is refused, for then no record of any class could
be judged any more: a day in two years is kept as the year with the later end says, and
:func:`overlaps` names the days to mend.

**The transaction boundary.** This module computes and touches nothing. What it says is true for
the financial years, periods and events that it was given, so a disposal reads them, asks again
here, and disposes *in one transaction*: a list computed earlier, on a page or in an approved
proposal, is a proposal and no permission. Holds, open requests and restrictions are not known
here; the disposal service asks about them in that same transaction.

Refusals: :class:`queries.errors.RuleRefusal` with the code ``financial_year_missing`` (its
citation is the rule's), and :class:`queries.errors.InvalidInput` with the codes in
:data:`CODES`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import InitVar, dataclass
from datetime import date, timedelta

from queries.errors import InvalidInput, RuleRefusal
from queries.rules.deadlines import add_months
from queries.rules.statutes import Formula, Statute, check_months, own_class, statute

CODES = {
    "financial_year": ("ends_before_start", "too_long", "overlap", "event_outside"),
    "retention_class": ("unknown",),
    "months": ("negative", "out_of_range"),
    "day": ("out_of_range",),
}
"""Each field's codes, so that a test can ask the catalogues for every sentence."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class FinancialYearSpan:
    """A financial year (tilikausi): its first and last day.

    Usually 12 months, at most 18 (Kirjanpitolaki 1336/1997 1:4); where the eighteenth month has
    no day before the starting day's number, it ends with that month.

    :param checked: False for one that is on record, whatever is wrong with it.
    :raises InvalidInput: ``financial_year.ends_before_start``, ``financial_year.too_long``.

    >>> FinancialYearSpan(date(2025, 8, 15), date(2026, 12, 31)).contains(date(2025, 9, 1))
    True
    """

    start: date
    end: date
    checked: InitVar[bool] = True

    def __post_init__(self, checked: bool) -> None:
        if not checked:
            return
        if self.end < self.start:
            raise InvalidInput("financial_year", "ends_before_start")
        same_day = _shifted(self.start, 18)
        if same_day is None:
            return
        longest = same_day if same_day.day < self.start.day else same_day - _DAY
        if self.end > longest:
            raise InvalidInput("financial_year", "too_long", longest=longest)

    def contains(self, day: date) -> bool:
        return self.start <= day <= self.end


@dataclass(frozen=True)
class RetentionReason:
    """Reason why a record is kept until a day, as data for a sentence.

    :param kind: the code of the retention class.
    :param counted_from: the day from which the period runs: the event, the end of the financial
        year, or 31 December of the year that counts.
    :param period: so many ``unit``.
    :param unit: ``years`` or ``months``.
    """

    kind: str
    citation: str
    formula: Formula
    trigger: str
    event: date
    financial_year: FinancialYearSpan | None
    counted_from: date
    period: int
    unit: str
    keep_until: date


def keep_until(kind: str, event: date, *, financial_year: FinancialYearSpan | None = None) -> date:
    """The last day on which a record is kept by law; disposal is lawful from the day after.

    A day beyond the calendar, of a due day that was mistyped, is its last one: one record never
    stops what asks about all of them.

    :param kind: ``voucher``, ``books``, ``payroll_ledger``, ``real_estate_investment``,
        ``oss_record``, ``working_time_record`` or ``claim``.
    :param event: the day that :class:`.statutes.Trigger` names for the class.
    :param financial_year: the one that contains the event; needed by the first three kinds and
        without meaning to the others.
    :raises RuleRefusal: ``financial_year_missing`` where the kind needs one.
    :raises InvalidInput: ``retention_class.unknown``; ``financial_year.event_outside`` where the
        event is in another year.

    >>> year = FinancialYearSpan(date(2022, 1, 1), date(2022, 12, 31))
    >>> keep_until("voucher", date(2022, 5, 5), financial_year=year)
    datetime.date(2028, 12, 31)
    >>> keep_until("books", date(2022, 5, 5), financial_year=year)
    datetime.date(2032, 12, 31)

    A broken year, and one that ends on 29 February:

    >>> year = FinancialYearSpan(date(2023, 4, 1), date(2024, 3, 31))
    >>> keep_until("voucher", date(2023, 4, 1), financial_year=year)
    datetime.date(2030, 12, 31)
    >>> keep_until("books", date(2023, 4, 1), financial_year=year)
    datetime.date(2034, 3, 31)
    >>> year = FinancialYearSpan(date(2023, 3, 1), date(2024, 2, 29))
    >>> keep_until("voucher", date(2023, 3, 1), financial_year=year)
    datetime.date(2030, 12, 31)
    >>> keep_until("books", date(2023, 3, 1), financial_year=year)
    datetime.date(2034, 2, 28)

    Two invoices a day apart, on both sides of a year's end:

    >>> year = FinancialYearSpan(date(2024, 7, 1), date(2025, 6, 30))
    >>> keep_until("voucher", date(2025, 6, 30), financial_year=year)
    datetime.date(2031, 12, 31)
    >>> year = FinancialYearSpan(date(2025, 7, 1), date(2026, 6, 30))
    >>> keep_until("voucher", date(2025, 7, 1), financial_year=year)
    datetime.date(2032, 12, 31)

    A long first year, and kinds that need none:

    >>> year = FinancialYearSpan(date(2025, 8, 15), date(2026, 12, 31))
    >>> keep_until("voucher", date(2025, 9, 1), financial_year=year)
    datetime.date(2032, 12, 31)
    >>> keep_until("claim", date(2024, 2, 29)), keep_until("working_time_record", date(2025, 3, 5))
    (datetime.date(2027, 2, 28), datetime.date(2027, 12, 31))
    >>> keep_until("voucher", date(2025, 9, 1))
    Traceback (most recent call last):
        ...
    queries.errors.RuleRefusal: financial_year_missing (citation, day, retention_class)
    """
    return explain(kind, event, financial_year=financial_year).keep_until


def explain(
    kind: str, event: date, *, financial_year: FinancialYearSpan | None = None
) -> RetentionReason:
    """The arithmetic of :func:`keep_until`, for showing; its refusals.

    >>> year = FinancialYearSpan(date(2023, 4, 1), date(2024, 3, 31))
    >>> reason = explain("voucher", date(2023, 5, 2), financial_year=year)
    >>> reason.counted_from, reason.period, reason.unit, reason.citation
    (datetime.date(2024, 12, 31), 6, 'years', 'Kirjanpitolaki 1336/1997 2:10.2')
    """
    rule = statute(kind)
    counted_from = _counted_from(rule, event, financial_year)
    return RetentionReason(
        kind=kind,
        citation=rule.citation,
        formula=rule.formula,
        trigger=rule.trigger,
        event=event,
        financial_year=financial_year if rule.needs_financial_year else None,
        counted_from=counted_from,
        period=rule.period,
        unit="years",
        keep_until=_shifted(counted_from, 12 * rule.period) or date.max,
    )


def _counted_from(rule: Statute, event: date, financial_year: FinancialYearSpan | None) -> date:
    if rule.formula is Formula.EVENT:
        return event
    if rule.formula is Formula.CALENDAR_YEAR:
        return _year_end(event.year)
    if financial_year is None:
        raise RuleRefusal(
            "financial_year_missing", rule.citation, retention_class=rule.code, day=event
        )
    if not financial_year.contains(event):
        raise InvalidInput("financial_year", "event_outside", day=event)
    if rule.formula is Formula.FINANCIAL_YEAR_CALENDAR_YEAR:
        return _year_end(financial_year.end.year)
    return financial_year.end


def last_event_disposable(
    kind: str, on: date, financial_years: Iterable[FinancialYearSpan] = ()
) -> date | None:
    """The latest event day whose ``keep_until`` lies before a day: the inverse of `keep_until`.

    Every recorded event at or before it may go on that day, and none after it. "Recorded" means,
    for kinds that need a financial year, in one of the years given: a day in none of them is
    never disposable, wherever it lies, so ask for events in :func:`disposable_ranges`.

    :param on: the day on which the disposal would be carried out.
    :param financial_years: those on record, in any order; without meaning to the other kinds.
    :returns: nothing where no event may go.
    :raises InvalidInput: ``retention_class.unknown``.

    >>> years = [
    ...     FinancialYearSpan(date(2023, 4, 1), date(2024, 3, 31)),
    ...     FinancialYearSpan(date(2024, 4, 1), date(2024, 12, 31)),
    ...     FinancialYearSpan(date(2025, 1, 1), date(2025, 12, 31)),
    ... ]
    >>> last_event_disposable("voucher", date(2030, 12, 31), years)
    >>> last_event_disposable("voucher", date(2031, 1, 1), years)
    datetime.date(2024, 12, 31)
    >>> last_event_disposable("claim", date(2026, 3, 1))
    datetime.date(2023, 2, 28)
    """
    rule = statute(kind)
    if rule.needs_financial_year:
        ripe = _ripe_spans(rule, on, financial_years)
        return ripe[-1][1] if ripe else None
    if rule.formula is Formula.CALENDAR_YEAR:
        year = on.year - rule.period - 1
        return _year_end(year) if year >= date.min.year else None
    return _last_before(on, 12 * rule.period)


def disposable_ranges(
    kind: str, on: date, financial_years: Iterable[FinancialYearSpan] = ()
) -> list[tuple[date, date]]:
    """The event days whose time is up on a day, as ranges of first and last day, in order.

    One range for each gapless run of financial years, each an index range in the store; a single
    one, from the beginning of time, for kinds that need no financial year. Refusals as in
    :func:`last_event_disposable`.

    >>> years = [
    ...     FinancialYearSpan(date(2015, 1, 1), date(2015, 12, 31)),
    ...     FinancialYearSpan(date(2017, 1, 1), date(2017, 12, 31)),
    ...     FinancialYearSpan(date(2018, 1, 1), date(2018, 12, 31)),
    ... ]
    >>> for first, last in disposable_ranges("voucher", date(2025, 1, 1), years):
    ...     print(first, last)
    2015-01-01 2015-12-31
    2017-01-01 2018-12-31
    """
    rule = statute(kind)
    if not rule.needs_financial_year:
        last = last_event_disposable(kind, on)
        return [] if last is None else [(date.min, last)]
    return _ripe_spans(rule, on, financial_years)


def _ripe_spans(
    rule: Statute, on: date, financial_years: Iterable[FinancialYearSpan]
) -> list[tuple[date, date]]:
    """The days of the years whose records may all go, one span for each gapless run.

    A year that is kept ends later than any whose time is up, so it covers every day of theirs from
    its own first one on: what is not kept by it lies before that.
    """
    ripe: list[FinancialYearSpan] = []
    still_kept: list[FinancialYearSpan] = []
    for year in sorted(financial_years):
        kept = _shifted(_counted_from(rule, year.end, year), 12 * rule.period)
        (still_kept if kept is None or kept >= on else ripe).append(year)
    limit = min((year.start for year in still_kept), default=None)
    spans: list[tuple[date, date]] = []
    for year in ripe:
        if limit is not None and year.start >= limit:
            break
        end = year.end if limit is None else min(year.end, limit - _DAY)
        if spans and (year.start - spans[-1][1]).days <= 1:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((year.start, end))
    return spans


def overlaps(financial_years: Iterable[FinancialYearSpan]) -> list[tuple[date, date]]:
    """The days that are in more than one of the years, as spans in order.

    >>> years = [FinancialYearSpan(date(2018, 1, 1), date(2018, 12, 31)),
    ...          FinancialYearSpan(date(2018, 7, 1), date(2019, 6, 30))]
    >>> [(str(first), str(last)) for first, last in overlaps(years)]
    [('2018-07-01', '2018-12-31')]
    """
    spans: list[tuple[date, date]] = []
    latest: date | None = None
    for year in sorted(financial_years):
        if latest is not None and year.start <= latest:
            last = min(latest, year.end)
            if spans and year.start <= spans[-1][1]:
                spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
            else:
                spans.append((year.start, last))
        latest = year.end if latest is None else max(latest, year.end)
    return spans


def financial_year_of(
    day: date, financial_years: Iterable[FinancialYearSpan]
) -> FinancialYearSpan | None:
    """The financial year that contains a day, of several the one that ends last; nothing where none
    on record does.

    >>> year = FinancialYearSpan(date(2025, 1, 1), date(2025, 12, 31))
    >>> financial_year_of(date(2025, 5, 5), [year]) == year
    True
    >>> financial_year_of(date(2026, 1, 1), [year])
    """
    having = (year for year in financial_years if year.contains(day))
    return max(having, key=lambda year: year.end, default=None)


@dataclass(frozen=True)
class OwnPeriod:
    """A period that the company has set, counted in months from the event, to the day.

    :raises InvalidInput: ``months.negative``, ``months.out_of_range`` (over 100 years).
    """

    months: int

    def __post_init__(self) -> None:
        check_months(self.months)

    def keep_until(self, event: date) -> date:
        """The last day kept; with no months, the event's own day.

        >>> OwnPeriod(months=6).keep_until(date(2025, 8, 31))
        datetime.date(2026, 2, 28)
        """
        return _shifted(event, self.months) or date.max

    def last_event_disposable(self, on: date) -> date | None:
        """The latest event day whose :meth:`keep_until` lies before a day.

        >>> OwnPeriod(months=6).last_event_disposable(date(2026, 3, 1))
        datetime.date(2025, 8, 31)
        """
        return _last_before(on, self.months)

    def explain(self, code: str, event: date) -> RetentionReason:
        """Return the calculation of :meth:`keep_until` for a class whose period the company
        sets.

        :raises InvalidInput: ``retention_class.unknown``.

        >>> OwnPeriod(months=36).explain("request_file", date(2026, 3, 5)).keep_until
        datetime.date(2029, 3, 5)
        """
        rule = own_class(code)
        return RetentionReason(
            kind=code,
            citation=rule.citation,
            formula=rule.formula,
            trigger=rule.trigger,
            event=event,
            financial_year=None,
            counted_from=event,
            period=self.months,
            unit="months",
            keep_until=self.keep_until(event),
        )


def _year_end(year: int) -> date:
    return date(year, 12, 31)


def _shifted(day: date, months: int) -> date | None:
    """The day so many months later; nothing where the calendar has ended by then."""
    try:
        return add_months(day, months)
    except InvalidInput:
        return None


def _last_before(on: date, months: int) -> date | None:
    """The latest day that, so many months later, still lies before a day.

    Short months make several days meet on their last one (28, 29, 30 and 31 January are all
    28 February a month later), so the way back is a first guess, at most three days short.
    """
    if on == date.min:
        return None
    found = _shifted(on - _DAY, -months)
    if found is None:
        return None
    while (kept := _shifted(found + _DAY, months)) is not None and kept < on:
        found += _DAY
    return found
