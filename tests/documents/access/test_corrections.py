"""Corrections: old values beside new ones."""

from __future__ import annotations

from datetime import date

from queries.documents.access.corrections import (
    Correction,
    as_kept,
    corrections,
    details_of,
    read_kept,
)
from queries.writes.commands import Seen
from queries.writes.customers.contacts import AmendPhone, amend_phone, remove_email
from tests.factories.records import MAKER, NOW, make_email, make_note, make_person, make_phone


def test_changed_added_and_taken_away(store, manager):
    party = make_person(store)
    make_phone(store, party, "040 123 4567")
    make_email(store, party, "aino@esimerkki.example")

    def now():
        with store.reading(manager) as session:
            return details_of(session, party, "fi")

    before = now()
    assert corrections(before, now(), "fi") == ()
    inputs = AmendPhone(
        party_id=party,
        id=1,
        version=1,
        number="040 765 4321",
        source="phone",
        sourced_on=date(2026, 3, 5),
    )
    store.carry_out(amend_phone, inputs, actor=MAKER, now=NOW)
    store.carry_out(remove_email, Seen(id=1, version=1), actor=MAKER, now=NOW)
    make_note(store, party, text="Oikaistu *puhelin*.", noted_on=date(2026, 3, 5))
    assert read_kept(as_kept(before)) == before
    found = corrections(before, now(), "fi")
    assert [one for one in found if one.what != "Käyttötarkoitus"] == [
        Correction("Sähköpostiosoite", "aino@esimerkki.example", ""),
        Correction("Puhelinnumero", "+358401234567", "+358407654321"),
        Correction("Muistiinpanot: Teksti", "", "Oikaistu *puhelin*."),
        Correction("Muistiinpanot: Päivä", "", "5.3.2026"),
    ]
