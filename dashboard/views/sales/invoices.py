"""Invoices (Laskut): search, filter, page, open."""

from __future__ import annotations

import streamlit as st

from dashboard.panels.restriction_banner import draw_restricted_parties
from dashboard.ui import clock
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.ui.lists import Choice, Column, draw_page, filters, page_marks, search_field
from dashboard.ui.month_filter import month_choice
from queries.reads.sales.invoice_list import (
    Age,
    InvoiceFilter,
    InvoiceRow,
    InvoiceSort,
    InvoiceState,
    invoice_list,
)
from queries.wording.formats import day, euros


def _state(row: InvoiceRow) -> str:
    if row.status == "draft":
        return t("invoice_states.draft")
    if row.days_late:
        return t("invoices.late", n=row.days_late)
    if row.open_cents > 0:
        return t("invoice_states.open")
    if row.open_cents < 0:
        return t("invoice_states.refund")
    return t("invoice_states.credit_note" if row.kind == "credit_note" else "invoice_states.paid")


def _open(row: InvoiceRow) -> str:
    return euros(row.open_cents, language()) if row.open_cents else ""


COLUMNS: tuple[Column[InvoiceRow], ...] = (
    Column("fields.invoice_number", lambda row: row.number or "–"),
    Column("fields.customer", lambda row: row.party_name, width=185),
    Column("fields.status", _state, width=95),
    Column("fields.issued_on", lambda row: day(row.issued_on, language())),
    Column("fields.due_on", lambda row: day(row.due_on, language())),
    Column(
        "fields.total_cents", lambda row: euros(row.total_cents, language()), right=True, width=100
    ),
    Column("fields.unpaid_cents", _open, right=True, width=100),
)


def draw() -> None:
    st.title(t("pages.invoices"))
    text = search_field("invoices", label="invoices.search")
    page = ask(invoice_list, _filter(text), today=clock.today(), **page_marks())
    draw_page(page, COLUMNS, words="invoices", opens="invoice", below=draw_restricted_parties)


def _filter(text: str) -> InvoiceFilter:
    state, age, month, sort = filters(
        Choice("state", list(InvoiceState), "invoice_states", every="invoice_states.issued"),
        Choice("age", list(Age), "ages"),
        month_choice(),
        Choice("sort", list(InvoiceSort)[1:], "invoice_sorts", every="invoice_sorts.newest"),
    )
    return InvoiceFilter(
        text=text, state=state, age=age, month=month, sort=sort or InvoiceSort.NEWEST
    )


draw()
