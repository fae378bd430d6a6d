"""The filter of the list of records."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import record_id
from dashboard.ui.language import t
from dashboard.ui.lists import Choice, choose, first_page, search_field
from queries.reads.retention.figures import PARTY_CLASS, RetentionState
from queries.reads.retention.rows import RetentionFilter
from queries.store.retention.series import SERIES
from queries.store.tables import ItemKind

_CODES = (*dict.fromkeys(series.code for series in SERIES), PARTY_CLASS)


def draw_filter() -> RetentionFilter:
    """Draw the filter and return what was chosen."""
    party_id = record_id("party")
    if party_id is None:
        text = search_field("retention", label="retention.search")
    else:
        text = ""
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(t("retention.only_one"))
            st.button(t("retention.show_all"), type="tertiary", on_click=_show_all)
    state, kind, code = choose(
        Choice(
            "state",
            list(RetentionState)[1:],
            "retention_states",
            every="retention_states.overdue",
            label="retention_filters.state",
        ),
        Choice("file", list(ItemKind), "file_kinds", label="retention_filters.file"),
        Choice("rule", _CODES, "retention_classes", label="retention_filters.rule"),
    )
    return RetentionFilter(
        state=state or RetentionState.OVERDUE, kind=kind, code=code, party_id=party_id, text=text
    )


def _show_all() -> None:
    first_page()
    st.query_params.pop("party", None)
