from __future__ import annotations

import dataclasses
from datetime import date, timedelta

import pytest

from queries.errors import InvalidInputs, NotAllowed, NotFound, StaleRecord
from queries.store.tables import Address, Email, Party, PartySearch, Phone
from queries.writes.commands import Seen
from queries.writes.customers.contacts import (
    AmendAddress,
    AmendEmail,
    AmendPhone,
    amend_address,
    amend_email,
    amend_phone,
    remove_phone,
)
from tests.conftest import NOW
from tests.factories.records import make_address, make_email, make_party, make_person, make_phone
from tests.support.trails import refused, rows, written

SOURCED = {"source": "phone", "sourced_on": date(2026, 3, 5)}


def test_adding_a_phone_number_changes_one_row_and_notes_one_line(store, manager):
    party = make_person(store)
    before = written(store)
    inputs = AmendPhone(party_id=party, number="(040) 123-4567", **SOURCED)
    assert store.carry_out(amend_phone, inputs, actor=manager, now=NOW) == party
    [phone] = rows(store, Phone)
    assert phone == {
        "id": phone["id"],
        "party_id": party,
        "number": "+358401234567",
        "purpose": "contact",
        "is_primary": False,
        "source": "phone",
        "sourced_on": date(2026, 3, 5),
        "version": 1,
        "changed_at": NOW,
        "changed_by": "maija",
    }
    columns = ["is_primary", "number", "purpose", "source", "sourced_on"]
    assert written(store) == [*before, ("add_phone", "phone", phone["id"], party, columns)]


def test_correcting_names_only_what_changed(store, manager):
    party = make_person(store)
    make_phone(store, party, sourced_on=date(2026, 3, 5))
    [phone] = rows(store, Phone)
    inputs = AmendPhone(party_id=party, id=phone["id"], version=1, number="050 123 4567", **SOURCED)
    store.carry_out(amend_phone, inputs, actor=manager, now=NOW)
    assert rows(store, Phone) == [
        {**phone, "number": "+358501234567", "version": 2, "changed_by": "maija"}
    ]
    assert written(store)[-1] == ("amend_phone", "phone", phone["id"], party, ["number"])


def test_saving_what_stands_already_changes_nothing(store, manager):
    party = make_person(store)
    make_phone(store, party, sourced_on=date(2026, 3, 5))
    [phone] = rows(store, Phone)
    before = written(store)
    inputs = AmendPhone(party_id=party, id=phone["id"], version=1, number="040 1234567", **SOURCED)
    store.carry_out(amend_phone, inputs, actor=manager, now=NOW)
    assert rows(store, Phone) == [phone]
    assert written(store) == before


def test_a_stale_save_is_refused_with_what_stands_now(store, manager, office):
    party = make_person(store)
    make_phone(store, party)
    [phone] = rows(store, Phone)
    inputs = AmendPhone(party_id=party, id=phone["id"], version=1, number="050 123 4567", **SOURCED)
    store.carry_out(amend_phone, inputs, actor=office, now=NOW)
    stands, trail = rows(store, Phone), written(store)
    mine = dataclasses.replace(inputs, number="045 123 4567")
    with pytest.raises(StaleRecord) as refusal:
        store.carry_out(amend_phone, mine, actor=manager, now=NOW + timedelta(minutes=1))
    assert refusal.value.theirs == {
        "party_id": party,
        "number": "+358501234567",
        "purpose": "contact",
        "is_primary": False,
        "source": "phone",
        "sourced_on": date(2026, 3, 5),
    }
    assert (refusal.value.version, refusal.value.changed_by) == (2, "olli")
    assert (rows(store, Phone), written(store)) == (stands, trail)


def test_the_same_token_saves_once(store, manager):
    party = make_person(store)
    inputs = AmendPhone(party_id=party, number="040 123 4567", **SOURCED)
    for _click in range(2):
        assert store.carry_out(amend_phone, inputs, actor=manager, token="one-wish", now=NOW) > 0
    assert len(rows(store, Phone)) == 1


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("number", "", "required"),
        ("number", "soita toimistoon", "phone.form"),
        ("number", "12", "phone.not_in_use"),
        ("number", "131052-308T", "personal_identity_code"),
        ("number", "x" * 2000, "too_long"),
        ("number", "040\x00123", "control_character"),
        ("purpose", "marketing", "choice"),
        ("source", "rumour", "choice"),
        ("sourced_on", None, "required"),
        ("sourced_on", date(2026, 3, 6), "day_in_future"),
        ("sourced_on", date(1026, 3, 5), "day_out_of_range"),
    ],
)
def test_what_is_refused_changes_nothing(store, manager, field, value, code):
    party = make_person(store)
    before = written(store)
    inputs = AmendPhone(party_id=party, number="040 123 4567", **SOURCED)
    with pytest.raises(InvalidInputs) as refusal:
        store.carry_out(
            amend_phone, dataclasses.replace(inputs, **{field: value}), actor=manager, now=NOW
        )
    assert refused(refusal) == [(field, code)]
    assert (rows(store, Phone), written(store)) == ([], before)


