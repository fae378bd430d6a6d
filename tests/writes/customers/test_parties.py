from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from queries.errors import InvalidInputs, NotAllowed, NotFound, StaleRecord
from queries.store.tables import BillingDetail, ContactPerson, Note, Party
from queries.writes.commands import Seen
from queries.writes.customers.billing_details import AmendBilling, amend_billing, remove_billing
from queries.writes.customers.notes import AmendNote, amend_note, remove_note
from queries.writes.customers.parties import (
    AmendParty,
    ChangeStatus,
    LinkContactPerson,
    UnlinkContactPerson,
    amend_party,
    change_status,
    link_contact_person,
    unlink_contact_person,
)
from tests.conftest import NOW
from tests.factories.records import business_id, make_billing, make_note, make_party, make_person
from tests.factories.sales import version_of
from tests.support.trails import refused, rows, written

TODAY = date(2026, 3, 5)
WISH = AmendParty(
    kind="organisation", name="Malliyritys Oy", started_on=TODAY, source="meeting", sourced_on=TODAY
)


def carry(store, command, inputs, actor):
    return store.carry_out(command, inputs, actor=actor, now=NOW)


def test_a_new_party_is_active_and_findable(store, office):
    party = carry(store, amend_party, dataclasses.replace(WISH, business_id=business_id(7)), office)
    [row] = rows(store, Party)
    assert {
        name: row[name]
        for name in (
            "id",
            "kind",
            "name",
            "sort_name",
            "business_id",
            "status",
            "is_customer",
            "source",
            "changed_by",
        )
    } == {
        "id": party,
        "kind": "organisation",
        "name": "Malliyritys Oy",
        "sort_name": "malliyritys oy",
        "business_id": business_id(7),
        "status": "active",
        "is_customer": True,
        "source": "meeting",
        "changed_by": "olli",
    }
    [(action, subject, subject_id, party_id, columns)] = written(store)
    assert (action, subject, subject_id, party_id) == ("add_party", "party", party, party)
    assert set(columns) >= {"name", "business_id", "status"}


def test_a_persons_name_is_made_of_its_parts_and_ordered_by_the_family(store, office):
    inputs = dataclasses.replace(
        WISH, kind="person", name=None, given_name="Väinö", family_name="Äijälä"
    )
    carry(store, amend_party, inputs, office)
    [row] = rows(store, Party)
    assert (row["name"], row["sort_name"]) == ("Väinö Äijälä", "|ij|l| v|in}")


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"name": " "}, [("name", "required")]),
        ({"name": "A" * 201}, [("name", "too_long")]),
        ({"name": "Matti 131052-308T Oy"}, [("name", "personal_identity_code")]),
        ({"business_id": "1234567-8"}, [("business_id", "business_id.check_digit")]),
        ({"business_id": "131052-308T"}, [("business_id", "personal_identity_code")]),
        ({"kind": "robot"}, [("kind", "choice")]),
        ({"language": "de"}, [("language", "choice")]),
        ({"is_customer": False}, [("is_customer", "no_role")]),
        ({"started_on": date(2026, 3, 6)}, [("started_on", "day_in_future")]),
        ({"kind": "person"}, [("family_name", "required")]),
    ],
)
def test_what_is_refused_changes_nothing(store, office, change, wrong):
    with pytest.raises(InvalidInputs) as refusal:
        carry(store, amend_party, dataclasses.replace(WISH, **change), office)
    assert refused(refusal) == wrong
    assert (rows(store, Party), written(store)) == ([], [])


@pytest.mark.parametrize(
    "name", ["*Ab* [x](javascript:alert(1)) :red[y] $z$ <img src=x>", "=cmd|' /C calc'!A0", "🦊 Oy"]
)
def test_a_name_is_kept_to_the_letter(store, office, name):
    carry(store, amend_party, dataclasses.replace(WISH, name=name), office)
    assert [row["name"] for row in rows(store, Party)] == [name]


def test_a_business_id_belongs_to_one_party(store, office):
    make_party(store, business_id=business_id(7), customer_number="A-1")
    inputs = dataclasses.replace(WISH, business_id=business_id(7), customer_number="A-1")
    with pytest.raises(InvalidInputs) as refusal:
        carry(store, amend_party, inputs, office)
    assert refused(refusal) == [("business_id", "taken"), ("customer_number", "taken")]


def test_amending_names_what_changed_and_keeps_the_rest(store, office):
    party = make_party(store, name="Vanha Oy", started_on=TODAY)
    [before] = rows(store, Party)
    inputs = dataclasses.replace(WISH, id=party, version=1, name="Uusi Oy", source="office")
    assert carry(store, amend_party, inputs, office) == party
    assert rows(store, Party) == [
        {**before, "name": "Uusi Oy", "sort_name": "uusi oy", "version": 2, "changed_by": "olli"}
    ]
    assert written(store)[-1] == ("amend_party", "party", party, party, ["name", "sort_name"])
    with pytest.raises(StaleRecord):
        carry(store, amend_party, inputs, office)


def test_ending_needs_its_day_and_resuming_takes_it_away(store, office):
    party = make_party(store, started_on=date(2024, 1, 15))
    for day, code in (
        (None, "required"),
        (date(2026, 3, 6), "day_in_future"),
        (date(2024, 1, 14), "end_before_start"),
    ):
        ending = ChangeStatus(id=party, version=1, status="ended", ended_on=day)
        with pytest.raises(InvalidInputs) as refusal:
            carry(store, change_status, ending, office)
        assert refused(refusal) == [("ended_on", code)]
    carry(
        store,
        change_status,
        ChangeStatus(id=party, version=1, status="ended", ended_on=TODAY),
        office,
    )
    assert [(row["status"], row["ended_on"]) for row in rows(store, Party)] == [("ended", TODAY)]
    carry(
        store,
        change_status,
        ChangeStatus(id=party, version=2, status="active", ended_on=TODAY),
        office,
    )
    assert [(row["status"], row["ended_on"]) for row in rows(store, Party)] == [("active", None)]


