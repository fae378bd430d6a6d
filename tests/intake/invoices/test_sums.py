"""Finvoice invoices in the register: whose, with which sums, and never twice."""

from __future__ import annotations

from datetime import date

import pytest

from queries.errors import RegisterError
from queries.store import derived
from queries.store.tables import BillingDetail, Invoice, InvoiceLine, Payment
from queries.writes.sales.credit_notes import CreditInvoice, credit_invoice
from tests.conftest import NOW
from tests.factories.finvoices import CREDIT, bring, plan_of
from tests.factories.import_files import (
    BUYER,
    OFFICE,
    SELLER,
    TODAY,
    codes,
    finvoice,
    finvoice_file,
    finvoice_row,
    notes,
    outcomes,
    planned,
)
from tests.factories.notices import make_controller
from tests.factories.records import business_id, make_email, make_party
from tests.support.trails import only


def test_what_is_paid_is_a_payment_so_that_the_sums_agree(store):
    plan = bring(store, finvoice(details="<InvoicePaidAmount>100,00</InvoicePaidAmount>"))
    assert notes(plan) == ["seller_not_compared", "paid_in_file"]
    (payment,) = only(store, Payment)
    assert (payment.amount_cents, payment.paid_on, payment.source) == (
        10000,
        date(2026, 2, 2),
        "invoice",
    )
    assert only(store, Invoice)[0].open_cents == 2550


def test_a_credit_note_is_settled_against_its_invoice(store):
    bring(store, finvoice("2002", **CREDIT), finvoice())
    invoice, note = only(store, Invoice)
    assert (invoice.number, invoice.open_cents) == ("2001", 12550 - 5020)
    assert (note.kind, note.credits_id, note.total_cents, note.open_cents) == (
        "credit_note",
        invoice.id,
        -5020,
        0,
    )
    assert outcomes(plan_of(store, finvoice("2002", **CREDIT), finvoice())) == ["skip", "skip"]
    with store.engine.begin() as connection:
        assert derived.differences(connection) == []


def test_a_credit_note_of_an_invoice_of_the_register(store):
    bring(store, finvoice())
    plan = bring(store, finvoice("2002", **CREDIT))
    assert notes(plan) == ["seller_not_compared"]
    invoice, note = only(store, Invoice)
    assert (note.credits_id, invoice.open_cents) == (invoice.id, 7530)


def test_an_imported_invoice_with_an_imported_credit_note_is_credited_here(store):
    extra = finvoice_row("Korjaus", quantity="-1", price="10,00", net="-10,00")
    credit = {**CREDIT, "rows": finvoice_row(quantity="-1", price="30,00", net="-30,00") + extra}
    bring(store, finvoice(), finvoice("2002", **credit))
    invoice = only(store, Invoice)[0]
    inputs = CreditInvoice(id=invoice.id, version=invoice.version, issued_on=TODAY)
    store.carry_out(credit_invoice, inputs, actor=OFFICE, now=NOW)
    *_both, rest = only(store, Invoice)
    assert (rest.origin, rest.credits_id, rest.net_cents) == ("own", invoice.id, -6000)
    lines = [line.net_cents for line in only(store, InvoiceLine) if line.invoice_id == rest.id]
    assert lines == [-6000]
    assert [one.open_cents for one in only(store, Invoice)] == [0, 0, 0]


def test_a_credit_note_whose_invoice_is_not_found_is_owed(sqlite_store):
    plan = bring(sqlite_store, finvoice("2002", **CREDIT))
    assert notes(plan) == ["seller_not_compared", "original_not_found"]
    (note,) = only(sqlite_store, Invoice)
    assert (note.credits_id, note.open_cents) == (None, -5020)


def test_a_credit_note_does_not_credit_anothers_invoice(sqlite_store):
    bring(sqlite_store, finvoice())
    plan = plan_of(sqlite_store, finvoice("2002", buyer=business_id(7), name="Muu Oy", **CREDIT))
    assert notes(plan) == ["seller_not_compared", "original_not_found"]


