"""The headers that Finnish systems document, and the ones of this register."""

from __future__ import annotations

import pytest

from queries.errors import InvalidInput
from queries.intake.customers import columns
from queries.intake.plan import ImportSettings
from queries.intake.readers.read_file import read_file
from tests.factories.import_files import ROWS, csv_of, outcomes, planned, xlsx_of

HEADERS = {
    "netvisor": (
        "Asiakaskoodi;Nimi;Osoite;Postinumero;Postitoimipaikka;Aktiivinen;Alennusprosentti;"
        "Laskutuskieli;Lisätietoja;Maa;Maksuehto;Nimen jatke;Oletusmyyjä",
        {
            0: "customer_number",
            1: "name",
            2: "street",
            3: "post_code",
            4: "town",
            5: "active",
            7: "language",
            8: "note",
            9: "country",
            10: "payment_days",
            11: "name_more",
        },
    ),
    "heeros": (
        "Code;Name;Name2;Address;Postal code;City;Country;Nationality;Short name;Business ID;"
        "VAT ID;Delivery name;Delivery address;Delivery postal code",
        {
            0: "customer_number",
            1: "name",
            2: "name_more",
            3: "street",
            4: "post_code",
            5: "town",
            6: "country",
            9: "business_id",
            10: "vat_number",
            12: "delivery_street",
            13: "delivery_post_code",
        },
    ),
    "isolta": (
        "Name;Abteilung / Kontakt;Zusätzliche Zeile;Rechnungsadresse;Postleitzahl;Ort;Ländercode;"
        "E-Mail-Adresse;Telefonnummer;Reg. Nr.;Kundennummer;Memo;Privatkunde;Sprache;"
        "e-invoice-Adresse;Operator Code",
        {
            0: "name",
            1: "note",
            2: "street_more",
            3: "street",
            4: "post_code",
            5: "town",
            6: "country",
            7: "email",
            8: "phone",
            9: "business_id",
            10: "customer_number",
            11: "note",
            12: "is_private",
            13: "language",
            14: "e_invoice_address",
            15: "operator",
        },
    ),
    "fivaldi": (
        "ASIAKASTUNNUS;NIMI1;NIMI2;PUHELIN;MATKAPUHELIN;TELEFAX;KORONESTO;MAKSUEHTO;KIELIKOODI",
        {0: "customer_number", 1: "name", 2: "name_more", 3: "phone", 4: "phone", 8: "language"},
    ),
}


@pytest.mark.parametrize("system", HEADERS)
def test_the_documented_headers_are_recognised(system):
    header, expected = HEADERS[system]
    grid = read_file("a.csv", f"{header}\r\n".encode()).grid
    assert (grid.system, grid.columns, grid.rows) == (system, expected, ())
    assert columns.recognise(header.split(";")) == expected


def test_every_field_is_recognised_by_its_first_name_without_the_dots_too():
    for field, names in columns._NAMES.items():
        first = names.split()[0]
        expected = {0: "name" if field == "company" else field}
        assert columns.recognise([first]) == expected
        assert columns.recognise([columns._bare(first).upper()]) == expected


def test_no_name_of_a_column_means_two_fields():
    names = [name for listed in columns._NAMES.values() for name in listed.split()]
    assert len(names) == len(set(names))
    assert [name for name in names if name != columns.plain(name)] == []


def test_the_first_of_two_columns_of_one_field_counts_but_several_phones_do():
    assert columns.recognise(["Nimi", "Name", "Puhelin", "GSM"]) == {
        0: "name",
        2: "phone",
        3: "phone",
    }


def test_titles_may_stand_above_the_header():
    data = csv_of(*ROWS)
    grid = read_file("a.csv", b"Asiakkaat 2026;;;\r\n;;\r\n" + data).grid
    assert grid.columns[1] == "name"
    assert [row.number for row in grid.rows] == [4, 5]
    assert read_file("a.xlsx", xlsx_of(*ROWS)).grid.header[1] == "Nimi"


def test_a_table_without_a_header_is_mapped_by_hand(sqlite_store):
    data = csv_of(*ROWS, header=None)
    assert read_file("a.csv", data).grid.header is None
    with pytest.raises(InvalidInput) as caught:
        planned(sqlite_store, "a.csv", data)
    assert (caught.value.field, caught.value.code) == ("columns", "no_key_column")
    plan = planned(sqlite_store, "a.csv", data, columns={1: "name", 3: "street"})
    assert outcomes(plan) == ["create", "create"]
    assert plan.rows[0].name == "Pihlajamäen Huolto Oy"


def test_a_header_can_be_denied_and_asserted():
    data = csv_of(*ROWS)
    without = read_file("a.csv", data, settings=ImportSettings(has_header=False)).grid
    assert (without.header, len(without.rows)) == (None, 3)
    odd = read_file("a.csv", b"xx;yy\nA;B\n", settings=ImportSettings(has_header=True)).grid
    assert (odd.header, len(odd.rows)) == (("xx", "yy"), 1)


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({1: "name", 2: "name"}, "column_twice"),
        ({1: "name", 2: "wrong"}, "choice"),
        ({-1: "name"}, "choice"),
        ({3: "street"}, "no_key_column"),
        ({}, "no_key_column"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(sqlite_store, chosen, code):
    with pytest.raises(InvalidInput) as caught:
        planned(sqlite_store, "a.csv", csv_of(*ROWS), columns=chosen)
    assert (caught.value.field, caught.value.code) == ("columns", code)


def procountor_row(**cells):
    row = [""] * 60
    for position, value in cells.items():
        row[int(position[1:])] = value
    return tuple(row)


def test_procountors_partner_file_is_known_by_its_positions():
    rows = [procountor_row(c1="9000001-8", c52="77"), procountor_row(c1="", c52="78")]
    grid = read_file("a.csv", csv_of(*rows, header=None)).grid
    assert (grid.system, grid.columns) == ("procountor", columns.PROCOUNTOR)


def test_a_header_that_holds_an_identity_code_is_not_shown():
    grid = read_file("a.csv", b"Nimi;Katuosoite;131052-308T\nA;B;C\n").grid
    assert grid.header == ("Nimi", "Katuosoite", "")


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Asiakkuus alkoi", "started_on"),
        ("Asiakkuus päättyi", "ended_on"),
        ("Customer until", "ended_on"),
        ("Kund till", "ended_on"),
    ],
)
def test_the_days_of_a_relation_are_known_by_the_names_on_the_page(name, field):
    assert columns.field_of(name) == field
