"""Overview (Yleiskatsaus): what needs doing, figures that open their lists, then charts."""

from __future__ import annotations

import streamlit as st

from dashboard.panels.notice_proofs import draw_proofs_line
from dashboard.panels.paper_lists import draw_paper_line
from dashboard.panels.retention_card import draw_retention_figures
from dashboard.ui import clock
from dashboard.ui.charts import after_figures
from dashboard.ui.figure_links import counted, figure
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.views.overview.request_figures import draw_request_figures
from dashboard.views.overview.waiting_figures import draw_waiting_figures
from queries.reads.overview import CustomersMonth, Figure, Overview, overview, total_of
from queries.wording.formats import day, euros, month, number

_NOUNS = {
    "overdue": "overview.invoices",
    "late_orders": "overview.orders_counted",
    "old_drafts": "overview.drafts",
    "old_quotes": "overview.quotes",
    "to_refund": "overview.invoices",
    "lapsed": "overview.invoices",
    "unbilled": "overview.orders_counted",
    "left_open": "overview.orders_counted",
}


def draw() -> None:
    today = clock.today()
    st.title(t("pages.overview"))
    st.caption(t("overview.today", on=day(today, language())))
    shown = ask(overview, today=today)
    _doing(shown)
    draw_request_figures()
    draw_waiting_figures()
    st.header(t("overview.orders"), anchor=False)
    for column, row in zip(st.columns(len(shown.orders)), shown.orders, strict=True):
        with column:
            figure(t(f"order_statuses.{row.name}"), _n(row), t("overview.open_list"), row.behind)
    n, cents = total_of(shown.receivables)
    st.header(t("overview.receivables"), anchor=False)
    st.caption(t("overview.receivables_total", n=n, sum=euros(cents, language())))
    for column, row in zip(st.columns(len(shown.receivables)), shown.receivables, strict=True):
        with column:
            figure(
                t(f"ages.{row.name}"),
                euros(row.cents or 0, language()),
                counted(row.total, "overview.invoices"),
                row.behind,
            )
    _months(shown)
    st.header(t("pages.retention"), anchor=False)
    kept = draw_retention_figures()
    draw_paper_line()
    draw_proofs_line(kept)
    after_figures("overview", "overview.charts_coming", lambda: _charts(shown))


def _doing(shown: Overview) -> None:
    st.header(t("overview.doing"), anchor=False)
    rows = [row for row in shown.doing if row.total.n]
    if not rows:
        st.success(t("overview.nothing_to_do"), icon=":material/check_circle:")
        return
    for column, row in zip(st.columns(max(5, len(rows))), rows, strict=False):
        with column:
            value = _n(row) if row.cents is None else euros(row.cents, language())
            figure(
                t(f"overview.{row.name}"), value, counted(row.total, _NOUNS[row.name]), row.behind
            )


def _months(shown: Overview) -> None:
    """The month that is going on and the one before, each a link."""
    st.header(t("overview.months"), anchor=False)
    columns = st.columns(4)
    for column, row in zip(columns, reversed(shown.invoiced[-2:]), strict=False):
        with column:
            said = t("overview.invoiced_in", month=_month(row.month))
            before = t("overview.compared", sum=euros(row.cents_year_before, language()))
            figure(
                said,
                euros(row.cents, language()),
                t("overview.open_list"),
                row.behind,
                small=before,
            )
    last: CustomersMonth = shown.customers[-1]
    for column, n, words, behind in (
        (columns[2], last.started, "overview.started_in", last.started_behind),
        (columns[3], last.ended, "overview.ended_in", last.ended_behind),
    ):
        with column:
            said = t(words, month=_month(last.month))
            figure(said, number(n, language()), t("overview.open_list"), behind)


def _charts(shown: Overview) -> None:
    from dashboard.views.overview.charts import draw_charts  # noqa: PLC0415 - Plotly after the figures

    st.header(t("overview.charts"), anchor=False)
    draw_charts(shown)


def _n(row: Figure) -> str:
    said = number(row.total.n, language())
    return said if row.total.exact else t("overview.more_than", counted=said)


def _month(text: str) -> str:
    year, n = (int(part) for part in text.split("-"))
    return month(clock.today().replace(year=year, month=n, day=1), language())


draw()
