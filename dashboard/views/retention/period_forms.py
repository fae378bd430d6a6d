"""The company's own retention periods: their length, who set them, and how to change them."""

from __future__ import annotations

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.actions import open_form
from dashboard.ui.forms import Field, edit_form, editing
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from queries.reads.settings import PeriodRow, periods
from queries.rules.roles import Permission
from queries.wording.formats import instant
from queries.writes.settings import SetPeriod, set_period

_MONTHS = (Field("months", "whole", label="periods.months"),)


def draw_periods() -> None:
    """Draw every period of the company, each with its form for users who may change it."""
    st.caption(t("periods.about"))
    for row in ask(periods):
        form = f"period-{row.code}"
        if editing(form):
            st.write(f"**{t(f'retention_classes.{row.code}')}**")
            edit_form(
                form,
                _MONTHS,
                {"months": row.months},
                command=set_period,
                inputs=SetPeriod,
                fixed={"code": row.code, "version": row.version},
                done="periods.saved",
            )
            continue
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            safe_html.lines(
                f"{t(f'retention_classes.{row.code}')}: {t('periods.months_of', n=row.months)}",
                small=_who(row),
            )
            if may(Permission.EDIT_SETTINGS):
                open_form(form)


def _who(row: PeriodRow) -> str:
    if row.changed_by is None:
        return t("periods.suggested")
    return t("periods.changed", by=row.changed_by, at=instant(row.changed_at, language()))