def test_a_negative_invoice_is_a_credit_note(sqlite_store):
    plan = bring(sqlite_store, finvoice("2002", **{**CREDIT, "kind": "INV01", "details": ""}))
    assert notes(plan) == ["seller_not_compared", "negative_invoice", "original_not_given"]
    assert only(sqlite_store, Invoice)[0].kind == "credit_note"


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"number": None}, [("element_missing", "InvoiceNumber")]),
        ({"day": None}, [("element_missing", "InvoiceDate")]),
        ({"name": None}, [("element_missing", "BuyerOrganisationName")]),
        ({"kind": ""}, [("element_missing", "InvoiceTypeCode")]),
        (
            {"net": None, "total": None},
            [
                ("element_missing", "InvoiceTotalVatExcludedAmount"),
                ("element_missing", "InvoiceTotalVatIncludedAmount"),
            ],
        ),
        (
            {"day": "tänään"},
            [("element_unreadable", "InvoiceDate"), ("element_missing", "InvoiceDate")],
        ),
    ],
)
def test_what_is_missing_refuses_with_its_name(sqlite_store, document, expected):
    plan = plan_of(sqlite_store, finvoice(**document))
    assert [(r.code, r.facts["element"]) for r in plan.rows[0].reasons] == expected


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"kind": "TES01"}, "invoice_type"),
        ({"currency": "SEK"}, "currency"),
        ({"total": "125,52"}, "sums_differ"),
        ({"kind": "INV02"}, "credit_note_positive"),
        ({"number": "1" * 21}, "too_long"),
        ({"day": "18500101"}, "day_out_of_range"),
        ({"buyer": business_id(3), "tax_code": "FI" + BUYER.replace("-", "")}, "ids_differ"),
        ({"buyer": "131052-308T"}, "personal_identity_code"),
        ({"name": "Aino 131052-308U"}, "suspect_identity_code"),
        (
            {
                "net": "999999999999,00",
                "vat": "0",
                "total": "999999999999,00",
                "rows": finvoice_row(net="999999999999,00", quantity="1", price="999999999999,00"),
            },
            "",
        ),
        ({"net": "9999999999999,00"}, "element_unreadable"),
    ],
)
def test_what_cannot_be_kept_refuses(sqlite_store, document, code):
    plan = plan_of(sqlite_store, finvoice(**document))
    assert [reason for reason in codes(plan) if reason != "buyer_added"][:1] == (
        [code] if code else []
    )
    assert "131052" not in repr(plan)


def test_an_identity_code_is_accepted_only_when_it_is_none(sqlite_store):
    document = finvoice(details="<InvoiceFreeText>osa 131052-308U</InvoiceFreeText>")
    assert outcomes(plan_of(sqlite_store, document, accept_suspect=True)) == ["create"]
    document = document.replace("308U", "308T")
    assert outcomes(plan_of(sqlite_store, document, accept_suspect=True)) == ["refuse"]


def test_a_missing_sum_is_reckoned_from_the_two_others(sqlite_store):
    for missing in ("net", "vat", "total"):
        plan = plan_of(sqlite_store, finvoice(**{missing: None}))
        assert notes(plan) == ["seller_not_compared", "sum_reckoned"]
        values = dict(plan.rows[0].invoice.values)
        assert (values["net_cents"], values["vat_cents"], values["total_cents"]) == (
            10000,
            2550,
            12550,
        )


def test_the_same_number_with_another_content_is_refused_with_both(sqlite_store):
    bring(sqlite_store, finvoice())
    plan = plan_of(sqlite_store, finvoice(total="125,60", vat="25,60"))
    (reason,) = plan.rows[0].reasons
    assert (reason.code, dict(reason.facts)) == (
        "number_taken",
        {
            "number": "2001",
            "stands_on": date(2026, 2, 2),
            "stands_cents": 12550,
            "given_on": date(2026, 2, 2),
            "given_cents": 12560,
        },
    )


def test_one_number_twice_in_a_file(sqlite_store):
    plan = plan_of(sqlite_store, finvoice(), finvoice(), finvoice(total="125,60", vat="25,60"))
    assert outcomes(plan) == ["create", "skip", "refuse"]
    assert [codes(plan, row) for row in (1, 2)] == [["repeated_in_file"], ["twice_in_file"]]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("1232", "1232"),
        ("00000000000000001232", "1232"),
        ("12 32", "1232"),
        ("RF18 5390 0754 7034", "RF18539007547034"),
        ("1233", None),
        ("RF19539007547034", None),
        ("", None),
    ],
)
def test_references_are_normalised_and_wrong_ones_left_out(sqlite_store, given, kept):
    plan = plan_of(sqlite_store, finvoice(reference=given))
    assert dict(plan.rows[0].invoice.values)["reference"] == kept
    assert ("reference_left_out" in notes(plan)) == (kept is None and given != "")


