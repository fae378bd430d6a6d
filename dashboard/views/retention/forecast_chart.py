"""The forecast: how many records' time will be up in each month, by rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go
import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.charts import draw_figure
from dashboard.ui.language import language, t
from queries.reads.retention.forecast import ForecastMonth
from queries.wording.formats import month, number

#: Colour of classes that hardly ever occur.
_OTHER = "#7f7f7f"
#: Distinct for people who cannot distinguish red from green, on light and on dark.
COLOURS = {
    "voucher": "#1f77b4",
    "quote_or_lead": "#e69f00",
    "note": "#009e73",
    "request_file": "#56b4e9",
    "follows_party": "#cc79a7",
    "books": "#d55e00",
    "payroll_ledger": "#8c564b",
    "working_time_record": "#bcbd22",
    "real_estate_investment": "#9467bd",
}


def draw_forecast(rows: Sequence[ForecastMonth]) -> None:
    """Bars stacked by rule, and the same numbers as a table."""
    if not rows:
        st.info(t("retention.forecast_none"))
        return
    counts = _by_rule(rows)
    first, last = min(row.month for row in rows), max(row.month for row in rows)
    figure = go.Figure(
        [
            go.Bar(
                name=t(f"retention_classes.{code}"),
                x=list(months),
                y=list(months.values()),
                marker_color=COLOURS.get(code, _OTHER),
                xperiod="M1",
                xperiodalignment="middle",
                hovertemplate="%{x|%-m/%Y}: %{y:,}",
            )
            for code, months in counts.items()
        ]
    )
    figure.update_layout(
        barmode="stack",
        height=480,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        # Under the axis and its title: many lines of it, as on a phone, cover no bar.
        legend={"orientation": "h", "y": -0.28, "yanchor": "top", "x": 0},
    )
    figure.update_xaxes(
        title=t("retention.month"), range=[first.replace(day=1), _after(last)], tickformat="%-m/%Y"
    )
    figure.update_yaxes(title=t("retention.files"), rangemode="tozero", tickformat=",.0f")
    total = sum(row.count for row in rows)
    draw_figure(figure, key="chart.retention", alt=t("retention.forecast_alt", n=total))
    with st.expander(t("retention.as_table")):
        _table(counts)


def _by_rule(rows: Sequence[ForecastMonth]) -> dict[str, dict[date, int]]:
    found: dict[str, dict[date, int]] = {code: {} for code in COLOURS}
    for row in rows:
        months = found.setdefault(row.code, {})
        months[row.month] = months.get(row.month, 0) + row.count
    return {code: months for code, months in found.items() if months}


def _table(counts: dict[str, dict[date, int]]) -> None:
    months = sorted({month_ for by_month in counts.values() for month_ in by_month})
    head = (
        t("retention.month_short"),
        *(t(f"retention_classes.{code}") for code in counts),
        t("retention.all"),
    )
    rows = []
    for month_ in months:
        numbers = [by_month.get(month_, 0) for by_month in counts.values()]
        rows.append(
            (
                month(month_, language()),
                *(number(n, language()) if n else "–" for n in numbers),
                number(sum(numbers), language()),
            )
        )
    safe_html.table(head, rows)


def _after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
