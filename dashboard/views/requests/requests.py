"""Requests (Pyynnöt): what is due first, a new one, the closed ones, and the statistics."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from dashboard.navigation import open_page, record_id
from dashboard.panels.restriction_banner import draw_restricted
from dashboard.ui import clock, safe_html
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from dashboard.ui.lists import Column, page_marks, paging, record_table
from dashboard.views.requests.labels import days_line
from dashboard.views.requests.record_form import record_form
from dashboard.views.requests.statistics_chart import draw_chart
from queries.reads.requests.request_list import (
    RequestRow,
    closed_requests,
    open_requests,
    request_figures,
    request_statistics,
)
from queries.rules.roles import Permission
from queries.wording.formats import day, number

COLUMNS: tuple[Column[RequestRow], ...] = (
    Column("requests.columns.number", lambda row: row.number, width=105),
    Column("requests.columns.due", lambda row: day(row.due, language()), width=105),
    Column("requests.columns.left", days_line, width=135),
    Column(
        "requests.columns.rights",
        lambda row: ", ".join(t(f"asked.{right.kind}") for right in row.rights),
    ),
    Column("requests.columns.who", lambda row: row.name or t(f"registered.{row.registered}")),
    Column("requests.columns.received", lambda row: day(row.received_on, language())),
)
CLOSED: tuple[Column[RequestRow], ...] = (
    COLUMNS[0],
    Column("requests.columns.closed", lambda row: day(row.closed_on, language()), width=105),
    *COLUMNS[3:],
)
_YEARS_BACK = timedelta(days=730)


def draw() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title(t("pages.requests"), anchor=False)
        if may(Permission.HANDLE_REQUESTS):
            st.button(
                t("requests.new"),
                icon=":material/add:",
                on_click=open_page,
                args=("requests", {"new": "1"}),
            )
    today = clock.today()
    if "new" in st.query_params and may(Permission.HANDLE_REQUESTS):
        with st.container(border=True):
            st.subheader(t("requests.new"), anchor=False)
            record_form(record_id("party"), record_id("about"))
    figures = ask(request_figures, today=today)
    columns = st.columns(3)
    for column, name in zip(columns, ("overdue", "soon", "open"), strict=True):
        column.metric(t(f"requests.figures.{name}"), str(getattr(figures, name)))
    rows = ask(open_requests, today=today)
    if rows:
        record_table(rows, COLUMNS, key="requests", opens="request", alt=t("requests.alt"))
        draw_restricted(
            [row for row in rows if row.party_id is not None],
            lambda row: (row.party_id or 0, row.name or ""),
        )
    else:
        st.info(t("requests.none"))
    marks = page_marks()
    with st.expander(t("requests.closed"), expanded=any(m is not None for m in marks.values())):
        page = ask(closed_requests, today=today, **marks)
        if page.rows:
            record_table(
                page.rows, CLOSED, key="closed", opens="request", alt=t("requests.closed_alt")
            )
            paging(page)
        else:
            st.caption(t("requests.none_closed"))
    _draw_statistics()


def _draw_statistics() -> None:
    today = clock.today()
    told = ask(request_statistics, since=(today - _YEARS_BACK).replace(day=1), today=today)
    if not told.asked:
        return
    st.header(t("requests.statistics"), anchor=False)
    median = "–" if told.median_days is None else number(round(told.median_days), language())
    share = "–" if not told.answered else f"{round(100 * told.in_time / told.answered)} %"
    safe_html.facts(
        [
            (t("requests.answered_n"), str(told.answered)),
            (t("requests.median"), median),
            (t("requests.in_time"), share),
        ]
    )
    draw_chart(told)


draw()
