"""Finvoice invoices in the register: whose, with which sums, and never twice."""

from __future__ import annotations

import json
from datetime import date

import pytest

from queries.errors import RegisterError
from queries.store import derived
from queries.store.tables import (
    Address,
    Email,
    ImportBatch,
    Invoice,
    InvoiceLine,
    Party,
    TrailEntry,
)
from tests.factories.finvoices import bring, plan_of
from tests.factories.import_files import BUYER, codes, finvoice, finvoice_row, notes, outcomes
from tests.factories.records import business_id, make_address, make_party, make_person
from tests.support.trails import only


def test_an_invoice_comes_in_with_its_new_customer(store):
    plan = bring(store, finvoice(email="ostot@ostaja.example"))
    assert (outcomes(plan), codes(plan)) == (["create"], ["buyer_added"])
    (party,) = only(store, Party)
    assert (party.name, party.business_id, party.kind, party.source, party.is_customer) == (
        "Ostajan Oy",
        BUYER,
        "organisation",
        "invoice",
        True,
    )
    assert [(a.street, a.post_code, a.source) for a in only(store, Address)] == [
        ("Ostotie 1", "50100", "invoice")
    ]
    assert [(e.address, e.source) for e in only(store, Email)] == [
        ("ostot@ostaja.example", "invoice")
    ]
    (invoice,) = only(store, Invoice)
    assert (invoice.kind, invoice.status, invoice.origin, invoice.number, invoice.party_id) == (
        "invoice",
        "issued",
        "finvoice",
        "2001",
        party.id,
    )
    assert (invoice.issued_on, invoice.due_on, invoice.reference) == (
        date(2026, 2, 2),
        date(2026, 2, 16),
        "1232",
    )
    assert (invoice.net_cents, invoice.vat_cents, invoice.total_cents, invoice.open_cents) == (
        10000,
        2550,
        12550,
        12550,
    )
    assert (invoice.buyer_name, invoice.buyer_address, invoice.buyer_business_id) == (
        "Ostajan Oy",
        "Ostotie 1\n50100 Mikkeli",
        BUYER,
    )
    (line,) = only(store, InvoiceLine)
    assert (line.position, line.description, line.quantity_thousandths, line.unit) == (
        1,
        "Asennus",
        2000,
        "hour",
    )
    assert (line.unit_price_cents, line.vat_category, line.vat_basis_points, line.net_cents) == (
        5000,
        "standard",
        2550,
        10000,
    )
    with store.engine.begin() as connection:
        assert derived.differences(connection) == []


def test_the_same_file_twice_changes_nothing(store):
    bring(store, finvoice(), finvoice("2002"))
    again = plan_of(store, finvoice(), finvoice("2002"))
    assert (outcomes(again), codes(again)) == (["skip", "skip"], ["already_so"])
    with pytest.raises(RegisterError) as caught:
        bring(store, finvoice())
    assert caught.value.code == "import_nothing"
    assert (len(only(store, Invoice)), len(only(store, ImportBatch))) == (2, 1)


def test_one_trail_line_for_all_of_it(store):
    bring(
        store, finvoice(), finvoice("2002"), finvoice("2003", buyer=business_id(5), name="Kolme Oy")
    )
    (line,) = only(store, TrailEntry)
    assert line.action == "bring_in"
    assert {"number", "open_cents", "lines"} <= set(json.loads(line.columns))
    assert len(only(store, Party)) == 2


def test_a_buyer_is_found_by_business_id_then_by_name_and_address(sqlite_store):
    known = make_party(sqlite_store, name="Toisella Nimellä Oy", business_id=BUYER)
    named = make_party(sqlite_store, name="Nimellä Oy")
    make_address(sqlite_store, named, street="Ostotie 1", post_code="50100", town="Mikkeli")
    plan = plan_of(
        sqlite_store,
        finvoice(),
        finvoice("2", buyer=None, name="nimellä oy"),
        finvoice("3", buyer=None, name="Eri Oy"),
    )
    assert [row.party_id for row in plan.rows] == [known, named, None]
    assert [codes(plan, row) for row in range(3)] == [
        ["matched_by_business_id"],
        ["matched_by_name"],
        ["buyer_added"],
    ]


