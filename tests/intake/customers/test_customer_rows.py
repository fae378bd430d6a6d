"""A table of customers: what becomes of each row, and what the store holds afterwards."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from queries.intake.plan import ImportSettings
from queries.store.tables import Address, BillingDetail, Email, Note, Party, Phone
from tests.factories.import_files import (
    OFFICE,
    TODAY,
    brought,
    codes,
    csv_of,
    notes,
    outcomes,
    planned,
    xlsx_of,
)
from tests.factories.records import business_id
from tests.support.trails import only


def table(*rows, **more):
    """A table with the columns named by its first row."""
    return csv_of(*rows[1:], header=rows[0], **more)


def everything(store):
    """All that the register holds of parties, in order."""
    with store.reading(OFFICE) as session:
        return {
            model.__tablename__: [
                tuple(getattr(row, column.name) for column in model.__table__.columns)
                for row in session.scalars(select(model).order_by(model.id))
            ]
            for model in (Party, Address, Email, Phone, BillingDetail, Note)
        }


def details_of(store, *, data=None, head=None, row=None, **settings):
    data = data or table(head, row)
    brought(store, "a.csv", data, **settings)
    return only(store, Party)[-1]


def test_lost_zeros_of_a_post_code_are_restored_and_told(sqlite_store):
    data = xlsx_of((1, "Aino Esimerkki", "", "Tie 1", 1200, "Vantaa", "", 401234567))
    plan = brought(sqlite_store, "a.xlsx", data)
    assert (notes(plan), dict(plan.rows[0].notes[0].facts)) == (
        ["post_code_restored", "phone_restored", "assumed_person"],
        {"given": "1200", "taken": "01200"},
    )
    assert only(sqlite_store, Address)[0].post_code == "01200"
    assert only(sqlite_store, Phone)[0].number == "+358401234567"
    assert only(sqlite_store, Party)[0].customer_number == "1"


def test_formulas_of_a_workbook_refuse_the_row_and_texts_like_them_are_text(sqlite_store):
    evil = "=cmd|' /C calc'!A0"
    plan = planned(sqlite_store, "a.xlsx", xlsx_of(("1", evil), ("2", "Aino Esimerkki")))
    assert (outcomes(plan), codes(plan)) == (["refuse", "create"], ["formula"])
    for name in (evil, "+358 Oy", "-miinus", "@at", "*Ab* [x](javascript:alert(1)) :red[y] $z$"):
        brought(sqlite_store, "a.csv", table(("Nimi", "Maa"), (name, "FI")))
        assert only(sqlite_store, Party)[-1].name == name


@pytest.mark.parametrize("column", ["Katuosoite", "Osoite 2", "Postitoimipaikka", "Toimitusosoite"])
def test_an_email_address_is_no_place(sqlite_store, column):
    data = table(("Nimi", column), ("Aino Esimerkki", "aino@posti.example"))
    plan = planned(sqlite_store, "a.csv", data)
    assert codes(plan) == ["email_misplaced"]
    assert plan.rows[0].reasons[0].facts == {"column": column}


def test_the_apostrophe_of_exports_is_taken_off(sqlite_store):
    head = ("Nimi", "Puhelin")
    assert details_of(sqlite_store, head=head, row=("'=1+1", "'+358401234567")).name == "=1+1"
    assert only(sqlite_store, Phone)[0].number == "+358401234567"


def test_names_of_persons_are_parted_as_the_settings_say(sqlite_store):
    head = ("Nimi", "Y-tunnus")
    seen = []
    for order, name in (
        ("as_is", "Anna Maria Esimerkki"),
        ("given_first", "Bea Maria Esimerkki"),
        ("family_first", "Esimerkki Cia Maria"),
        ("family_first", "Esimerkki Suku, Dea"),
        ("as_is", "Esimerkki, Eea"),
    ):
        party = details_of(sqlite_store, head=head, row=(name, ""), name_order=order)
        seen.append((party.name, party.given_name, party.family_name, party.sort_name))
    assert seen == [
        ("Anna Maria Esimerkki", None, None, "anna maria esimerkki"),
        ("Bea Maria Esimerkki", "Bea Maria", "Esimerkki", "esimerkki bea maria"),
        ("Cia Maria Esimerkki", "Cia Maria", "Esimerkki", "esimerkki cia maria"),
        ("Dea Esimerkki Suku", "Dea", "Esimerkki Suku", "esimerkki suku dea"),
        ("Esimerkki, Eea", None, None, "esimerkki, eea"),
    ]


def test_what_a_customer_is_goes_by_the_file_then_ids_then_the_name(sqlite_store):
    head = ("Nimi", "Y-tunnus", "Tyyppi", "Yksityisasiakas")
    rows = (
        ("Aino Esimerkki", "", "yritys", ""),
        ("Firma Oy", "", "Henkilö", ""),
        ("Aino Toinen", business_id(51), "", ""),
        ("Aino Kolmas", business_id(52), "", "kyllä"),
        ("Korven Hirviseura ry", "", "", ""),
        ("Aino Neljäs", "", "", ""),
    )
    plan = brought(sqlite_store, "a.csv", table(head, *rows))
    assert [party.kind for party in only(sqlite_store, Party)] == [
        "organisation",
        "person",
        "organisation",
        "person",
        "organisation",
        "person",
    ]
    assert [notes(plan, row) for row in range(6)] == [
        [],
        [],
        [],
        ["person_with_business_id"],
        [],
        ["assumed_person"],
    ]
    plan = planned(
        sqlite_store,
        "a.csv",
        table(("Nimi", "Maa"), ("Aino Viides", "FI")),
        default_kind="organisation",
    )
    assert notes(plan) == ["assumed_organisation"]


def test_billing_notes_roles_and_days(sqlite_store):
    head = (
        "Nimi",
        "Y-tunnus",
        "Verkkolaskuosoite",
        "Välittäjä",
        "Maksuehto",
        "Tilinumero",
        "Lisätietoja",
        "Memo",
        "Kieli",
        "Rooli",
        "Asiakkuus alkanut",
        "Asiakkuus päättynyt",
        "GSM",
        "Puhelin",
        "Toimitusosoite",
        "Toimituspostinumero",
        "Toimituskaupunki",
    )
    row = (
        "Kaikki Oy",
        business_id(61),
        "0037" + business_id(61).replace("-", ""),
        "003723327487",
        "30 pv netto",
        "FI21 1234 5600 0007 85",
        "Soita ensin",
        "Portti 12",
        "ruotsi",
        "asiakas, yhteistyökumppani",
        "1.2.2020",
        "5.3.2025",
        "040 123 4567",
        "015 123 4567",
        "Varastotie 2",
        "50130",
        "Mikkeli",
    )
    party = details_of(sqlite_store, head=head, row=row)
    assert (party.language, party.is_customer, party.is_partner, party.status) == (
        "sv",
        True,
        True,
        "ended",
    )
    assert (party.started_on, party.ended_on) == (date(2020, 2, 1), date(2025, 3, 5))
    (bill,) = only(sqlite_store, BillingDetail)
    assert (bill.method, bill.operator, bill.payment_days, bill.iban) == (
        "e_invoice",
        "003723327487",
        30,
        "FI2112345600000785",
    )
    assert [n.text for n in only(sqlite_store, Note)] == [
        "Lisätietoja: Soita ensin\nMemo: Portti 12"
    ]
    assert [(p.number, p.is_primary) for p in only(sqlite_store, Phone)] == [
        ("+358401234567", True),
        ("+358151234567", False),
    ]
    assert [(a.purpose, a.is_primary) for a in only(sqlite_store, Address)] == [("delivery", False)]
    assert party.town == "Mikkeli"
    assert outcomes(planned(sqlite_store, "a.csv", table(head, row))) == ["skip"]


def test_foreign_companies_keep_their_own_identifier(sqlite_store):
    head = ("Name", "Country", "Reg. Nr.", "VAT ID", "Postal code", "City", "Address")
    row = ("Beispiel GmbH", "Deutschland", "HRB 12345", "DE111111125", "10115", "Berlin", "Str. 5")
    party = details_of(sqlite_store, head=head, row=row)
    assert (party.business_id, party.foreign_id) == (None, "DE111111125")
    assert outcomes(planned(sqlite_store, "a.csv", table(head, row))) == ["skip"]
    other = ("Exempel AB", "SE", "556677-8899", "", "114 55", "Stockholm", "Gatan 1")
    assert details_of(sqlite_store, head=head, row=other).foreign_id == "556677-8899"


def test_a_finnish_vat_number_is_a_business_id_and_must_agree(sqlite_store):
    own = business_id(71)
    vat = "FI" + own.replace("-", "")
    head = ("Nimi", "Y-tunnus", "ALV-tunnus")
    assert details_of(sqlite_store, head=head, row=("Vero Oy", "", vat)).business_id == own
    plan = planned(sqlite_store, "a.csv", table(head, ("Vero Oy", business_id(72), vat)))
    assert codes(plan) == ["ids_differ"]


def test_an_ended_customer_without_a_day_ends_today(sqlite_store):
    head = ("Nimi", "Aktiivinen")
    plan = planned(sqlite_store, "a.csv", table(head, ("Entinen Oy", "0")))
    assert notes(plan) == ["ended_today"]
    party = details_of(sqlite_store, head=head, row=("Entinen Oy", "0"))
    assert (party.status, party.ended_on) == ("ended", TODAY)


@pytest.mark.parametrize(
    ("head", "row", "code"),
    [
        ("Asiakkuus alkanut", "6.3.2026", "day_in_future"),
        ("Asiakkuus alkanut", "1.1.1850", "day_out_of_range"),
        ("Asiakkuus alkanut", "31.2.2026", "value"),
        ("Maksuehto", "käteinen", "value"),
        ("Maa", "Ei-maa", "value"),
        ("Rooli", "kaveri", "value"),
        ("Tila", "ehkä", "value"),
        ("Katuosoite", "x" * 201, "too_long"),
        ("Katuosoite", "Tie\x071", "control_character"),
        ("Katuosoite", "Tie \u202e1 eit", "control_character"),
        ("Muistiinpano", "Sovittu\n\u2067aiemmin", "control_character"),
        ("ALV-tunnus", "NO 974760673 MVA", "value"),
    ],
)
def test_a_value_that_cannot_be_refuses_the_row(sqlite_store, head, row, code):
    plan = planned(sqlite_store, "a.csv", table(("Nimi", head), ("Aino Esimerkki", row)))
    assert (outcomes(plan), codes(plan)) == (["refuse"], [code])


def test_a_name_of_two_hundred_letters_is_kept_and_a_longer_one_refused(sqlite_store):
    long = "Ä" * 198 + "🏭 "
    assert details_of(sqlite_store, head=("Nimi", "Maa"), row=(long, "FI")).name == long.strip()
    plan = planned(sqlite_store, "a.csv", table(("Nimi", "Maa"), ("Ä" * 201, "FI")))
    assert codes(plan) == ["too_long"]
    more = planned(sqlite_store, "a.csv", table(("Nimi", "Nimen jatke"), ("Ä" * 150, "Ö" * 150)))
    assert codes(more) == ["too_long"]


def test_an_unknown_language_is_told_and_the_register_has_its_own(sqlite_store):
    plan = planned(sqlite_store, "a.csv", table(("Nimi", "Sprache"), ("Kunde GmbH", "de")))
    assert notes(plan) == ["language_unknown"]


def test_ends_before_it_began(sqlite_store):
    head = ("Nimi", "Asiakkuus alkanut", "Asiakkuus päättynyt")
    plan = planned(sqlite_store, "a.csv", table(head, ("Aika Oy", "1.2.2025", "1.1.2025")))
    assert codes(plan) == ["end_before_start"]


def test_a_row_with_more_cells_than_names_and_one_cut_short(sqlite_store):
    data = b"Nimi;Postinumero\nAino Esimerkki;50100;ylim\xc3\xa4\xc3\xa4r\xc3\xa4inen\nBea Esim"
    plan = planned(sqlite_store, "a.csv", data)
    assert [codes(plan, row) for row in (0, 1)] == [["too_many_cells"], ["row_cut"]]


@pytest.mark.parametrize(
    ("end", "said"), [("", [("end_open", {"row": 3})]), ("\n", []), ("\r\n\r\n", [])]
)
def test_a_file_that_may_be_cut_within_its_last_cell_is_named(sqlite_store, end, said):
    data = f"Nimi;Huomautus\nAino Esimerkki;\nBea Esimerkki;Soitettava en{end}".encode()
    plan = planned(sqlite_store, "a.csv", data)
    assert outcomes(plan) == ["create", "create"]
    assert [(note.code, dict(note.facts)) for note in plan.notes] == said


def test_a_header_alone_has_no_rows(sqlite_store):
    plan = planned(sqlite_store, "a.csv", csv_of())
    assert ([note.code for note in plan.notes], plan.rows) == (["no_rows"], ())


def test_partners_come_in_as_partners(sqlite_store):
    party = details_of(
        sqlite_store,
        head=("Nimi", "Y-tunnus"),
        row=("Kumppani Oy", business_id(11)),
        as_partner=True,
    )
    assert (party.is_customer, party.is_partner) == (False, True)
    plan = brought(
        sqlite_store, "a.csv", table(("Nimi", "Y-tunnus"), ("Kumppani Oy", business_id(11)))
    )
    assert [(d.field, d.taken) for d in plan.rows[0].differences] == [("is_customer", True)]
    assert only(sqlite_store, Party)[0].is_customer


def test_settings_say_nothing_by_themselves():
    assert ImportSettings() == ImportSettings(overwrite=False, create_missing=True)


def test_rows_that_are_no_customer_are_left_out_and_named(sqlite_store):
    head = ("Asiakasnumero", "Nimi", "Katuosoite")
    data = table(
        head,
        ("5001", "Kahvila Aamu Oy", "Rantatie 1"),
        head,
        ("", "Yhteensä 1 asiakas", ""),
        ("", "Tulostettu 30.11.2026", ""),
    )
    plan = planned(sqlite_store, "a.csv", data)
    assert [(row.outcome, codes(plan, at)) for at, row in enumerate(plan.rows)] == [
        ("create", ["not_found"]),
        ("skip", ["heading_again"]),
        ("skip", ["totals_row"]),
        ("skip", ["print_line"]),
    ]


def test_columns_that_go_nowhere_are_named(sqlite_store):
    data = table(
        ("Asiakasnumero", "Nimi", "Osoite", "Hintaryhmä", "Nimi", "Osoite", "Tyhjä"),
        ("5001", "Kahvila Aamu Oy", "Rantatie 1", "B", "Aino Aamu", "Toimitustie 9", ""),
    )
    plan = planned(sqlite_store, "a.csv", data)
    assert [(note.code, note.facts) for note in plan.notes] == [
        ("column_again", {"letter": "E", "column": "Nimi", "field": "name", "other": "B"}),
        ("column_again", {"letter": "F", "column": "Osoite", "field": "street", "other": "C"}),
        ("columns_unused", {"names": "Hintaryhmä"}),
    ]


@pytest.mark.parametrize(
    ("name", "reasons", "remarks"),
    [
        ("KÃ¤pylÃ¤n HÃ¶ylÃ¤ Oy", ["text_encoded_twice"], []),
        ("K├ñpyl├ñ Oy", ["text_encoded_twice"], []),
        ("K\ufffdpyl\ufffd Oy", ["text_lost"], []),
        ("K?pyl? Oy", ["not_found"], ["letters_doubtful"]),
        ("Käpylä Oy", ["not_found"], []),
    ],
)
def test_damaged_letters_are_refused_and_doubtful_ones_named(sqlite_store, name, reasons, remarks):
    plan = planned(sqlite_store, "a.csv", table(("Asiakasnumero", "Nimi"), ("1", name)))
    assert (codes(plan), [one for one in notes(plan) if "letters" in one]) == (reasons, remarks)


def test_a_row_that_is_short_is_named(sqlite_store):
    data = b"Asiakasnumero;Nimi;Puhelin\n5001;Kahvila Aamu Oy\n5002;Leipomo Oy;\n"
    plan = planned(sqlite_store, "a.csv", data)
    assert [notes(plan, at) for at in (0, 1)] == [["too_few_cells"], []]


def test_a_row_with_a_cell_more_is_named_when_its_last_cell_is_empty(sqlite_store):
    said = "Nimi;Memo;Maa\nAino Esimerkki;;FI\nMatti Esimerkki;x;;\nOlli Esimerkki;;FI\n"
    plan = planned(sqlite_store, "a.csv", said.encode())
    assert [[note.code for note in row.notes] for row in plan.rows] == [
        ["assumed_person"],
        ["too_many_cells", "assumed_person"],
        ["assumed_person"],
    ]


def test_a_zero_that_a_business_id_lost_is_named(sqlite_store):
    full, bare = "0112038-9", "1120389"
    plan = planned(
        sqlite_store,
        "a.csv",
        table(("Nimi", "Y-tunnus"), ("Halko Oy", bare), ("Oja Oy", business_id(11))),
    )
    assert notes(plan) == ["business_id_restored"]
    assert plan.rows[0].notes[0].facts == {"given": bare, "taken": full}
    assert notes(plan, 1) == []


def test_lines_and_marks_of_a_cell_become_one_line(sqlite_store):
    street = '"Käpytie 1\n \n  A 2"'
    data = f"Nimi;Katuosoite\nAino Esimerkki;{street}\n'=Väinö Oy;x{' ' * 130_000}y\n".encode()
    plan = planned(sqlite_store, "a.csv", data)
    steps = [dict(step.values) for step in plan.rows[0].steps if step.table == "address"]
    assert steps[0]["street"] == "Käpytie 1 A 2"
    assert codes(plan, 1) == ["too_long"]


def test_a_name_that_cannot_be_seen_is_no_name(sqlite_store):
    header = ("Asiakasnumero", "Nimi", "Puhelin")
    unseen, empty = (
        planned(sqlite_store, "a.csv", csv_of(("9001", name, ""), header=header))
        for name in ("\u200b \u200e", "")
    )
    assert outcomes(unseen) == ["refuse"]
    assert codes(unseen) == codes(empty)