def test_a_relation_that_ended_cannot_have_begun_later(store, office):
    party = make_party(store, status="ended", ended_on=date(2025, 12, 31))
    inputs = dataclasses.replace(WISH, id=party, version=2)
    with pytest.raises(InvalidInputs) as refusal:
        carry(store, amend_party, inputs, office)
    assert refused(refusal) == [("started_on", "start_after_end")]


def test_the_kind_of_a_linked_party_stays(store, office):
    """Facts of a person follow the organisations: a chain of links is refused at its root."""
    organisation, person = make_party(store), make_person(store)
    link = LinkContactPerson(organisation_id=organisation, person_id=person)
    carry(store, link_contact_person, link, office)
    to_person = dataclasses.replace(
        WISH, id=organisation, version=1, kind="person", family_name="Malli", name=None
    )
    with pytest.raises(InvalidInputs) as refusal:
        carry(store, amend_party, to_person, office)
    assert refused(refusal) == [("kind", "has_contact_persons")]
    to_organisation = dataclasses.replace(
        WISH, id=person, version=version_of(store, "party", person), name="Malli Oy"
    )
    with pytest.raises(InvalidInputs) as refusal:
        carry(store, amend_party, to_organisation, office)
    assert refused(refusal) == [("kind", "is_contact_person")]


def test_a_contact_person_is_linked_once_and_unlinked(store, office):
    organisation, person = make_party(store), make_person(store)
    link = LinkContactPerson(organisation_id=organisation, person_id=person, title="Isännöitsijä")
    assert carry(store, link_contact_person, link, office) == organisation
    assert [row["is_contact"] for row in rows(store, Party)] == [False, True]
    with pytest.raises(InvalidInputs) as refusal:
        carry(store, link_contact_person, link, office)
    assert refused(refusal) == [("person_id", "linked_already")]
    turned = LinkContactPerson(organisation_id=person, person_id=organisation)
    with pytest.raises(InvalidInputs) as refusal:
        carry(store, link_contact_person, turned, office)
    assert refused(refusal) == [
        ("organisation_id", "not_an_organisation"),
        ("person_id", "not_a_person"),
    ]
    [row] = rows(store, ContactPerson)
    carry(store, unlink_contact_person, UnlinkContactPerson(id=row["id"]), office)
    assert rows(store, ContactPerson) == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"method": "e_invoice"}, [("e_invoice_address", "required")]),
        ({"method": "email"}, [("email", "required")]),
        ({"iban": "FI9112345600000786"}, [("iban", "iban.check_digit")]),
        ({"payment_days": 181}, [("payment_days", "number_out_of_range")]),
        ({"payment_days": True}, [("payment_days", "number_out_of_range")]),
    ],
)
def test_billing_details_that_cannot_be_billed_by_are_refused(store, office, change, wrong):
    inputs = AmendBilling(
        party_id=make_party(store), method="letter", source="phone", sourced_on=TODAY
    )
    with pytest.raises(InvalidInputs) as refusal:
        carry(store, amend_billing, dataclasses.replace(inputs, **change), office)
    assert refused(refusal) == wrong
    assert rows(store, BillingDetail) == []


def test_billing_details_are_corrected_and_removed(store, office):
    party = make_party(store)
    make_billing(store, party, source="phone", sourced_on=TODAY)
    [detail] = rows(store, BillingDetail)
    inputs = AmendBilling(
        party_id=party,
        id=detail["id"],
        version=1,
        method="e_invoice",
        e_invoice_address="003701120389",
        source="phone",
        sourced_on=TODAY,
    )
    carry(store, amend_billing, inputs, office)
    assert written(store)[-1] == (
        "amend_billing",
        "billing_detail",
        detail["id"],
        party,
        ["e_invoice_address", "method"],
    )
    carry(store, remove_billing, Seen(id=detail["id"], version=2), office)
    assert rows(store, BillingDetail) == []


def test_a_note_keeps_its_first_writer(store, office, manager):
    party = make_party(store)
    make_note(store, party, "Eka")
    [note] = rows(store, Note)
    inputs = AmendNote(party_id=party, id=note["id"], version=1, text="Toka\nrivi", noted_on=TODAY)
    carry(store, amend_note, inputs, office)
    [after] = rows(store, Note)
    assert (after["text"], after["noted_by"], after["changed_by"]) == (
        "Toka\nrivi",
        "tekija",
        "olli",
    )
    with pytest.raises(StaleRecord):
        carry(store, remove_note, Seen(id=note["id"], version=1), manager)
    carry(store, remove_note, Seen(id=note["id"], version=2), manager)
    assert rows(store, Note) == []


def test_nobody_without_the_right_changes_anything(store, viewer):
    party = make_party(store)
    before = (rows(store, Party), written(store))
    for command, inputs in (
        (amend_party, WISH),
        (change_status, ChangeStatus(id=party, version=1, status="lead")),
        (amend_note, AmendNote(party_id=party, text="x", noted_on=TODAY)),
        (
            amend_billing,
            AmendBilling(party_id=party, method="letter", source="phone", sourced_on=TODAY),
        ),
        (link_contact_person, LinkContactPerson(organisation_id=party, person_id=party)),
    ):
        with pytest.raises(NotAllowed):
            carry(store, command, inputs, viewer)
    assert (rows(store, Party), written(store)) == before


def test_a_party_that_is_gone(store, office):
    with pytest.raises(NotFound):
        carry(store, amend_note, AmendNote(party_id=4711, text="x", noted_on=TODAY), office)
