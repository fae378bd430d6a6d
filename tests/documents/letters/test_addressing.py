"""The postal address of a letter: the register's, or the one that the request gives."""

from __future__ import annotations

import pytest

from queries.documents.letters.addressing import addressee
from queries.documents.letters.letters import Addressee
from tests.factories.records import make_address, make_person


@pytest.fixture
def to(store, manager):
    def ask(party_id=None, **more) -> Addressee:
        with store.reading(manager) as session:
            return addressee(session, party_id, **{"name": "Aino", "by_post": True, **more})

    return ask


def test_the_address_of_the_register_stands_before_the_one_written(store, to):
    party = make_person(store)
    make_address(store, party, street="Vanha 1", town="Mikkeli", post_code="50100")
    make_address(
        store,
        party,
        street="Uusi 2",
        town="Uppsala",
        post_code="75310",
        country="SE",
        is_primary=True,
    )
    assert to(party, written="Väärä 3, Espoo").lines == ("Uusi 2", "75310 Uppsala", "SE")
    assert to(party, by_post=False).lines == ()


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("Kotikatu 1, 50100 Mikkeli", ("Kotikatu 1", "50100 Mikkeli")),
        ("Kotikatu 1\n 50100 Mikkeli ", ("Kotikatu 1", "50100 Mikkeli")),
        ("aino@esimerkki.example", ()),
        ("040 123 4567", ()),
        (None, ()),
    ],
)
def test_what_was_written_is_taken_where_the_register_has_none(store, to, written, lines):
    assert to(make_person(store), written=written).lines == lines
    assert to(written=written).lines == lines
