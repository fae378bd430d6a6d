"""Services, invoices, credit notes and payments for the tests, made by the commands themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import text

from queries.store.sessions import Store
from queries.writes.sales.credit_notes import CreditInvoice, CreditLine, credit_invoice
from queries.writes.sales.drafts import AmendDraft, DraftLine, amend_draft
from queries.writes.sales.invoices import IssueInvoice, issue_invoice
from queries.writes.sales.payments import RecordPayment, record_payment
from queries.writes.sales.services import AmendService, amend_service
from tests.conftest import NOW
from tests.factories.records import MAKER


def noon(day: date) -> datetime:
    """Ten o'clock UTC: the same calendar day in Helsinki."""
    return datetime.combine(day, time(10), UTC)


def version_of(store: Store, table: str, key: int) -> int:
    """Return the version of a record as it is."""
    with store.engine.connect() as connection:
        found = connection.execute(
            text(f"SELECT version FROM {table} WHERE id = :id"),  # noqa: S608 - our own tables
            {"id": key},
        )
        return int(found.scalar_one())


def make_service(store: Store, code: str = "SÄH-01", **more: Any) -> int:
    """A service of 62,00 an hour."""
    values = {
        "name": "Sähköasentajan työ",
        "unit": "hour",
        "unit_price": "62,00",
        "vat_category": "standard",
    }
    inputs = AmendService(**{"code": code, **values, **more})
    return store.carry_out(amend_service, inputs, actor=MAKER, now=NOW)


def line(unit_price: str = "100,00", **more: Any) -> DraftLine:
    """A line of one piece at a price."""
    values = {
        "description": "Sähköasennus",
        "quantity": "1",
        "unit": "piece",
        "vat_category": "standard",
        "unit_price": unit_price,
    }
    return DraftLine(**{**values, **more})


def make_draft(
    store: Store, party_id: int, *lines: DraftLine, now: datetime = NOW, **more: Any
) -> int:
    """A draft; of one line of 100,00 when none is given."""
    inputs = AmendDraft(party_id=party_id, lines=lines or (line(),), **more)
    return store.carry_out(amend_draft, inputs, actor=MAKER, now=now)


def make_invoice(
    store: Store,
    party_id: int,
    *lines: DraftLine,
    issued_on: date = date(2026, 3, 5),
    due_on: date | None = None,
    supplied_on: date | None = None,
    **more: Any,
) -> int:
    """An issued invoice; of 125,50 with VAT when no line is given."""
    draft = make_draft(store, party_id, *lines, now=noon(issued_on), **more)
    inputs = IssueInvoice(
        id=draft, version=1, issued_on=issued_on, due_on=due_on, supplied_on=supplied_on
    )
    return store.carry_out(issue_invoice, inputs, actor=MAKER, now=noon(issued_on))


def pay(
    store: Store,
    invoice_id: int,
    amount: str,
    *,
    paid_on: date = date(2026, 3, 5),
    accept_overpayment: bool = False,
) -> int:
    """Record a payment for the invoice as it is."""
    inputs = RecordPayment(
        invoice_id=invoice_id,
        version=version_of(store, "invoice", invoice_id),
        paid_on=paid_on,
        amount=amount,
        accept_overpayment=accept_overpayment,
    )
    return store.carry_out(record_payment, inputs, actor=MAKER, now=NOW)


def credit(
    store: Store,
    invoice_id: int,
    *lines: CreditLine,
    issued_on: date = date(2026, 3, 5),
    accept_written_off: bool = False,
) -> int:
    """Issue a credit note for the invoice as it is; for all of it when no line is given."""
    inputs = CreditInvoice(
        id=invoice_id,
        version=version_of(store, "invoice", invoice_id),
        issued_on=issued_on,
        lines=lines,
        accept_written_off=accept_written_off,
    )
    return store.carry_out(credit_invoice, inputs, actor=MAKER, now=NOW)
