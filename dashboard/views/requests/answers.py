"""Answers to rights one by one: prepare a letter, look at it, then record that it was sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from dashboard.ui import clock, safe_html
from dashboard.ui.forms import Field, page_form
from dashboard.ui.gateway import actor, ask, may
from dashboard.ui.language import language, t
from dashboard.views.requests.labels import answer_line
from dashboard.views.requests.letters import letter_wish
from dashboard.views.requests.rectification import draw_rectifying
from dashboard.views.requests.report_review import draw_review
from queries.documents.access.subject_data import Disclosed, recipients_of
from queries.errors import StaleRecord
from queries.reads.requests.erasure_plan import erasure_plan
from queries.reads.requests.request_card import LetterRow, RequestCard, corrected_at, letter_file
from queries.reads.requests.request_list import AskedRow
from queries.rules.requests import (
    ABSOLUTE,
    ANSWERED_BY,
    COVERS,
    EXPORTS,
    TOLD_OF,
    Asked,
    LetterKind,
    RequestChannel,
    grounds_for,
)
from queries.rules.roles import Permission
from queries.store.tables import Registered
from queries.wording.formats import day, instant
from queries.writes.requests import answers, erasure, restrictions

#: How the forms of a file are called everywhere.
FORMS = {"application/pdf": "PDF", "application/json": "JSON", "application/zip": "ZIP"}

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

_TELL = Field("tell", "check", label="requests.fields.tell")
_DETAILS = Field(
    "details", "lines", label="requests.fields.details", help="requests.fields.details_help"
)
_PARTLY = Field(
    "partly", "check", label="requests.fields.partly", help="requests.fields.partly_help"
)
_UNTOLD = Field("untold_reason", "lines", label="requests.fields.untold")
_MEDIA = Field(
    "media",
    "choice",
    label="requests.fields.media",
    words="report_media",
    options=("all", "application/pdf", "application/json"),
)
_ON_PAPER = {RequestChannel.POST, RequestChannel.IN_PERSON}

#: What the letter of a right needs beyond the request itself.
_TYPED: dict[str, tuple[Field, ...]] = {
    LetterKind.RECTIFIED: (
        Field(
            "changes", "lines", label="requests.fields.changes", help="requests.fields.changes_help"
        ),
    ),
    LetterKind.RESTRICTED: (
        Field(
            "ground",
            "choice",
            label="requests.fields.ground",
            no_default=True,
            options=("accuracy", "unlawful", "claims", "objection"),
            words="restriction_grounds",
        ),
    ),
    LetterKind.WITHDRAWAL: (Field("what", label="requests.fields.what"),),
    LetterKind.NOT_IN_REGISTER: (
        Field(
            "searched",
            "lines",
            label="requests.fields.searched",
            help="requests.fields.searched_help",
        ),
    ),
    LetterKind.COMPLAINT_INFO: (
        Field("reply", "lines", label="requests.fields.reply", help="requests.fields.reply_help"),
    ),
}

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


def draw_rights(card: RequestCard) -> None:
    """Each right with its answer, or with the steps towards it."""
    for right in card.rights:
        with st.container(border=True):
            gone = card.party_id is None and card.anonymised_on is None
            safe_html.lines(t(f"asked.{right.kind}"), small=answer_line(right, gone=gone))
            if right.refusal_reason:
                safe_html.lines(*right.refusal_reason.splitlines())
            if _somebody_was_first(card, right):
                st.warning(t("requests.answered_meanwhile"), icon=":material/sync_problem:")
            if right.status != "open" or not card.is_open:
                continue
            if may(Permission.ANSWER_REQUESTS):
                _draw_steps(card, right)
            elif _can_be_restricted(card, right) and may(Permission.HANDLE_REQUESTS):
                _draw_restricting(card)  # it takes effect before anybody has answered


def _somebody_was_first(card: RequestCard, right: AskedRow) -> bool:
    """Return whether an answer was not recorded because a colleague's was: its form is no longer
    there to say so. Shown once."""
    if right.status == "open":
        return False
    refused = [
        st.session_state.pop(f"{form}-{card.id}-{right.kind}!refusal", None)
        for form in ("answer", "refuse")
    ]
    late = any(isinstance(one, StaleRecord) for one in refused)
    return late and right.answered_by != actor().username


def _draw_steps(card: RequestCard, right: AskedRow) -> None:
    ways = _ways(card, right)
    way = st.segmented_control(
        t("requests.way"),
        ways,
        key=f"way-{card.id}-{right.kind}",
        default=ways[0],
        format_func=lambda code: t(f"requests.ways.{code}"),
        required=True,
    )
    if way == "refuse":
        _draw_refusal(card, right)
        return
    if way == "not_in_register":
        _draw_not_held(card, right)
        return
    values: dict[str, Any] = {}
    turn = 0
    if right.kind in ABSOLUTE:
        st.caption(t("requests.stopped"))
    if card.party_id is not None:
        if right.kind == Asked.ACCESS and card.identified:
            draw_review(card, card.party_id)
        elif right.kind == Asked.RECTIFICATION:
            values, turn = draw_rectifying(card, card.party_id)
        elif right.kind == Asked.ERASURE:
            _draw_plan(card.party_id)
        elif _can_be_restricted(card, right):
            _draw_restricting(card)
            return
    _draw_fulfilling(card, right, values, turn)


def _draw_fulfilling(card: RequestCard, right: AskedRow, values: dict[str, Any], turn: int) -> None:
    """Draw the preparation of an answer to a right, and then the form that it was sent."""
    kind = ANSWERED_BY[Asked(right.kind)]
    fields = _TYPED.get(kind, ())
    told: tuple[Disclosed, ...] = ()
    if right.kind in TOLD_OF and card.party_id is not None:
        told = ask(recipients_of, card.party_id)
    if told:
        safe_html.table(
            tuple(t(f"requests.told.{name}") for name in ("who", "what", "on")),
            [(one.name, one.what, day(date.fromisoformat(one.on), language())) for one in told],
            caption=t("requests.told.caption"),
        )
        fields = (*fields, _TELL, *([_DETAILS] if right.kind == Asked.RECTIFICATION else []))
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
        sent = (*SENT, _MEDIA)
        begins = {"media": "application/pdf" if card.channel in _ON_PAPER else "all"}
    elif told:
        sent = (*SENT, _UNTOLD)
    _sending(
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


def _draw_not_held(card: RequestCard, right: AskedRow) -> None:
    kind = LetterKind.NOT_IN_REGISTER
    searched = "\n".join(filter(None, (card.claimed_name, card.claimed_contact)))
    if draw_preparing(card, kind, right.kind, _TYPED[kind], values={"searched": searched}):
        _sending(
            card,
            f"answer-{card.id}-{right.kind}",
            SENT,
            answers.answer_not_in_register,
            partial(answers.RightAnswer, asked=right.kind),
            {},
        )


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
        Field(
            "ground",
            "choice",
            label="requests.fields.ground",
            words="grounds",
            no_default=True,
            options=tuple(ground.code for ground in grounds_for(right.kind)),
        ),
        Field("reason", "lines", label="requests.fields.reason"),
        *([_PARTLY] if right.kind in {Asked.ACCESS, Asked.PORTABILITY} else []),
    )
    if not draw_preparing(card, LetterKind.REFUSED, right.kind, fields, keeps=True):
        return
    asked, said = still_asked(card, LetterKind.REFUSED, right.kind, fields)
    _sending(
        card,
        f"refuse-{card.id}-{right.kind}",
        (*asked, *SENT),
        answers.refuse_right,
        partial(answers.RefuseRight, asked=right.kind, **said),
        {},
    )


def _can_be_restricted(card: RequestCard, right: AskedRow) -> bool:
    known = card.party_id is not None and not card.restrictions
    return known and right.kind == Asked.RESTRICTION


def _draw_restricting(card: RequestCard) -> None:
    fields = (Field("reason", "lines", label="requests.fields.reason"),)
    page_form(
        f"restrict-{card.id}",
        fields,
        {},
        command=restrictions.restrict,
        inputs=restrictions.Restrict,
        submit="requests.restrict_now",
        fixed={"request_id": card.id, "version": card.version},
        done="requests.restricted",
    )


def _draw_plan(party_id: int) -> None:
    plan = ask(erasure_plan, party_id, today=clock.today())
    rows = [
        (
            t(f"erasure_kinds.{line.kind}"),
            str(line.count),
            t("requests.goes_now")
            if line.goes_now
            else t("requests.stays", until=line.keep_until)
            if line.keep_until
            else t("requests.stays_open" if line.waits else "requests.stays_in_force"),
            line.citation,
        )
        for line in plan.lines
    ]
    head = tuple(t(f"requests.plan.{name}") for name in ("kind", "count", "what", "law"))
    safe_html.table(head, rows, caption=t("requests.plan.caption"))
    if plan.held:
        st.warning(t("requests.plan.held"), icon=":material/lock:")
    if plan.open_balances:
        said = t("requests.plan.open_balances", n=plan.open_balances)
        st.warning(said, icon=":material/account_balance_wallet:")
    if plan.in_force:
        st.warning(t("requests.plan.in_force"), icon=":material/info:")


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


def _sending(
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
