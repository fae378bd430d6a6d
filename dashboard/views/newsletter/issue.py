"""Exporting an issue: the file of its recipients for the mailing tool, and the issues before."""

from __future__ import annotations

import secrets
from typing import Any

import streamlit as st

from dashboard.ui import clock, safe_html
from dashboard.ui.gateway import ask, carry_out
from dashboard.ui.language import language, sentence, t
from dashboard.ui.public_address import public_address
from queries.documents.newsletter_issue import ExportIssue, export_issue
from queries.errors import InvalidInputs, RegisterError
from queries.reads.newsletter import newsletter_issues
from queries.reads.recipients import mailing_tools
from queries.wording.formats import instant, number

_FILE = "newsletter!file"
_REFUSED = "newsletter!refused"
_NAME = "newsletter.issue_name"
_TOOL = "newsletter.issue_tool"
_TOKEN = "newsletter!token"  # noqa: S105 - the name of a form's token


def draw_export() -> None:
    """The form of a new issue, and once it is made the file in its place.

    The form is gone then: the second click of a double one finds no button, and makes no second
    issue.
    """
    st.caption(t("newsletter.export_about"))
    base = public_address()
    if base is None:
        st.warning(t("newsletter.no_address"), icon=":material/link_off:")
        return
    made: dict[str, Any] = st.session_state.setdefault(_FILE, {})
    if made:
        _draw_file(made["issue"], made["content"])
        return
    token = st.session_state.setdefault(_TOKEN, secrets.token_urlsafe(16))
    tools = ask(mailing_tools, today=clock.today())
    with (
        st.form("newsletter-issue", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(t("newsletter.fields.issue"), key=_NAME)
        st.selectbox(
            t("newsletter.fields.tool"),
            (*tools, None),
            key=_TOOL,
            help=t("newsletter.tool_help"),
            format_func=lambda key: t("newsletter.no_tool") if key is None else tools[key],
        )
        st.form_submit_button(
            t("newsletter.export"),
            icon=":material/outgoing_mail:",
            on_click=_export,
            args=(base, token, made),
        )
    refused = st.session_state.pop(_REFUSED, None)
    if refused is not None:
        st.error(refused, icon=":material/error:")


def _draw_file(issue: int, content: bytes) -> None:
    with st.container(horizontal=True):
        st.download_button(
            t("newsletter.download"),
            content,
            t("newsletter.file_name", n=str(issue)),
            "text/csv",
            key="newsletter.download",
            icon=":material/download:",
            type="primary",
        )
        st.button(
            t("newsletter.another"),
            key="newsletter.another",
            icon=":material/add:",
            on_click=_forget,
        )
    st.caption(t("newsletter.download_help"))


def _forget() -> None:
    """Forget the file, for the next issue (a callback)."""
    for name in (_FILE, _TOKEN):
        st.session_state.pop(name, None)


def draw_issues() -> None:
    """The latest issues: when, by whom, to how many."""
    rows = ask(newsletter_issues)
    if not rows:
        st.caption(t("newsletter.no_issues"))
        return
    names = ("issue", "exported_at", "exported_by", "recipients", "sha256")
    safe_html.table(
        [t(f"newsletter.fields.{name}") for name in names],
        [
            (
                row.name,
                instant(row.exported_at, language()),
                row.exported_by,
                number(row.recipients, language()),
                row.sha256[:12],
            )
            for row in rows
        ],
        caption=t("newsletter.issues"),
    )


def _export(base: str, token: str, made: dict[str, Any]) -> None:
    """Make the file (a callback); it is offered once the transaction is over.

    :param made: where it is kept, a plain dictionary of the session: a second click interrupts this
        callback at whatever it asks of Streamlit, and the file of a committed issue is not lost.
    """
    content: list[bytes] = []
    inputs = ExportIssue(
        name=st.session_state[_NAME],
        base=base,
        recipient_id=st.session_state[_TOOL],
        deliver=content.append,
    )
    try:
        issue = carry_out(export_issue, inputs, token=token)
    except RegisterError as error:
        first = error.errors[0] if isinstance(error, InvalidInputs) else error
        st.session_state[_REFUSED] = sentence(first)
        return
    if content:  # a second click finds the first one's issue, and its file is there already
        made |= {"issue": issue, "content": content[0]}
