"""Invoices and credit notes of UBL 2.1 in the register; XML of other formats by its name."""

from __future__ import annotations

from datetime import date

import pytest

from queries.errors import UnreadableFile
from queries.intake.readers.child_process import read_apart
from queries.store.tables import Invoice, InvoiceLine, Party, Payment
from tests.factories.import_files import (
    BUYER,
    brought,
    codes,
    finvoice,
    finvoice_file,
    notes,
    outcomes,
    planned,
    read,
)
from tests.factories.ubl_files import ubl
from tests.support.trails import only

CREDITS = """<cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>2001</cbc:ID>
<cbc:IssueDate>2026-02-02</cbc:IssueDate></cac:InvoiceDocumentReference></cac:BillingReference>"""


def bring(store, *documents):
    return brought(store, "a.xml", "".join(documents).encode())


def plan_of(store, *documents):
    return planned(store, "a.xml", "".join(documents).encode())


def test_an_invoice_comes_in(store):
    plan = bring(store, ubl())
    assert (plan.form, outcomes(plan), notes(plan)) == ("ubl", ["create"], ["seller_not_compared"])
    (party,), (invoice,), (line,) = (
        only(store, Party),
        only(store, Invoice),
        only(store, InvoiceLine),
    )
    assert (party.name, party.business_id) == ("Ostajan Oy", BUYER)
    assert (invoice.number, invoice.issued_on, invoice.due_on, invoice.reference) == (
        "2001",
        date(2026, 2, 2),
        date(2026, 2, 16),
        "1232",
    )
    assert (invoice.net_cents, invoice.vat_cents, invoice.open_cents) == (10000, 2550, 12550)
    assert (line.description, line.quantity_thousandths, line.unit, line.unit_price_cents) == (
        "Asennus",
        2000,
        "hour",
        5000,
    )
    assert outcomes(plan_of(store, ubl())) == ["skip"]
    assert read_apart("a.xml", ubl().encode()).form == "ubl"


def test_a_credit_note_credits_its_invoice(store):
    bring(store, ubl())
    plan = bring(store, ubl("2002", root="CreditNote", more=CREDITS))
    assert notes(plan)[1:] == ["due_day_missing"]
    invoice, note = only(store, Invoice)
    assert (note.kind, note.credits_id, note.total_cents) == ("credit_note", invoice.id, -12550)
    assert (invoice.open_cents, note.open_cents) == (0, 0)
    assert [line.net_cents for line in only(store, InvoiceLine)] == [10000, -10000]


def test_what_was_paid_and_how_the_sum_was_rounded(sqlite_store):
    sums = (
        '<cbc:PrepaidAmount currencyID="EUR">50.00</cbc:PrepaidAmount>'
        '<cbc:PayableRoundingAmount currencyID="EUR">-0.50</cbc:PayableRoundingAmount>'
    )
    plan = bring(sqlite_store, ubl(sums=sums, payable="75.00"))
    assert notes(plan)[1:] == ["sum_rounded", "paid_in_file"]
    assert [one.open_cents for one in only(sqlite_store, Invoice)] == [7500]
    assert [one.amount_cents for one in only(sqlite_store, Payment)] == [5000]


def test_reverse_charge(sqlite_store):
    bring(sqlite_store, ubl(code="AE", percent="0", vat="0.00", total="100.00", payable="100.00"))
    assert [line.vat_category for line in only(sqlite_store, InvoiceLine)] == ["reverse_charge"]


def test_other_parties_copies_and_sold_claims_are_named(sqlite_store):
    more = (
        "<cbc:CopyIndicator>true</cbc:CopyIndicator><cac:PayeeParty><cac:PartyName><cbc:Name>"
        "Rahoitus Oy</cbc:Name></cac:PartyName></cac:PayeeParty><cac:Delivery><cbc:"
        "ActualDeliveryDate>2026-02-01</cbc:ActualDeliveryDate></cac:Delivery>"
    )
    line = "<cac:InvoicePeriod><cbc:StartDate>2026-01-01</cbc:StartDate></cac:InvoicePeriod>"
    plan = plan_of(sqlite_store, ubl(more=more, line=line))
    assert [note.code for note in plan.rows[0].notes] == [
        "elements_left_out",
        "seller_not_compared",
        "message_is_copy",
        "claim_sold",
    ]
    assert plan.rows[0].notes[0].facts == {"elements": "Delivery, InvoicePeriod"}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (ubl(currency="SEK"), "currency"),
        (ubl(more="<cbc:InvoiceTypeCode>389</cbc:InvoiceTypeCode>"), "invoice_type"),
        (ubl(more="<cbc:Note>131052-308T</cbc:Note>"), "personal_identity_code"),
        (ubl(total="130.00"), "sums_differ"),
    ],
)
def test_what_cannot_be_kept_refuses(sqlite_store, document, code):
    plan = plan_of(sqlite_store, document)
    assert (outcomes(plan), code in codes(plan)) == (["refuse"], True)


