"""Posti's post codes on the import page: what the file would do, and bringing it in."""

from __future__ import annotations

import secrets

import streamlit as st

from dashboard.import_words import post_code_sentences
from dashboard.ui import safe_html
from dashboard.ui.forms import refuse_flash
from dashboard.ui.gateway import ask, carry_out
from dashboard.ui.language import language, t
from dashboard.views.imports.given_file import start_over
from queries.errors import RegisterError
from queries.intake.post_codes import PostCodeFile
from queries.reads.notice.post_codes import post_code_changes
from queries.writes.notice.post_codes import ReplacePostCodes, replace_post_codes

_TOKEN = "import!codes_token"  # noqa: S105 - the name of a form's token
_DONE = "import!codes_done"


def draw_post_codes(file: PostCodeFile, sha256: str, name: str) -> None:
    """Draw what the file would do to the codes of the register, and the button that does it."""
    st.header(t("import.preview"), anchor=False)
    st.caption(t("import.post_codes.about"))
    changes = ask(post_code_changes, file.places, run_on=file.run_on)
    safe_html.lines(*post_code_sentences(changes, file.run_on, language()))
    if not changes.does_something:
        st.info(t("import.nothing"))
        return
    token = st.session_state.setdefault(_TOKEN, secrets.token_urlsafe(16))
    st.button(
        t("import.carry_out"),
        type="primary",
        icon=":material/upload_file:",
        key="import.carry_out",
        on_click=_carry_out,
        args=(file, sha256, name, token),
    )


def _carry_out(file: PostCodeFile, sha256: str, name: str, token: str) -> None:
    """Bring the codes in (a callback)."""
    inputs = ReplacePostCodes(places=file.places, run_on=file.run_on, sha256=sha256, name=name)
    try:
        carry_out(replace_post_codes, inputs, token=token)
    except RegisterError as error:
        st.session_state.pop(_TOKEN, None)
        refuse_flash(error)
        return
    start_over()
    st.session_state[_DONE] = len(file.places)


def draw_post_codes_done() -> bool:
    """Draw what the last import of post codes did; return False when there is nothing to show."""
    count: int | None = st.session_state.get(_DONE)
    if count is None:
        return False
    st.success(t("import.post_codes.done", n=count), icon=":material/check_circle:")
    st.button(t("import.again"), key="import.again", on_click=start_over)
    return True
