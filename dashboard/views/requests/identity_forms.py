"""The identity of the person who asks: what was checked, and asking for more."""

from __future__ import annotations

import streamlit as st

from dashboard.ui import clock, safe_html
from dashboard.ui.forms import Field, page_form
from dashboard.ui.gateway import may
from dashboard.ui.language import language, t
from dashboard.views.requests.correspondence import draw_identity_letter
from queries.reads.requests.request_card import RequestCard
from queries.rules.requests import IdentityMethod
from queries.rules.roles import Permission
from queries.wording.formats import day
from queries.writes.requests import identity


def draw_identity(card: RequestCard) -> None:
    """Draw what was checked, and the forms for asking and for recording it."""
    waiting = [row for row in card.suspensions if row.answered_on is None]
    for row in card.suspensions:
        answered = day(row.answered_on, language()) if row.answered_on else t("requests.waiting")
        safe_html.lines(
            row.reason or "",
            small=t("requests.asked_line", on=row.asked_on, by=row.asked_by, answered=answered),
        )
    for check in card.checks:
        below = f"{day(check.checked_on, language())} · {check.checked_by}"
        safe_html.lines(t(f"identity_methods.{check.method}"), check.explanation or "", small=below)
    if not card.is_open or not may(Permission.HANDLE_REQUESTS):
        return
    if not card.checks:
        st.info(t("requests.identity_about"), icon=":material/badge:")
    seen = {"request_id": card.id, "version": card.version}
    if card.party_id is not None:
        # Another key once a check was noted: what was open is closed.
        noted = f"identity-{card.id}" + (f"-{len(card.checks)}" if card.checks else "")
        with st.expander(t("requests.note_identity"), key=f"{noted}-open"):
            page_form(
                noted,
                (
                    Field(
                        "method",
                        "choice",
                        label="requests.fields.method",
                        options=tuple(IdentityMethod),
                        words="identity_methods",
                    ),
                    Field("checked_on", "day", label="requests.fields.checked_on"),
                    Field(
                        "explanation",
                        "lines",
                        label="requests.fields.explanation",
                        help="requests.fields.explanation_help",
                    ),
                ),
                {"checked_on": clock.today()},
                command=identity.note_identity,
                inputs=identity.NoteIdentity,
                fixed=seen,
            )
    if waiting:
        draw_identity_letter(card, waiting[0])
    if not card.checks and not waiting:
        with st.expander(t("requests.ask_identity"), key=f"doubt-{card.id}"):
            page_form(
                f"doubt-{card.id}",
                (
                    Field("asked_on", "day", label="requests.fields.asked_on"),
                    Field("reason", "lines", label="requests.fields.doubt"),
                ),
                {"asked_on": clock.today()},
                command=identity.ask_identity,
                inputs=identity.AskIdentity,
                fixed=seen,
            )
