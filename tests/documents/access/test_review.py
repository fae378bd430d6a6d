"""Marks for review: other people in a text, and what is the person's own."""

from __future__ import annotations

from datetime import date

import pytest

from queries.documents.access import review as reviewing
from queries.documents.access.report import access_report
from queries.documents.access.review import occurrences, proposed, review
from queries.errors import NotAllowed
from queries.rules.roles import Actor, Role
from queries.writes.customers.parties import LinkContactPerson, link_contact_person
from queries.writes.users import AddUser, add_user
from tests.factories.records import (
    MAKER,
    NOW,
    make_email,
    make_note,
    make_order,
    make_party,
    make_phone,
    make_work,
)
from tests.support.filled import filled_once

TODAY = date(2026, 3, 5)


@filled_once
def aino(store) -> int:
    party_id = make_party(store, given_name="Aino", family_name="Esimerkki", is_customer=True)
    make_email(store, party_id, "aino@esimerkki.example")
    make_phone(store, party_id, "040 123 4567")
    return party_id


def reviewed(store, party_id, actor):
    with store.reading(actor) as session:
        report = access_report(session, party_id, language="fi", today=TODAY)
        return report, review(session, report, party_id)


def found_in(store, party_id, actor) -> list[tuple[str, str]]:
    return [(mark.found, mark.reason) for mark in reviewed(store, party_id, actor)[1].marks]


def test_other_persons_of_the_register_are_marked_in_any_case(store, aino, manager):
    make_party(store, given_name="Pekka", family_name="Virtanen", is_customer=True)
    make_party(store, given_name="Marja-Liisa", family_name="Mäkelä", is_customer=True)
    make_note(store, aino, text="Soitettu: Pekka Virtaselle ja Marja-Liisa Mäkelän kanssa sovittu.")
    make_note(store, aino, text="Virtanen Pekka kävi. Hyvä Pekka Muukalainen ei ole rekisterissä.")
    assert found_in(store, aino, manager) == [
        ("Pekka Virtaselle", "register"),
        ("Marja-Liisa Mäkelän", "register"),
        ("Virtanen Pekka", "register"),
    ]


def test_users_workers_and_people_around_are_marked_inflected_and_misspelt(store, aino, manager):
    inputs = AddUser(
        username="kalle",
        name="Kalle Kirjuri",
        role="office",
        language="fi",
        password="made-up-words-for-a-test-4711",
    )
    store.carry_out(add_user, inputs, actor=MAKER, now=NOW)
    firm = make_party(store, name="Malli Oy", is_customer=True)
    colleague = make_party(store, given_name="Sirkka", family_name="Työkaveri", is_contact=True)
    for person in (aino, colleague):
        link = LinkContactPerson(organisation_id=firm, person_id=person)
        store.carry_out(link_contact_person, link, actor=MAKER, now=NOW)
    make_work(store, make_order(store, aino), done_by="Veikko Vasara", description="Vasaran kanssa")
    make_note(store, aino, text="Kirjurin mukaan Sirkka tietää. Sirka soittaa.")
    assert found_in(store, aino, manager) == [
        ("Kirjurin", "user"),
        ("Sirkka", "around"),
        ("Sirka", "around"),
        ("Vasaran", "worker"),
    ]


def test_contact_details_of_others_are_marked_and_ones_own_are_not(store, aino, manager):
    make_note(store, aino, text="Oma aino@esimerkki.example ja 040-1234567 tai +358 40 123 4567.")
    make_note(store, aino, text="Toinen: muu@toinen.example, 050 765 4321. Lasku 10023, 5.3.2026.")
    assert found_in(store, aino, manager) == [
        ("muu@toinen.example", "contact_detail"),
        ("050 765 4321", "contact_detail"),
    ]


def test_ones_own_name_is_not_marked_even_when_another_has_it_too(store, aino, manager):
    make_party(store, given_name="Aino", family_name="Esimerkki", is_customer=True)
    make_note(store, aino, text="Aino Esimerkin pihalla. Aino Esimerkki allekirjoitti.")
    assert found_in(store, aino, manager) == []


def test_where_it_is_and_what_is_proposed_instead(store, aino, manager):
    make_party(store, given_name="Pekka", family_name="Virtanen", is_customer=True)
    make_note(store, aino, text="Kysy: Pekka Virtanen, 050 765 4321!")
    report, seen = reviewed(store, aino, manager)
    assert seen.complete
    note = report.section("note").entries[0]
    assert [(m.place, m.where, m.start, m.end) for m in seen.marks] == [
        (f"note/{note.key}/text", "Muistiinpanot 1: Teksti", 6, 20),
        (f"note/{note.key}/text", "Muistiinpanot 1: Teksti", 22, 34),
    ]
    redactions = proposed(report, seen.marks)
    instead = "[poistettu: toista ihmistä koskeva tieto]"
    assert [r.replacement for r in redactions] == [f"Kysy: {instead}, {instead}!"]
    with store.reading(manager) as session:
        again = access_report(session, aino, language="fi", today=TODAY, redactions=redactions)
        assert review(session, again, aino).marks == ()
    assert again.redactions == ("Muistiinpanot 1: Teksti",)


def test_it_is_bounded_and_says_so(store, aino, manager, monkeypatch):
    monkeypatch.setattr(reviewing, "_MOST_PAIRS", 2)
    make_note(store, aino, text="Anna Aalto. Bertta Berg. Cecilia Cajander.")
    assert not reviewed(store, aino, manager)[1].complete


def test_a_hostile_text_takes_no_time_to_speak_of(store, aino, manager):
    make_note(store, aino, text="Aa Bb " * 500 + "a@" * 100 + "+(" * 100)
    report, seen = reviewed(store, aino, manager)
    assert seen.complete
    assert report.section("note").entries


def test_it_needs_the_right(store, aino, manager):
    report, _seen = reviewed(store, aino, manager)
    with store.reading(Actor("ville", Role.VIEWER)) as session, pytest.raises(NotAllowed):
        review(session, report, aino)


def test_a_reader_finds_whole_words_in_any_case(store, aino, manager):
    make_note(store, aino, text="Muukalainen soitti. MUUKALAINEN, ei muukalaiset.")
    report, _found = reviewed(store, aino, manager)
    marks = occurrences(report, [" muukalainen ", ""])
    assert [(mark.found, mark.reason, mark.before, mark.after) for mark in marks] == [
        ("Muukalainen", "reader", "", " soitti. MUUKALAINEN, ei muukalaiset."),
        ("MUUKALAINEN", "reader", "Muukalainen soitti. ", ", ei muukalaiset."),
    ]
    assert occurrences(report, []) == ()
    instead = "[poistettu: toista ihmistä koskeva tieto]"
    (redaction,) = proposed(report, marks)
    assert redaction.replacement == f"{instead} soitti. {instead}, ei muukalaiset."


def test_a_word_within_a_marked_place_is_redacted_once(store, aino, manager):
    make_party(store, given_name="Pekka", family_name="Virtanen", is_customer=True)
    make_note(store, aino, text="Soitettu: Pekka Virtaselle.")
    report, found = reviewed(store, aino, manager)
    marks = (*found.marks, *occurrences(report, ["Virtaselle"]))
    (redaction,) = proposed(report, marks)
    assert redaction.replacement == "Soitettu: [poistettu: toista ihmistä koskeva tieto]."
