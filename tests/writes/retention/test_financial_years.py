from __future__ import annotations

from datetime import date

import pytest

from queries.errors import InvalidInputs, NotAllowed, NotFound, StaleRecord
from queries.reads.retention.financial_years import financial_years
from queries.writes.commands import Seen
from queries.writes.retention.financial_years import (
    AmendFinancialYear,
    amend_financial_year,
    remove_financial_year,
)
from tests.factories.records import MAKER
from tests.factories.retention import make_year
from tests.support.trails import everything, trail_of


def read(store):
    with store.reading(MAKER) as session:
        return financial_years(session)


def refusals(store, starts_on, ends_on, **more):
    with pytest.raises(InvalidInputs) as refusal:
        make_year(store, starts_on, ends_on, **more)
    return [(error.field, error.code) for error in refusal.value.errors]


def test_a_year_is_recorded_amended_and_removed(store):
    year = make_year(store, date(2025, 8, 15), date(2026, 12, 31))
    assert [(row.starts_on, row.ends_on, row.keep_until) for row in read(store).years] == [
        (date(2025, 8, 15), date(2026, 12, 31), date(2032, 12, 31))
    ]
    make_year(store, date(2025, 8, 15), date(2026, 8, 31), id=year, version=1)
    assert [(row.ends_on, row.version) for row in read(store).years] == [(date(2026, 8, 31), 2)]
    removal = Seen(id=year, version=2)
    store.carry_out(remove_financial_year, removal, actor=MAKER)
    assert read(store).years == ()
    assert [
        (action, columns)
        for action, _id, _party, _actor, columns in trail_of(store, "financial_year")
    ] == [
        ("add_financial_year", ["ends_on", "starts_on"]),
        ("amend_financial_year", ["ends_on"]),
        ("remove_financial_year", []),
    ]


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "expected"),
    [
        (date(2025, 1, 1), date(2024, 12, 31), [("ends_on", "financial_year.ends_before_start")]),
        (date(2025, 1, 1), date(2026, 7, 1), [("ends_on", "financial_year.too_long")]),
        (date(2023, 6, 1), date(2024, 1, 1), [("ends_on", "financial_year.overlap")]),
        (date(2024, 12, 31), date(2025, 12, 31), [("starts_on", "financial_year.overlap")]),
        (date(2024, 3, 1), date(2024, 4, 1), [("starts_on", "financial_year.overlap")]),
        (None, date(2025, 12, 31), [("starts_on", "required")]),
    ],
)
def test_what_is_no_year_is_refused_and_leaves_nothing(store, starts_on, ends_on, expected):
    make_year(store, date(2024, 1, 1), date(2024, 12, 31))
    before = everything(store)
    assert refusals(store, starts_on, ends_on) == expected
    assert everything(store) == before


def test_eighteen_months_and_neighbours_are_allowed(store):
    make_year(store, date(2024, 1, 1), date(2024, 12, 31))
    make_year(store, date(2025, 1, 1), date(2026, 6, 30))
    make_year(store, date(2022, 7, 1), date(2023, 12, 31))
    assert [row.starts_on.year for row in read(store).years] == [2025, 2024, 2022]


def test_a_year_does_not_overlap_itself(store):
    year = make_year(store, date(2024, 1, 1), date(2024, 12, 31))
    make_year(store, date(2024, 1, 2), date(2024, 12, 30), id=year, version=1)
    assert [row.starts_on for row in read(store).years] == [date(2024, 1, 2)]


def test_a_stale_save_is_refused(store):
    year = make_year(store, date(2024, 1, 1), date(2024, 12, 31))
    make_year(store, date(2024, 1, 1), date(2024, 11, 30), id=year, version=1)
    with pytest.raises(StaleRecord) as refusal:
        make_year(store, date(2024, 1, 1), date(2024, 10, 31), id=year, version=1)
    assert refusal.value.theirs == {"starts_on": date(2024, 1, 1), "ends_on": date(2024, 11, 30)}
    with pytest.raises(StaleRecord):
        store.carry_out(remove_financial_year, Seen(id=year, version=1), actor=MAKER)
    with pytest.raises(NotFound):
        make_year(store, date(2020, 1, 1), date(2020, 10, 31), id=99, version=1)


def test_the_office_does_not_keep_years(store, office):
    inputs = AmendFinancialYear(starts_on=date(2024, 1, 1), ends_on=date(2024, 12, 31))
    with pytest.raises(NotAllowed):
        store.carry_out(amend_financial_year, inputs, actor=office)
