from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from queries.errors import InvalidInputs, NotAllowed, NotFound, StaleRecord
from queries.reads.sales.order import order_record, work_record
from queries.writes.sales.work_entries import AmendWorkEntry, amend_work_entry
from tests.factories.records import TODAY, make_order, make_party, make_work
from tests.support.trails import everything, trail_of


def _inputs(order_id: int, **values: object) -> AmendWorkEntry:
    return AmendWorkEntry(
        **{
            "order_id": order_id,
            "done_on": TODAY,
            "done_by": "Kaisa Kytkin",
            "description": "Valaisimet asennettu",
            "minutes": 90,
        }
        | values
    )


def test_work_is_recorded_for_an_order_and_its_customer(store, office, now):
    party = make_party(store)
    order = make_order(store, party)
    inputs = _inputs(order, material="Kaapeli 5 m\nRasia 2 kpl")
    entry = store.carry_out(amend_work_entry, inputs, actor=office, now=now)
    with store.reading(office, now=now) as session:
        record = work_record(session, entry)
    assert (record.done_on, record.done_by, record.description, record.minutes) == (
        TODAY,
        "Kaisa Kytkin",
        "Valaisimet asennettu",
        90,
    )
    assert (record.material, record.order_number, record.party_id, record.version) == (
        "Kaapeli 5 m\nRasia 2 kpl",
        "1001",
        party,
        1,
    )
    assert trail_of(store, "work_entry") == [
        (
            "add_work_entry",
            entry,
            party,
            "olli",
            ["description", "done_by", "done_on", "material", "minutes", "order_id", "party_id"],
        )
    ]


def test_work_on_the_wrong_order_is_moved_to_the_right_one(store, office, now):
    first, second = make_party(store), make_party(store, name="Toinen Oy")
    wrong, right = make_order(store, first), make_order(store, second)
    entry = make_work(store, wrong)
    inputs = _inputs(
        right,
        id=entry,
        version=1,
        done_on=date(2026, 2, 3),
        done_by="Veikko Vasara",
        description="Keskus vaihdettu",
        minutes=150,
    )
    store.carry_out(amend_work_entry, inputs, actor=office, now=now)
    assert trail_of(store, "work_entry")[-1] == (
        "amend_work_entry",
        entry,
        second,
        "olli",
        ["order_id", "party_id"],
    )
    with store.reading(office, now=now) as session:
        assert order_record(session, wrong).work == ()
        assert [row.id for row in order_record(session, right).work] == [entry]


def test_the_store_lets_nobody_remove_work(store, office, now):
    entry = make_work(store, make_order(store, make_party(store)))
    with (
        pytest.raises(DBAPIError, match="guarded: work_entry_kept"),
        store.engine.begin() as connection,
    ):
        connection.execute(text("DELETE FROM work_entry WHERE id = :id"), {"id": entry})


def test_stale_work_is_refused_with_what_stands_now(store, office, manager, now):
    order = make_order(store, make_party(store))
    entry = make_work(store, order)
    theirs = _inputs(order, id=entry, version=1, minutes=200)
    store.carry_out(amend_work_entry, theirs, actor=manager, now=now)
    before = everything(store)
    with pytest.raises(StaleRecord) as refusal:
        store.carry_out(
            amend_work_entry, _inputs(order, id=entry, version=1), actor=office, now=now
        )
    assert everything(store) == before
    assert (refusal.value.theirs["minutes"], refusal.value.changed_by) == (200, "maija")


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"done_on": TODAY + timedelta(days=1)}, ("done_on", "day_in_future")),
        ({"done_on": None}, ("done_on", "required")),
        ({"done_by": ""}, ("done_by", "required")),
        ({"done_by": "x" * 101}, ("done_by", "too_long")),
        ({"description": " "}, ("description", "required")),
        ({"minutes": -1}, ("minutes", "number_out_of_range")),
        ({"minutes": 60_001}, ("minutes", "number_out_of_range")),
        ({"minutes": 1.5}, ("minutes", "number_out_of_range")),
        ({"material": "131052-9085"}, ("material", "personal_identity_code")),
    ],
)
def test_what_is_not_valid_is_refused_beside_its_field(sqlite_store, office, now, values, refused):
    order = make_order(sqlite_store, make_party(sqlite_store))
    before = everything(sqlite_store)
    with pytest.raises(InvalidInputs) as refusal:
        sqlite_store.carry_out(amend_work_entry, _inputs(order, **values), actor=office, now=now)
    assert [(error.field, error.code) for error in refusal.value.errors] == [refused]
    assert everything(sqlite_store) == before


def test_nothing_new_is_done_for_a_cancelled_order(store, office, now):
    party = make_party(store)
    order = make_order(store, party)
    entry = make_work(store, order)
    cancelled = make_order(store, party, status="cancelled")
    with store.engine.begin() as connection:
        connection.execute(
            text("UPDATE service_order SET status = 'cancelled', closed_on = ordered_on")
        )
    for inputs in (_inputs(cancelled), _inputs(cancelled, id=entry, version=1)):
        with pytest.raises(InvalidInputs) as refusal:
            store.carry_out(amend_work_entry, inputs, actor=office, now=now)
        assert [(e.field, e.code) for e in refusal.value.errors] == [
            ("order_id", "order_cancelled")
        ]
    corrected = _inputs(order, id=entry, version=1, minutes=0)
    assert store.carry_out(amend_work_entry, corrected, actor=office, now=now) == entry


def test_rights_and_what_is_gone(store, viewer, office, now):
    order = make_order(store, make_party(store))
    with pytest.raises(NotAllowed):
        store.carry_out(amend_work_entry, _inputs(order), actor=viewer, now=now)
    with pytest.raises(NotFound):
        store.carry_out(amend_work_entry, _inputs(404), actor=office, now=now)
    with pytest.raises(NotFound):
        store.carry_out(amend_work_entry, _inputs(order, id=9, version=1), actor=office, now=now)
