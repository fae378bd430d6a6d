"""A letter or an export as it is kept: to paste, to give out, to save."""

from __future__ import annotations

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from queries.reads.requests.request_card import LetterRow, letter_file
from queries.rules.requests import LetterKind
from queries.wording.formats import day

#: How the forms of a file are called everywhere.
FORMS = {"application/pdf": "PDF", "application/json": "JSON", "application/zip": "ZIP"}


def draw_letter(row: LetterRow) -> None:
    """A letter to paste and to give out, with the fingerprint of what is kept."""
    said = day(row.sent_on, language()) if row.sent_on else t("requests.not_sent")
    parts = [said, row.made_by, f"SHA-256 {row.sha256[:16]}…"]
    form = FORMS.get(row.media_type, "")
    report = row.kind == LetterKind.ACCESS_REPORT
    safe_html.lines(
        " · ".join(filter(None, (t(f"letter_kinds.{row.kind}"), row.recipient, form))),
        *((row.text or "").splitlines() if report else ()),
        small=" · ".join(parts),
    )
    with st.container(horizontal=True):
        if row.text and not report:
            with st.popover(t("requests.show_text"), icon=":material/mail:"):
                st.code(row.text, language=None, wrap_lines=True)
        if not row.is_there:
            st.caption(t("requests.data_gone"))
            return
        stored = ask(letter_file, row.id) if _wanted(f"letter-{row.id}") else None
        if stored is not None:
            st.download_button(
                t("requests.save_file"),
                stored.content,
                stored.name,
                stored.media_type,
                key=f"letter-{row.id}.save",
                icon=":material/download:",
                on_click="ignore",
            )


def _wanted(key: str) -> bool:
    """Return whether to fetch the file: only on demand, for reading it is recorded."""
    if st.session_state.get(f"{key}!wanted"):
        return True
    return st.button(
        t("requests.fetch_file"),
        key=f"{key}.fetch",
        icon=":material/draft:",
        on_click=_want,
        args=(key,),
    )


def _want(key: str) -> None:
    st.session_state[f"{key}!wanted"] = True
