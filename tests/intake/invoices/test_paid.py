"""Statements of a message on itself: paid, partly paid, rounded, sold, copied or cancelled."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from queries.store import derived
from queries.store.tables import Invoice, InvoiceLine, Payment
from tests.factories.finvoices import CREDIT, bring, plan_of
from tests.factories.import_files import (
    BUYER,
    OFFICE,
    codes,
    finvoice,
    finvoice_row,
    notes,
    outcomes,
)
from tests.factories.records import make_party
from tests.support.trails import only


def status(code, more=""):
    return (
        f"<PaymentStatusDetails><PaymentStatusCode>{code}</PaymentStatusCode>"
        f"</PaymentStatusDetails>{more}"
    )


def part(**sums):
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in sums.items())
    return f"<PartialPaymentDetails>{inside}</PartialPaymentDetails>"


def payable(document, amount):
    return document.replace(
        "<EpiPaymentInstructionDetails>",
        f"<EpiPaymentInstructionDetails><EpiInstructedAmount>{amount}</EpiInstructedAmount>",
    )


def paid_invoice(amount):
    return f"<InvoicePaidAmount>{amount}</InvoicePaidAmount>"


ADVANCE = (
    finvoice_row()
    + "<InvoiceRow><ArticleName>Maksettu ennakkoon</ArticleName><RowAmount>-50,00</RowAmount>"
    "</InvoiceRow>"
)


def test_a_payment_of_an_invoice_that_is_here_is_named_and_not_promised(store):
    bring(store, finvoice())
    again = payable(finvoice(frame=status("PAID")), "125,50")
    assert notes(plan_of(store, again))[-1:] == ["paid_not_entered"]
    assert outcomes(plan_of(store, again)) == ["skip"]
    assert only(store, Payment) == []


def test_a_paid_invoice_that_comes_twice_promises_no_second_payment(store):
    paid = payable(finvoice(frame=status("PAID")), "125,50")
    bring(store, paid)
    assert set(notes(plan_of(store, paid))) & {"paid_by_status", "paid_not_entered"} == set()


def test_an_invoice_that_is_paid_is_not_open(store):
    plan = bring(store, payable(finvoice(frame=status("PAID")), "125,50"))
    assert notes(plan)[1:] == ["paid_by_status"]
    (invoice,), (payment,) = only(store, Invoice), only(store, Payment)
    assert (invoice.total_cents, invoice.open_cents) == (12550, 0)
    assert (payment.amount_cents, payment.paid_on) == (12550, date(2026, 2, 2))
    with store.engine.begin() as connection:
        assert derived.differences(connection) == []


@pytest.mark.parametrize(
    ("document", "open_cents", "told"),
    [
        (finvoice(frame=status("NOTPAID")), 12550, []),
        (finvoice(frame=status("PARTLYPAID", part(PaidAmount="50,00"))), 7550, ["paid_in_file"]),
        (finvoice(frame=status("PARTLYPAID", part(UnPaidAmount="75,50"))), 7550, ["paid_in_file"]),
        (finvoice(frame=part(PaidAmount="50,00", UnPaidAmount="75,50")), 7550, ["paid_in_file"]),
        (
            finvoice(frame=part(PaidAmount="20,00") + part(PaidAmount="30,00")),
            7550,
            ["paid_in_file"],
        ),
        (
            finvoice(frame=part(PaidAmount="50,00"), details=paid_invoice("50,00")),
            7550,
            ["paid_in_file"],
        ),
        (payable(finvoice(frame=status("PARTLYPAID")), "75,50"), 7550, ["paid_in_file"]),
        (payable(finvoice(details=paid_invoice("-50,00")), "75,50"), 7550, ["paid_in_file"]),
        (
            finvoice(frame=status("Partly paid"), rows=ADVANCE),
            7550,
            ["advance_row", "paid_in_file"],
        ),
        (
            finvoice(rows=ADVANCE, details=paid_invoice("50,00")),
            7550,
            ["advance_row", "paid_in_file"],
        ),
        (finvoice(details=paid_invoice("200,00")), -7450, ["paid_in_file"]),
        (payable(finvoice(), "75,50"), 12550, ["payable_differs"]),
    ],
)
def test_what_is_paid_of_an_invoice(sqlite_store, document, open_cents, told):
    plan = bring(sqlite_store, document)
    assert notes(plan)[1:] == told
    (invoice,) = only(sqlite_store, Invoice)
    assert (invoice.total_cents, invoice.open_cents) == (12550, open_cents)
    assert [line.net_cents for line in only(sqlite_store, InvoiceLine)] == [10000]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (finvoice(frame=status("PAID", part(PaidAmount="50,00"))), "paid_sums_differ"),
        (finvoice(frame=status("NOTPAID"), details=paid_invoice("50,00")), "paid_sums_differ"),
        (
            finvoice(frame=part(PaidAmount="50,00"), details=paid_invoice("60,00")),
            "paid_sums_differ",
        ),
        (finvoice(frame=part(PaidAmount="50,00", UnPaidAmount="60,00")), "paid_sums_differ"),
        (finvoice(details=paid_invoice("-50,00")), "paid_sums_differ"),
        (finvoice(frame=status("PARTLYPAID")), "partly_paid_unclear"),
        (payable(finvoice(frame=status("PARTLYPAID")), "125,50"), "partly_paid_unclear"),
        (finvoice(frame=status("HALF")), "payment_status_unknown"),
        (finvoice(rows=ADVANCE.replace("-50,00", "50,00")), "row_without_net"),
    ],
)
def test_what_is_paid_and_cannot_be_told_refuses(sqlite_store, document, code):
    plan = plan_of(sqlite_store, document)
    assert (outcomes(plan), codes(plan)) == (["refuse"], [code])


def test_a_credit_note_that_was_paid_back(sqlite_store):
    bring(sqlite_store, finvoice("2002", **CREDIT, frame=status("PAID")))
    assert [(one.total_cents, one.open_cents) for one in only(sqlite_store, Invoice)] == [
        (-5020, 0)
    ]


@pytest.mark.parametrize(
    ("roundoff", "total", "expected"),
    [("-0,50", "125,50", 12500), ("0,50", "125,50", 12600), ("-0,50", "125,00", 12500)],
)
def test_the_rounding_of_the_sum_to_pay_is_a_line_without_tax(store, roundoff, total, expected):
    details = f"<InvoiceTotalRoundoffAmount>{roundoff}</InvoiceTotalRoundoffAmount>"
    plan = bring(store, finvoice(total=total, details=details))
    assert notes(plan)[1:] == ["sum_rounded"]
    (invoice,) = only(store, Invoice)
    assert (invoice.open_cents, invoice.vat_cents) == (expected, 2550)
    lines = [(line.vat_basis_points, line.net_cents) for line in only(store, InvoiceLine)]
    assert lines == [(2550, 10000), (0, expected - 12550)]
    with store.engine.begin() as connection:
        assert derived.differences(connection) == []


@pytest.mark.parametrize(("total", "cent"), [("125,51", 1), ("125,49", -1)])
def test_a_cent_between_the_sums_is_filed_as_issued(sqlite_store, total, cent):
    plan = bring(sqlite_store, finvoice(total=total))
    assert notes(plan)[1:] == ["sums_differ_a_little"]
    assert [one.open_cents for one in only(sqlite_store, Invoice)] == [12550 + cent]
    assert [line.net_cents for line in only(sqlite_store, InvoiceLine)] == [10000, cent]


def test_a_claim_that_was_sold_is_named_and_its_clause_kept(sqlite_store):
    frame = (
        "<FactoringAgreementDetails><FactoringFreeText>Maksu vain rahoitusyhtiölle."
        "</FactoringFreeText><FactoringPartyName>Rahoitus Oy</FactoringPartyName>"
        "</FactoringAgreementDetails>"
    )
    plan = bring(sqlite_store, finvoice(frame=frame))
    assert [(note.code, dict(note.facts)) for note in plan.rows[0].notes[1:]] == [
        ("claim_sold", {"name": "Rahoitus Oy"})
    ]
    assert only(sqlite_store, Invoice)[0].free_text == "Maksu vain rahoitusyhtiölle."


def origin(code):
    return f"<OriginCode>{code}</OriginCode>"


def test_a_message_that_cancels_is_never_an_invoice(store):
    plan = plan_of(store, finvoice(details=origin("Cancel")))
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["message_cancels"])
    bring(store, finvoice())
    plan = plan_of(store, finvoice(details=origin("CANCEL")))
    assert (outcomes(plan), codes(plan)) == (["refuse"], ["message_cancels_known"])
    assert dict(plan.rows[0].reasons[0].facts) == {
        "number": "2001",
        "stands_on": date(2026, 2, 2),
        "stands_cents": 12550,
    }


def test_what_the_same_file_cancels_is_not_brought_in(sqlite_store):
    cancel = finvoice(details=origin("Cancel"))
    plan = plan_of(sqlite_store, finvoice(details=origin("Original")), cancel)
    assert outcomes(plan) == ["refuse", "refuse"]
    assert [codes(plan, row) for row in range(2)] == [["cancelled_in_file"], ["message_cancels"]]
    # Another year's invoice with the number, and what was issued anew after it, are not cancelled.
    anew = finvoice(total="251,00", vat="51,00", net="200,00", rows=finvoice_row() * 2)
    other = finvoice(day="20250202", due="20250216")
    plan = plan_of(sqlite_store, other, finvoice(), cancel, anew)
    assert outcomes(plan) == ["create", "refuse", "refuse", "create"]
    assert outcomes(plan_of(sqlite_store, cancel, finvoice())) == ["refuse", "refuse"]


def test_a_copy_is_told_and_an_unknown_origin_refused(sqlite_store):
    plan = plan_of(sqlite_store, finvoice(details=origin("Copy")), finvoice())
    assert (outcomes(plan), notes(plan)) == (["create", "skip"], ["message_is_copy"])
    assert codes(plan_of(sqlite_store, finvoice(details=origin("Draft")))) == ["origin_unknown"]


def test_two_codes_of_the_kind_that_contradict_each_other_refuse(sqlite_store):
    details = "<InvoiceTypeCodeUN>381</InvoiceTypeCodeUN>"
    assert codes(plan_of(sqlite_store, finvoice(details=details))) == ["invoice_types_differ"]


def test_nothing_of_a_cancelled_message_is_in_the_store(sqlite_store):
    bring(sqlite_store, finvoice("7"), finvoice(details=origin("Cancel")), skip_refused=True)
    with sqlite_store.reading(OFFICE) as session:
        assert session.scalars(select(Invoice.number)).all() == ["7"]


@pytest.mark.parametrize(
    ("language", "text"), [("fi", "Pyöristys"), ("sv", "Avrundning"), ("en", "Rounding")]
)
def test_the_line_of_the_rounding_is_in_the_partys_language(sqlite_store, language, text):
    make_party(sqlite_store, name="Ostajan Oy", business_id=BUYER, language=language)
    details = "<InvoiceTotalRoundoffAmount>-0,50</InvoiceTotalRoundoffAmount>"
    bring(sqlite_store, finvoice(details=details))
    assert [line.description for line in only(sqlite_store, InvoiceLine)][1:] == [text]
