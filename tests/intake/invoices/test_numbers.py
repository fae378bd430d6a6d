"""A number is one invoice's within a financial year; the next year begins anew."""

from __future__ import annotations

from datetime import date

from queries.store.tables import FinancialYear, Invoice
from tests.conftest import NOW
from tests.factories.finvoices import CREDIT, bring, plan_of
from tests.factories.import_files import OFFICE, codes, finvoice, notes, outcomes
from tests.support.trails import only

LAST_YEAR = {"day": "20250202", "due": "20250216"}


def credit(number, day=None):
    dated = f"<OriginalInvoiceDate>{day}</OriginalInvoiceDate>" if day else ""
    details = f"<OriginalInvoiceNumber>2001</OriginalInvoiceNumber>{dated}"
    return finvoice(number, **{**CREDIT, "details": details})


def test_a_number_of_another_year_is_another_invoice(store):
    plan = bring(store, finvoice(**LAST_YEAR), finvoice())
    assert (outcomes(plan), notes(plan, 1)) == (["create", "create"], ["number_of_other_year"])
    assert [(one.number, one.issued_on, one.open_cents) for one in only(store, Invoice)] == [
        ("2001", date(2025, 2, 2), 12550),
        ("2001", date(2026, 2, 2), 12550),
    ]
    again = plan_of(store, finvoice(**LAST_YEAR), finvoice(), finvoice(day="20240202"))
    assert outcomes(again) == ["skip", "skip", "create"]
    other = plan_of(store, finvoice(day="20260203"))
    assert (outcomes(other), codes(other)) == (["refuse"], ["number_taken"])


def test_the_years_are_the_financial_years_where_they_are_on_record(sqlite_store):
    with sqlite_store.writing(OFFICE, now=NOW) as uow:
        for first, last in (((2025, 7, 1), (2026, 6, 30)),):
            uow.session.add(
                FinancialYear(
                    starts_on=date(*first), ends_on=date(*last), changed_at=NOW, changed_by="olli"
                )
            )
        uow.audit("add_financial_year", "financial_year", None)
    bring(sqlite_store, finvoice(day="20250801", due="20250815"))
    assert codes(plan_of(sqlite_store, finvoice())) == ["number_taken"]
    assert outcomes(plan_of(sqlite_store, finvoice(day="20250601"))) == ["create"]


def test_a_credit_note_credits_the_invoice_of_its_number_and_day(store):
    bring(store, finvoice(**LAST_YEAR), finvoice())
    bring(store, credit("2002", "20250202"), credit("2003", "20260202"))
    assert [(one.number, one.open_cents) for one in only(store, Invoice)] == [
        ("2001", 7530),
        ("2001", 7530),
        ("2002", 0),
        ("2003", 0),
    ]


def test_a_credit_note_of_the_same_file_finds_the_right_one(sqlite_store):
    bring(sqlite_store, credit("2002", "20250202"), finvoice(), finvoice(**LAST_YEAR))
    filed = only(sqlite_store, Invoice)
    opens = {(one.number, one.issued_on.year): one.open_cents for one in filed}
    assert opens == {("2001", 2026): 12550, ("2001", 2025): 7530, ("2002", 2026): 0}


def test_a_credit_note_that_could_be_of_several_is_settled_against_none(sqlite_store):
    bring(sqlite_store, finvoice(**LAST_YEAR), finvoice())
    plan = plan_of(sqlite_store, credit("2002"), credit("2003", "20240101"))
    assert [notes(plan, row)[-1] for row in range(2)] == [
        "original_ambiguous",
        "original_not_found",
    ]
    several = "".join(
        f"<OriginalInvoiceReference><InvoiceNumber>{number}</InvoiceNumber>"
        "</OriginalInvoiceReference>"
        for number in ("2001", "2000")
    )
    plan = plan_of(sqlite_store, finvoice("2004", **{**CREDIT, "details": several}))
    assert notes(plan)[-1] == "originals_several"
