"""The overview's figures of what came in from outside: messages, and people to inform."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import link
from dashboard.ui import clock, safe_html
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from queries.reads.form_messages import message_figures
from queries.reads.paging import Total
from queries.reads.provenance import reminder_figures
from queries.rules.roles import Permission
from queries.wording.formats import number


def draw_waiting_figures() -> None:
    """Each with its age or last day and a way to its list; nothing where nothing waits."""
    figures = []
    if may(Permission.HANDLE_MESSAGES):
        inbox = ask(message_figures)
        if inbox.oldest is not None:
            age = t("messages.oldest", n=(clock.today() - inbox.oldest).days)
            figures.append((t("messages.overview"), _n(inbox.waiting), age, "messages"))
    if may(Permission.SEE_NOTICE):
        told = ask(reminder_figures, today=clock.today())
        if told.first_due is not None:
            late = t("provenance.late", counted=_n(told.overdue))
            due = late if told.overdue.n else t("provenance.first_due", on=told.first_due)
            figures.append((t("provenance.overview"), _n(told.waiting), due, "sources"))
    if not figures:
        return
    st.header(t("provenance.waiting"), anchor=False)
    for column, (label, value, small, page) in zip(st.columns(2), figures, strict=False):
        with column, st.container(border=True, height="stretch", gap="small"):
            safe_html.figure(label, value, small=small)
            link(page, t(f"pages.{page}"), icon="arrow_forward")


def _n(total: Total) -> str:
    said = number(total.n, language())
    return said if total.exact else t("overview.more_than", counted=said)
