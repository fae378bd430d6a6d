"""The overview's figures of requests: nobody has to open a page to learn that one is overdue."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import link
from dashboard.ui import clock, safe_html
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import t
from queries.reads.requests.request_list import request_figures
from queries.rules.roles import Permission


def draw_request_figures() -> None:
    """Overdue, due soon and open requests, each a way to the list; nothing without any."""
    if not may(Permission.SEE_REQUESTS):
        return
    told = ask(request_figures, today=clock.today())
    if not told.open:
        return
    st.header(t("pages.requests"), anchor=False)
    names = ("overdue", "soon", "open")
    for column, name in zip(st.columns(len(names)), names, strict=True):
        with column, st.container(border=True, height="stretch", gap="small"):
            safe_html.figure(t(f"requests.figures.{name}"), str(getattr(told, name)))
            link("requests", t("pages.requests"), icon="arrow_forward")
