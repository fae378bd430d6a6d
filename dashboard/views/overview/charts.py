"""The charts of the overview, each with its text alternative.

Plotly is read in when the first chart is drawn: the page's figures do not wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.charts import draw_figure
from dashboard.ui.language import language, t
from queries.reads.overview import CustomersMonth, InvoicedMonth, Overview
from queries.wording.formats import euros, month

_BARS, _BEFORE, _ENDED = "#1f5f8b", "#c2701c", "#c2701c"
_FEW = 8


def draw_charts(shown: Overview) -> None:
    """Every chart of the overview."""
    _invoiced(shown.invoiced)
    left, right = st.columns(2, gap="large")
    with left:
        _receivables(shown)
    with right:
        _customers(shown.customers)


def _invoiced(rows: Sequence[InvoicedMonth]) -> None:
    st.subheader(t("overview.invoiced"), anchor=False)
    months = [_month(row.month) for row in rows]
    figure = go.Figure(
        [
            go.Bar(
                name=t("overview.this_year"),
                x=months,
                y=[_euros(row.cents) for row in rows],
                marker_color=_BARS,
            ),
            go.Scatter(
                name=t("overview.year_before"),
                x=months,
                mode="lines+markers",
                y=[_euros(row.cents_year_before) for row in rows],
                line_color=_BEFORE,
            ),
        ]
    )
    total, before = sum(r.cents for r in rows[-12:]), sum(r.cents_year_before for r in rows[-12:])
    alt = t(
        "overview.invoiced_alt", total=euros(total, language()), before=euros(before, language())
    )
    _show(figure, "invoiced", alt, t("overview.axis_euros"), ticksuffix="\u00a0€")
    _table(
        (t("overview.month"), t("overview.this_year"), t("overview.year_before")),
        [
            (
                _month(row.month),
                euros(row.cents, language()),
                euros(row.cents_year_before, language()),
            )
            for row in reversed(rows)
        ],
    )


def _receivables(shown: Overview) -> None:
    st.subheader(t("overview.receivables"), anchor=False)
    rows = shown.receivables
    labels = [t(f"ages.{row.name}") for row in rows]
    figure = go.Figure(
        go.Bar(x=labels, y=[_euros(row.cents or 0) for row in rows], marker_color=_BARS)
    )
    alt = "; ".join(
        f"{label}: {euros(row.cents or 0, language())}"
        for label, row in zip(labels, rows, strict=True)
    )
    _show(figure, "receivables", alt, t("overview.axis_euros"), ticksuffix="\u00a0€")


def _customers(rows: Sequence[CustomersMonth]) -> None:
    st.subheader(t("overview.customers"), anchor=False)
    months = [_month(row.month) for row in rows]
    figure = go.Figure(
        [
            go.Bar(
                name=t("overview.started"),
                x=months,
                y=[row.started for row in rows],
                marker_color=_BARS,
            ),
            go.Bar(
                name=t("overview.ended"),
                x=months,
                y=[row.ended for row in rows],
                marker_color=_ENDED,
            ),
        ]
    )
    alt = t(
        "overview.customers_alt",
        started=sum(row.started for row in rows),
        ended=sum(row.ended for row in rows),
    )
    # People are counted whole: ticks by halves would round to the same number twice.
    most = max((max(row.started, row.ended) for row in rows), default=0)
    _show(figure, "customers", alt, t("overview.axis_customers"), tick=1 if most <= _FEW else None)


def _show(
    figure: Any, key: str, alt: str, unit: str, *, ticksuffix: str = "", tick: int | None = None
) -> None:
    figure.update_layout(
        height=320,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        hovermode="x unified",
        legend={"orientation": "h", "y": 1.12, "x": 0},
        barmode="group",
    )
    figure.update_xaxes(type="category", tickangle=-45)
    figure.update_yaxes(
        title=unit,
        ticksuffix=ticksuffix,
        rangemode="tozero",
        tickformat=",.0f",
        hoverformat=",.2f" if ticksuffix else ",.0f",
        dtick=tick,
    )
    draw_figure(figure, key=f"chart.{key}", alt=alt)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with st.expander(t("overview.as_table")):
        safe_html.table(head, rows)


def _month(text: str) -> str:
    year, number = text.split("-")
    return month(date(int(year), int(number), 1), language())


def _euros(cents: int) -> Decimal:
    return Decimal(cents) / 100
