from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from queries.errors import NotAllowed, NotFound, StoreRefusal
from queries.reads.customers.customer_card import customer_card
from queries.store.driver_errors import DriverError, kind_of
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from queries.store.sessions import READ_LINE_EVERY
from queries.store.tables import Note, Party, TrailEntry
from tests.conftest import NOW
from tests.factories.records import make_person

WRONG = text("SELECT no_such_column FROM party")


def trail(store, kind):
    with store.engine.connect() as connection:
        table = TrailEntry.__table__
        return [
            tuple(row)
            for row in connection.execute(
                select(table.c.actor, table.c.action, table.c.subject, table.c.subject_id)
                .where(table.c.kind == kind)
                .order_by(table.c.id)
            )
        ]


def test_the_database_refuses_writes_while_reading(store, manager):
    party = make_person(store)
    with pytest.raises((DBAPIError, StoreRefusal)), store.reading(manager) as session:
        session.execute(text("UPDATE party SET name = 'toinen'"))
    with store.engine.connect() as connection:
        assert connection.execute(select(Party.name).where(Party.id == party)).scalar() != "toinen"


def test_a_write_that_fails_leaves_neither_change_nor_line(store, manager):
    make_person(store)
    before = trail(store, "write")

    def stumble(uow, _inputs):
        party = uow.session.scalars(select(Party)).one()
        party.name = "toinen"
        uow.audit("amend_party", "party", party.id, columns=["name"])
        uow.session.flush()
        raise NotFound("party", 1)

    with pytest.raises(NotFound):
        store.carry_out(stumble, None, actor=manager)
    with store.engine.connect() as connection:
        assert connection.execute(select(Party.name)).scalars().all() == ["Aino Esimerkki"]
    assert trail(store, "write") == before


def test_a_change_without_a_line_is_not_committed(store, manager):
    party = make_person(store)

    def forgetful(uow, _inputs):
        uow.session.add(
            Note(
                party_id=party,
                text="x",
                noted_on=uow.today,
                noted_by="maija",
                changed_at=uow.now,
                changed_by="maija",
            )
        )
        return party

    with pytest.raises(AssertionError, match="without a trail line"):
        store.carry_out(forgetful, None, actor=manager)
    with store.engine.connect() as connection:
        assert connection.execute(select(Note.id)).all() == []


def test_an_opened_record_leaves_one_read_line_in_ten_minutes(store, manager, office):
    party = make_person(store)
    for actor, at in (
        (manager, NOW),
        (manager, NOW + timedelta(minutes=1)),
        (office, NOW + timedelta(minutes=2)),
        (manager, NOW + READ_LINE_EVERY + timedelta(minutes=1)),
    ):
        with store.reading(actor, now=at) as session:
            customer_card(session, party, today=at.date())
    assert trail(store, "read") == [
        ("maija", "open", "party", party),
        ("olli", "open", "party", party),
        ("maija", "open", "party", party),
    ]


def test_the_trail_cannot_be_changed_or_removed(store, manager):
    make_person(store)
    before = trail(store, "write")
    for statement in ("UPDATE trail_entry SET actor = 'x'", "DELETE FROM trail_entry"):
        with pytest.raises(DBAPIError), store.engine.begin() as connection:
            connection.execute(text(statement))
    assert trail(store, "write") == before


def test_a_session_of_nobody_reads_nothing(store):
    party = make_person(store)
    with Session(store.engine) as session, pytest.raises(NotAllowed):
        customer_card(session, party, today=NOW.date())


def test_a_full_disk_is_a_sentence_and_leaves_nothing(sqlite_path, manager):
    store = open_store(sqlite_url(sqlite_path))
    before = trail(store, "write")

    def write_much(uow, _inputs):
        connection = uow.session.connection()
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        connection.execute(text("CREATE TABLE much (page TEXT)"))
        for _ in range(100):
            connection.execute(text("INSERT INTO much VALUES (:page)"), {"page": "x" * 10_000})
        return 0

    with pytest.raises(StoreRefusal) as refusal:
        store.carry_out(write_much, None, actor=manager)
    assert refusal.value.code == "store_full"
    assert trail(store, "write") == before
    store.close()


def test_a_locked_store_is_a_sentence_not_a_driver_error(sqlite_path, manager, monkeypatch):
    monkeypatch.setattr("queries.store.engine.BUSY_SECONDS", 0.05)
    store = open_store(sqlite_url(sqlite_path))
    locker = sqlite3.connect(sqlite_path, isolation_level=None)
    locker.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(StoreRefusal) as refusal:
            store.carry_out(lambda uow, _inputs: uow.session.get(Party, 1), None, actor=manager)
        assert refusal.value.code == "store_busy"
    finally:
        locker.execute("ROLLBACK")
        locker.close()
        store.close()


def _reads_wrong(store, actor):
    with store.reading(actor) as session:
        session.execute(WRONG)


def _writes_wrong(store, actor):
    with store.writing(actor) as uow:
        uow.session.execute(WRONG)


def _commands_wrong(store, actor):
    store.carry_out(lambda uow, _inputs: uow.session.execute(WRONG), None, actor=actor)


@pytest.mark.parametrize("wrongly", [_reads_wrong, _writes_wrong, _commands_wrong])
def test_a_statement_that_does_not_fit_the_tables_is_an_error_of_the_program(
    store, manager, wrongly
):
    """SQLite calls it operational, as it does a locked or unreadable file."""
    with pytest.raises(DBAPIError) as error:
        wrongly(store, manager)
    assert kind_of(error.value) is DriverError.STATEMENT