def test_the_tax_in_the_currency_of_the_books_is_named(sqlite_store):
    more = '<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">290.00</cbc:TaxAmount></cac:TaxTotal>'
    plan = plan_of(sqlite_store, ubl(more=more))
    assert (outcomes(plan), plan.rows[0].notes[0].facts) == (["create"], {"elements": "TaxTotal"})


def test_a_wrapper_is_passed_over_and_a_comment_is_no_invoice(sqlite_store):
    wrapped = f"<sbd:Doc xmlns:sbd='urn:x'><!-- {ubl('1')} -->{ubl('2')}{ubl('3')}</sbd:Doc>"
    plan = plan_of(sqlite_store, wrapped)
    assert [dict(row.invoice.values)["number"] for row in plan.rows] == ["2", "3"]


def test_a_finvoice_that_speaks_of_ubl_is_a_finvoice(sqlite_store):
    text = (
        "<InvoiceFreeText>urn:oasis:names:specification:ubl:schema:xsd:Invoice-2</InvoiceFreeText>"
    )
    assert planned(sqlite_store, "a.xml", finvoice_file(finvoice(details=text))).form == "finvoice"


@pytest.mark.parametrize(
    "documents",
    [
        ubl() + "\n" + finvoice(),
        finvoice() + "\n" + ubl(),
        finvoice() + "\n<INVOICE_CENTER><TRANSPORT_FRAME/></INVOICE_CENTER>",
    ],
)
def test_a_file_of_two_formats_is_refused_with_the_line(documents):
    with pytest.raises(UnreadableFile) as caught:
        read("a.xml", documents.encode())
    second = max(documents.rfind(mark) for mark in ("\n<Finvoice ", "\n<Invoice ", "\n<INVOICE_"))
    assert (caught.value.code, caught.value.facts["line"]) == (
        "xml_mixed",
        documents.count("\n", 0, second) + 2,
    )


@pytest.mark.parametrize(
    ("document", "code", "facts"),
    [
        (
            "<INVOICE_CENTER><TRANSPORT_FRAME/></INVOICE_CENTER>",
            "xml_other_invoice",
            {"name": "TEAPPSXML"},
        ),
        (
            '<r:CrossIndustryInvoice xmlns:r="urn:un:unece:uncefact:data:standard:'
            'CrossIndustryInvoice:100"/>',
            "xml_other_invoice",
            {"name": "UN/CEFACT CII"},
        ),
        (
            '<Invoice xmlns="urn:sfti:documents:BasicInvoice:1:0"/>',
            "xml_other_invoice",
            {"name": "Svefaktura"},
        ),
        (
            '<s:Envelope xmlns:s="urn:s"><s:Body><INVOICE_CENTER/></s:Body></s:Envelope>',
            "xml_other_invoice",
            {"name": "TEAPPSXML"},
        ),
        (
            '<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>',
            "xml_other_invoice",
            {"name": "UBL"},
        ),
        ('<Finvoiceack Version="1.0"/>', "finvoice_acknowledgement", {}),
        ("<FinvoiceReceiverInfo/>", "finvoice_notice", {}),
        (
            '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"/>',
            "bank_statement",
            {},
        ),
        ('<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"/>', "payment_file", {}),
        ("<Invoice/>", "xml_not_finvoice", {"root": "Invoice"}),
    ],
)
def test_other_formats_are_refused_by_their_name(document, code, facts):
    with pytest.raises(UnreadableFile) as caught:
        read("a.xml", document.encode())
    assert (caught.value.code, dict(caught.value.facts)) == (code, facts)
