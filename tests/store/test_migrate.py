from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError

from queries.errors import StoreRefusal
from queries.store.data_folder_lock import at_work
from queries.store.driver_errors import DriverError, kind_of
from queries.store.engine import open_engine, sqlite_url
from queries.store.migrate import migrate, migrate_alone, newest_revision, open_store
from queries.store.migrations import versions
from queries.store.migrations.env_names import include
from queries.store.tables import Base


def test_migrations_and_metadata_agree(store):
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": include}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_a_current_store_changes_nothing(store):
    assert migrate(store.engine) == (newest_revision(), newest_revision())


def test_a_missing_store_is_refused_and_not_made(tmp_path):
    path = tmp_path / "nothing.sqlite"
    with pytest.raises(StoreRefusal) as refusal:
        open_store(sqlite_url(path))
    assert refusal.value.code == "store_missing"
    assert not path.exists()


def test_a_file_that_is_no_store_is_refused(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Hyvä asiakas, " * 1000)
    with pytest.raises(StoreRefusal) as refusal:
        open_engine(sqlite_url(path))
    assert refusal.value.code == "store_unreadable"
    assert path.read_text().startswith("Hyvä asiakas")


def test_a_store_of_a_newer_program_is_refused(store):
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreRefusal) as refusal:
        open_store(store.engine.url)
    assert refusal.value.code == "store_newer"
    with pytest.raises(StoreRefusal) as refusal:
        migrate(store.engine)
    assert refusal.value.code == "store_newer"


def test_a_migration_that_does_not_fit_the_tables_is_an_error_of_the_program(store):
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0012'"))
    with pytest.raises(DBAPIError) as error:
        migrate(store.engine)
    assert kind_of(error.value) is DriverError.STATEMENT


def test_a_store_that_may_not_be_written_is_refused(sqlite_store):
    older = sqlite_store.engine.url
    with sqlite_store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0012'"))
    sqlite_store.close()
    reading = create_engine(f"sqlite:///file:{older.database}?mode=ro&uri=true")
    with pytest.raises(StoreRefusal) as refusal:
        migrate(reading)
    assert refusal.value.code == "store_unreadable"
    reading.dispose()


def test_tables_of_something_else_are_left_alone(tmp_path):
    engine = open_engine(sqlite_url(tmp_path / "other.sqlite"), create=True)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE letters (id INTEGER)"))
    with pytest.raises(StoreRefusal) as refusal:
        migrate(engine)
    assert refusal.value.code == "store_foreign"
    engine.dispose()


def test_a_store_is_migrated_alone(store, tmp_path):
    url = store.engine.url
    with at_work(tmp_path), pytest.raises(StoreRefusal) as refusal:
        migrate_alone(url, tmp_path)
    assert refusal.value.code == "store_served"
    with store.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        # A program of another folder, or a server without one: the database itself knows.
        with pytest.raises(StoreRefusal) as refusal:
            migrate_alone(url, tmp_path / "elsewhere")
    assert refusal.value.code == "store_served"
    store.close()
    assert migrate_alone(url, tmp_path) == (newest_revision(), newest_revision())


def test_no_migration_makes_a_table_anew_that_others_refer_to(tmp_path):
    """SQLite drops the old table, and the rows that refer to it go with it or forbid it: see
    :mod:`queries.store.migrations.check_constraints`."""
    engine = open_engine(sqlite_url(tmp_path / "new.sqlite"), create=True)
    bereft = []

    def watch(connection, _cursor, statement, *_more):
        dropped = re.match(r"\s*DROP TABLE \"?(\w+)", statement)
        if dropped:
            there = inspect(connection)
            bereft.extend(
                (dropped[1], table)
                for table in there.get_table_names()
                for key in there.get_foreign_keys(table)
                if key["referred_table"] == dropped[1] != table
            )

    event.listen(engine, "before_cursor_execute", watch)
    migrate(engine)
    engine.dispose()
    assert bereft == []


def test_migrations_are_as_they_landed():
    """A store that went through one would differ from a store that goes through another. A new
    migration adds its line; a line is never changed."""
    here = Path(versions.__file__).parent
    stand = {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in here.glob("[0-9]*.py")
    }
    landed = (Path(__file__).parent / "migrations.sha256").read_text(encoding="ascii")
    lines = (line.split() for line in landed.splitlines())
    assert {name: said for said, name in lines} == stand
