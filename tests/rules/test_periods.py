from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.errors import InvalidInput
from queries.rules.periods import OWN_CODES, Periods, contains
from queries.rules.retention import FinancialYearSpan

#: A long first year, a gap of a month, a broken year, a calendar year.
YEARS = (
    FinancialYearSpan(date(2015, 8, 15), date(2016, 12, 31)),
    FinancialYearSpan(date(2017, 2, 1), date(2017, 6, 30)),
    FinancialYearSpan(date(2017, 7, 1), date(2018, 12, 31)),
)
PERIODS = Periods(YEARS, {"note": 7})
DAYS = st.dates(date(2014, 1, 1), date(2030, 12, 31))
CODES = st.sampled_from(["voucher", *OWN_CODES])


def test_a_class_without_a_setting_has_its_suggested_period():
    assert [PERIODS.own(code).months for code in ("note", "quote_or_lead")] == [7, 24]


def test_a_statutory_class_has_no_own_period():
    with pytest.raises(InvalidInput) as refusal:
        PERIODS.own("voucher")
    assert refusal.value.code == "unknown"


def test_the_citation_is_the_rules_own():
    assert PERIODS.citation("voucher") == "Kirjanpitolaki 1336/1997 2:10.2"
    assert PERIODS.citation("note") == "GDPR Art. 5(1)(e)"


#: Years as only rows from elsewhere can be: two that overlap, one in another, one twice, one of
#: three years, one that a gap parts from them.
OVERLAPPING = Periods(
    (
        FinancialYearSpan(date(2016, 1, 1), date(2016, 12, 31)),
        FinancialYearSpan(date(2016, 7, 1), date(2017, 6, 30)),
        FinancialYearSpan(date(2018, 1, 1), date(2020, 12, 31), checked=False),
        FinancialYearSpan(date(2019, 1, 1), date(2019, 12, 31)),
        FinancialYearSpan(date(2022, 1, 1), date(2022, 12, 31)),
        FinancialYearSpan(date(2022, 1, 1), date(2022, 12, 31)),
    )
)


def test_the_days_of_several_years():
    assert PERIODS.overlapping == []
    assert OVERLAPPING.overlapping == [
        (date(2016, 7, 1), date(2016, 12, 31)),
        (date(2019, 1, 1), date(2019, 12, 31)),
        (date(2022, 1, 1), date(2022, 12, 31)),
    ]
    assert OVERLAPPING.missing == [
        (date.min, date(2015, 12, 31)),
        (date(2017, 7, 1), date(2017, 12, 31)),
        (date(2021, 1, 1), date(2021, 12, 31)),
        (date(2023, 1, 1), date.max),
    ]


def test_a_day_of_two_years_is_kept_for_the_longer_time():
    assert OVERLAPPING.keep_until("voucher", date(2016, 6, 30)) == date(2022, 12, 31)
    assert OVERLAPPING.keep_until("voucher", date(2016, 7, 1)) == date(2023, 12, 31)
    assert OVERLAPPING.keep_until("voucher", date(2019, 5, 5)) == date(2026, 12, 31)
    assert OVERLAPPING.up("voucher", date(2023, 1, 1)) == [(date(2016, 1, 1), date(2016, 6, 30))]


@given(DAYS, DAYS, st.integers(0, 800))
def test_overlapping_years_are_judged_day_by_day(event, first, days):
    before = first + timedelta(days=days)
    until = OVERLAPPING.keep_until("voucher", event)
    assert contains(OVERLAPPING.up("voucher", first), event) == (
        until is not None and until < first
    )
    inside = until is not None and first <= until < before
    assert contains(OVERLAPPING.between("voucher", first, before), event) == inside
    assert contains(OVERLAPPING.missing, event) == (until is None)


def test_a_voucher_in_a_gap_has_no_reason():
    assert PERIODS.reason("voucher", date(2017, 1, 15)) is None
    assert PERIODS.keep_until("voucher", date(2017, 1, 15)) is None
    assert PERIODS.keep_until("voucher", date(2017, 6, 30)) == date(2023, 12, 31)
    assert PERIODS.keep_until("voucher", date(2017, 7, 1)) == date(2024, 12, 31)


def test_the_days_without_a_year():
    assert PERIODS.missing == [
        (date.min, date(2015, 8, 14)),
        (date(2017, 1, 1), date(2017, 1, 31)),
        (date(2019, 1, 1), date.max),
    ]
    assert Periods().missing == [(date.min, date.max)]
    whole = FinancialYearSpan(date(9999, 1, 1), date.max)
    assert Periods((whole,)).missing == [(date.min, date(9998, 12, 31))]


@given(CODES, DAYS, DAYS)
def test_an_event_is_up_exactly_when_its_last_day_is_over(code, event, on):
    until = PERIODS.keep_until(code, event)
    assert contains(PERIODS.up(code, on), event) == (until is not None and until < on)


@given(CODES, DAYS, DAYS, st.integers(0, 800))
def test_an_event_is_between_exactly_when_its_last_day_is(code, event, first, days):
    before = first + timedelta(days=days)
    until = PERIODS.keep_until(code, event)
    inside = until is not None and first <= until < before
    assert contains(PERIODS.between(code, first, before), event) == inside
    assert PERIODS.between(code, None, before) == PERIODS.up(code, before)


@given(DAYS)
def test_a_day_is_missing_or_in_one_year(day):
    assert contains(PERIODS.missing, day) != any(year.contains(day) for year in YEARS)
