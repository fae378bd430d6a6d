"""Invoices (Laskut): search, filter, page, open."""

from __future__ import annotations

import streamlit as st

from dashboard.panels.restriction_banner import draw_restricted
from dashboard.ui import clock
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.ui.lists import (
    Column,
    choice,
    found_line,
    page_marks,
    paging,
    record_table,
    search_field,
)
from dashboard.ui.month_filter import month_choice
from dashboard.words.formats import day, euros
from queries.reads.sales.invoice_list import (
    Age,
    InvoiceFilter,
    InvoiceRow,
    InvoiceSort,
    InvoiceState,
    invoice_list,
)


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


COLUMNS = (
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
    wanted = _filter(text)
    marks = page_marks()
    page = ask(invoice_list, wanted, today=clock.today(), after=marks.after, before=marks.before)
    found_line("invoices", page.total)
    if page.rows:
        record_table(page.rows, COLUMNS, key="invoices", opens="invoice", alt=t("invoices.alt"))
        draw_restricted(page.rows, lambda row: (row.party_id, row.party_name))
    else:
        st.info(t("invoices.none"))
    paging(page)


def _filter(text: str) -> InvoiceFilter:
    chosen = any(name in st.query_params for name in ("state", "age", "month", "sort"))
    with st.expander(t("listing.filters"), expanded=chosen):
        columns = st.columns(4)
        with columns[0]:
            state = choice(
                "state", list(InvoiceState), words="invoice_states", every="invoice_states.issued"
            )
        with columns[1]:
            age = choice("age", list(Age), words="ages")
        with columns[2]:
            month = month_choice()
        with columns[3]:
            sort = choice(
                "sort", list(InvoiceSort)[1:], words="invoice_sorts", every="invoice_sorts.newest"
            )
    return InvoiceFilter(
        text=text, state=state, age=age, month=month, sort=sort or InvoiceSort.NEWEST
    )


draw()
