"""The forms that answer a right: fulfilled, refused, or nothing found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.forms import Field
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.views.requests.answer_fields import DETAILS, MEDIA, PARTLY, TELL, TYPED, UNTOLD
from dashboard.views.requests.letter_forms import SENT, draw_preparing, draw_sending, still_asked
from queries.documents.access.subject_data import Disclosed, recipients_of
from queries.reads.requests.request_card import LetterRow, RequestCard, corrected_at
from queries.reads.requests.request_list import AskedRow
from queries.rules.requests import (
    ANSWERED_BY,
    EXPORTS,
    TOLD_OF,
    Asked,
    LetterKind,
    RequestChannel,
    grounds_for,
)
from queries.wording.formats import day, instant
from queries.writes.requests import answers, erasure, restrictions

_ON_PAPER = {RequestChannel.POST, RequestChannel.IN_PERSON}


_COMMANDS: dict[str, tuple[Callable[..., int], Callable[..., Any]]] = {
    Asked.ACCESS: (answers.fulfil_export, answers.RightAnswer),
    Asked.PORTABILITY: (answers.fulfil_export, answers.RightAnswer),
    Asked.RECTIFICATION: (answers.fulfil_rectification, answers.FulfilRectification),
    Asked.ERASURE: (erasure.fulfil_erasure, erasure.FulfilErasure),
    Asked.RESTRICTION: (restrictions.fulfil_restriction, answers.FulfilRestriction),
    Asked.OBJECTION: (restrictions.fulfil_objection, answers.RightAnswer),
    Asked.WITHDRAWAL: (restrictions.fulfil_objection, answers.RightAnswer),
    Asked.COMPLAINT: (answers.answer_complaint, answers.RightAnswer),
}


def draw_fulfilling(card: RequestCard, right: AskedRow, values: dict[str, Any], turn: int) -> None:
    """Draw the preparation of an answer to a right, and then the form that it was sent."""
    kind = ANSWERED_BY[Asked(right.kind)]
    fields = TYPED.get(kind, ())
    told: tuple[Disclosed, ...] = ()
    if right.kind in TOLD_OF and card.party_id is not None:
        told = ask(recipients_of, card.party_id)
    if told:
        safe_html.table(
            tuple(t(f"requests.told.{name}") for name in ("who", "what", "on")),
            [(one.name, one.what, day(date.fromisoformat(one.on), language())) for one in told],
            caption=t("requests.told.caption"),
        )
        fields = (*fields, TELL, *([DETAILS] if right.kind == Asked.RECTIFICATION else []))
    waiting = draw_preparing(
        card, kind, right.kind, fields, values={"tell": True, **values}, turn=turn
    )
    if not waiting:
        return
    if kind in EXPORTS and card.party_id is not None:
        _warn_of_corrections(card.party_id, waiting[0])
    command, inputs = _COMMANDS[right.kind]
    sent: tuple[Field, ...] = SENT
    begins = {}
    if right.kind == Asked.ACCESS:
        sent = (*SENT, MEDIA)
        begins = {"media": "application/pdf" if card.channel in _ON_PAPER else "all"}
    elif told:
        sent = (*SENT, UNTOLD)
    draw_sending(
        card,
        f"answer-{card.id}-{right.kind}",
        sent,
        command,
        partial(_answer, inputs, right.kind),
        begins,
    )


def _warn_of_corrections(party_id: int, made: LetterRow) -> None:
    """A report older than a correction may have been sent before it, so it is only said."""
    corrected = ask(corrected_at, party_id)
    if corrected is not None and corrected > made.made_at:
        st.warning(
            t("requests.corrected_since", at=instant(corrected, language())),
            icon=":material/history:",
        )


def _answer(inputs: Callable[..., Any], asked: str, **typed: Any) -> Any:
    if "media" in typed:
        typed["media"] = None if typed["media"] == "all" else typed["media"]
    return inputs(asked=asked, **typed)


def draw_not_held(card: RequestCard, right: AskedRow) -> None:
    kind = LetterKind.NOT_IN_REGISTER
    searched = "\n".join(filter(None, (card.claimed_name, card.claimed_contact)))
    if draw_preparing(card, kind, right.kind, TYPED[kind], values={"searched": searched}):
        draw_sending(
            card,
            f"answer-{card.id}-{right.kind}",
            SENT,
            answers.answer_not_in_register,
            partial(answers.RightAnswer, asked=right.kind),
            {},
        )


def draw_refusal(card: RequestCard, right: AskedRow) -> None:
    fields = (
        Field(
            "ground",
            "choice",
            label="requests.fields.ground",
            words="grounds",
            no_default=True,
            options=tuple(ground.code for ground in grounds_for(right.kind)),
        ),
        Field("reason", "lines", label="requests.fields.reason"),
        *([PARTLY] if right.kind in {Asked.ACCESS, Asked.PORTABILITY} else []),
    )
    if not draw_preparing(card, LetterKind.REFUSED, right.kind, fields, keeps=True):
        return
    asked, said = still_asked(card, LetterKind.REFUSED, right.kind, fields)
    draw_sending(
        card,
        f"refuse-{card.id}-{right.kind}",
        (*asked, *SENT),
        answers.refuse_right,
        partial(answers.RefuseRight, asked=right.kind, **said),
        {},
    )
