from __future__ import annotations

import sqlite3
from datetime import date

import pytest
from sqlalchemy import text

from queries.errors import StoreRefusal
from queries.store.backup.backup import back_up
from queries.store.backup.ledger import ledger_of
from queries.store.backup.restore import restore
from queries.store.integrity import IntegrityPart, check
from queries.store.migrate import open_store
from queries.writes.rebuild_derived import RebuildDerived, rebuild_derived
from tests.conftest import NOW
from tests.factories.records import MAKER, make_address, make_order, make_person
from tests.factories.sales import credit, make_invoice, pay

DAY = date(2026, 3, 5)
WELL = {part: [] for part in IntegrityPart}
#: What is derived and wrong, by the part that finds it, and how it is named.
_WRONG = {
    "fact": (
        "UPDATE party_facts SET ended_on = '2020-01-01'",
        {IntegrityPart.DERIVED: ["party_facts/1"]},
    ),
    "summary": (
        "DELETE FROM summary WHERE name = 'orders'",
        {IntegrityPart.DERIVED: ["orders/open"]},
    ),
    "balance": (
        "UPDATE invoice SET open_cents = 1",
        {IntegrityPart.DERIVED: ["invoice.open_cents/1", "invoice.open_cents/2"]},
    ),
    "town": ("UPDATE party SET town = 'Eiole'", {IntegrityPart.DERIVED: ["party.town/1"]}),
    "text": ("UPDATE party_search SET text = 'muu'", {IntegrityPart.SEARCH: ["party_search/1"]}),
    "no text": ("DELETE FROM party_search", {IntegrityPart.SEARCH: ["party_search/1"]}),
}


def found_in(store, folder):
    return dict(check(store, folder))


def sold(store):
    """An open order, and an invoice that was paid and then credited."""
    party = make_person(store)
    make_order(store, party)
    make_address(store, party)
    bill = make_invoice(store, party)
    pay(store, bill, "125,50")
    credit(store, bill)


def made_wrong(store, statement):
    sold(store)
    with store.engine.begin() as connection:
        connection.execute(text("INSERT INTO disposal_gate (id) VALUES (1)"))
        connection.execute(text(statement))
        connection.execute(text("DELETE FROM disposal_gate"))


def test_a_sound_store(store, tmp_path):
    sold(store)
    ledger_of(store, tmp_path)
    assert found_in(store, tmp_path) == WELL


@pytest.mark.parametrize("wrong", list(_WRONG))
def test_what_is_derived_is_found_and_mended(store, tmp_path, wrong):
    statement, named = _WRONG[wrong]
    made_wrong(store, statement)
    assert found_in(store, tmp_path) == WELL | named
    store.carry_out(rebuild_derived, RebuildDerived(), actor=MAKER)
    assert found_in(store, tmp_path) == WELL


@pytest.mark.parametrize("wrong", list(_WRONG))
def test_a_backup_of_it_is_made_and_restored(store, tmp_path, wrong):
    statement, named = _WRONG[wrong]
    made_wrong(store, statement)
    made = back_up(store, ledger_of(store, tmp_path), tmp_path / "copy", on=DAY)
    assert list(made.differing) == named.get(IntegrityPart.DERIVED, [])
    store.close()
    done = restore(made.path, store.engine.url, tmp_path, now=NOW)
    assert list(done.rebuilt) == next(iter(named.values()))
    back = open_store(store.engine.url)
    assert found_in(back, tmp_path) == WELL
    back.close()


def test_the_index_itself_is_compared(sqlite_store, tmp_path):
    make_person(sqlite_store)
    with sqlite_store.engine.begin() as connection:
        connection.execute(text("DELETE FROM party_trigram_data WHERE id > 10"))
    assert found_in(sqlite_store, tmp_path)[IntegrityPart.SEARCH] == ["party_trigram"]
    sqlite_store.carry_out(rebuild_derived, RebuildDerived(), actor=MAKER)
    assert found_in(sqlite_store, tmp_path)[IntegrityPart.SEARCH] == []


def test_a_row_that_points_to_nothing_is_named_and_no_backup_is_made(store, tmp_path):
    make_order(store, make_person(store))
    loose = "UPDATE service_order SET service_id = 77"
    if store.engine.dialect.name == "sqlite":
        file = sqlite3.connect(store.engine.url.database)  # without foreign keys, as by default
        file.execute(loose)
        file.commit()
        file.close()
    else:
        with store.engine.begin() as connection:
            for doing in ("DISABLE", "ENABLE"):
                connection.execute(text(f"ALTER TABLE service_order {doing} TRIGGER ALL"))
                if doing == "DISABLE":
                    connection.execute(text(loose))
    assert found_in(store, tmp_path) == WELL | {IntegrityPart.REFERENCES: ["service_order/1"]}
    with pytest.raises(StoreRefusal) as refusal:
        back_up(store, ledger_of(store, tmp_path), tmp_path / "copy", on=DAY)
    assert refusal.value.code == "backup_unsound"
    assert not (tmp_path / "copy").exists()


def test_schema_and_map_name_a_column_that_somebody_added(store, tmp_path):
    with store.engine.begin() as connection:
        connection.execute(text("ALTER TABLE note ADD COLUMN mood TEXT"))
    sqlite = store.engine.dialect.name == "sqlite"
    assert found_in(store, tmp_path) == WELL | {
        IntegrityPart.SCHEMA: ["table note" if sqlite else "column note.mood"],
        IntegrityPart.PERSONAL_DATA: ["note.mood"],
    }


def test_a_ledger_that_does_not_fit_is_named(store, tmp_path):
    back_up(store, ledger_of(store, tmp_path), tmp_path / "copy", on=DAY)
    path = next((tmp_path / "ledger").glob("*.jsonl"))
    path.write_bytes(b"#\n" + path.read_bytes())
    assert found_in(store, tmp_path) == WELL | {IntegrityPart.LEDGER: ["ledger_damaged"]}
