from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.errors import InvalidInput
from queries.rules.deadlines import RestDay, add_months, explain_request_due, request_due

LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def length(year, month):
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else LENGTHS[month - 1]


def later(day, months):
    """Return the day so many months later, one month at a time, by counting."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, length(year, month)))


def gauss_easter(year):
    """Gauss's own algorithm with its exceptions; another one than the code's."""
    a, b, c = year % 19, year % 4, year % 7
    k = year // 100
    p, q = (13 + 8 * k) // 25, k // 4
    m, n = (15 - p + k - q) % 30, (4 + k - q) % 7
    d = (19 * a + m) % 30
    e = (2 * b + 4 * c + 6 * d + n) % 7
    if d == 29 and e == 6:
        return date(year, 4, 19)
    if d == 28 and e == 6 and (11 * m + 11) % 30 < 19:
        return date(year, 4, 18)
    return date(year, 3, 22) + timedelta(days=d + e)


def rests(day):
    """Check if a day is one of rest, by the day itself rather than by a list of the year."""
    from_easter = (day - gauss_easter(day.year)).days
    saturday = day.isoweekday() == 6
    midsummer = saturday and day.month == 6 and 20 <= day.day <= 26
    saints = saturday and ((day.month, day.day) == (10, 31) or (day.month == 11 and day.day <= 6))
    fixed = f"{day.day}.{day.month}" in {"1.1", "6.1", "1.5", "6.12", "25.12", "26.12"}
    moving = from_easter in {-2, 0, 1, 39, 49}
    return day.isoweekday() >= 6 or midsummer or saints or fixed or moving


def independent_due(received, *, extended=False, suspended_days=0):
    end = later(received, 1)
    if extended:
        end = min(later(received, 3), later(end, 2))
    end = date.fromordinal(end.toordinal() + suspended_days)
    while rests(end):
        end = date.fromordinal(end.toordinal() + 1)
    return end


DAYS = [
    date.fromordinal(n) for n in range(date(2024, 1, 1).toordinal(), date(2034, 1, 1).toordinal())
]


@pytest.mark.parametrize("extended", [False, True])
def test_every_day_of_ten_years_agrees_with_an_independent_computation(extended):
    assert [request_due(day, extended=extended) for day in DAYS] == [
        independent_due(day, extended=extended) for day in DAYS
    ]


@given(st.sampled_from(DAYS), st.booleans(), st.integers(0, 400))
def test_suspended_days_come_before_the_last_day_is_moved(received, extended, days):
    options = {"extended": extended, "suspended_days": days}
    assert request_due(received, **options) == independent_due(received, **options)


@given(st.sampled_from(DAYS), st.sampled_from(DAYS), st.booleans(), st.integers(0, 100))
def test_a_later_receipt_never_means_an_earlier_answer(one, other, extended, days):
    first, second = sorted([one, other])
    options = {"extended": extended, "suspended_days": days}
    assert request_due(first, **options) <= request_due(second, **options)


@given(st.sampled_from(DAYS))
def test_an_extension_gives_more_time_and_at_most_three_months(received):
    unrolled = explain_request_due(received, extended=True).unrolled
    assert request_due(received) < request_due(received, extended=True)
    assert unrolled <= later(received, 3)


def test_the_steps_of_an_ordinary_request():
    steps = explain_request_due(date(2026, 3, 5))
    assert steps.first_month_ends == date(2026, 4, 5)
    assert steps.period_ends == steps.unrolled == date(2026, 4, 5)
    assert steps.moved_over == (
        RestDay(date(2026, 4, 5), "easter_sunday"),
        RestDay(date(2026, 4, 6), "easter_monday"),
    )
    assert (steps.months, steps.extension_from, steps.month_was_short) == (1, None, False)
    assert steps.due == date(2026, 4, 7)
    assert "1182/71" in steps.citation


def test_the_steps_of_an_extended_and_suspended_request():
    steps = explain_request_due(date(2026, 1, 31), extended=True, suspended_days=4)
    assert steps.first_month_ends == date(2026, 2, 28)
    assert (steps.months, steps.extension_from, steps.month_was_short) == (3, "first_month", True)
    assert steps.period_ends == date(2026, 4, 28)
    assert steps.unrolled == date(2026, 5, 2)
    assert [day.why for day in steps.moved_over] == ["saturday", "sunday"]
    assert steps.due == date(2026, 5, 4)


def test_an_extension_is_counted_from_receipt_where_that_is_no_later():
    assert explain_request_due(date(2026, 3, 5), extended=True).extension_from == "receipt"


@given(st.sampled_from(DAYS), st.booleans(), st.integers(0, 100))
def test_the_steps_add_up(received, extended, days):
    steps = explain_request_due(received, extended=extended, suspended_days=days)
    assert steps.unrolled == steps.period_ends + timedelta(days=days)
    assert steps.due == steps.unrolled + timedelta(days=len(steps.moved_over))
    assert all(rests(rest.day) and rest.why for rest in steps.moved_over)


def refused(function, *arguments, **options):
    with pytest.raises(InvalidInput) as refusal:
        function(*arguments, **options)
    return refusal.value.field, refusal.value.code


def test_refusals():
    day = date(2026, 3, 5)
    assert refused(request_due, day, suspended_days=-1) == ("suspended_days", "negative")
    assert refused(request_due, day, suspended_days=3661) == ("suspended_days", "out_of_range")
    assert refused(request_due, date.max) == ("day", "out_of_range")
    assert refused(request_due, date(9999, 11, 26), suspended_days=30) == ("day", "out_of_range")
    with pytest.raises(TypeError):
        request_due(datetime(2026, 3, 5, tzinfo=UTC))


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(0, 200))
def test_months_are_added_one_by_one(day, months):
    assert add_months(day, months) == later(day, months)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(-200, 200))
def test_months_there_and_back_never_go_forward(day, months):
    back = add_months(add_months(day, months), -months)
    assert back <= day
    assert (back.year, back.month) == (day.year, day.month)
