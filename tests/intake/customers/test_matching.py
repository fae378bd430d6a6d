"""Party of a row: by its keys, by a person's answer, and never by a name and a post code."""

from __future__ import annotations

import pytest

from queries.store.tables import Email, Invoice, Party, SuppressionKind
from queries.writes.newsletter.subscriptions import suppress
from tests.conftest import NOW
from tests.factories.import_files import (
    OFFICE,
    brought,
    codes,
    company,
    csv_of,
    finvoice,
    finvoice_file,
    notes,
    outcomes,
    planned,
    ytj_of,
)
from tests.factories.records import make_address, make_email, make_party, make_person, make_phone
from tests.support.filled import filled_once
from tests.support.trails import only

HEAD = ("Nimi", "Katuosoite", "Postinumero", "Sähköposti", "Puhelin")


def table(*rows, header=HEAD):
    return csv_of(*rows, header=header)


@filled_once
def aino(sqlite_store):
    """Aino Esimerkki of Tie 1, 50100."""
    person = make_person(sqlite_store, given_name="Aino", family_name="Esimerkki")
    make_address(sqlite_store, person, street="Tie 1 B 2", post_code="50100", town="Mikkeli")
    make_email(sqlite_store, person, address="aino@posti.example")
    make_phone(sqlite_store, person, number="+358401234567")
    return person


@pytest.mark.parametrize(
    "row",
    [
        ("Aino Esimerkki", "Toinen katu 5", "50100", "", ""),
        ("Aino Esimerkki", "Tie 1 B 2", "50100", "toinen@posti.example", ""),
        ("Aino Esimerkki", "Tie 1 B 2", "50100", "", "0409998887"),
        ("Aino Esimerkki", "Toinen katu 5", "50100", "toinen@posti.example", "0409998887"),
        ("ESIMERKKI AINO", "Tie 1 B 3", "50100", "", ""),
    ],
)
def test_another_street_email_or_telephone_of_one_name_is_asked(sqlite_store, aino, row):
    plan = planned(sqlite_store, "a.csv", table(row), overwrite=True)
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["ambiguous"])
    assert [(one.id, one.shown) for one in plan.rows[0].suggested] == [
        (aino, "Aino Esimerkki, Tie 1 B 2, 50100 Mikkeli, aino@posti.example, +358401234567")
    ]


@pytest.mark.parametrize(
    ("row", "by"),
    [
        (("Aino Esimerkki", "Toinen katu 5", "00100", "AINO@posti.example", ""), "email"),
        (("Esimerkki, Aino", "", "", "aino@posti.example", ""), "email"),
        (("Aino Esimerkki", "", "", "", "040 123 4567"), "phone"),
        (("Aino Esimerkki", "Tie 1 b 2", "50100", "", ""), "name"),
    ],
)
def test_a_name_with_a_contact_or_a_whole_address_is_the_same(sqlite_store, aino, row, by):
    plan = planned(sqlite_store, "a.csv", table(row))
    assert (plan.rows[0].party_id, codes(plan)[0]) == (aino, f"matched_by_{by}")


def test_a_name_alone_is_asked_as_soon_as_the_row_tells_something_new(sqlite_store):
    person = make_person(sqlite_store, given_name="Aino", family_name="Esimerkki")
    bare = planned(sqlite_store, "a.csv", table(("Aino Esimerkki", "", "", "", "")))
    assert (outcomes(bare), bare.rows[0].party_id) == (["skip"], person)
    told = planned(sqlite_store, "a.csv", table(("Aino Esimerkki", "", "", "", "0401234567")))
    assert (outcomes(told), codes(told)) == (["refuse"], ["name_alone"])


@pytest.mark.usefixtures("aino")
def test_a_namesake_elsewhere_and_a_shared_contact_are_named(sqlite_store):
    plan = planned(
        sqlite_store,
        "a.csv",
        table(
            ("Aino Esimerkki", "Katu 1", "00100", "", ""),
            ("Eino Esimerkki", "Tie 1 B 2", "50100", "aino@posti.example", ""),
        ),
    )
    assert outcomes(plan) == ["create", "create"]
    assert [notes(plan, row)[0] for row in (0, 1)] == ["namesake", "contact_of_other"]


def test_a_person_says_who_it_is_row_by_row(store):
    person = make_person(store, given_name="Aino", family_name="Esimerkki")
    make_address(store, person, street="Tie 1", post_code="50100", town="Mikkeli")
    data = table(
        ("Aino Esimerkki", "Katu 2", "50100", "aino@posti.example", ""),
        ("Aino Esimerkki", "Katu 3", "50100", "toinen@posti.example", ""),
    )
    assert outcomes(planned(store, "a.csv", data)) == ["refuse", "refuse"]
    plan = brought(store, "a.csv", data, matches=((2, person), (3, None)))
    assert outcomes(plan) == ["change", "create"]
    assert codes(plan)[0] == "matched_by_choice"
    emails = [(one.party_id, one.address) for one in only(store, Email)]
    assert emails == [(person, "aino@posti.example"), (person + 1, "toinen@posti.example")]


def test_a_choice_that_was_not_offered_is_refused(sqlite_store, aino):
    other = make_party(sqlite_store, name="Muu Oy", customer_number="7")
    asked = table(("Aino Esimerkki", "Katu 2", "50100", "", ""))
    plan = planned(sqlite_store, "a.csv", asked, matches=((2, other),))
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["match_not_offered"])
    keyed = table(("7", "Muu Oy"), header=("Asiakasnumero", "Nimi"))
    plan = planned(sqlite_store, "a.csv", keyed, matches=((2, aino),))
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["match_not_offered"])


