"""Answering rights one by one: prepare what goes out, look at it, then say that it was sent."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from dashboard.parts import clock, literal
from dashboard.parts.doors import ask, may
from dashboard.parts.forms import Field, edit_form
from dashboard.parts.language import language, t
from dashboard.parts.request_letters import letter_wish
from dashboard.parts.request_words import answer_line
from dashboard.words.formats import day
from queries.reads.request_card import LetterRow, RequestCard, erasure_plan, letter_file
from queries.reads.requests import AskedRow
from queries.rules.requests import ANSWERED_BY, Asked, LetterKind, RequestChannel, grounds_for
from queries.rules.roles import Right
from queries.store.tables import Registered
from queries.writes import erasure, request_answers, restrictions

SENT = (
    Field("sent_on", "day", label="requests.fields.sent_on"),
    Field("channel", "choice", label="requests.fields.channel", options=tuple(RequestChannel),
          words="request_channels"),
)  # fmt: skip

#: What the letter of a right needs beyond the request itself.
_TYPED: dict[str, tuple[Field, ...]] = {
    LetterKind.RECTIFIED: (
        Field("changes", "lines", label="requests.fields.changes",
              help="requests.fields.changes_help"),
    ),
    LetterKind.RESTRICTED: (
        Field("ground", "choice", label="requests.fields.ground",
              options=("accuracy", "unlawful", "claims", "objection"), words="restriction_grounds"),
    ),
    LetterKind.WITHDRAWAL: (Field("what", label="requests.fields.what"),),
    LetterKind.NOT_IN_REGISTER: (Field("searched", label="requests.fields.searched"),),
}  # fmt: skip

_COMMANDS: dict[str, tuple[Callable[..., int], Callable[..., Any]]] = {
    Asked.ACCESS: (request_answers.fulfil_export, request_answers.Answer),
    Asked.PORTABILITY: (request_answers.fulfil_export, request_answers.Answer),
    Asked.RECTIFICATION: (request_answers.fulfil_rectification, request_answers.Rectified),
    Asked.ERASURE: (erasure.fulfil_erasure, erasure.Erasing),
    Asked.RESTRICTION: (restrictions.fulfil_restriction, request_answers.Answer),
    Asked.OBJECTION: (restrictions.fulfil_objection, request_answers.Answer),
    Asked.WITHDRAWAL: (restrictions.fulfil_objection, request_answers.Answer),
    Asked.COMPLAINT: (request_answers.answer_complaint, request_answers.Answer),
}


def draw_rights(card: RequestCard) -> None:
    """Each right with its answer, or with the steps towards it."""
    for right in card.rights:
        with st.container(border=True):
            literal.lines(t(f"asked.{right.kind}"), small=answer_line(right))
            if right.status == "open" and card.is_open and may(Right.ANSWER_REQUESTS):
                _draw_steps(card, right)


def _draw_steps(card: RequestCard, right: AskedRow) -> None:
    ways = _ways(card, right)
    way = st.segmented_control(
        t("requests.way"), ways, key=f"way-{card.id}-{right.kind}", default=ways[0],
        format_func=lambda code: t(f"requests.ways.{code}"), required=True,
    )  # fmt: skip
    if way == "refuse":
        _draw_refusal(card, right)
        return
    if right.kind == Asked.ERASURE and way == "fulfil" and card.party_id is not None:
        _draw_plan(card.party_id)
    if right.kind == Asked.RESTRICTION and way == "fulfil" and not card.restrictions:
        _draw_restricting(card)
        return
    not_held = way == "not_in_register"
    kind = LetterKind.NOT_IN_REGISTER if not_held else ANSWERED_BY[Asked(right.kind)]
    waiting = draw_preparing(card, kind, right.kind, _TYPED.get(kind, ()))
    if not waiting:
        return
    command, wish = _COMMANDS[right.kind]
    if not_held:
        command, wish = request_answers.answer_not_in_register, request_answers.Answer
    more = (Field("untold_reason", "lines", label="requests.fields.untold"),)
    fields = (*SENT, *(more if right.kind == Asked.RECTIFICATION else ()))
    _sending(card, f"answer-{card.id}-{right.kind}", fields, command,
             partial(wish, asked=right.kind), {})  # fmt: skip


def _ways(card: RequestCard, right: AskedRow) -> list[str]:
    if card.registered == Registered.NOT_IN_REGISTER:
        ways = ["not_in_register"]
        if right.kind in {Asked.OBJECTION, Asked.WITHDRAWAL, Asked.COMPLAINT}:
            ways.insert(0, "fulfil")
    else:
        ways = ["fulfil"]
    return [*ways, "refuse"] if grounds_for(right.kind) else ways


def _draw_refusal(card: RequestCard, right: AskedRow) -> None:
    fields = (
        Field("ground", "choice", label="requests.fields.ground", words="grounds",
              options=tuple(ground.code for ground in grounds_for(right.kind))),
        Field("reason", "lines", label="requests.fields.reason"),
    )  # fmt: skip
    if not draw_preparing(card, LetterKind.REFUSED, right.kind, fields, keeps=True):
        return
    said = st.session_state.get(_said(card, right.kind), {})
    _sending(card, f"refuse-{card.id}-{right.kind}", (*fields, *SENT),
             request_answers.refuse_right,
             partial(request_answers.Refusal, asked=right.kind), said)  # fmt: skip


def _draw_restricting(card: RequestCard) -> None:
    fields = (Field("reason", "lines", label="requests.fields.reason"),)
    edit_form(f"restrict-{card.id}", fields, {}, command=restrictions.restrict,
              wish=restrictions.RestrictionWish, submit="requests.restrict_now",
              fixed={"request_id": card.id, "version": card.version},
              done="requests.restricted")  # fmt: skip


def _draw_plan(party_id: int) -> None:
    plan = ask(erasure_plan, party_id, today=clock.today())
    rows = [
        (
            t(f"erasure_kinds.{line.kind}"), str(line.count),
            t("requests.goes_now") if line.goes_now
            else t("requests.stays", until=line.keep_until) if line.keep_until
            else t("requests.stays_in_force"),
            line.citation,
        )
        for line in plan.lines
    ]  # fmt: skip
    head = tuple(t(f"requests.plan.{name}") for name in ("kind", "count", "what", "law"))
    literal.table(head, rows, caption=t("requests.plan.caption"))
    if plan.held:
        st.warning(t("requests.plan.held"), icon=":material/lock:")
    elif plan.in_force:
        st.warning(t("requests.plan.in_force"), icon=":material/info:")


def draw_preparing(
    card: RequestCard, kind: str, asked: str | None, fields: tuple[Field, ...], *,
    keeps: bool = False, **given: Any,
) -> list[LetterRow]:  # fmt: skip
    """The form that makes a letter, and the letter once it is made; returns those that wait.

    :param keeps: what was typed is needed again by the form that says that it was sent.
    """

    def wish(**typed: Any) -> request_answers.LetterWish:
        if keeps:
            st.session_state[_said(card, asked)] = typed
        return letter_wish(card, kind, asked, **typed, **given)

    waiting = [
        row for row in card.letters
        if row.kind == kind and row.asked == asked and row.sent_on is None
    ]  # fmt: skip
    edit_form(f"prepare-{card.id}-{kind}-{asked or 'all'}", fields, {},
              command=request_answers.file_letter, wish=wish, fixed={},
              submit="requests.prepare_again" if waiting else "requests.prepare",
              done="requests.prepared")  # fmt: skip
    for row in waiting:
        draw_letter(row)
    return waiting


def draw_letter(row: LetterRow) -> None:
    """A letter to paste and to give out, with the fingerprint of what is kept."""
    said = day(row.sent_on, language()) if row.sent_on else t("requests.not_sent")
    parts = [said, row.made_by, f"SHA-256 {row.sha256[:16]}…"]
    literal.lines(t(f"letter_kinds.{row.kind}"), small=" · ".join(parts))
    with st.container(horizontal=True):
        if row.text:
            with st.popover(t("requests.show_text"), icon=":material/mail:"):
                st.code(row.text, language=None, wrap_lines=True)
        stored = ask(letter_file, row.id) if _wanted(f"letter-{row.id}") else None
        if stored is not None:
            st.download_button(t("requests.save_file"), stored.content, stored.name,
                               stored.media_type, key=f"letter-{row.id}.save",
                               icon=":material/download:", on_click="ignore")  # fmt: skip


def _wanted(key: str) -> bool:
    """Whether the file is fetched: only when asked for, for reading it is noted."""
    if st.session_state.get(f"{key}!wanted"):
        return True
    return st.button(t("requests.fetch_file"), key=f"{key}.fetch", icon=":material/draft:",
                     on_click=_want, args=(key,))  # fmt: skip


def _want(key: str) -> None:
    st.session_state[f"{key}!wanted"] = True


def _sending(
    card: RequestCard, form: str, fields: tuple[Field, ...], command: Callable[..., int],
    wish: Callable[..., Any], values: dict[str, Any],
) -> None:  # fmt: skip
    st.caption(t("requests.sent_about"))
    edit_form(form, fields, {"sent_on": clock.today(), "channel": card.channel, **values},
              command=command, wish=wish, fixed={"request_id": card.id, "version": card.version},
              submit="requests.sent", done="requests.answered")  # fmt: skip


def _said(card: RequestCard, asked: str | None) -> str:
    return f"said-{card.id}-{asked or 'all'}"
