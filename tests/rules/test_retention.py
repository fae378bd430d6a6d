from __future__ import annotations

import calendar
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from queries.errors import InvalidInput, RuleRefusal
from queries.rules import retention
from queries.rules.retention import (
    FinancialYearSpan,
    OwnPeriod,
    disposable_ranges,
    explain,
    financial_year_of,
    keep_until,
    last_event_disposable,
    overlaps,
)

DAY = timedelta(days=1)
BY_YEAR = ("voucher", "books", "payroll_ledger")
BY_EVENT = ("real_estate_investment", "oss_record", "working_time_record", "claim")

kinds = st.sampled_from(BY_YEAR + BY_EVENT)
days = st.dates(date(1998, 1, 1), date(2060, 12, 31))


@st.composite
def recorded_years(draw):
    """Financial years as they come: long, short, broken, with gaps; in any order."""
    years, start = [], draw(st.dates(date(1998, 1, 1), date(2025, 1, 1)))
    for _ in range(draw(st.integers(0, 8))):
        length = draw(st.sampled_from([365, 366, 365, 181, 1, 545]) | st.integers(1, 545))
        end = start + (length - 1) * DAY
        if draw(st.booleans()):  # most years end with a month
            end = end.replace(day=calendar.monthrange(end.year, end.month)[1])
        years.append((start, end))
        start = end + (1 + draw(st.sampled_from([0, 0, 0, 1, 40]))) * DAY
    legal = [FinancialYearSpan(*year) for year in years if is_legal(*year)]
    return draw(st.permutations(legal))


def is_legal(start, end):
    try:
        FinancialYearSpan(start, end)
    except InvalidInput:
        return False
    return True


def kept(kind, day, years):
    """keep_until with the year on record, or nothing where there is none and one is needed."""
    year = financial_year_of(day, years)
    if kind in BY_YEAR and year is None:
        return None
    return keep_until(kind, day, financial_year=year)


