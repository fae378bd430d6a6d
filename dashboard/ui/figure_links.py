"""Figures that are links to the list behind them."""

from __future__ import annotations

from dataclasses import asdict

import streamlit as st

from dashboard.navigation import link
from dashboard.ui import safe_html
from dashboard.ui.language import t
from queries.reads.customers.customer_list import CustomerFilter, CustomerSort
from queries.reads.overview import Filter
from queries.reads.paging import Total
from queries.reads.sales.invoice_list import InvoiceFilter, InvoiceSort
from queries.reads.sales.order_list import OrderFilter, OrderSort

_PAGES: dict[type, str] = {
    InvoiceFilter: "invoices",
    OrderFilter: "orders",
    CustomerFilter: "customers",
}
#: What a list's address leaves unsaid.
_UNSAID = {InvoiceSort.NEWEST, OrderSort.NEWEST, CustomerSort.NAME}
#: The address of the list of customers says these in its own words.
_NAMES = {"started_month": "started", "ended_month": "ended"}


def address(behind: Filter) -> tuple[str, dict[str, str]]:
    """The page of the list behind a figure, and its filter as the address says it."""
    query = {
        _NAMES.get(name, name): str(value)
        for name, value in asdict(behind).items()
        if value not in (None, "")
        and not (name == "sort" and value in _UNSAID)
        and not (name == "role" and isinstance(behind, CustomerFilter))
    }
    return _PAGES[type(behind)], query


def counted(total: Total, one: str) -> str:
    """A count in words, ``one`` being their area: "9 laskua", "yli 10 000 laskua"."""
    said = t(one, n=total.n)
    return said if total.exact else t("overview.more_than", counted=said)


def figure(label: str, value: str, below: str, behind: Filter, *, small: str = "") -> None:
    """A figure in its frame, with a link to what it counts; ``small`` is said of it."""
    page, query = address(behind)
    with st.container(border=True, height="stretch", gap="small"):
        safe_html.figure(label, value, small=small)
        link(page, below, query, icon="arrow_forward")
