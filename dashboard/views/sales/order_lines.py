"""Parts of an order: its work and its invoices."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from dashboard.navigation import open_record
from dashboard.panels.sales_forms import new_work_form, sales_button, work_form
from dashboard.ui import safe_html
from dashboard.ui.forms import editing
from dashboard.ui.language import language, t
from queries.reads.sales.order import OrderRecord, WorkRow
from queries.wording.formats import day, euros, number


def draw_work(order: OrderRecord) -> None:
    """The work entries of an order, each corrected in place, and how one is added."""
    st.header(t("orders.work"), anchor=False)
    minutes = sum(row.minutes for row in order.work)
    if order.work:
        st.caption(t("orders.work_total", hours=_hours(minutes)))
    sales_button(f"work-new-{order.id}", "orders.add_work", icon="add")
    if editing(f"work-new-{order.id}"):
        new_work_form(order.id)
    for row in order.work:
        if editing(f"work-{row.id}"):
            work_form(row, order.id)
            continue
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            safe_html.lines(*row.description.splitlines(), *_material(row), small=_below(row))
            sales_button(f"work-{row.id}", "forms.edit")


def _material(row: WorkRow) -> list[str]:
    return [t("orders.material", what=line) for line in (row.material or "").splitlines()]


def _below(row: WorkRow) -> str:
    return " · ".join((day(row.done_on, language()), row.done_by, _hours(row.minutes)))


def _hours(minutes: int) -> str:
    return t("card.hours", hours=number(Decimal(minutes) / 60, language(), "0.##"))


def draw_invoices(order: OrderRecord) -> None:
    """The invoices of an order and its drafts, each a click away."""
    st.header(t("orders.invoices"), anchor=False)
    if not order.invoices:
        st.caption(t("orders.no_invoices"))
    for row in order.invoices:
        said = (
            t("invoices.draft")
            if row.status == "draft"
            else t(f"invoices.{row.kind}_number", number=row.number or "")
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            safe_html.lines(
                f"{said} · {euros(row.total_cents, language())}",
                small=day(row.issued_on, language()),
            )
            st.button(
                t("invoices.open_one"),
                key=f"order.invoice-{row.id}",
                type="tertiary",
                icon=":material/open_in_new:",
                on_click=open_record,
                args=("invoice", row.id),
            )
