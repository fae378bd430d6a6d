"""The notice and the record of processing as files."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.language import t
from queries.documents.notice.text import Imprint, Writing, as_page, as_paper, as_plain, read_text
from queries.documents.processing import ProcessingRecord
from queries.documents.processing.sheet import as_paper as record_as_paper
from queries.documents.processing.workbook import MEDIA_TYPE, as_workbook
from queries.documents.words import phrase


def draw_version(text: str, shown_in: str) -> None:
    """A published text, as it was published."""
    writing = read_text(text)
    safe_html.heading(writing.title, level=2)
    for chapter in writing.chapters:
        safe_html.chapter(chapter.title, chapter.blocks, language=shown_in)


def draw_files(writing: Writing, shown_in: str, imprint: Imprint, house: str) -> None:
    """Draw the notice as files, made on demand."""
    name = phrase("notice.file_name", shown_in)
    page = partial(as_page, writing, language=shown_in, imprint=imprint)
    with st.container(horizontal=True):
        for ending, mime, made in (
            (
                "pdf",
                "application/pdf",
                partial(as_paper, writing, language=shown_in, imprint=imprint, house=house),
            ),
            ("html", "text/html", lambda: page().encode()),
            (
                "txt",
                "text/plain",
                lambda: as_plain(writing, language=shown_in, imprint=imprint).encode(),
            ),
        ):
            st.download_button(
                t(f"notice.download_{ending}"),
                made,
                mime=mime,
                icon=":material/download:",
                file_name=f"{name}-{shown_in}.{ending}",
                key=f"notice.{ending}",
                on_click="ignore",
            )


def draw_record(record: ProcessingRecord) -> None:
    """The record of processing: its files, and what it says in short."""
    st.caption(t("notice.record_about"))
    name = phrase("processing.file_name", record.language)
    with st.container(horizontal=True):
        st.download_button(
            t("notice.download_xlsx"),
            partial(as_workbook, record),
            mime=MEDIA_TYPE,
            file_name=f"{name}-{record.language}.xlsx",
            key="notice.record.xlsx",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            t("notice.download_pdf"),
            partial(record_as_paper, record),
            mime="application/pdf",
            file_name=f"{name}-{record.language}.pdf",
            key="notice.record.pdf",
            icon=":material/download:",
            on_click="ignore",
        )
    shown = ("purpose", "subjects", "recipients", "transfers")
    safe_html.table(
        (record.say("activity"), *(record.say(f"parts.{name}") for name in shown)),
        [(one.title, *("; ".join(one.parts[name]) for name in shown)) for one in record.activities],
    )
