"""Recipients: recorded, ended and refused; and disclosures to them."""

from __future__ import annotations

from datetime import date

import pytest

from queries.errors import InvalidInputs, NotAllowed, NotFound, Restricted, RuleRefusal, StaleRecord
from queries.reads.recipients import DisclosedRow, disclosures_of
from queries.writes.commands import Seen
from queries.writes.recipients import (
    EndRecipient,
    NoteDisclosure,
    amend_recipient,
    end_recipient,
    note_disclosure,
    remove_recipient,
)
from tests.factories.recipients import make_disclosure, make_recipient, recipient_inputs
from tests.factories.records import TODAY, make_person
from tests.factories.requests import make_restriction
from tests.support.trails import everything, trail_of

COLUMNS = [
    "agreed_on",
    "agreement",
    "country",
    "email",
    "ends_on",
    "kind",
    "name",
    "purpose",
    "role",
    "transfer_basis",
    "what",
]


def test_a_recipient_is_added_corrected_and_ended(store, manager, now):
    key = make_recipient(store)
    inputs = recipient_inputs(
        id=key, version=1, country="se", transfer_basis="adequacy", email=" Tuki@Tilit.example"
    )
    assert store.carry_out(amend_recipient, inputs, actor=manager, now=now) == key
    end = EndRecipient(id=key, version=2, ends_on=date(2026, 6, 30))
    assert store.carry_out(end_recipient, end, actor=manager, now=now) == key
    (row,) = everything(store)["recipient"]
    assert str(row[1]) == "Tilitoimisto Malli Oy"
    assert [line[0] for line in trail_of(store, "recipient")] == [
        "add_recipient",
        "amend_recipient",
        "end_recipient",
    ]
    assert [line[4] for line in trail_of(store, "recipient")] == [
        COLUMNS,
        ["country", "email"],
        ["ends_on"],
    ]


@pytest.mark.parametrize("country", ["US", "GB", "CH"])
def test_a_country_outside_needs_a_basis(store, manager, now, country):
    before = everything(store)
    with pytest.raises(RuleRefusal) as refusal:
        store.carry_out(amend_recipient, recipient_inputs(country=country), actor=manager, now=now)
    assert (refusal.value.code, refusal.value.citation, refusal.value.facts["country"]) == (
        "transfer_basis_missing",
        "GDPR Art. 44-49",
        country,
    )
    assert everything(store) == before
    inputs = recipient_inputs(country=country, transfer_basis="standard_clauses")
    assert store.carry_out(amend_recipient, inputs, actor=manager, now=now) == 1


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"name": " "}, ("name", "required")),
        ({"name": "Tilitoimisto Malli Oy"}, ("name", "recipient_taken")),
        ({"kind": "friend"}, ("kind", "choice")),
        ({"role": "owner"}, ("role", "choice")),
        ({"what": ""}, ("what", "required")),
        ({"purpose": "131052-308T"}, ("purpose", "personal_identity_code")),
        ({"country": "XX"}, ("country", "country.form")),
        ({"country": "US", "transfer_basis": "trust"}, ("transfer_basis", "choice")),
        ({"email": "tuki"}, ("email", "email.form")),
        ({"agreement": "", "agreed_on": TODAY}, ("agreement", "agreement_missing")),
        ({"agreed_on": None}, ("agreed_on", "required")),
        ({"agreed_on": date(2026, 3, 6)}, ("agreed_on", "day_in_future")),
        ({"ends_on": date(2024, 1, 1)}, ("ends_on", "end_before_agreed")),
    ],
)
def test_what_is_not_valid_is_refused_beside_its_field(sqlite_store, manager, now, values, refused):
    make_recipient(sqlite_store)
    before = everything(sqlite_store)
    with pytest.raises(InvalidInputs) as refusal:
        sqlite_store.carry_out(
            amend_recipient,
            recipient_inputs(**{"name": "Toinen", **values}),
            actor=manager,
            now=now,
        )
    assert [(error.field, error.code) for error in refusal.value.errors] == [refused]
    assert everything(sqlite_store) == before


def test_an_end_without_an_agreement_or_before_it_is_refused(sqlite_store, manager, now):
    key = make_recipient(sqlite_store)
    none = make_recipient(
        sqlite_store, name="Pankki", role="controller", agreement=None, agreed_on=None
    )
    for inputs, code in (
        (EndRecipient(id=key, version=1, ends_on=date(2020, 1, 1)), "end_before_agreed"),
        (EndRecipient(id=none, version=1, ends_on=TODAY), "agreement_missing"),
    ):
        with pytest.raises(InvalidInputs) as refusal:
            sqlite_store.carry_out(end_recipient, inputs, actor=manager, now=now)
        assert [error.code for error in refusal.value.errors] == [code]


def test_a_stale_recipient_is_refused(store, manager, now):
    key = make_recipient(store)
    changed = recipient_inputs(id=key, version=1, purpose="Kirjanpito ja palkat")
    store.carry_out(amend_recipient, changed, actor=manager, now=now)
    with pytest.raises(StaleRecord) as refusal:
        store.carry_out(
            amend_recipient, recipient_inputs(id=key, version=1), actor=manager, now=now
        )
    assert refusal.value.theirs["purpose"] == "Kirjanpito ja palkat"


def test_a_disclosure_is_noted_and_keeps_its_recipient(store, office, manager, now):
    party, key = make_person(store), make_recipient(store)
    assert make_disclosure(store, party, key) == party
    with store.reading(office, now=now) as session:
        assert disclosures_of(session, party) == (
            DisclosedRow(1, "Tilitoimisto Malli Oy", "Nimi ja laskutusosoite", TODAY, "tekija"),
        )
    assert trail_of(store, "disclosure") == [
        ("note_disclosure", 1, party, "tekija", ["disclosed_on", "recipient_id", "what"])
    ]
    with pytest.raises(RuleRefusal) as refusal:
        store.carry_out(remove_recipient, Seen(id=key, version=1), actor=manager, now=now)
    assert refusal.value.code == "recipient_has_received"
    other = make_recipient(store, name="Vahinko Oy")
    store.carry_out(remove_recipient, Seen(id=other, version=1), actor=manager, now=now)
    assert len(everything(store)["recipient"]) == 1


def test_nothing_of_the_restricted_is_given(store, office, now):
    party, key = make_person(store), make_recipient(store)
    make_restriction(store, party)
    with pytest.raises(Restricted):
        make_disclosure(store, party, key)
    with pytest.raises(NotFound):
        make_disclosure(store, 999, key)
    with pytest.raises(InvalidInputs):
        make_disclosure(store, make_person(store, "Bertta"), 999)


def test_who_may_not_keep_recipients_is_refused(sqlite_store, office, viewer, now):
    key = make_recipient(sqlite_store)
    with pytest.raises(NotAllowed):
        sqlite_store.carry_out(amend_recipient, recipient_inputs(name="X"), actor=office, now=now)
    inputs = NoteDisclosure(party_id=1, recipient_id=key, what="Nimi", disclosed_on=TODAY)
    with pytest.raises(NotAllowed):
        sqlite_store.carry_out(note_disclosure, inputs, actor=viewer, now=now)
