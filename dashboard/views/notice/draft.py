"""The notice on the screen: its text with the proofs beside it, its files, publishing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import streamlit as st

from dashboard.navigation import link
from dashboard.panels.notice_proofs import counted, read_proofs
from dashboard.ui import safe_html
from dashboard.ui.actions import open_form
from dashboard.ui.forms import Field, edit_form, editing
from dashboard.ui.gateway import may
from dashboard.ui.language import t
from queries.documents.notice import Notice
from queries.documents.notice.publish import PublishNotice, fingerprint, publish_notice
from queries.documents.notice.text import (
    Imprint,
    Writing,
    as_page,
    as_paper,
    as_plain,
    read_text,
    written,
)
from queries.documents.processing import ProcessingRecord
from queries.documents.processing.sheet import as_paper as record_as_paper
from queries.documents.processing.workbook import MEDIA_TYPE, as_workbook
from queries.documents.words import phrase
from queries.rules.proofs import Proof
from queries.rules.roles import Permission

_SUMMARY = (Field("summary", label="notice.fields.summary", help="notice.fields.summary_help"),)
#: Section of the notice for a proof that has no section of its name.
_BESIDE = {"newsletter": "objection"}


def draw_publishing(texts: Mapping[str, str]) -> None:
    """The button that publishes the draft as it is shown, in every language."""
    if not may(Permission.PUBLISH_NOTICE):
        return
    form = "notice-publish"
    if editing(form):
        st.caption(t("notice.publish_about"))
        edit_form(
            form,
            _SUMMARY,
            {},
            command=publish_notice,
            inputs=PublishNotice,
            fixed={"seen": fingerprint(texts)},
            done="notice.published_now",
            submit="notice.publish",
        )
        return
    open_form(form, "notice.publish", icon="publish", kind="primary")


def draw_draft(notice: Notice) -> None:
    """The draft, and beside each section whether it is true today."""
    beside: dict[str, list[Proof]] = {}
    for proof in read_proofs().rows:
        beside.setdefault(_BESIDE.get(proof.section, proof.section), []).append(proof)
    safe_html.heading(notice.title, level=2)
    for section, chapter in zip(notice.sections, written(notice).chapters, strict=True):
        said, proven = st.columns([3, 2], gap="medium")
        with said:
            safe_html.chapter(chapter.title, chapter.blocks, language=notice.language)
        with proven:
            for proof in beside.get(section.code, []):
                _draw_proof(proof)


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


def _draw_proof(proof: Proof) -> None:
    icon, said = ("check_circle", "true") if proof.holds else ("error", "false")
    with st.container(gap=None):
        st.markdown(f":material/{icon}: **{t(f'proofs.{said}')}**")
        safe_html.lines(small=counted(proof))
        if not proof.holds and proof.page in st.session_state["pages"]:
            link(
                str(proof.page),
                t("proofs.open", page=t(f"pages.{proof.page}")),
                dict(proof.query),
                icon="arrow_forward",
            )
