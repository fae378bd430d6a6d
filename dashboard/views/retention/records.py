"""The list of records on the page of retention."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.ui.language import language, t
from dashboard.ui.lists import first_page, found_line
from dashboard.views.retention.record_reasons import draw_reasons
from queries.reads.paging import Total
from queries.reads.retention.figures import RetentionFigures, RetentionState, count_of
from queries.reads.retention.first_page import RetentionView
from queries.reads.retention.rows import RetentionFilter, RetentionPage, RetentionRow
from queries.wording.formats import day

_KEY_LENGTH = 40


#: The columns of the list with their widths: together what a page is wide.
_WIDTHS = {
    "keep_until": 120,
    "record": 150,
    "number": 70,
    "party": 155,
    "event_on": 125,
    "rule": 185,
}


def draw_records(view: RetentionView, wanted: RetentionFilter) -> None:
    """The list and the explanation of the row chosen, under the filters."""
    page = view.page
    found_line("retention", page.total or _counted(view.figures, wanted))
    chosen = mark("why")
    if chosen is not None:
        draw_reasons(chosen)
    if page.rows:
        _table(page)
    else:
        st.info(t("retention.none"))
    _paging(page)


def _counted(figures: RetentionFigures, wanted: RetentionFilter) -> Total:
    """Return the figures' total of the classes that the list shows."""
    return Total(
        sum(
            count_of(count, RetentionState(wanted.state))
            for count in figures.counts
            if wanted.kind in (None, count.kind) and wanted.code in (None, count.code)
        )
    )


def _table(page: RetentionPage) -> None:
    heads = [t(f"fields.{name}") for name in _WIDTHS]
    frame = pd.DataFrame([_shown(row) for row in page.rows], columns=heads, dtype="string")
    widths = {
        head: st.column_config.TextColumn(width=width)
        for head, width in zip(heads, _WIDTHS.values(), strict=True)
    }
    keys = [row.key for row in page.rows]
    name = f"retention-{keys[0]}-{keys[-1]}"

    def picked() -> None:
        rows = st.session_state[name]["selection"]["rows"]
        if rows:
            st.query_params["why"] = keys[rows[0]]

    st.dataframe(
        frame,
        hide_index=True,
        key=name,
        on_select=picked,
        selection_mode="single-row",
        height="content",
        column_config=widths,
        alt=t("retention.alt"),
    )


def _shown(row: RetentionRow) -> tuple[str, ...]:
    return (
        day(row.keep_until, language()) or t("retention_states.missing"),
        t(f"file_kinds_brief.{row.kind}"),
        row.number or "",
        row.party or "",
        day(row.event_on, language()),
        t(f"retention_classes.{row.code}"),
    )


def _paging(page: RetentionPage) -> None:
    begun = mark("after") is not None
    if page.next_key is None and not begun:
        return
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.button(
            t("retention.first_page"),
            icon=":material/first_page:",
            disabled=not begun,
            on_click=first_page,
        )
        st.button(
            t("listing.next"),
            icon=":material/chevron_right:",
            icon_position="right",
            disabled=page.next_key is None,
            on_click=_turn,
            args=(page.next_key,),
        )


def _turn(key: str | None) -> None:
    if key is not None:
        st.query_params["after"] = key


def mark(name: str) -> str | None:
    """A row's key in the address: a series and an id, nothing personal."""
    text = st.query_params.get(name, "")
    return text if 0 < len(text) < _KEY_LENGTH else None
