"""One message of a web form: what it says, who it may be from, and the decision on it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.navigation import link, open_page
from dashboard.ui import safe_html
from dashboard.ui.actions import act, confirm
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.views.messages.accepting import draw_accepting
from queries.reads.form_messages import MessageCard, message_card
from queries.wording.formats import instant, telephone
from queries.writes.form_messages import RejectMessage, reject_message


def draw_message(message_id: int) -> None:
    """Draw a message, word for word."""
    link("messages", t("messages.back"), icon="arrow_back")
    card = ask(message_card, message_id)
    below = " · ".join(
        (instant(card.received_at, language()), card.form, t(f"languages.{card.language}"))
    )
    safe_html.heading(card.name, after=below)
    said, decided = st.columns([2, 3], gap="large")
    with said:
        place = " ".join(part for part in (card.post_code, card.town) if part)
        safe_html.facts(
            [
                (t("fields.email"), card.email or "–"),
                (t("fields.phone"), telephone(card.phone) if card.phone else "–"),
                (
                    t("fields.address"),
                    ", ".join(part for part in (card.street, place) if part) or "–",
                ),
            ]
        )
        st.subheader(t("messages.message"), anchor=False)
        safe_html.lines(*(card.message or "–").splitlines())
        _consent(card)
    with decided:
        st.subheader(t("messages.decide"), anchor=False)
        draw_accepting(card)
        _rejecting(card.id)


def _consent(card: MessageCard) -> None:
    st.subheader(t("messages.consent"), anchor=False)
    if not card.consents:
        st.caption(t("messages.not_consented"))
        return
    safe_html.lines(
        card.consent_text or "", small=t("messages.consented", version=card.consent_version)
    )
    if card.is_suppressed:
        st.warning(t("messages.suppressed"), icon=":material/unsubscribe:")


def _rejecting(message_id: int) -> None:
    confirm(
        "messages.reject",
        "messages.reject_sure",
        "messages.reject_yes",
        partial(
            act,
            reject_message,
            RejectMessage(id=message_id),
            token=f"reject-message-{message_id}",
            done="messages.rejected",
            then=lambda _message: open_page("messages"),
        ),
        key=f"message-{message_id}.reject",
        icon="backspace",
        is_small=False,
    )
