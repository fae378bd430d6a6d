"""Requests by month and right, as a chart with its table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

import plotly.graph_objects as go
import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.charts import draw_figure
from dashboard.ui.language import language, t
from queries.reads.requests.request_list import RequestStatistics
from queries.rules.deadlines import add_months
from queries.rules.requests import Asked
from queries.wording.formats import month

_COLOURS = ("#1f5f8b", "#c2701c", "#5b8c3e", "#8a4f9e", "#b03a48", "#3f8f8f", "#7a6a3a", "#666f7a")


def draw_chart(told: RequestStatistics) -> None:
    """Draw stacked bars, one colour a right; the same numbers are in the table below."""
    months = _whole(row.month for row in told.asked)
    counts = {(row.month, row.kind): row.count for row in told.asked}
    labels = [month(one, language()) for one in months]
    kinds = [kind for kind in Asked if any(row.kind == kind for row in told.asked)]
    colours = dict(zip(Asked, _COLOURS, strict=True))
    figure = go.Figure(
        [
            go.Bar(
                name=t(f"asked.{kind}"),
                x=labels,
                marker_color=colours[kind],
                y=[counts.get((one, kind), 0) for one in months],
            )
            for kind in kinds
        ]
    )
    figure.update_layout(
        barmode="stack",
        height=340,
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
        # At the foot of the whole, so that on a phone it lies on no month.
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"},
        dragmode=False,
        xaxis={"type": "category"},
        yaxis={"title": t("requests.axis"), "dtick": 1 if _highest(counts) < 10 else None},  # noqa: PLR2004 - few enough to count
    )
    draw_figure(figure, key="requests.chart", alt=t("requests.chart_alt"))
    with st.expander(t("overview.as_table")):
        head = (t("overview.month"), *(t(f"asked.{kind}") for kind in kinds))
        rows = [
            (label, *(str(counts.get((one, kind), 0)) for kind in kinds))
            for one, label in zip(months, labels, strict=True)
        ]
        safe_html.table(head, rows)


def _whole(asked: Iterable[date]) -> list[date]:
    """Return every month from the first to the last, with those without a request."""
    known = sorted(set(asked))
    return [add_months(known[0], n) for n in range(_apart(known[0], known[-1]) + 1)]


def _highest(counts: Mapping[tuple[date, str], int]) -> int:
    """The height of the highest bar, all its rights together."""
    bars: Counter[date] = Counter()
    for (on, _kind), count in counts.items():
        bars[on] += count
    return max(bars.values())


def _apart(first: date, last: date) -> int:
    """Count the months between two months."""
    return 12 * (last.year - first.year) + last.month - first.month
