"""One order (Tilaus): what was agreed, the work done and the invoices; or a new one."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import link, open_page, open_record, record_id
from dashboard.panels.restriction_banner import draw_restriction
from dashboard.panels.retention_card import draw_holds_on, draw_retention_of_record
from dashboard.panels.sales_forms import new_order_form, order_form, order_status_form, sales_button
from dashboard.ui import safe_html
from dashboard.ui.forms import editing
from dashboard.ui.gateway import ask, demand, may
from dashboard.ui.language import language, t
from dashboard.views.sales.order_lines import draw_invoices, draw_work
from queries.reads.sales.order import OrderRecord, buyer, order_record
from queries.rules.roles import Permission
from queries.store.tables import HoldScope
from queries.wording.formats import day


def draw(order_id: int) -> None:
    order = ask(order_record, order_id)
    link("orders", t("orders.back"), icon="arrow_back")
    safe_html.heading(order.title, after=t("orders.number", number=order.number))
    draw_restriction(order.party_id)
    draw_holds_on(HoldScope.ORDER, order.id)
    with st.container(horizontal=True, vertical_alignment="center"):
        safe_html.chips([t(f"order_statuses.{order.status}"), order.party_name])
        st.button(
            t("orders.open_customer"),
            key="order.customer",
            icon=":material/person:",
            type="tertiary",
            on_click=open_record,
            args=("customer", order.party_id),
        )
        sales_button(f"order-status-{order.id}", "orders.change_status", icon="sync_alt")
        sales_button(f"order-{order.id}", "forms.edit")
        if may(Permission.EDIT_SALES):
            query = {"party": str(order.party_id), "order": str(order.id)}
            st.button(
                t("orders.invoice"),
                key="order.invoice",
                icon=":material/receipt_long:",
                on_click=open_page,
                args=("invoice", query),
            )
    if editing(f"order-status-{order.id}"):
        order_status_form(order)
    if editing(f"order-{order.id}"):
        order_form(order)
    else:
        _facts(order)
    draw_work(order)
    draw_invoices(order)
    draw_retention_of_record(HoldScope.ORDER, order.id)


def _facts(order: OrderRecord) -> None:
    if order.description:
        safe_html.lines(*order.description.splitlines())
    safe_html.facts(
        [
            (t("fields.service"), order.service_name or "–"),
            (t("fields.ordered_on"), day(order.ordered_on, language())),
            (t("fields.order_due_on"), day(order.due_on, language()) or "–"),
            (t("fields.closed_on"), day(order.closed_on, language()) or "–"),
            (t("fields.buyer_reference"), order.buyer_reference or "–"),
        ]
    )


def new(party_id: int) -> None:
    demand(Permission.EDIT_SALES)
    of = ask(buyer, party_id)
    link("customer", t("orders.back_to_customer"), {"id": str(of.id)}, icon="arrow_back")
    safe_html.heading(t("orders.new"), after=of.name)
    draw_restriction(of.id)
    new_order_form(of.id)


chosen, party = record_id(), record_id("party")
if chosen is not None:
    draw(chosen)
elif party is not None:
    new(party)
else:
    st.info(t("orders.none_chosen"))
    link("orders", t("orders.back"), icon="arrow_back")
