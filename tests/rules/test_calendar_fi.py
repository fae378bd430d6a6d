from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.rules.calendar_fi import (
    day_begins,
    easter_sunday,
    helsinki_day,
    is_working_day,
    next_working_day,
    public_holidays,
    rest_day,
)

# The days that move, written out by hand.
# year: Good Friday, Easter Sunday, Easter Monday, Ascension, Pentecost, Midsummer, All Saints
MOVING = {
    2024: ("29.3", "31.3", "1.4", "9.5", "19.5", "22.6", "2.11"),
    2025: ("18.4", "20.4", "21.4", "29.5", "8.6", "21.6", "1.11"),
    2026: ("3.4", "5.4", "6.4", "14.5", "24.5", "20.6", "31.10"),
    2027: ("26.3", "28.3", "29.3", "6.5", "16.5", "26.6", "6.11"),
    2028: ("14.4", "16.4", "17.4", "25.5", "4.6", "24.6", "4.11"),
    2029: ("30.3", "1.4", "2.4", "10.5", "20.5", "23.6", "3.11"),
    2030: ("19.4", "21.4", "22.4", "30.5", "9.6", "22.6", "2.11"),
    2031: ("11.4", "13.4", "14.4", "22.5", "1.6", "21.6", "1.11"),
    2032: ("26.3", "28.3", "29.3", "6.5", "16.5", "26.6", "6.11"),
    2033: ("15.4", "17.4", "18.4", "26.5", "5.6", "25.6", "5.11"),
}
NAMES = (
    "good_friday",
    "easter_sunday",
    "easter_monday",
    "ascension_day",
    "pentecost",
    "midsummer_day",
    "all_saints",
)
FIXED = {
    (1, 1): "new_year",
    (1, 6): "epiphany",
    (5, 1): "first_of_may",
    (12, 6): "independence_day",
    (12, 25): "christmas_day",
    (12, 26): "boxing_day",
}


def table(year):
    """The year's holidays from the table above."""
    days = {date(year, month, day): name for (month, day), name in FIXED.items()}
    for written, name in zip(MOVING[year], NAMES, strict=True):
        day, month = written.split(".")
        days[date(year, int(month), int(day))] = name
    return days


@pytest.mark.parametrize("year", MOVING)
def test_holidays_are_those_written_out_by_hand(year):
    assert dict(public_holidays(year)) == table(year)


@pytest.mark.parametrize("year", MOVING)
def test_days_of_rest_are_weekends_and_holidays(year):
    holidays = table(year)
    day = date(year, 1, 1)
    while day.year == year:
        expected = holidays.get(day) or {6: "saturday", 7: "sunday"}.get(day.isoweekday())
        assert rest_day(day) == expected
        assert is_working_day(day) is (expected is None)
        day += timedelta(days=1)


def computus(year):
    """Easter by the tables of the Church: golden number, epact and dominical day, day by day."""
    golden = year % 19 + 1
    century = year // 100 + 1
    solar = 3 * century // 4 - 12
    lunar = (8 * century + 5) // 25 - 5
    sunday = 5 * year // 4 - solar - 10
    epact = (11 * golden + 20 + lunar - solar) % 30
    if (epact == 25 and golden > 11) or epact == 24:
        epact += 1
    full_moon = 44 - epact if 44 - epact >= 21 else 74 - epact
    day = full_moon + 7 - (sunday + full_moon) % 7
    return date(year, 3, 1) + timedelta(days=day - 1)


def test_easter_agrees_with_knuths_algorithm_for_a_thousand_years():
    assert [easter_sunday(year) for year in range(1600, 2600)] == [
        computus(year) for year in range(1600, 2600)
    ]


def test_two_holidays_on_one_day():
    assert public_holidays(2008)[date(2008, 5, 1)] == "ascension_day"
    assert len(public_holidays(2008)) == 12


def test_eves_are_working_days():
    assert is_working_day(date(2026, 6, 19))
    assert is_working_day(date(2026, 12, 24))
    assert is_working_day(date(2026, 12, 31))


@given(st.dates(date(1992, 1, 1), date(2200, 12, 31)))
def test_the_next_working_day_is_the_first_one(day):
    found = next_working_day(day)
    assert is_working_day(found)
    assert found >= day
    assert not any(is_working_day(day + timedelta(days=n)) for n in range((found - day).days))
    assert (found - day).days <= 5


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 3, 5, 21, 59, 59, tzinfo=UTC), date(2026, 3, 5)),
        (datetime(2026, 3, 5, 22, 0, tzinfo=UTC), date(2026, 3, 6)),
        (datetime(2026, 7, 1, 20, 59, 59, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 21, 0, tzinfo=UTC), date(2026, 7, 2)),
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), date(2026, 3, 29)),
        (datetime(2026, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=5))), date(2025, 12, 31)),
    ],
)
def test_the_day_in_helsinki(instant, day):
    assert helsinki_day(instant) == day


def test_an_instant_without_a_zone_is_a_bug():
    with pytest.raises(ValueError, match="time zone"):
        helsinki_day(datetime(2026, 3, 5))  # noqa: DTZ001 - the mistake that is tried


@given(st.dates(date(1992, 1, 2), date(2200, 12, 30)))
def test_a_day_begins_when_the_day_before_has_ended(day):
    begins = day_begins(day)
    assert helsinki_day(begins) == day
    assert helsinki_day(begins - timedelta(microseconds=1)) == day - timedelta(days=1)