def test_every_wrong_field_is_told_at_once(sqlite_store, manager):
    party = make_person(sqlite_store)
    inputs = AmendAddress(party_id=party, street="", post_code="5010", country="XX", **SOURCED)
    with pytest.raises(InvalidInputs) as refusal:
        sqlite_store.carry_out(amend_address, inputs, actor=manager, now=NOW)
    assert refused(refusal) == [("country", "country.form"), ("street", "required")]


def test_a_foreign_post_code_is_kept_as_it_is(sqlite_store, manager):
    party = make_person(sqlite_store)
    inputs = AmendAddress(
        party_id=party,
        street="Musterstraße 5",
        post_code="SW1A 1AA",
        town="Berlin",
        country="de",
        **SOURCED,
    )
    sqlite_store.carry_out(amend_address, inputs, actor=manager, now=NOW)
    [address] = rows(sqlite_store, Address)
    assert (address["post_code"], address["country"]) == ("SW1A 1AA", "DE")


def test_a_suspect_code_is_asked_about_and_may_be_kept(sqlite_store, manager):
    party = make_person(sqlite_store)
    inputs = AmendAddress(party_id=party, street="Laatikko 131052-3080", **SOURCED)
    with pytest.raises(InvalidInputs) as refusal:
        sqlite_store.carry_out(amend_address, inputs, actor=manager, now=NOW)
    assert refused(refusal) == [("street", "suspect_identity_code")]
    kept = dataclasses.replace(inputs, accept_suspect=True)
    sqlite_store.carry_out(amend_address, kept, actor=manager, now=NOW)
    assert [row["street"] for row in rows(sqlite_store, Address)] == ["Laatikko 131052-3080"]


def test_one_number_is_the_primary_one(store, manager):
    party = make_person(store)
    make_phone(store, party, "040 123 4567", is_primary=True)
    make_phone(store, party, "050 123 4567", is_primary=True)
    assert sorted((row["number"], row["is_primary"]) for row in rows(store, Phone)) == [
        ("+358401234567", False),
        ("+358501234567", True),
    ]


def test_the_party_has_the_town_of_its_primary_address(store, manager):
    party = make_person(store)
    make_address(store, party, town="Mikkeli")
    make_address(store, party, town="Juva", is_primary=True)
    assert [row["town"] for row in rows(store, Party)] == ["Juva"]


def test_removing_leaves_a_line_and_no_row(store, manager):
    party = make_person(store)
    make_phone(store, party)
    [phone] = rows(store, Phone)
    removal = Seen(id=phone["id"], version=1)
    assert store.carry_out(remove_phone, removal, actor=manager, now=NOW) == party
    assert rows(store, Phone) == []
    assert written(store)[-1] == ("remove_phone", "phone", phone["id"], party, [])
    with pytest.raises(NotFound):
        store.carry_out(remove_phone, removal, actor=manager, now=NOW)


def test_a_detail_is_found_under_what_it_became(store, manager):
    party = make_party(store, name="Tähtituuli Oy")
    make_email(store, party, "vanha@tahti.example")
    [email] = rows(store, Email)
    inputs = AmendEmail(
        party_id=party, id=email["id"], version=1, address="uusi@tahti.example", **SOURCED
    )
    store.carry_out(amend_email, inputs, actor=manager, now=NOW)
    assert [row["text"] for row in rows(store, PartySearch)] == ["tähtituuli oy uusi@tahti.example"]


def test_a_viewer_may_not(store, viewer):
    party = make_person(store)
    inputs = AmendPhone(party_id=party, number="040 123 4567", **SOURCED)
    with pytest.raises(NotAllowed):
        store.carry_out(amend_phone, inputs, actor=viewer, now=NOW)
    assert rows(store, Phone) == []
