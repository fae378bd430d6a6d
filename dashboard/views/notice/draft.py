"""The notice on the screen: its text with the proofs beside it, and publishing it."""

from __future__ import annotations

from collections.abc import Mapping

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
from queries.documents.notice.text import written
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