def test_two_of_one_name_in_a_file_are_asked(sqlite_store):
    data = table(
        ("Aino Esimerkki", "Katu 1", "50100", "", ""),
        ("Aino Esimerkki", "Katu 2", "50100", "", ""),
        ("Aino Esimerkki", "Katu 1", "50100", "", ""),
    )
    plan = planned(sqlite_store, "a.csv", data)
    assert outcomes(plan) == ["create", "refuse", "skip"]
    assert [codes(plan, row)[0] for row in (1, 2)] == ["namesake_in_file", "repeated_in_file"]
    said = planned(sqlite_store, "a.csv", data, matches=((3, None),))
    assert outcomes(said) == ["create", "create", "skip"]


@pytest.mark.parametrize("written", ["DE111111125", "de 111 111 125"])
def test_a_foreign_vat_number_is_a_key_however_it_is_written(sqlite_store, written):
    party = make_party(sqlite_store, name="Beispiel GmbH", foreign_id=written)
    head = ("Nimi", "ALV-tunnus", "Katuosoite", "Postinumero", "Kaupunki", "Maa")
    first = ("Beispiel Deutschland GmbH", "DE111111125", "Neue Str. 7", "20095", "Hamburg", "Saksa")
    plan = planned(sqlite_store, "a.csv", table(first, header=head))
    assert (plan.rows[0].party_id, codes(plan)[0]) == (party, "matched_by_foreign_id")


def test_two_rows_with_one_foreign_vat_number_are_one_customer(sqlite_store):
    head = ("Nimi", "ALV-tunnus", "Katuosoite", "Postinumero", "Kaupunki", "Maa")
    plan = planned(
        sqlite_store,
        "a.csv",
        table(
            ("Beispiel GmbH", "DE111111125", "Musterstr. 5", "10115", "Berlin", "Saksa"),
            (
                "Beispiel Deutschland GmbH",
                "DE111111125",
                "Neue Str. 7",
                "20095",
                "Hamburg",
                "Saksa",
            ),
            header=head,
        ),
    )
    assert outcomes(plan) == ["create", "refuse"]
    assert codes(plan, 1) == ["twice_in_file"]


def test_the_invoice_of_a_namesake_is_asked_and_filed_as_said(sqlite_store):
    person = make_person(sqlite_store, given_name="Samuli", family_name="Esimerkki")
    make_address(sqlite_store, person, street="Muu tie 2", post_code="50100", town="Mikkeli")
    data = finvoice_file(finvoice(buyer=None, name="Samuli Esimerkki", email="s@posti.example"))
    plan = planned(sqlite_store, "a.xml", data)
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["ambiguous"])
    assert [one.id for one in plan.rows[0].suggested] == [person]
    brought(sqlite_store, "a.xml", data, matches=((1, None),))
    assert [party.name for party in only(sqlite_store, Party)] == ["Samuli Esimerkki"] * 2
    assert [invoice.party_id for invoice in only(sqlite_store, Invoice)] == [person + 1]


def test_invoices_to_a_foreign_vat_number_go_to_its_party(sqlite_store):
    party = make_party(sqlite_store, name="Exempel AB", foreign_id="SE556042722001")
    data = finvoice_file(
        finvoice(buyer=None, name="Exempel Aktiebolag", country="SE", tax_code="SE556042722001")
    )
    plan = planned(sqlite_store, "a.xml", data)
    assert (plan.rows[0].party_id, codes(plan)) == (party, ["matched_by_foreign_id"])


def test_two_new_buyers_of_one_name_are_not_put_together(sqlite_store):
    one = finvoice("1", buyer=None, name="Samuli Esimerkki", email="a@posti.example")
    other = finvoice("2", buyer=None, name="Samuli Esimerkki", email="b@posti.example")
    same = finvoice("3", buyer=None, name="Samuli Esimerkki", email="a@posti.example")
    plan = planned(sqlite_store, "a.xml", finvoice_file(one, other, same))
    assert outcomes(plan) == ["create", "refuse", "create"]
    assert codes(plan, 1) == ["namesake_in_file"]
    assert plan.rows[2].same_as == 1


def test_a_company_of_ytj_of_the_same_name_nearby_is_asked(sqlite_store):
    party = make_party(sqlite_store, name="Uusinimi Oy")
    make_address(sqlite_store, party, street="Muu tie 2", post_code="50100", town="Mikkeli")
    data = ytj_of(company())
    plan = planned(sqlite_store, "a.json", data)
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["ambiguous"])
    said = planned(sqlite_store, "a.json", data, matches=((1, party),))
    assert (outcomes(said), said.rows[0].party_id) == (["change"], party)


def test_an_erased_person_who_returns_by_a_list_is_named_first(store):
    with store.writing(OFFICE, now=NOW) as uow:
        suppress(uow, SuppressionKind.NEWSLETTER, ["aino@posti.example"])
        uow.audit("suppress", "suppression", None)
    rows = table(
        ("Aino Esimerkki", "Katu 2", "50100", "Aino@posti.example", ""),
        ("Eino Esimerkki", "Katu 3", "50100", "eino@posti.example", ""),
    )
    plan = planned(store, "a.csv", rows)
    assert [notes(plan, row) for row in (0, 1)] == [
        ["returns_suppressed", "assumed_person"],
        ["assumed_person"],
    ]
    assert [(note.code, dict(note.facts)) for note in plan.notes] == [
        ("returning_suppressed", {"n": 1, "numbers": "2"})
    ]
    invoice = finvoice_file(finvoice(email="aino@posti.example"))
    assert "returns_suppressed" in notes(planned(store, "a.xml", invoice))
