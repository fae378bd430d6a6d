"""A relation began with its earliest record at the latest."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from queries.store.tables import Party
from queries.writes.customers.parties import ChangeStatus, change_status
from tests.conftest import NOW
from tests.factories.import_files import (
    BUYER,
    OFFICE,
    TODAY,
    brought,
    csv_of,
    finvoice,
    finvoice_file,
    notes,
    planned,
)
from tests.factories.records import make_party

HEAD = ("Asiakasnumero", "Nimi", "Asiakas alkaen", "Päättynyt")


def days(store):
    with store.reading(OFFICE) as session:
        found = session.execute(select(Party.started_on, Party.ended_on).order_by(Party.id))
        return [tuple(row) for row in found]


def ended(store, on):
    with store.reading(OFFICE) as session:
        party = session.scalars(select(Party)).one()
    inputs = ChangeStatus(id=party.id, version=party.version, status="ended", ended_on=on)
    store.carry_out(change_status, inputs, actor=OFFICE, now=NOW)


def test_a_new_customer_begins_with_the_earliest_invoice_of_the_file(store):
    brought(
        store,
        "a.xml",
        finvoice_file(finvoice("2", day="20260202"), finvoice("1", day="20110110", due="20110124")),
    )
    assert days(store) == [(date(2011, 1, 10), None)]


def test_an_earlier_invoice_moves_the_beginning_back_and_says_so(store):
    make_party(store, name="Ostajan Oy", business_id=BUYER, started_on=date(2024, 1, 15))
    data = finvoice_file(
        finvoice("1", day="20120202", due="20120216"), finvoice("2", day="20110110", due="20110124")
    )
    plan = brought(store, "a.xml", data)
    assert ["began_earlier" in notes(plan, row) for row in (0, 1)] == [False, True]
    assert days(store) == [(date(2011, 1, 10), None)]


def test_a_later_invoice_moves_nothing(sqlite_store):
    make_party(sqlite_store, name="Ostajan Oy", business_id=BUYER, started_on=date(2024, 1, 15))
    plan = brought(sqlite_store, "a.xml", finvoice_file(finvoice(day="20260202")))
    assert "began_earlier" not in notes(plan)
    assert days(sqlite_store) == [(date(2024, 1, 15), None)]


def test_a_customer_of_an_import_is_ended_on_its_true_day(store):
    brought(store, "a.csv", csv_of(("1", "Vanha Oy"), header=("Asiakasnumero", "Nimi")))
    assert days(store) == [(TODAY, None)]
    ended(store, date(2011, 6, 30))
    assert days(store) == [(date(2011, 6, 30), date(2011, 6, 30))]


@pytest.mark.parametrize(
    ("began", "over", "expected"),
    [
        ("1.2.2011", "", (date(2011, 2, 1), None)),
        ("", "30.6.2011", (date(2011, 6, 30), date(2011, 6, 30))),
        ("1.2.2025", "", (date(2024, 1, 15), None)),
    ],
)
def test_a_later_file_with_earlier_days_moves_the_beginning_back(
    sqlite_store, began, over, expected
):
    make_party(sqlite_store, name="Vanha Oy", customer_number="1", started_on=date(2024, 1, 15))
    data = csv_of(("1", "Vanha Oy", began, over), header=HEAD)
    plan = planned(sqlite_store, "a.csv", data, overwrite=True)
    if plan.does_something:
        brought(sqlite_store, "a.csv", data, overwrite=True)
    assert days(sqlite_store) == [expected]
