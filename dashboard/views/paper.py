"""Paper (Manuaaliset aineistot): binders and boxes, their rooms and keys, loans, what to mend."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import record_id
from dashboard.panels.paper_forms import new_paper_form, paper_button
from dashboard.panels.paper_lists import draw_faults, draw_loans, draw_papers, draw_rooms
from dashboard.panels.paper_record import draw_record
from dashboard.ui.forms import editing
from dashboard.ui.language import t

PARTS = {"records": draw_papers, "rooms": draw_rooms, "loans": draw_loans, "faults": draw_faults}


def draw() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title(t("pages.paper"), anchor=False)
        paper_button("paper-new", "paper.add", icon="add")
    st.caption(t("paper.about"))
    if editing("paper-new"):
        new_paper_form()
    asked = st.query_params.get("part", "")
    part = asked if asked in PARTS else "records"
    key = "paper.part"
    if st.session_state.get(key, part) != part:
        st.session_state[key] = part
    st.segmented_control(
        t("paper.part"),
        list(PARTS),
        default=part if key not in st.session_state else None,
        format_func=lambda name: t(f"paper_parts.{name}"),
        key=key,
        required=True,
        on_change=_turn,
        args=(key,),
        label_visibility="collapsed",
    )
    PARTS[part]()


def _turn(key: str) -> None:
    """Open another part at its own address, without the filters and pages of the one before."""
    chosen = st.session_state[key]
    st.query_params.clear()
    st.query_params["part"] = chosen


record = record_id()
if record is None:
    draw()
else:
    draw_record(record)
