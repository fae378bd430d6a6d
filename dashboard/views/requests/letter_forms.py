"""Letters of a request: prepare one, look at it, then record that it was sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.ui import clock
from dashboard.ui.forms import Field, page_form
from dashboard.ui.language import t
from dashboard.views.requests.filed_letters import draw_letter
from dashboard.views.requests.letters import letter_wish
from queries.reads.requests.request_card import LetterRow, RequestCard
from queries.rules.requests import COVERS, LetterKind, RequestChannel
from queries.writes.requests import answers

SENT = (
    Field("sent_on", "day", label="requests.fields.sent_on"),
    Field(
        "channel",
        "choice",
        label="requests.fields.channel",
        options=tuple(RequestChannel),
        words="request_channels",
    ),
)


#: Whether the letter has the postal address.
BY_POST = Field(
    "by_post", "check", label="requests.fields.by_post", help="requests.fields.by_post_help"
)


def draw_preparing(
    card: RequestCard,
    kind: str,
    asked: str | None,
    fields: tuple[Field, ...],
    *,
    keeps: bool = False,
    values: dict[str, Any] | None = None,
    turn: int = 0,
    **given: Any,
) -> list[LetterRow]:
    """Draw the form that makes a letter, and the letter once it is made with its enclosures;
    return the waiting ones of its kind.

    :param values: what the fields hold at first; another ``turn`` is another form, which begins
        with them anew.
    :param keeps: what was typed is needed again by the form that says that it was sent.
    """

    def inputs(**typed: Any) -> answers.FileLetter:
        made = letter_wish(card, kind, asked, **typed, **given)
        if keeps:
            st.session_state[_said(card, kind, asked)] = typed
        return made

    unsent = [row for row in card.letters if row.asked == asked and row.sent_on is None]
    waiting = [row for row in unsent if row.kind == kind]
    begins = {"by_post": card.channel == RequestChannel.POST, **(values or {})}
    form = f"prepare-{card.id}-{kind}-{asked or 'all'}"
    page_form(
        f"{form}-{turn}" if turn else form,
        (*fields, BY_POST),
        begins,
        command=answers.file_letter,
        inputs=inputs,
        fixed={},
        submit="requests.prepare_again" if waiting else "requests.prepare",
        done="requests.prepared",
    )
    along = (COVERS.get(LetterKind(kind)), LetterKind.RECIPIENTS_TOLD)
    for row in [*waiting, *(row for row in unsent if row.kind in along and waiting)]:
        draw_letter(row)
    return waiting


def draw_sending(
    card: RequestCard,
    form: str,
    fields: tuple[Field, ...],
    command: Callable[..., int],
    inputs: Callable[..., Any],
    values: dict[str, Any],
) -> None:
    st.caption(t("requests.sent_about"))
    page_form(
        form,
        fields,
        {"sent_on": clock.today(), "channel": card.channel, **values},
        command=command,
        inputs=inputs,
        fixed={"request_id": card.id, "version": card.version},
        submit="requests.sent",
        done="requests.answered",
    )


def still_asked(
    card: RequestCard, kind: str, asked: str | None, fields: tuple[Field, ...]
) -> tuple[tuple[Field, ...], dict[str, Any]]:
    """Return the fields of a letter that the form of its sending asks for again, and what the
    letter says, so that the file says the same. For a letter that was made in another session,
    ask for all."""
    said: dict[str, Any] = st.session_state.get(_said(card, kind, asked), {})
    if not said:
        return fields, {}
    return (), {field.name: said[field.name] for field in fields}


def _said(card: RequestCard, kind: str, asked: str | None) -> str:
    return f"said-{card.id}-{kind}-{asked or 'all'}"
