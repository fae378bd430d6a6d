"""A CHECK constraint is changed in a table that others refer to, and no row goes."""

from __future__ import annotations

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from queries.store import schema
from queries.store.migrations.check_constraints import change_check
from tests.factories.records import make_person, make_phone

BEFORE = "status IN ('lead', 'active', 'ended')"
AFTER = "status IN ('lead', 'active', 'ended', 'asleep')"


def changed(store, before: str, after: str) -> None:
    with (
        store.engine.begin() as connection,
        Operations.context(MigrationContext.configure(connection)),
    ):
        change_check("party", "ck_party_status", before, after)


def count(store, table: str) -> int:
    with store.engine.connect() as connection:
        return connection.scalar(text(f"SELECT count(*) FROM {table}"))  # noqa: S608 - our own tables


def test_the_condition_is_another_and_every_row_stays(store):
    make_phone(store, make_person(store))
    changed(store, BEFORE, AFTER)
    assert (count(store, "party"), count(store, "phone")) == (1, 1)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE party SET status = 'asleep'"))
    with pytest.raises(IntegrityError), store.engine.begin() as connection:
        connection.execute(text("UPDATE party SET status = 'awake'"))


def test_changed_back_the_store_is_as_the_program_makes_it(store):
    changed(store, BEFORE, AFTER)
    with store.engine.begin() as connection:
        named = "table party" if connection.dialect.name == "sqlite" else "constraint party"
        assert [one[: len(named)] for one in schema.differences(connection)] == [named]
    changed(store, AFTER, BEFORE)
    with store.engine.begin() as connection:
        assert schema.differences(connection) == []


def test_a_condition_that_is_not_there_is_refused(sqlite_store):
    with pytest.raises(ValueError, match="party has no CONSTRAINT ck_party_status"):
        changed(sqlite_store, AFTER, BEFORE)