def test_the_buyers_email_is_added_only_where_the_party_has_none(sqlite_store):
    known = make_party(sqlite_store, name="Ostajan Oy", business_id=BUYER)
    bring(sqlite_store, finvoice("1", email="uusi@ostaja.example"))
    bring(sqlite_store, finvoice("2", email="toinen@ostaja.example"))
    assert [(e.party_id, e.address, e.source) for e in only(sqlite_store, Email)] == [
        (known, "uusi@ostaja.example", "invoice")
    ]


def test_two_invoices_of_one_file_give_a_known_buyer_one_email(sqlite_store):
    make_party(sqlite_store, name="Ostajan Oy", business_id=BUYER)
    bring(
        sqlite_store,
        finvoice("1", email="a@ostaja.example"),
        finvoice("2", email="a@ostaja.example"),
    )
    assert [e.address for e in only(sqlite_store, Email)] == ["a@ostaja.example"]


def test_a_buyer_who_is_not_found_is_refused_when_none_may_be_added(sqlite_store):
    plan = plan_of(sqlite_store, finvoice(), create_missing=False)
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["buyer_not_found"])


def test_namesakes_are_not_guessed(sqlite_store):
    for _ in range(2):
        person = make_person(sqlite_store, given_name="Aino", family_name="Esimerkki")
        make_address(sqlite_store, person, post_code="50100")
    plan = plan_of(sqlite_store, finvoice(buyer=None, name="Aino Esimerkki"))
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["ambiguous"])


def test_one_new_buyer_of_several_invoices_is_added_once(store):
    plan = bring(
        store,
        finvoice("1"),
        finvoice("2"),
        finvoice(
            "3",
            kind="INV02",
            net="-1,00",
            vat="0,00",
            total="-1,00",
            rows=finvoice_row(quantity="-1", price="1,00", net="-1,00", rate="0"),
        ),
    )
    assert [codes(plan, row) for row in range(3)] == [
        ["buyer_added"],
        ["buyer_of_row"],
        ["buyer_of_row"],
    ]
    (party,) = only(store, Party)
    assert {invoice.party_id for invoice in only(store, Invoice)} == {party.id}


def test_a_foreign_buyer_is_known_by_its_vat_number(store):
    document = finvoice(
        buyer="HRB 12345", tax_code="DE111111125", country="DE", name="Beispiel GmbH"
    )
    bring(store, document)
    (party,) = only(store, Party)
    assert (party.business_id, party.foreign_id) == (None, "DE111111125")
    (invoice,) = only(store, Invoice)
    assert (invoice.buyer_business_id, invoice.buyer_address) == (
        "DE111111125",
        "Ostotie 1\n50100 Mikkeli\nDE",
    )
    assert plan_of(store, document.replace("2001", "2002")).rows[0].party_id == party.id


def test_reverse_charge_zero_and_unknown_rates(sqlite_store):
    def row(code, rate):
        return finvoice_row(rate=rate).replace("<RowVatCode>S<", f"<RowVatCode>{code}<")

    rows = row("AE", "0") + row("Z", "0") + row("K", "0") + row("S", "14") + row("", "19")
    plan = bring(sqlite_store, finvoice(net="500,00", vat="33,00", total="533,00", rows=rows))
    lines = only(sqlite_store, InvoiceLine)
    assert [(line.vat_category, line.vat_basis_points) for line in lines] == [
        ("reverse_charge", 0),
        ("zero", 0),
        ("zero", 0),
        ("reduced", 1400),
        ("standard", 1900),
    ]
    assert notes(plan) == ["seller_not_compared", "vat_rate_unknown"]


def test_a_row_without_a_rate_takes_the_only_one_of_the_invoice(sqlite_store):
    rows = (
        finvoice_row()
        .replace("<RowVatRatePercent>25,5</RowVatRatePercent>", "")
        .replace("<RowVatCode>S</RowVatCode>", "")
    )
    stated = (
        "<VatSpecificationDetails><VatRatePercent>24</VatRatePercent>"
        "<VatCode>S</VatCode></VatSpecificationDetails>"
    )
    bring(sqlite_store, finvoice(vat="24,00", total="124,00", rows=rows, details=stated))
    (line,) = only(sqlite_store, InvoiceLine)
    assert (line.vat_category, line.vat_basis_points) == ("standard", 2400)
    refused = plan_of(sqlite_store, finvoice("9", rows=rows))
    assert codes(refused) == ["vat_rate_missing"]


