"""Erases a person of distinctive values and looks for them in every byte of the store's files."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from queries.reads.customers.customer_list import CustomerFilter, customer_list
from queries.store.backup.ledger import ledger_of
from queries.store.backup.scrub import scrub
from queries.writes.customers.parties import ChangeStatus, change_status
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from queries.writes.sales.orders import ChangeOrderStatus, change_order_status
from tests.factories.disposals import OVER, SOLD, dispose, invoice
from tests.factories.records import (
    MAKER,
    make_address,
    make_email,
    make_note,
    make_order,
    make_party,
    make_phone,
    make_work,
)
from tests.support.store_files import bytes_of, found_in

NOTE = "Zyxomma petiolatum kuiskasi Qvasimodolle Xylofonin"
VALUES = (
    "Wqxzanne",
    "Jvbkrtinen",
    "wqxzanne.jvbkrtinen@qzxpostia.example",
    "Fjwqzxkuja 77",
    "457999871",
    NOTE,
    "Hvgzqxtyön kytkentä",
    "Pxqzwvt asennus",
    "Kgzxqvb-materiaali",
)


@pytest.fixture
def erased(store, tmp_path):
    """A store from which the person has gone, and others have not."""
    year = AmendFinancialYear(starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
    store.carry_out(amend_financial_year, year, actor=MAKER, now=SOLD)
    for n in range(20):
        make_phone(store, make_party(store, given_name="Aino", family_name=f"Esimerkki{n}"))
    distinctive(store)
    for n in range(20, 30):
        make_phone(store, make_party(store, given_name="Aino", family_name=f"Esimerkki{n}"))
    if store.engine.dialect.name == "postgresql":
        # The planner's samples hold values of their own; the server takes them when it likes.
        with store.engine.begin() as connection:
            connection.execute(text("ANALYZE"))
    assert found_in(bytes_of(store), VALUES), "they were there"
    run = dispose(store, ledger_of(store, tmp_path / "data"))
    assert (run.gone, run.stayed) == (4, 0)
    return store


def distinctive(store):
    """Make someone of the past with something distinctive in every kind of record."""
    party = make_party(
        store, given_name=VALUES[0], family_name=VALUES[1], started_on=date(2018, 1, 1), now=SOLD
    )
    sourced = {"source": "phone", "sourced_on": date(2018, 1, 1)}
    make_email(store, party, VALUES[2], **sourced)
    make_address(store, party, street=VALUES[3], **sourced)
    make_phone(store, party, f"+358{VALUES[4]}", **sourced)
    make_note(store, party, NOTE, noted_on=date(2018, 3, 1))
    order = make_order(
        store, party, status="open", title=VALUES[6], ordered_on=date(2018, 2, 1), now=SOLD
    )
    make_work(store, order, done_on=date(2018, 2, 3), description=VALUES[7], material=VALUES[8])
    done = ChangeOrderStatus(id=order, version=1, status="done", closed_on=date(2018, 2, 4))
    store.carry_out(change_order_status, done, actor=MAKER, now=SOLD)
    invoice(store, party, order)
    ended = ChangeStatus(id=party, version=2, status="ended", ended_on=date(2018, 12, 1))
    store.carry_out(change_status, ended, actor=MAKER, now=OVER)


def test_nothing_of_the_erased_is_in_any_file_and_the_others_are(erased):
    files = bytes_of(erased)
    assert found_in(files, VALUES) == []
    assert any(b"Esimerkki29" in data for data in files.values())
    with erased.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM party")).scalar() == 30
    erased.close()  # the text written at the end is checked too
    paths = [Path(name) for name in files]
    assert found_in({str(path): path.read_bytes() for path in paths if path.exists()}, VALUES) == []


def test_the_search_index_of_the_living_stays(sqlite_store):
    make_party(sqlite_store, given_name="Aino", family_name="Esimerkki")
    scrub(sqlite_store)
    scrub(sqlite_store)
    with sqlite_store.reading(MAKER) as session:
        rows = customer_list(session, CustomerFilter(text="simerk")).rows
    assert [row.name for row in rows] == ["Aino Esimerkki"]
