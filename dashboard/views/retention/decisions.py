"""Decisions that are due before records may be disposed of, each a link to its list."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import link
from dashboard.ui import clock
from dashboard.ui.figure_links import address, counted
from dashboard.ui.gateway import ask
from dashboard.ui.language import t
from queries.reads.overview import before_disposal

_NOUNS = {
    "lapsed": "overview.invoices",
    "unbilled": "overview.orders_counted",
    "left_open": "overview.orders_counted",
}


def draw_decisions() -> None:
    """Lapsed balances, work never invoiced, orders left open; nothing where there is none."""
    figures = [one for one in ask(before_disposal, today=clock.today()) if one.total.n]
    if not figures:
        return
    st.header(t("retention.to_decide"), anchor=False)
    for one in figures:
        page, query = address(one.behind)
        said = f"{t(f'overview.{one.name}')}: {counted(one.total, _NOUNS[one.name])}"
        link(page, said, query, icon="arrow_forward")