def test_discounts_and_charges_are_lines_that_can_be_reckoned(sqlite_store):
    more = """<RowDiscountPercent>5</RowDiscountPercent><RowDiscountAmount>30,00</RowDiscountAmount>
<RowProgressiveDiscountDetails><RowDiscountAmount>10,00</RowDiscountAmount>
<RowDiscountTypeText>Kampanja</RowDiscountTypeText></RowProgressiveDiscountDetails>
<RowChargeDetails><ReasonText>Matkakulut</ReasonText><Amount>15,00</Amount></RowChargeDetails>"""
    whole = """<DiscountDetails><FreeText>Varhaismaksu</FreeText><Amount>11,50</Amount>
<VatRatePercent>25,5</VatRatePercent></DiscountDetails>"""
    rows = finvoice_row(quantity="3", price="200,00", net="575,00", more=more)
    plan = bring(
        sqlite_store, finvoice(net="563,50", vat="143,69", total="707,19", rows=rows, details=whole)
    )
    assert [
        (line.position, line.description, line.discount_basis_points, line.net_cents)
        for line in only(sqlite_store, InvoiceLine)
    ] == [
        (1, "Asennus", 500, 57000),
        (2, "Kampanja", 0, -1000),
        (3, "Matkakulut", 0, 1500),
        (4, "Varhaismaksu", 0, -1150),
    ]
    assert notes(plan) == ["seller_not_compared"]


def test_a_discount_of_the_terms_is_left_out_where_the_rows_agree_without_it(sqlite_store):
    whole = "<DiscountDetails><FreeText>Kassa</FreeText><Amount>2,00</Amount></DiscountDetails>"
    plan = plan_of(sqlite_store, finvoice(details=whole))
    assert notes(plan) == ["seller_not_compared", "adjustments_left_out"]


def test_a_discount_given_as_a_sum_is_a_share_of_the_row(sqlite_store):
    rows = finvoice_row(price="60,00", more="<RowDiscountAmount>20,00</RowDiscountAmount>")
    bring(sqlite_store, finvoice(rows=rows))
    (line,) = only(sqlite_store, InvoiceLine)
    assert (line.discount_basis_points, line.net_cents) == (1667, 10000)


def test_prices_of_parts_of_a_cent_keep_the_rows_sum(sqlite_store):
    rows = finvoice_row(quantity="1000", price="0,1234", net="123,40")
    plan = bring(sqlite_store, finvoice(net="123,40", vat="31,47", total="154,87", rows=rows))
    (line,) = only(sqlite_store, InvoiceLine)
    assert (line.unit_price_cents, line.net_cents) == (12, 12340)
    assert notes(plan) == ["seller_not_compared", "row_rounded"]


def test_differences_between_rows_and_sums_are_named_and_the_voucher_stays(sqlite_store):
    rows = finvoice_row(net="99,00")
    plan = bring(sqlite_store, finvoice(rows=rows))
    found = {note.code: dict(note.facts) for note in plan.rows[0].notes}
    assert found["row_differs"] == {"row": 1, "made_cents": 10000, "given_cents": 9900}
    assert found["rows_differ"] == {"rows_cents": 9900, "total_cents": 10000}
    assert found["vat_differs"] == {"rows_cents": 2525, "total_cents": 2550}
    assert only(sqlite_store, Invoice)[0].net_cents == 10000


def test_rows_of_text_alone_become_the_free_text(sqlite_store):
    rows = (
        finvoice_row()
        + "<InvoiceRow><RowFreeText>Työ tehtiin sopimuksen</RowFreeText></InvoiceRow>"
    )
    bring(sqlite_store, finvoice(rows=rows, details="<InvoiceFreeText>Kiitos.</InvoiceFreeText>"))
    assert only(sqlite_store, Invoice)[0].free_text == "Kiitos.\nTyö tehtiin sopimuksen"
    assert len(only(sqlite_store, InvoiceLine)) == 1


def test_an_unknown_unit_stays_as_it_is_written(sqlite_store):
    rows = finvoice_row().replace(
        'QuantityUnitCode="h" QuantityUnitCodeUN="HUR"', 'QuantityUnitCode="rll"'
    )
    bring(sqlite_store, finvoice(rows=rows))
    assert only(sqlite_store, InvoiceLine)[0].unit == "rll"
