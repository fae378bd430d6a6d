"""The due day of an invoice, and what the terms of payment say besides."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories.finvoices import plan_of
from tests.factories.import_files import finvoice, notes

DUE = date(2026, 2, 16)
LATER = date(2026, 3, 2)


def terms(*elements):
    """One more term of payment, before the one with the due day."""
    found = "".join(f"<{name}>{value}</{name}>" for name, value in elements)
    return f"<PaymentTermsDetails>{found}</PaymentTermsDetails>"


def on_slip(document, day):
    return document.replace(
        "<EpiPaymentInstructionDetails>",
        f"<EpiPaymentInstructionDetails><EpiDateOptionDate>{day}</EpiDateOptionDate>",
    )


def planned_due(store, document):
    plan = plan_of(store, document)
    return dict(plan.rows[0].invoice.values)["due_on"], notes(plan)[1:]


DISCOUNT = terms(("CashDiscountDate", "20260209"), ("CashDiscountPercent", "2,50"))


def test_the_day_of_a_cash_discount_is_no_due_day(sqlite_store):
    document = on_slip(finvoice(details=DISCOUNT), "20260209")
    assert planned_due(sqlite_store, document) == (DUE, ["cash_discount_percent"])
    plan = plan_of(sqlite_store, document)
    assert dict(plan.rows[0].notes[1].facts) == {"given_on": date(2026, 2, 9), "percent": "2,5"}
    alone = on_slip(finvoice(due=None, details=DISCOUNT), "20260209")
    assert planned_due(sqlite_store, alone) == (None, ["cash_discount_percent", "due_day_missing"])


@pytest.mark.parametrize(
    ("slip", "expected"),
    [
        (None, (LATER, ["other_due_day"])),
        ("20260216", (DUE, ["other_due_day"])),
        ("20260302", (LATER, ["other_due_day"])),
        ("20260401", (LATER, ["slip_day_differs", "other_due_day"])),
    ],
)
def test_of_several_due_days_the_others_are_named(sqlite_store, slip, expected):
    document = finvoice(details=terms(("InvoiceDueDate", "20260302")))
    document = document if slip is None else on_slip(document, slip)
    assert planned_due(sqlite_store, document) == expected


def test_a_sum_off_and_interest_are_named(sqlite_store):
    fine = "<PaymentOverDueFinePercent>11,50</PaymentOverDueFinePercent>"
    details = (
        terms(("CashDiscountDate", "20260209"), ("CashDiscountAmount", "3,00"))
        + terms(("CashDiscountDate", "20260210"))
        + terms(("PaymentOverDueFineDetails", fine))
    )
    due, told = planned_due(sqlite_store, finvoice(details=details))
    assert (due, told) == (DUE, ["cash_discount_sum", "cash_discount_day", "overdue_fine"])


def test_instalments_are_named_and_the_last_is_the_due_day(sqlite_store):
    parts = "".join(
        f"<PartialPaymentVatIncludedAmount>{amount}</PartialPaymentVatIncludedAmount>"
        f"<PartialPaymentDueDate>{day}</PartialPaymentDueDate>"
        for amount, day in (("60,00", "20260216"), ("65,50", "20260302"))
    )
    frame = f"<PartialPaymentDetails>{parts}</PartialPaymentDetails>"
    assert planned_due(sqlite_store, finvoice(due=None, frame=frame)) == (
        LATER,
        ["other_due_day", "instalment", "instalment"],
    )
