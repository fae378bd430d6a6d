"""Retention (Säilytysajat): what is overdue, due soon or held, and why; the years to come."""

from __future__ import annotations

import streamlit as st

from dashboard.panels.hold_forms import draw_holds, place_button
from dashboard.panels.retention_card import age_lines, state_figures, year_faults
from dashboard.ui import clock, safe_html
from dashboard.ui.charts import after_figures
from dashboard.ui.forms import editing
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from dashboard.views.retention.decisions import draw_decisions
from dashboard.views.retention.period_forms import draw_periods
from dashboard.views.retention.record_filter import draw_filter
from dashboard.views.retention.records import draw_records, mark
from queries.reads.retention.figures import WITHIN, RetentionFigures, RetentionState, count_of
from queries.reads.retention.first_page import retention_view
from queries.reads.retention.forecast import retention_forecast
from queries.rules.periods import OWN_CODES
from queries.rules.roles import Permission
from queries.store.tables import HoldScope
from queries.wording.formats import day, number


def draw() -> None:
    st.title(t("pages.retention"))
    st.caption(t("retention.about"))
    # The figures are above the filters, which say what is read: one read for both.
    above = st.container()
    st.header(t("retention.list"), anchor=False)
    wanted = draw_filter()
    view = ask(retention_view, wanted, today=clock.today(), after=mark("after"))
    with above:
        state_figures(view.figures, tuple(RetentionState))
        year_faults(view.figures)
        age_lines(view.figures)
        with st.expander(t("retention.by_class")):
            _by_class(view.figures)
    draw_records(view, wanted)
    draw_decisions()
    st.header(t("holds.title"), anchor=False)
    st.caption(t("holds.about"))
    draw_holds(view.holds)
    place_button(HoldScope.CLASS, None, label="holds.place_class")
    st.header(t("retention.forecast"), anchor=False)
    after_figures("retention", "retention.forecast_coming", _forecast)
    open_form = any(editing(f"period-{code}") for code in OWN_CODES)
    with st.expander(t("periods.title"), expanded=open_form and may(Permission.EDIT_SETTINGS)):
        draw_periods()
    st.caption(t("retention.on_day", on=day(clock.today(), language())))


def _by_class(shown: RetentionFigures) -> None:
    states = (
        RetentionState.OVERDUE,
        *(RetentionState(f"days_{n}") for n in WITHIN),
        RetentionState.HELD,
        RetentionState.MISSING,
    )
    head = (t("fields.record"), t("fields.rule"), *(t(f"retention_states.{s}") for s in states))
    safe_html.table(
        head,
        [
            (
                t(f"file_kinds.{count.kind}"),
                t(f"retention_classes.{count.code}"),
                *(number(count_of(count, state), language()) for state in states),
            )
            for count in shown.counts
        ],
    )


def _forecast() -> None:
    from dashboard.views.retention.forecast_chart import draw_forecast  # noqa: PLC0415 - Plotly last

    draw_forecast(ask(retention_forecast, today=clock.today()))


draw()
