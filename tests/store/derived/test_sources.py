"""Data from elsewhere are recorded whichever way they come in (GDPR Art. 14)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select, text

from queries.store import derived
from queries.store.tables import SourceNotice
from tests.factories.records import MAKER, make_email, make_party

DAY = date(2026, 2, 14)


def _noted(store):
    with store.reading(MAKER) as session:
        rows = session.execute(
            select(SourceNotice.party_id, SourceNotice.source, SourceNotice.since).order_by(
                SourceNotice.party_id, SourceNotice.source
            )
        )
        return [tuple(row) for row in rows]


@pytest.mark.parametrize("source", ["ytj", "third_party"])
def test_a_persons_datum_from_elsewhere_is_noted_once(store, source):
    person = make_party(store, given_name="Aino", family_name="Esimerkki")
    for address in ("a@esimerkki.example", "b@esimerkki.example"):
        make_email(store, person, address=address, source=source, sourced_on=DAY)
    assert _noted(store) == [(person, source, DAY)]


def test_what_the_person_told_and_what_tells_of_no_person_is_not_noted(store):
    person = make_party(store, given_name="Aino", family_name="Esimerkki")
    make_email(store, person, address="a@esimerkki.example", source="phone", sourced_on=DAY)
    company = make_party(store)
    make_email(store, company, address="t@esimerkki.example", source="ytj", sourced_on=DAY)
    assert _noted(store) == []


def test_a_changed_source_is_noted(store):
    person = make_party(store, given_name="Aino", family_name="Esimerkki")
    make_email(store, person, address="a@esimerkki.example", source="phone", sourced_on=DAY)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE email SET source = 'third_party'"))
    assert _noted(store) == [(person, "third_party", DAY)]


def test_what_was_loaded_without_triggers_is_noted_afterwards(store):
    person = make_party(store, given_name="Aino", family_name="Esimerkki")
    make_email(store, person, address="a@esimerkki.example", source="phone", sourced_on=DAY)
    with store.engine.begin() as connection, derived.without(connection):
        connection.execute(text("UPDATE email SET source = 'ytj'"))
    assert _noted(store) == [(person, "ytj", DAY)]
    with store.engine.begin() as connection:
        assert derived.differences(connection) == []
        connection.execute(text("DELETE FROM source_notice"))
        assert derived.differences(connection) == [f"source_notice {person} ytj"]