def to_the_day(day, years):
    """Return the day so many years later, 29 February on the 28th; written without the code
    under test."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


@given(days, st.integers(1, 545))
def test_keep_until_is_as_the_law_says(event, length):
    end = event + length * DAY
    assume(is_legal(event, end))
    year = FinancialYearSpan(event, end)
    assert {kind: keep_until(kind, event, financial_year=year) for kind in BY_YEAR + BY_EVENT} == {
        "voucher": date(end.year + 6, 12, 31),
        "books": to_the_day(end, 10),
        "payroll_ledger": to_the_day(end, 10),
        "real_estate_investment": date(event.year + 13, 12, 31),
        "oss_record": date(event.year + 10, 12, 31),
        "working_time_record": date(event.year + 2, 12, 31),
        "claim": to_the_day(event, 3),
    }


@given(kinds, days, recorded_years())
def test_the_inverse_agrees_with_keep_until_everywhere(kind, on, years):
    last = last_event_disposable(kind, on, years)
    around = {
        day for year in years for day in (year.start - DAY, year.start, year.end, year.end + DAY)
    }
    if last is not None:
        around |= {last + n * DAY for n in range(-3, 4)}
        assert kept(kind, last, years) < on
    for day in around:
        until = kept(kind, day, years)
        if until is not None:
            assert (until < on) == (last is not None and day <= last)


@given(kinds, days, recorded_years())
def test_the_ranges_are_exactly_the_days_whose_time_is_up(kind, on, years):
    ranges = disposable_ranges(kind, on, years)
    last = last_event_disposable(kind, on, years)
    assert (ranges[-1][1] if ranges else None) == last
    for (_, end), (start, _) in pairwise(ranges):
        assert end + DAY < start
    first = date(1997, 12, 1) + (on.toordinal() % 29) * DAY
    for n in range(0, 365 * 40, 29):
        day = first + n * DAY
        until = kept(kind, day, years)
        inside = any(start <= day <= end for start, end in ranges)
        assert inside == (until is not None and until < on)


@given(kinds, days, days, recorded_years())
def test_a_later_event_never_means_an_earlier_keep_until(kind, one, other, years):
    earlier, later = sorted([one, other])
    first, second = kept(kind, earlier, years), kept(kind, later, years)
    if first is not None and second is not None:
        assert first <= second


@given(kinds, days, days, recorded_years())
def test_as_time_passes_nothing_becomes_retained_again(kind, one, other, years):
    earlier, later = sorted([one, other])
    first = last_event_disposable(kind, earlier, years)
    second = last_event_disposable(kind, later, years)
    if first is not None:
        assert second is not None
        assert first <= second


@given(st.sampled_from(BY_YEAR), days, recorded_years())
def test_a_day_in_no_recorded_year_is_never_disposable(kind, day, years):
    assume(financial_year_of(day, years) is None)
    with pytest.raises(RuleRefusal) as refusal:
        keep_until(kind, day, financial_year=financial_year_of(day, years))
    assert refusal.value.code == "financial_year_missing"
    assert refusal.value.citation.startswith(("Kirjanpitolaki", "OVML"))
    far = date(2900, 1, 1)
    assert not any(start <= day <= end for start, end in disposable_ranges(kind, far, years))


@given(kinds, recorded_years(), days)
def test_a_record_goes_on_the_day_after_its_last(kind, years, event):
    until = kept(kind, event, years)
    assume(until is not None)
    before = last_event_disposable(kind, until, years)
    after = last_event_disposable(kind, until + DAY, years)
    assert before is None or before < event
    assert after is not None
    assert after >= event


@given(days, st.integers(0, 240))
def test_own_periods_and_their_inverse_agree(on, months):
    period = OwnPeriod(months)
    last = period.last_event_disposable(on)
    assert period.keep_until(last) < on
    assert period.keep_until(last + DAY) >= on


def test_a_month_that_several_days_end_in():
    period = OwnPeriod(months=1)
    assert period.last_event_disposable(date(2026, 2, 28)) == date(2026, 1, 27)
    assert period.last_event_disposable(date(2026, 3, 1)) == date(2026, 1, 31)
    assert OwnPeriod(months=0).last_event_disposable(date(2026, 3, 1)) == date(2026, 2, 28)


def test_the_ends_of_the_calendar():
    year = FinancialYearSpan(date(9998, 1, 1), date(9998, 12, 31))
    assert last_event_disposable("voucher", date.max, [year]) is None
    assert disposable_ranges("books", date.max, [year]) == []
    assert last_event_disposable("oss_record", date(11, 1, 1)) is None
    assert last_event_disposable("oss_record", date(12, 1, 1)) == date(1, 12, 31)
    assert last_event_disposable("claim", date.min) is None
    assert last_event_disposable("claim", date(3, 12, 31)) is None
    assert last_event_disposable("claim", date.max) == date(9996, 12, 30)
    assert keep_until("claim", date.max) == date.max
    assert OwnPeriod(months=24).keep_until(date(9998, 1, 1)) == date.max
    assert FinancialYearSpan(date(9999, 1, 1), date.max).contains(date.max)


def refused(function, *arguments, **options):
    with pytest.raises(InvalidInput) as refusal:
        function(*arguments, **options)
    assert refusal.value.code in retention.CODES[refusal.value.field]
    return refusal.value.field, refusal.value.code


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (date(2025, 1, 1), date(2024, 12, 31), "ends_before_start"),
        (date(2025, 1, 1), date(2026, 7, 1), "too_long"),
        (date(2024, 8, 31), date(2026, 3, 1), "too_long"),
        (date(2025, 8, 15), date(2027, 2, 15), "too_long"),
    ],
)
def test_what_is_no_financial_year(start, end, code):
    assert refused(FinancialYearSpan, start, end) == ("financial_year", code)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2025, 1, 1), date(2025, 1, 1)),
        (date(2025, 1, 1), date(2026, 6, 30)),
        (date(2024, 8, 31), date(2026, 2, 28)),
        (date(2025, 8, 15), date(2027, 2, 14)),
    ],
)
def test_the_shortest_and_longest_financial_years(start, end):
    year = FinancialYearSpan(start, end)
    assert year.contains(start)
    assert year.contains(end)
    assert not year.contains(start - DAY)
    assert not year.contains(end + DAY)


def test_of_years_that_overlap_the_one_that_ends_last_counts():
    years = [
        FinancialYearSpan(date(2025, 1, 1), date(2025, 12, 31)),
        FinancialYearSpan(date(2024, 7, 1), date(2025, 1, 1)),
    ]
    assert overlaps(years) == [(date(2025, 1, 1), date(2025, 1, 1))]
    assert financial_year_of(date(2025, 1, 1), years) == years[0]
    assert financial_year_of(date(2024, 12, 31), years) == years[1]
    # The year 2025 is kept until 2035-12-31, the one before it until 2035-01-01.
    assert last_event_disposable("books", date(2035, 1, 2), years) == date(2024, 12, 31)
    assert disposable_ranges("books", date(2035, 1, 2), years) == [
        (date(2024, 7, 1), date(2024, 12, 31))
    ]
    assert disposable_ranges("books", date(2036, 1, 1), years) == [
        (date(2024, 7, 1), date(2025, 12, 31))
    ]
    assert overlaps([years[0], years[0]]) == [(date(2025, 1, 1), date(2025, 12, 31))]


def test_an_event_outside_its_year_is_refused():
    year = FinancialYearSpan(date(2025, 1, 1), date(2025, 12, 31))
    outside = ("financial_year", "event_outside")
    for event in (date(2024, 12, 31), date(2026, 1, 1)):
        assert refused(keep_until, "voucher", event, financial_year=year) == outside
    assert keep_until("claim", date(2026, 1, 1), financial_year=year) == date(2029, 1, 1)


@pytest.mark.parametrize("function", [keep_until, explain, last_event_disposable])
def test_unknown_kinds_are_refused(function):
    for kind in ("", "note", "Voucher"):
        assert refused(function, kind, date(2026, 1, 1)) == ("retention_class", "unknown")


def test_own_periods_are_refused():
    assert refused(OwnPeriod, -1) == ("months", "negative")
    assert refused(OwnPeriod, 1201) == ("months", "out_of_range")
    unknown = ("retention_class", "unknown")
    assert refused(OwnPeriod(1).explain, "voucher", date(2026, 1, 1)) == unknown


@given(kinds, days)
def test_the_reason_adds_up(kind, event):
    year = FinancialYearSpan(event, event + 100 * DAY)
    reason = explain(kind, event, financial_year=year)
    assert (reason.kind, reason.event, reason.unit) == (kind, event, "years")
    assert reason.keep_until == keep_until(kind, event, financial_year=year)
    assert reason.keep_until == to_the_day(reason.counted_from, reason.period)
    assert reason.financial_year == (year if kind in BY_YEAR else None)


def test_the_reason_of_an_own_period():
    reason = OwnPeriod(months=24).explain("note", date(2024, 2, 29))
    assert (reason.citation, reason.period, reason.unit) == ("GDPR Art. 5(1)(e)", 24, "months")
    assert (reason.counted_from, reason.trigger) == (date(2024, 2, 29), "written")
    assert reason.keep_until == date(2026, 2, 28)
