from __future__ import annotations

from sqlalchemy import text

from queries.reads.customers.customer_list import CustomerFilter, customer_list
from queries.store import derived
from tests.factories.records import MAKER, make_party, make_phone


def test_an_empty_store_has_nothing_to_differ(store):
    with store.engine.begin() as connection:
        assert derived.differences(connection) == []


def test_installing_again_changes_nothing(store):
    with store.engine.begin() as connection:
        before = marks(connection)
        derived.install(connection)
        assert marks(connection) == before


def test_taken_out_and_made_anew(store):
    with store.engine.begin() as connection:
        before = marks(connection)
        assert set(before) == {"derived", "search"}
        with derived.without(connection):
            assert marks(connection) == {"search": before["search"]}
        assert marks(connection) == before


def test_texts_that_were_made_otherwise_are_made_anew(store):
    party = make_party(store, given_name="Aino", family_name="İlves")
    make_phone(store, party)
    with store.engine.begin() as connection:
        made = searched(connection)
        connection.execute(text("UPDATE party SET sort_name = 'i\u0307lves aino'"))
        connection.execute(text("UPDATE party_search SET text = 'aino i\u0307lves 401234567'"))
        connection.execute(text("UPDATE derived_mark SET fingerprint = '1' WHERE name = 'search'"))
        derived.install(connection)
        assert searched(connection) == made
        assert made == [("ilves aino", "aino ilves 0401234567 +358401234567")]
        assert derived.differences(connection) == []
    with store.reading(MAKER) as session:
        page = customer_list(session, CustomerFilter(text="ilves"))
    assert [row.id for row in page.rows] == [party]


def test_a_rebuild_makes_the_texts_anew(store):
    make_party(store, name="İlves Oy")
    with store.engine.begin() as connection:
        made = searched(connection)
        connection.execute(text("DELETE FROM party_search"))
        derived.rebuild(connection)
        assert searched(connection) == made


def marks(connection):
    rows = connection.execute(text("SELECT name, fingerprint FROM derived_mark")).all()
    return {name: mark for name, mark in rows if name in {"derived", "search"}}


def searched(connection):
    query = "SELECT sort_name, text FROM party JOIN party_search ON party_id = party.id"
    return [tuple(row) for row in connection.execute(text(query))]
