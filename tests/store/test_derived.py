from __future__ import annotations

from sqlalchemy import text

from queries.store import derived

_MARK = "SELECT * FROM derived_mark WHERE name = 'derived'"


def test_an_empty_store_has_nothing_to_differ(store):
    with store.engine.begin() as connection:
        assert derived.differences(connection) == []


def test_installing_again_changes_nothing(store):
    with store.engine.begin() as connection:
        before = connection.execute(text(_MARK)).all()
        derived.install(connection)
        assert connection.execute(text(_MARK)).all() == before


def test_taken_out_and_made_anew(store):
    with store.engine.begin() as connection:
        before = connection.execute(text(_MARK)).all()
        with derived.without(connection):
            assert connection.execute(text(_MARK)).all() == []
        assert connection.execute(text(_MARK)).all() == before
