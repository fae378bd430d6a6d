"""The forms of an invoice: issuing, paying, writing off, and throwing a draft away."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.navigation import open_record
from dashboard.panels.sales_forms import typed_sum
from dashboard.ui import clock
from dashboard.ui.actions import confirm, on_seen
from dashboard.ui.forms import Field, edit_form
from queries.errors import InvalidInputs
from queries.reads.sales.invoice import InvoiceRecord
from queries.store.tables import Source
from queries.writes.sales.drafts import discard_draft
from queries.writes.sales.invoices import IssueInvoice, issue_invoice
from queries.writes.sales.payments import RecordPayment, record_payment
from queries.writes.sales.write_offs import (
    ReverseWriteOff,
    WriteOffBalance,
    reverse_write_off,
    write_off_balance,
)

ISSUE = (
    Field("issued_on", "day", row="1"),
    Field("due_on", "day", help="fields.due_on_help", row="1"),
    Field("supplied_on", "day", help="fields.supplied_on_help", row="1"),
)


PAYMENT = (
    Field("paid_on", "day", row="1"),
    Field("amount", help="fields.amount_help", row="1"),
    Field("source", "choice", options=tuple(Source), words="sources", row="1"),
)


WRITE_OFF = (
    Field("written_off_on", "day", help="fields.written_off_on_help"),
    Field("reason", "lines"),
)


REVERSAL = (Field("reversed_on", "day", help="fields.reversed_on_help"), Field("reason", "lines"))


def issue_form(record: InvoiceRecord) -> None:
    """Issue a draft."""
    edit_form(
        f"issue-{record.id}",
        ISSUE,
        {"issued_on": clock.today()},
        command=issue_invoice,
        inputs=IssueInvoice,
        fixed={"id": record.id, "version": record.version},
        done="invoices.issued",
        submit="invoices.issue",
    )


def payment_form(record: InvoiceRecord) -> None:
    """Record a payment; all that is open is offered as its sum, or all that was written off."""
    form = f"payment-{record.id}"
    offered = typed_sum(record.payable_cents) if record.payable_cents else ""
    fields: tuple[Field, ...] = PAYMENT
    if refused(form, "overpayment"):
        fields = (*PAYMENT, Field("accept_overpayment", "check"))
    edit_form(
        form,
        fields,
        {"paid_on": clock.today(), "amount": offered, "source": Source.OFFICE},
        command=record_payment,
        inputs=RecordPayment,
        fixed={"invoice_id": record.id, "version": record.version},
        done="invoices.paid",
        submit="invoices.record_payment",
    )


def write_off_form(record: InvoiceRecord) -> None:
    """Write off what is open, once the claim has lapsed."""
    edit_form(
        f"write-off-{record.id}",
        WRITE_OFF,
        {"written_off_on": clock.today()},
        command=write_off_balance,
        inputs=WriteOffBalance,
        fixed={"invoice_id": record.id, "version": record.version},
        done="invoices.written_off",
        submit="invoices.write_off",
    )


def reversal_form(record: InvoiceRecord) -> None:
    """Take back what was written off by mistake."""
    edit_form(
        f"write-off-back-{record.id}",
        REVERSAL,
        {"reversed_on": clock.today()},
        command=reverse_write_off,
        inputs=ReverseWriteOff,
        fixed={"invoice_id": record.id, "version": record.version},
        done="invoices.write_off_reversed",
        submit="invoices.reverse_write_off",
    )


def refused(form: str, code: str) -> bool:
    refusal = st.session_state.get(f"{form}!refusal")
    errors = refusal.errors if isinstance(refusal, InvalidInputs) else []
    return any(error.code == code for error in errors)


def discard_button(record: InvoiceRecord) -> None:
    """Draw the button that discards the draft, after a confirmation."""
    confirm(
        "invoices.discard",
        "invoices.discard_sure",
        "invoices.discard_yes",
        on_seen(
            discard_draft, record, done="invoices.discarded", then=partial(open_record, "customer")
        ),
        key=f"discard-{record.id}",
        icon="backspace",
        is_small=False,
    )
