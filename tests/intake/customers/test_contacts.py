"""Tables of address books: whose a name, an address and a telephone are."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from queries.store.suppression import is_suppressed
from queries.store.tables import ContactPerson, Party, Subscription, SuppressionKind
from tests.factories.import_files import OFFICE, brought, codes, notes, outcomes, planned
from tests.factories.records import business_id


def table(text, delimiter=","):
    return "\n".join(line.strip() for line in text.strip().splitlines()).encode() + b"\n"


def register(store):
    """Every party with its lines, and who is whose contact."""
    with store.reading(OFFICE) as session:
        parties = session.scalars(select(Party).order_by(Party.id)).all()
        name = {party.id: party.name for party in parties}
        lines = {
            party.id: [one.address for one in party.emails] + [one.number for one in party.phones]
            for party in parties
        }
        links = session.scalars(select(ContactPerson).order_by(ContactPerson.id)).all()
        return (
            [(party.kind, party.name, *lines[party.id]) for party in parties],
            [(name[one.organisation_id], name[one.person_id], one.title) for one in links],
        )


OUTLOOK = {
    "en": "First Name,Last Name,Company,Job Title,E-mail Address,Business Phone,Company Main Phone,"
    "Business Street,Business Postal Code,Business City",
    "fi": "Etunimi,Sukunimi,Yritys,Tehtävänimike,Sähköpostiosoite,Työpuhelin,Yrityksen päänumero,"
    "Työosoite (katu),Työosoite (postinumero),Työosoite (paikkakunta)",
    "sv": "Förnamn,Efternamn,Företag,Befattning,E-postadress,Telefon arbete,"
    "Företagets huvudtelefon,Gatuadress arbete,Postnummer arbete,Ort arbete",
    "google": "First Name,Last Name,Organization Name,Organization Title,E-mail 1 - Value,"
    "Phone 1 - Value,Company Main Phone,Address 1 - Street,Address 1 - Postal Code,"
    "Address 1 - City",
    "vcard": "Given,Family,ORG,Job title,EMAIL,TEL,Company phone,Street,Zip,City",
}
BOOK = """
    Aino,Virtanen,Kahvila Aamu Oy,Johtaja,a@kahvila.example,0401234567,015123456,Tie 1,50100,Mikkeli
    Eero,Aalto,Kahvila Aamu Oy,,eero@kahvila.example,,015 123 456,Tie 1,50100,Mikkeli
    Bertta,Korhonen,Leipomo Pulla,,bertta@pulla.example,040 123 4568,,Rantatie 5,50100,Mikkeli
    Carita,Laine,,,carita@posti.example,,,,,
