"""Trail (Lokimerkinnät): who read and who changed what."""

from __future__ import annotations

import streamlit as st

from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.ui.lists import Choice, Column, draw_page, page_marks
from dashboard.ui.trail_lines import action_words, actor_words
from queries.reads.trail import TrailFilter, TrailRow, trail
from queries.store.tables import TrailKind
from queries.wording.formats import instant

COLUMNS: tuple[Column[TrailRow], ...] = (
    Column("fields.at", lambda row: instant(row.at, language())),
    Column("fields.actor", actor_words),
    Column("fields.action", action_words, width="large"),
    Column("fields.subject_id", lambda row: str(row.subject_id or ""), right=True),
)


def draw() -> None:
    st.title(t("pages.trail"))
    st.caption(t("trail.about"))
    kind = Choice("kind", list(TrailKind), "trail_kinds").draw()
    page = ask(trail, TrailFilter(kind=kind), **page_marks())
    draw_page(page, COLUMNS, words="trail", opens=None)


draw()
