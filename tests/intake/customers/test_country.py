"""The country of an address that does not name it, and Åland, which is of Finland."""

from __future__ import annotations

import pytest

from queries.rules.countries import EEA
from queries.rules.recipients import needs_basis
from queries.store.tables import Address, Party
from tests.factories.import_files import (
    brought,
    codes,
    csv_of,
    finvoice,
    finvoice_file,
    notes,
    outcomes,
    planned,
)
from tests.factories.records import business_id, make_party
from tests.support.trails import only

HEAD = ("Nimi", "ALV-tunnus", "Y-tunnus", "Katuosoite", "Postinumero", "Kaupunki", "Maa")


def table(*rows):
    return csv_of(*rows, header=HEAD)


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("Åland", "Mariehamn"),
        ("AX", "Maarianhamina"),
        ("Ahvenanmaa", "Maarianhamina"),
        ("", "Mariehamn"),
    ],
)
def test_aland_is_finland_for_business_ids(sqlite_store, written, place):
    party = make_party(sqlite_store, name="Skärgårdens Bok Ab", business_id=business_id(11))
    row = ("Skärgårdens Bok Ab", "", business_id(11), "Storagatan 1", "AX-22100", place, written)
    plan = planned(sqlite_store, "a.csv", table(row))
    assert (plan.rows[0].party_id, codes(plan)[0]) == (party, "matched_by_business_id")
    wrong = ("Skärgårdens Bok Ab", "", "9000001-2", "Storagatan 1", "22100", place, written)
    assert codes(planned(sqlite_store, "a.csv", table(wrong))) == ["value"]


def test_aland_and_the_outermost_regions_are_in_the_eea():
    assert [code for code in ("AX", "FI", "RE", "IC", "PF", "GL", "SJ", "GB") if code in EEA] == [
        "AX",
        "FI",
        "RE",
        "IC",
    ]
    assert not needs_basis("AX")


@pytest.mark.parametrize(
    ("vat", "post_code", "town", "country"),
    [
        ("SE556042722001", "114 55", "Stockholm", "SE"),
        ("DE111111125", "10115", "Berlin", "DE"),
        ("", "11455", "Stockholm", "SE"),
        ("", "SE-11455", "Ort", "SE"),
        ("", "50100", "Mikkeli", "FI"),
        ("", "", "", "FI"),
    ],
)
def test_the_country_is_told_by_vat_number_post_code_and_town(
    sqlite_store, vat, post_code, town, country
):
    brought(sqlite_store, "a.csv", table(("Exempel Ab", vat, "", "Gatan 1", post_code, town, "")))
    assert [place.country for place in only(sqlite_store, Address)] == [country]


@pytest.mark.parametrize("post_code", ["123 45", "W1A 1AA"])
def test_a_country_that_is_not_told_is_asked(sqlite_store, post_code):
    plan = planned(sqlite_store, "a.csv", table(("Exempel Ab", "", "", "Gatan", post_code, "", "")))
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["country_unclear"])


@pytest.mark.parametrize(
    ("number", "country"),
    [("GB123456789", "GB"), ("NO 974760673 MVA", "NO"), ("CHE-123.456.788", "CH")],
)
def test_a_vat_number_from_outside_the_union_tells_the_country_and_has_another_column(
    sqlite_store, number, country
):
    row = ("Example Ltd", number, "", "Street 1", "W1A 1AA", "Town", "")
    plan = planned(sqlite_store, "a.csv", table(row))
    (reason,) = plan.rows[0].reasons
    assert (reason.code, reason.facts["rule"]) == ("value", "vat_number.country")
    head = tuple("Ulkomainen tunnus" if name == "ALV-tunnus" else name for name in HEAD)
    plan = brought(sqlite_store, "b.csv", csv_of(row, header=head))
    assert notes(plan)[:1] == ["country_told"]
    (place,) = only(sqlite_store, Address)
    (party,) = only(sqlite_store, Party)
    assert (place.country, party.foreign_id) == (country, number)


def test_the_buyer_of_an_invoice_without_a_country(sqlite_store):
    bare = finvoice(buyer=None, name="Exempel Aktiebolag", tax_code="SE556042722001", country="")
    data = finvoice_file(bare.replace("50100", "114 55").replace(">Mikkeli<", ">Stockholm<"))
    plan = brought(sqlite_store, "a.xml", data)
    assert notes(plan)[0] == "country_told"
    (party,) = only(sqlite_store, Party)
    (place,) = only(sqlite_store, Address)
    assert (party.foreign_id, place.country, place.post_code) == ("SE556042722001", "SE", "114 55")
    unclear = finvoice_file(bare.replace("50100", "123 45").replace("SE556042722001", ""))
    assert codes(planned(sqlite_store, "b.xml", unclear)) == ["country_unclear"]