"""
FILED = (
    [
        ("organisation", "Kahvila Aamu Oy", "+35815123456"),
        ("organisation", "Leipomo Pulla"),
        ("person", "Carita Laine", "carita@posti.example"),
        ("person", "Aino Virtanen", "a@kahvila.example", "+358401234567"),
        ("person", "Eero Aalto", "eero@kahvila.example"),
        ("person", "Bertta Korhonen", "bertta@pulla.example", "+358401234568"),
    ],
    [
        ("Kahvila Aamu Oy", "Aino Virtanen", "Johtaja"),
        ("Kahvila Aamu Oy", "Eero Aalto", None),
        ("Leipomo Pulla", "Bertta Korhonen", None),
    ],
)


@pytest.mark.parametrize("book", OUTLOOK)
def test_a_company_comes_with_its_contacts_once(sqlite_store, book):
    data = table(OUTLOOK[book] + "\n" + BOOK)
    plan = brought(sqlite_store, "contacts.csv", data)
    assert outcomes(plan) == ["create", "change", "create", "create"]
    assert register(sqlite_store) == FILED
    again = planned(sqlite_store, "contacts.csv", data)
    assert outcomes(again) == ["skip"] * 4
    assert register(sqlite_store) == FILED


def test_contacts_are_filed_on_both_stores(store):
    brought(store, "contacts.csv", table(OUTLOOK["fi"] + "\n" + BOOK))
    assert register(store) == FILED


def test_a_contact_of_a_company_in_the_register_is_completed(sqlite_store):
    head = "Y-tunnus,Yritys,Etunimi,Sukunimi,Sähköposti,Puhelin\n"
    row = f"{business_id(7)},Kahvila Oy,Aino,Virtanen,"
    brought(sqlite_store, "a.csv", table(f"{head}{row}aino@kahvila.example,"))
    plan = brought(sqlite_store, "a.csv", table(f"{head}{row}AINO@kahvila.example,040 123 4567"))
    assert outcomes(plan) == ["change"]
    assert register(sqlite_store) == (
        [
            ("organisation", "Kahvila Oy"),
            ("person", "Aino Virtanen", "aino@kahvila.example", "+358401234567"),
        ],
        [("Kahvila Oy", "Aino Virtanen", None)],
    )


def test_a_person_of_the_register_is_linked_and_not_added_again(sqlite_store):
    brought(
        sqlite_store, "a.csv", table("Nimi,Sähköposti,Asiakasnumero\nAino Virtanen,a@x.example,1")
    )
    head = "Etunimi,Sukunimi,Yritys,Sähköposti\n"
    brought(sqlite_store, "b.csv", table(f"{head}Aino,Virtanen,Kahvila Oy,a@x.example"))
    assert register(sqlite_store) == (
        [("person", "Aino Virtanen", "a@x.example"), ("organisation", "Kahvila Oy")],
        [("Kahvila Oy", "Aino Virtanen", None)],
    )


def test_one_person_of_two_companies_is_added_once(sqlite_store):
    head = "Etunimi,Sukunimi,Yritys,Sähköposti\n"
    rows = "Aino,Virtanen,Kahvila Oy,a@x.example\nAino,Virtanen,Leipomo Oy,a@x.example"
    brought(sqlite_store, "b.csv", table(head + rows))
    assert register(sqlite_store)[1] == [
        ("Kahvila Oy", "Aino Virtanen", None),
        ("Leipomo Oy", "Aino Virtanen", None),
    ]


def test_a_contact_column_leaves_the_companys_lines_to_the_company(sqlite_store):
    head = "Nimi,Yhteyshenkilö,Sähköposti,Yhteyshenkilön sähköposti\n"
    brought(
        sqlite_store,
        "a.csv",
        table(f"{head}Leipomo Pulla Oy,Bertta Korhonen,info@pulla.example,bertta@pulla.example"),
    )
    assert register(sqlite_store) == (
        [
            ("organisation", "Leipomo Pulla Oy", "info@pulla.example"),
            ("person", "Bertta Korhonen", "bertta@pulla.example"),
        ],
        [("Leipomo Pulla Oy", "Bertta Korhonen", None)],
    )


@pytest.mark.parametrize(
    ("head", "row", "expected"),
    [
        ("Nimi,Sukunimi", "Hanna Maria,Haluaa", ("Hanna Maria Haluaa", "Hanna Maria", "Haluaa")),
        ("Sukunimi,Nimi", "Haluaa,Hanna", ("Hanna Haluaa", "Hanna", "Haluaa")),
        ("Nimi,Sukunimi", "Hanna Haluaa,Haluaa", ("Hanna Haluaa", "Hanna", "Haluaa")),
        ("Nimi,Sukunimi", "Haluaa Hanna,Haluaa", ("Hanna Haluaa", "Hanna", "Haluaa")),
        ("Nimi,Sukunimi", "Hanna,", ("Hanna", None, None)),
        ("Nimi,Sukunimi", ",Haluaa", ("Haluaa", None, "Haluaa")),
        ("Namn,Efternamn", "Hanna,Haluaa", ("Hanna Haluaa", "Hanna", "Haluaa")),
        ("Förnamn,Efternamn", "Hanna,Haluaa", ("Hanna Haluaa", "Hanna", "Haluaa")),
        ("Name,Surname", "Hanna,Haluaa", ("Hanna Haluaa", "Hanna", "Haluaa")),
        ("Name,Last name", "Hanna,von Haluaa", ("Hanna von Haluaa", "Hanna", "von Haluaa")),
        (
            "Etunimi,Toinen nimi,Sukunimi",
            "Hanna,Maria,Haluaa",
            ("Hanna Maria Haluaa", "Hanna Maria", "Haluaa"),
        ),
        (
            "Name,Given Name,Family Name",
            "Hanna Haluaa,Hanna,Haluaa",
            ("Hanna Haluaa", "Hanna", "Haluaa"),
        ),
        (
            "Display Name,First Name,Last Name",
            "hani,Hanna,Haluaa",
            ("Hanna Haluaa", "Hanna", "Haluaa"),
        ),
    ],
)
def test_a_persons_parts(sqlite_store, head, row, expected):
    brought(sqlite_store, "a.csv", table(f"{head},Maa\n{row},FI"))
    with sqlite_store.reading(OFFICE) as session:
        party = session.scalars(select(Party)).one()
        assert (party.name, party.given_name, party.family_name) == expected
        assert party.kind == "person"


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("Nimi,Etunimi,Sukunimi", "Leipomo Pulla,Bertta,Korhonen"),
        ("Nimi,Sukunimi,Y-tunnus", f"Hanna,Haluaa,{business_id(3)}"),
        ("Nimi,Yritys,Maa", "Leipomo Pulla Oy,Kahvila Aamu Oy,FI"),
    ],
)
def test_what_does_not_fit_together_is_asked_about(sqlite_store, head, row):
    plan = planned(sqlite_store, "a.csv", table(f"{head}\n{row}"))
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["names_differ"])


def test_a_persons_employer_and_a_contacts_home_are_named(sqlite_store):
    head = "Tyyppi,Etunimi,Sukunimi,Yritys,Kotiosoite,Katuosoite\n"
    plan = planned(
        sqlite_store,
        "a.csv",
        table(
            f"{head}henkilö,Aino,Virtanen,Kahvila Oy,Kotitie 1,\n"
            ",Eero,Aalto,Kahvila Oy,Kotitie 2,Tie 3"
        ),
    )
    assert outcomes(plan) == ["create", "create"]
    assert [dict(one.facts) for row in plan.rows for one in row.notes] == [
        {"column": "Yritys", "given": "Kahvila Oy"},
        {"column": "Kotiosoite", "given": "Kotitie 2"},
    ]
    assert [one.given for one in plan.rows[0].differences if one.field == "address"] == [
        "Kotitie 1"
    ]


PERMISSIONS = [
    ("Markkinointilupa", "ei", "newsletter"),
    ("Sähköpostimarkkinointi kielletty", "kyllä", "marketing"),
    ("Sähköpostimarkkinointi", "kielletty", "newsletter"),
    ("Suoramarkkinointikielto", "x", "marketing"),
    ("Suoramarkkinointikielto", "2024-03-05", "marketing"),
    ("Opt-in", "no", "newsletter"),
    ("Opt-out", "yes", "marketing"),
    ("Newsletter", "0", "newsletter"),
    ("Newsletter", "unsubscribed", "newsletter"),
    ("Uutiskirjeen lupa", "E", "newsletter"),
    ("Direktmarknadsföring förbjuden", "ja", "marketing"),
    ("Reklamspärr", "J", "marketing"),
    ("No marketing", "true", "marketing"),
]


@pytest.mark.parametrize(("column", "no", "kind"), PERMISSIONS)
def test_who_says_no_in_a_customer_table_is_suppressed(sqlite_store, column, no, kind):
    data = table(f"Asiakasnumero,Nimi,Sähköposti,{column}\n1,Aino Virtanen,a@x.example,{no}")
    plan = brought(sqlite_store, "a.csv", data)
    assert "refuses_marketing" in notes(plan)
    assert [one.code for one in plan.notes] == ["permission_columns"]
    with sqlite_store.reading(OFFICE) as session:
        assert [one for one in SuppressionKind if is_suppressed(session, one, "a@x.example")] == [
            kind
        ]
    assert outcomes(planned(sqlite_store, "a.csv", data)) == ["skip"]


@pytest.mark.parametrize(
    ("column", "yes"),
    [
        ("Markkinointilupa", "kyllä"),
        ("Suoramarkkinointikielto", "ei"),
        ("Opt-in", "yes"),
        ("Newsletter", "2024-03-05"),
        ("Opt-in", "subscribed"),
        ("Markkinointilupa", "ehkä"),
        ("Markkinointilupa", ""),
    ],
)
def test_who_says_yes_there_does_not_consent(sqlite_store, column, yes):
    data = table(f"Asiakasnumero,Nimi,Sähköposti,{column}\n1,Aino Virtanen,a@x.example,{yes}")
    plan = brought(sqlite_store, "a.csv", data)
    unclear = ["permission_unclear"] if yes in {"ehkä", "2024-03-05"} else []
    assert [one for one in notes(plan) if one != "assumed_person"] == unclear
    with sqlite_store.reading(OFFICE) as session:
        assert session.scalars(select(Subscription)).all() == []
        assert not any(is_suppressed(session, one, "a@x.example") for one in SuppressionKind)


def test_a_no_without_an_address_is_named(sqlite_store):
    plan = planned(sqlite_store, "a.csv", table("Asiakasnumero,Nimi,Markkinointilupa\n1,Aino A,ei"))
    assert "refuses_without_address" in notes(plan)


def test_a_no_of_a_known_customer_is_kept(store):
    head = "Asiakasnumero,Nimi,Sähköposti"
    brought(store, "a.csv", table(f"{head}\n1,Aino Virtanen,a@x.example"))
    plan = brought(store, "a.csv", table(f"{head},Newsletter\n1,Aino Virtanen,a@x.example,no"))
    assert outcomes(plan) == ["change"]
    with store.reading(OFFICE) as session:
        assert is_suppressed(session, SuppressionKind.NEWSLETTER, "a@x.example")
