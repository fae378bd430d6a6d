"""Imports (Tuonnit): what was brought in, what was said of it, and taking it back."""

from __future__ import annotations

import streamlit as st

from dashboard.import_words import counted, file_words
from dashboard.navigation import link, record_id
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.ui.lists import Column, draw_page, page_marks
from dashboard.ui.trail_lines import said_by
from dashboard.views.imports.record import draw_record
from queries.reads.imports import ImportLine, imports
from queries.wording.formats import instant

COLUMNS: tuple[Column[ImportLine], ...] = (
    Column("imports.columns.at", lambda row: instant(row.at, language()), width=150),
    Column("imports.columns.name", lambda row: file_words(row, language()), width=175),
    Column("imports.columns.form", lambda row: t(f"import.forms.{row.form}"), width=150),
    Column("imports.columns.counts", lambda row: counted(row, language()), width=240),
    Column("imports.columns.actor", lambda row: said_by(row.actor), width=100),
)


def draw() -> None:
    st.title(t("pages.imports"), anchor=False)
    st.caption(t("imports.about"))
    link("import_", t("imports.new"), icon="upload_file")
    draw_page(ask(imports, **page_marks()), COLUMNS, words="imports", opens="imports")


chosen = record_id()
if chosen is None:
    draw()
else:
    draw_record(chosen)