def test_days_that_do_not_fit_are_told(sqlite_store):
    plan = plan_of(
        sqlite_store,
        finvoice(due="20260101"),
        finvoice("2", due=None),
        finvoice("3", day="20260901", due="20260930"),
    )
    assert [notes(plan, row) for row in range(3)] == [
        ["due_day_left_out"],
        ["due_day_missing"],
        ["issued_in_future"],
    ]
    assert dict(plan.rows[0].invoice.values)["due_on"] is None


def test_the_seller_is_compared_with_the_companys_own_business_id(sqlite_store):
    make_controller(sqlite_store, business_id=SELLER)
    compact = SELLER.replace("-", "")
    documents = [
        finvoice("1"),
        finvoice("2", seller=f"FI{compact}"),
        finvoice("3", seller=f"0037{compact}"),
        finvoice("4", seller=business_id(9)),
        finvoice("5", seller=""),
    ]
    plan = plan_of(sqlite_store, *documents)
    assert outcomes(plan) == ["create", "create", "create", "refuse", "create"]
    assert codes(plan, 3) == ["seller_is_other"]
    assert [notes(plan, row) for row in (0, 1, 2, 4)] == [[], [], [], ["seller_not_given"]]


def test_the_e_invoice_address_of_the_frame_is_the_new_customers(sqlite_store):
    frame = (
        "<MessageTransmissionDetails><MessageReceiverDetails><ToIdentifier>0037"
        + BUYER.replace("-", "")
        + "</ToIdentifier><ToIntermediator>003723327487"
        "</ToIntermediator></MessageReceiverDetails>"
        "</MessageTransmissionDetails>"
    )
    bring(sqlite_store, finvoice(frame=frame))
    (bill,) = only(sqlite_store, BillingDetail)
    assert (bill.method, bill.e_invoice_address, bill.operator, bill.source) == (
        "e_invoice",
        "0037" + BUYER.replace("-", ""),
        "003723327487",
        "invoice",
    )


def test_details_of_the_buyer_that_are_not_valid_are_left_out_and_named(sqlite_store):
    document = finvoice(buyer="ei tunnusta", email="ei@@").replace("50100", "5O1OO")
    plan = plan_of(sqlite_store, document)
    assert [note.facts.get("element") for note in plan.rows[0].notes] == [
        "BuyerPartyIdentifier",
        "BuyerPostCodeIdentifier",
        "BuyerEmailaddressIdentifier",
        None,
    ]
    assert outcomes(plan) == ["create"]


def test_a_person_as_a_buyer_is_told_to_be_assumed(sqlite_store):
    plan = plan_of(sqlite_store, finvoice(buyer=None, name="Aino Esimerkki"))
    assert "assumed_person" in notes(plan)


def test_an_invoice_in_an_own_series_with_the_same_number(sqlite_store):
    known = make_party(sqlite_store, name="Ostajan Oy", business_id=BUYER)
    make_email(sqlite_store, known)
    with sqlite_store.writing(OFFICE, now=NOW) as uow:
        uow.session.add(
            Invoice(
                kind="invoice",
                status="issued",
                origin="own",
                number="2001",
                party_id=known,
                issued_on=TODAY,
                buyer_name="Ostajan Oy",
                changed_at=NOW,
                changed_by="olli",
            )
        )
        uow.audit("issue_invoice", "invoice", None)
    plan = bring(sqlite_store, finvoice())
    assert notes(plan) == ["seller_not_compared", "number_in_own_series"]
    assert sorted(invoice.origin for invoice in only(sqlite_store, Invoice)) == ["finvoice", "own"]


def test_truncated_at_any_byte_a_file_is_refused_or_planned(sqlite_store):
    data = finvoice_file(finvoice(), finvoice("2002"))
    seen = set()
    for end in range(0, len(data) + 1, 19):
        try:
            plan = planned(sqlite_store, "a.xml", data[:end])
        except RegisterError as error:
            seen.add(error.code)
        else:
            assert outcomes(plan) == ["create"] * data[:end].count(b"</Finvoice>")
            assert data[:end].rstrip().endswith(b"</Finvoice>")
    assert seen == {"file_empty", "xml_damaged"}
    assert outcomes(planned(sqlite_store, "a.xml", data)) == ["create", "create"]
