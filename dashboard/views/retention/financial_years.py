"""Financial years (Tilikaudet): kept by hand, with what hangs on each; where one is missing."""

from __future__ import annotations

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.actions import confirm, on_seen, open_form
from dashboard.ui.forms import Field, edit_form, editing
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from queries.reads.retention.financial_years import (
    FinancialYearRow,
    FinancialYears,
    financial_years,
)
from queries.rules.roles import Permission
from queries.wording.formats import day, instant
from queries.writes.retention.financial_years import (
    AmendFinancialYear,
    amend_financial_year,
    remove_financial_year,
)

FIELDS = (Field("starts_on", "day"), Field("ends_on", "day"))


def draw() -> None:
    st.title(t("pages.financial_years"))
    st.caption(t("financial_years.about"))
    shown = ask(financial_years)
    for gap in shown.missing:
        counted = _counted(gap.invoices, gap.orders)
        said = t(
            "financial_years.missing",
            start=day(gap.starts_on, language()),
            end=day(gap.ends_on, language()),
        )
        st.warning(f"{said} {counted}", icon=":material/event_busy:")
    for start, end in shown.overlapping:
        st.warning(
            t(
                "financial_years.overlapping",
                start=day(start, language()),
                end=day(end, language()),
            ),
            icon=":material/event_busy:",
        )
    _adding(shown)
    if not shown.years:
        st.info(t("financial_years.none"))
    for row in shown.years:
        _year(row)


def _adding(shown: FinancialYears) -> None:
    form = "financial-year-new"
    if not may(Permission.EDIT_FINANCIAL_YEARS):
        return
    if not editing(form):
        open_form(form, "financial_years.add", icon="add", kind="secondary")
        return
    following = shown.proposed
    values = {} if following is None else {"starts_on": following.start, "ends_on": following.end}
    edit_form(
        form, FIELDS, values, command=amend_financial_year, inputs=AmendFinancialYear, fixed={}
    )


def _year(row: FinancialYearRow) -> None:
    form = f"financial-year-{row.id}"
    with st.container(border=True):
        if editing(form):
            edit_form(
                form,
                FIELDS,
                {"starts_on": row.starts_on, "ends_on": row.ends_on},
                command=amend_financial_year,
                inputs=AmendFinancialYear,
                fixed={"id": row.id, "version": row.version},
            )
            return
        span = t(
            "financial_years.span",
            start=day(row.starts_on, language()),
            end=day(row.ends_on, language()),
        )
        kept = t("financial_years.kept", until=day(row.keep_until, language()))
        changed = t(
            "financial_years.changed", by=row.changed_by, at=instant(row.changed_at, language())
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            counted = _counted(row.invoices, row.orders)
            safe_html.lines(span, kept, small=f"{counted} · {changed}")
            if may(Permission.EDIT_FINANCIAL_YEARS):
                _buttons(form, row)


def _buttons(form: str, row: FinancialYearRow) -> None:
    open_form(form)
    confirm(
        "forms.remove",
        "financial_years.remove_sure",
        "forms.remove_yes",
        on_seen(remove_financial_year, row, done="forms.removed"),
        key=f"{form}.remove",
        ask_key=f"{form}.ask",
        icon="backspace",
    )


def _counted(invoices: int, orders: int) -> str:
    said = (t("financial_years.invoices", n=invoices), t("financial_years.orders", n=orders))
    return ", ".join(said)


draw()
