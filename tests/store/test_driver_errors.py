"""Errors are recognised by their code: PostgreSQL answers in another language than English."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from queries.store.backup.backup import back_up
from queries.store.backup.ledger import ledger_of
from queries.store.backup.restore import restore
from queries.store.driver_errors import DriverError, kind_of
from queries.store.sessions import Store
from queries.store.tables import Note, Party, TrailEntry
from queries.writes.customers.notes import AmendNote, amend_note
from tests.factories.records import MAKER, NOW, TODAY, make_person
from tests.support.postgresql import REQUIRED
from tests.support.races import PATIENCE, at_once, outcome


def test_the_server_does_not_speak_english(other_language_store):
    with other_language_store.engine.connect() as connection, pytest.raises(DBAPIError) as error:
        connection.execute(text("SELECT 1 / 0"))
    is_english = str(error.value.orig) == "division by zero"
    assert not (is_english and os.environ.get(REQUIRED))


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("23503", "stale_record"),
        ("23505", "stale_record"),
        ("23P01", "stale_record"),
        ("40001", "stale_record"),
        ("40P01", "stale_record"),
        ("53100", "store_full"),
        ("53300", "store_busy"),
        ("55P03", "store_busy"),
        ("57P01", "store_unreadable"),
        ("08006", "store_unreadable"),
    ],
)
def test_a_state_is_a_refusal(other_language_store, state, code):
    def fail(uow, _inputs):
        raised = f"DO $$ BEGIN RAISE EXCEPTION 'fel' USING ERRCODE = '{state}'; END $$"
        uow.session.execute(text(raised))
        return 0

    assert outcome(lambda: other_language_store.carry_out(fail, None, actor=MAKER)) == code


def test_other_states_stay_loud(other_language_store):
    def fail(uow, _inputs):
        uow.session.execute(text("SELECT 1 / 0"))
        return 0

    with pytest.raises(DBAPIError) as error:
        other_language_store.carry_out(fail, None, actor=MAKER)
    assert kind_of(error.value) is DriverError.OTHER


def test_a_lock_that_is_not_had_in_time(other_language_store, monkeypatch):
    store = other_language_store
    inputs = AmendNote(party_id=make_person(store), text="x", noted_on=TODAY)
    monkeypatch.setattr("queries.store.engine.BUSY_SECONDS", 0.05)
    with store.engine.begin() as other:
        other.execute(text("LOCK TABLE note IN EXCLUSIVE MODE"))
        code = outcome(lambda: store.carry_out(amend_note, inputs, actor=MAKER, now=NOW))
    assert code == "store_busy"


def test_two_who_wait_for_each_other(other_language_store):
    store = other_language_store
    first, second = make_person(store), make_person(store)
    both_have_one = threading.Barrier(2, timeout=PATIENCE)

    def in_order(*keys):
        def lock():
            with store.writing(MAKER) as uow:
                for key in keys:
                    uow.session.execute(select(Party.id).where(Party.id == key).with_for_update())
                    if key == keys[0]:
                        both_have_one.wait()

        return lock

    assert at_once(in_order(first, second), in_order(second, first)) == ["done", "stale_record"]


def test_a_wish_that_lost_a_race_is_carried_out_again(other_language_store):
    store = other_language_store
    first, second = make_person(store), make_person(store)
    both_have_one = threading.Barrier(2, timeout=PATIENCE)
    meetings = iter([both_have_one.wait, both_have_one.wait])

    def in_order(*keys):
        def lock(uow, _inputs):
            for key in keys:
                uow.session.execute(select(Party.id).where(Party.id == key).with_for_update())
                if key == keys[0]:
                    next(meetings, lambda: None)()
            return 0

        return lambda: store.carry_out(lock, None, actor=MAKER)

    assert at_once(in_order(first, second), in_order(second, first)) == ["done", "done"]


def test_a_double_click_saves_once(other_language_store, monkeypatch):
    store = other_language_store
    inputs = AmendNote(party_id=make_person(store), text="x", noted_on=TODAY)
    looked = threading.Barrier(2, timeout=PATIENCE)
    turns = iter([looked.wait, looked.wait])
    look = Store.outcome_of

    def look_together(self, token):
        found = look(self, token)
        next(turns, lambda: None)()
        return found

    monkeypatch.setattr(Store, "outcome_of", look_together)

    def click():
        store.carry_out(amend_note, inputs, actor=MAKER, token="click", now=NOW)

    assert at_once(click, click) == ["done", "done"]
    with store.engine.connect() as connection:
        assert connection.execute(select(Note.text)).scalars().all() == ["x"]
        tokens = select(TrailEntry.id).where(TrailEntry.token == "click")
        assert len(connection.execute(tokens).all()) == 1


def test_a_database_in_use_is_not_renamed(other_language_store):
    name = other_language_store.engine.url.database
    admin = create_engine(
        other_language_store.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT"
    )
    with (
        other_language_store.engine.connect(),
        admin.connect() as connection,
        pytest.raises(DBAPIError) as error,
    ):
        connection.execute(text(f"ALTER DATABASE {name} RENAME TO {name}_aside"))
    admin.dispose()
    assert kind_of(error.value) is DriverError.IN_USE


@pytest.fixture
def limited_role(other_language_store) -> Iterator[str]:
    """A role that may sign in and nothing else, and is spoken to in the other language."""
    with other_language_store.engine.begin() as connection:
        language = connection.execute(text("SHOW lc_messages")).scalar()
        connection.execute(text("CREATE ROLE limited LOGIN"))
        connection.execute(text(f"ALTER ROLE limited SET lc_messages = '{language}'"))
    yield "limited"
    with other_language_store.engine.begin() as connection:
        connection.execute(text("DROP ROLE limited"))


def test_a_restore_without_the_right_says_which_right(other_language_store, limited_role, tmp_path):
    store = other_language_store
    copy = back_up(store, ledger_of(store, tmp_path), tmp_path / "copy", on=TODAY).path
    url = store.engine.url.set(username=limited_role, query={})
    store.engine.dispose()
    assert outcome(lambda: restore(copy, url, tmp_path, now=NOW)) == "postgresql_rights"


def refused_by(path, *statements) -> DriverError:
    """The kind of the error with which SQLite refuses the last of the statements."""
    connection = sqlite3.connect(path, timeout=0, isolation_level=None)
    connection.execute("PRAGMA foreign_keys=ON")
    try:
        for statement in statements[:-1]:
            connection.execute(statement)
        with pytest.raises(sqlite3.Error) as error:
            connection.execute(statements[-1])
        return kind_of(error.value)
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("statements", "kind"),
    [
        (
            (
                "CREATE TABLE a (b INTEGER PRIMARY KEY)",
                "INSERT INTO a VALUES (1)",
                "INSERT INTO a VALUES (1)",
            ),
            DriverError.DUPLICATE,
        ),
        (
            ("CREATE TABLE a (b UNIQUE)", "INSERT INTO a VALUES (1)", "INSERT INTO a VALUES (1)"),
            DriverError.DUPLICATE,
        ),
        (
            (
                "CREATE TABLE a (b INTEGER PRIMARY KEY)",
                "CREATE TABLE c (d REFERENCES a)",
                "INSERT INTO c VALUES (1)",
            ),
            DriverError.REFERENCE,
        ),
        (("CREATE TABLE a (b CHECK (b > 0))", "INSERT INTO a VALUES (0)"), DriverError.OTHER),
        (("PRAGMA max_page_count = 1", "CREATE TABLE a (b)"), DriverError.FULL),
        (("SELECT * FROM nothing",), DriverError.STATEMENT),
    ],
)
def test_sqlite_is_told_by_its_code_too(tmp_path, statements, kind):
    assert refused_by(tmp_path / "any.sqlite", *statements) is kind


def test_a_locked_file_is_busy(tmp_path):
    path = tmp_path / "any.sqlite"
    locker = sqlite3.connect(path, isolation_level=None)
    locker.execute("BEGIN EXCLUSIVE")
    assert refused_by(path, "BEGIN IMMEDIATE") is DriverError.BUSY
    locker.close()


def test_a_missing_reference_is_a_bug_where_writers_are_alone(sqlite_store):
    def fail(uow, _inputs):
        uow.session.execute(text("INSERT INTO party_facts (party_id, in_force) VALUES (4711, 0)"))
        return 0

    with pytest.raises(IntegrityError):
        sqlite_store.carry_out(fail, None, actor=MAKER)


def test_an_error_of_no_engine_is_none_of_these(postgresql_cluster):
    assert kind_of(ValueError("database is locked")) is DriverError.OTHER
    engine = create_engine(postgresql_cluster.address_of("nothing_of_the_name"))
    with pytest.raises(DBAPIError) as error:
        engine.connect()
    assert kind_of(error.value) is DriverError.OTHER
