"""Keys in one parameter find the same rows as a list of them, through the same index."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from queries.store.sql_keys import among
from queries.store.tables import Note, Party
from tests.factories.records import MAKER, make_note, make_party


@pytest.mark.parametrize("picked", [(), (0,), (0, 2), (2, 2, 1)])
def test_the_rows_of_the_keys_are_found(store, picked):
    parties = [make_party(store) for _ in range(3)]
    keys = [parties[n] for n in picked]
    with store.reading(MAKER) as session:
        found = session.scalars(select(Party.id).where(among(Party.id, [*keys, 9_999_999])))
        assert sorted(found) == sorted(set(keys))


def test_rows_are_removed_by_a_key_of_others(store):
    first, second = make_party(store), make_party(store)
    make_note(store, first)
    make_note(store, second)
    with store.engine.begin() as connection:
        assert connection.execute(delete(Note).where(among(Note.party_id, [second]))).rowcount == 1
        assert connection.scalars(select(Note.party_id)).all() == [first]


def test_what_is_no_key_is_refused():
    with pytest.raises(ValueError, match="invalid literal"):
        among(Party.id, ["1) OR (1=1"])


def test_the_text_of_the_statement_does_not_grow(store):
    with store.engine.connect() as connection:
        texts = {
            str(select(Party.id).where(among(Party.id, keys)).compile(connection))
            for keys in ([1], range(4_000))
        }
    assert len(texts) == 1


def test_the_index_is_used(sqlite_store):
    """On SQLite; a table as small as a test's is read whole by PostgreSQL, index or not."""
    with sqlite_store.engine.connect() as connection:
        query = select(Note.id).where(among(Note.party_id, [1, 2])).compile(connection)
        values = tuple(query.params.values())
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", values).all()
    assert plan[0].detail == "SEARCH note USING COVERING INDEX ix_note_party_id (party_id=?)"
