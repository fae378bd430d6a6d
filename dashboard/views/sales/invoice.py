"""One invoice (Lasku): a draft with its form, or what was issued, paid and credited."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import link, open_record, record_id
from dashboard.panels.restriction_banner import draw_restriction
from dashboard.panels.retention_card import draw_holds_on, draw_retention_of_record
from dashboard.panels.sales_forms import sales_button
from dashboard.ui import clock, safe_html
from dashboard.ui.forms import editing
from dashboard.ui.gateway import ask, demand, may
from dashboard.ui.language import t
from dashboard.views.sales.credit_form import credit_form
from dashboard.views.sales.draft_form import draft_form
from dashboard.views.sales.draft_rows import lines_of, suggested
from dashboard.views.sales.invoice_details import draw_facts, draw_lines, title_of
from dashboard.views.sales.invoice_forms import (
    discard_button,
    issue_form,
    payment_form,
    reversal_form,
    write_off_form,
)
from dashboard.views.sales.invoice_settlement import draw_settlement
from queries.reads.sales.invoice import InvoiceRecord, invoice_record
from queries.reads.sales.order import buyer, order_record
from queries.rules.roles import Permission
from queries.store.tables import HoldScope


def draw(invoice_id: int) -> None:
    record = ask(invoice_record, invoice_id)
    link("invoices", t("invoices.back"), icon="arrow_back")
    safe_html.heading(title_of(record), after=record.buyer_name or record.party_name)
    draw_restriction(record.party_id)
    draw_holds_on(HoldScope.INVOICE, record.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("orders.open_customer"),
            key="invoice.customer",
            icon=":material/person:",
            type="tertiary",
            on_click=open_record,
            args=("customer", record.party_id),
        )
        if record.status == "draft":
            _draft_buttons(record)
        else:
            _issued_buttons(record)
    _open_form(record)
    if not editing(f"draft-{record.id}"):
        left, right = st.columns([2, 1], gap="medium")
        with left:
            draw_lines(record)
        with right:
            draw_facts(record)
            draw_settlement(record)
            draw_retention_of_record(HoldScope.INVOICE, record.id)


def _draft_buttons(record: InvoiceRecord) -> None:
    sales_button(f"draft-{record.id}", "forms.edit")
    if may(Permission.ISSUE_INVOICES):
        sales_button(f"issue-{record.id}", "invoices.issue", icon="send", primary=True)
    if may(Permission.EDIT_SALES):
        discard_button(record)


def _issued_buttons(record: InvoiceRecord) -> None:
    # A balance that was written off may be paid all the same.
    if record.open_cents or record.payments or record.write_offs:
        sales_button(f"payment-{record.id}", "invoices.record_payment", icon="payments")
    lapsed = record.in_force_until is not None and record.in_force_until < clock.today()
    if lapsed:
        sales_button(f"write-off-{record.id}", "invoices.write_off", icon="money_off")
    if record.written_off_cents:
        sales_button(
            f"write-off-back-{record.id}",
            "invoices.reverse_write_off",
            icon="settings_backup_restore",
        )
    creditable = record.kind == "invoice" and record.credited_cents < record.total_cents
    if creditable and may(Permission.ISSUE_INVOICES):
        sales_button(f"credit-{record.id}", "invoices.credit", icon="undo")


def _open_form(record: InvoiceRecord) -> None:
    if editing(f"draft-{record.id}"):
        fixed = {
            "id": record.id,
            "version": record.version,
            "party_id": record.party_id,
            "order_id": record.order_id,
        }
        head = {"buyer_reference": record.buyer_reference, "free_text": record.free_text}
        draft_form(
            f"draft-{record.id}", fixed, lines_of(record), head=head, done="forms.saved", opens=None
        )
    elif editing(f"issue-{record.id}"):
        issue_form(record)
    elif editing(f"payment-{record.id}"):
        payment_form(record)
    elif editing(f"write-off-{record.id}"):
        write_off_form(record)
    elif editing(f"write-off-back-{record.id}"):
        reversal_form(record)
    elif editing(f"credit-{record.id}"):
        credit_form(record)


def new(party_id: int, order_id: int | None) -> None:
    demand(Permission.EDIT_SALES)
    of = ask(buyer, party_id)
    link("customer", t("orders.back_to_customer"), {"id": str(of.id)}, icon="arrow_back")
    safe_html.heading(t("invoices.new"), after=of.name)
    draw_restriction(of.id)
    order = None if order_id is None else ask(order_record, order_id)
    draft_form(
        f"draft-new-{of.id}-{order_id or 0}",
        {"party_id": of.id, "order_id": order_id},
        [] if order is None else suggested(order),
        head={} if order is None else {"buyer_reference": order.buyer_reference},
        done="invoices.drafted",
        opens="invoice",
    )


chosen, party = record_id(), record_id("party")
if chosen is not None:
    draw(chosen)
elif party is not None:
    new(party, record_id("order"))
else:
    st.info(t("invoices.none_chosen"))
    link("invoices", t("invoices.back"), icon="arrow_back")
