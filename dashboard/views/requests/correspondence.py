"""Letters that answer no right: that a request came, who asks, and how to complain."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.ui import clock
from dashboard.ui.forms import Field, page_form
from dashboard.ui.gateway import may
from dashboard.ui.language import t
from dashboard.views.requests.filed_letters import draw_letter
from dashboard.views.requests.letter_forms import SENT, draw_preparing
from queries.reads.requests.request_card import RequestCard, SuspensionRow
from queries.rules.requests import LetterKind
from queries.rules.roles import Permission
from queries.writes.requests import answers

_REPLY = Field("reply", "lines", label="requests.fields.reply", help="requests.fields.reply_help")


def draw_post(card: RequestCard) -> None:
    """The confirmation of receipt, and how to complain to the authority."""
    if not card.is_open or not may(Permission.HANDLE_REQUESTS):
        return
    with st.expander(t("requests.letters"), key=f"letters-{card.id}"):
        kinds = (LetterKind.RECEIVED, LetterKind.COMPLAINT_INFO)
        kind = st.segmented_control(
            t("requests.which_letter"),
            kinds,
            key=f"letter-kind-{card.id}",
            default=kinds[0],
            format_func=lambda code: t(f"letter_kinds.{code}"),
            required=True,
        )
        _draw(card, kind, (_REPLY,) if kind == LetterKind.COMPLAINT_INFO else ())


def draw_identity_letter(card: RequestCard, asked: SuspensionRow) -> None:
    """The letter that asks who it is, while the answer is awaited."""
    with st.expander(t("letter_kinds.identity_asked"), key=f"identity-letter-{card.id}"):
        fields = (
            Field("reason", "lines", label="requests.fields.doubt"),
            Field(
                "asked", "lines", label="requests.fields.asked", help="requests.fields.asked_help"
            ),
        )
        _draw(card, LetterKind.IDENTITY_ASKED, fields, reason=asked.reason)


def draw_sent(card: RequestCard) -> None:
    """Draw what was sent, with its day and fingerprint."""
    sent = [row for row in card.letters if row.sent_on is not None]
    if sent:
        st.header(t("requests.went"), anchor=False)
        for row in sent:
            draw_letter(row)


def _draw(card: RequestCard, kind: str, fields: tuple[Field, ...], **values: str | None) -> None:
    if draw_preparing(card, kind, None, fields, values=values):
        page_form(
            f"send-{card.id}-{kind}",
            SENT,
            {"sent_on": clock.today(), "channel": card.channel},
            command=answers.send_letter,
            inputs=partial(answers.RightAnswer, asked=kind),
            fixed={"request_id": card.id, "version": card.version},
            submit="requests.note_sent",
            done="requests.letter_noted",
        )
