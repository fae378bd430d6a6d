"""Trail (Lokimerkinnät): who read and who changed what."""

from __future__ import annotations

import streamlit as st

from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.ui.lists import Column, choice, found_line, page_marks, paging, record_table
from dashboard.ui.trail_lines import action_words, actor_words
from dashboard.words.formats import instant
from queries.reads.trail import TrailFilter, trail
from queries.store.tables import TrailKind

COLUMNS = (
    Column("fields.at", lambda row: instant(row.at, language())),
    Column("fields.actor", actor_words),
    Column("fields.action", action_words, width="large"),
    Column("fields.subject_id", lambda row: str(row.subject_id or ""), right=True),
)


def draw() -> None:
    st.title(t("pages.trail"))
    st.caption(t("trail.about"))
    kind = choice("kind", list(TrailKind), words="trail_kinds")
    marks = page_marks()
    page = ask(trail, TrailFilter(kind=kind), after=marks.after, before=marks.before)
    found_line("trail", page.total)
    if page.rows:
        record_table(page.rows, COLUMNS, key="trail", opens=None, alt=t("trail.alt"))
    else:
        st.info(t("trail.none"))
    paging(page)


draw()
