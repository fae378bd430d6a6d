"""Review of a report before it is given out: places that may be about somebody else, one by one.

What was found and decided stays in the user's session only; the report is made anew when it is
prepared, and a place that nobody has decided on stops it. Keys of widgets name places by the keys
of rows, never by their text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.runtime import the_store
from dashboard.ui import clock, safe_html
from dashboard.ui.forms import refuse_flash
from dashboard.ui.gateway import actor
from dashboard.ui.language import language, t
from queries.documents.access.report import AccessReport, access_report
from queries.documents.access.review import AROUND, ReviewMark, occurrences, review
from queries.errors import RegisterError, RuleRefusal
from queries.reads.requests.request_card import RequestCard
from queries.wording.formats import day

REDACT, KEEP, EACH = "redact", "keep", "each"
#: So many places show what a word is about; the others are opened one by one.
_SHOWN = 3
#: More places of one word than this are decided together.
_MOST_EACH = 60


@dataclass(frozen=True)
class Looked:
    """The findings in a report; ``turn`` counts how often it was reviewed."""

    marks: tuple[ReviewMark, ...]
    complete: bool
    turn: int


def reviewed(card: RequestCard, party_id: int) -> tuple[AccessReport, tuple[ReviewMark, ...], int]:
    """The report as it is now, the marks to redact, and how many were found in all.

    :raises RuleRefusal: ``marks_undecided`` (n) while a place waits for a decision; they are shown
        then.
    """
    report, looked = _look(card, party_id)
    decided = _decided(card.id)
    waiting = sum(_name(mark) not in decided for mark in looked.marks)
    if waiting:
        _keep(card.id, looked)
        raise RuleRefusal("marks_undecided", "GDPR Art. 15(4)", n=waiting)
    chosen = tuple(mark for mark in looked.marks if decided[_name(mark)] == REDACT)
    return report, chosen, len(looked.marks)


def noted(report: AccessReport, found: int) -> str:
    """Return what the file says of the review: how many places, and which data were redacted."""
    said = [t("requests.review.noted", on=day(report.made_on, language()), n=found)]
    if report.redactions:
        said.append(t("requests.review.noted_redacted", what="; ".join(report.redactions)))
    return "\n".join(said)


def draw_review(card: RequestCard, party_id: int) -> None:
    """Draw the places with the text around them, each to be redacted or kept."""
    looked: Looked | None = st.session_state.get(f"looked-{card.id}")
    if looked is None:
        st.caption(t("requests.review.about"))
        st.button(
            t("requests.review.look"),
            key=f"look-{card.id}",
            icon=":material/search:",
            on_click=_look_again,
            args=(card, party_id),
        )
        return
    decided = _decided(card.id)
    waiting = sum(_name(mark) not in decided for mark in looked.marks)
    groups = _groups(looked.marks)
    if not looked.marks:
        st.success(t("requests.review.nothing"), icon=":material/task_alt:")
    elif waiting:
        st.warning(t("requests.review.waiting", n=waiting), icon=":material/visibility:")
    else:
        st.success(t("requests.review.decided"), icon=":material/task_alt:")
    if not looked.complete:
        st.warning(t("requests.review.bounded"), icon=":material/info:")
    if len(groups) > 1 and waiting:
        with st.container(horizontal=True):
            for choice in (REDACT, KEEP):
                st.button(
                    t(f"requests.review.all_{choice}"),
                    key=f"all-{card.id}-{choice}",
                    on_click=_judge_all,
                    args=(card.id, looked.marks, choice),
                )
    for place, group in enumerate(groups):
        _draw_group(card, looked.turn, place, group)
    _draw_own_word(card, party_id)


def _draw_group(card: RequestCard, turn: int, place: int, marks: Sequence[ReviewMark]) -> None:
    first, decided = marks[0], _decided(card.id)
    key = f"judge-{card.id}-{turn}-{place}"
    with st.container(border=True):
        safe_html.lines(
            first.found,
            small=" · ".join(
                [t(f"review_reasons.{first.reason}"), t("requests.review.places", n=len(marks))]
            ),
        )
        several = 1 < len(marks) <= _MOST_EACH
        options = [REDACT, KEEP, *([EACH] if several else [])]
        chosen = {decided.get(_name(mark)) for mark in marks}
        same = chosen.pop() if len(chosen) == 1 else None
        st.segmented_control(
            t("requests.review.what"),
            options,
            key=key,
            default=same,
            format_func=lambda code: t(f"requests.review.{code}"),
            label_visibility="collapsed",
            on_change=_judge,
            args=(card.id, key, tuple(marks)),
        )
        one_by_one = st.session_state.get(key) == EACH
        for number, mark in enumerate(marks if one_by_one else marks[:_SHOWN]):
            safe_html.marked(
                _from_word(mark.before), mark.found, _to_word(mark.after), small=mark.where
            )
            if one_by_one:
                own = f"{key}-{number}"
                st.segmented_control(
                    t("requests.review.what"),
                    [REDACT, KEEP],
                    key=own,
                    default=decided.get(_name(mark)),
                    label_visibility="collapsed",
                    format_func=lambda code: t(f"requests.review.{code}"),
                    on_change=_judge,
                    args=(card.id, own, (mark,)),
                )
        if not one_by_one and len(marks) > _SHOWN:
            st.caption(t("requests.review.more", n=len(marks) - _SHOWN))


def _draw_own_word(card: RequestCard, party_id: int) -> None:
    """A name that the register does not know it cannot find: the reader says it."""
    with st.form(f"word-{card.id}", clear_on_submit=True, border=False):
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        left.text_input(
            t("requests.review.own_word"),
            key=f"word-{card.id}.text",
            help=t("requests.review.own_word_help"),
        )
        right.form_submit_button(t("requests.review.find"), on_click=_find, args=(card, party_id))


def _find(card: RequestCard, party_id: int) -> None:
    typed = str(st.session_state.get(f"word-{card.id}.text") or "").strip()
    if typed:
        st.session_state.setdefault(f"words-{card.id}", []).append(typed)
    _look_again(card, party_id)


def _look_again(card: RequestCard, party_id: int) -> None:
    try:
        _keep(card.id, _look(card, party_id)[1])
    except RegisterError as error:
        refuse_flash(error)


def _look(card: RequestCard, party_id: int) -> tuple[AccessReport, Looked]:
    with the_store().reading(actor(), now=clock.now()) as session:
        report = access_report(
            session,
            party_id,
            language=card.language,
            today=clock.today(),
            request_number=card.number,
        )
        found = review(session, report, party_id)
    own = occurrences(report, st.session_state.get(f"words-{card.id}", []))
    seen = {_name(mark) for mark in found.marks}
    marks = (*found.marks, *(mark for mark in own if _name(mark) not in seen))
    before: Looked | None = st.session_state.get(f"looked-{card.id}")
    return report, Looked(marks, found.complete, before.turn + 1 if before else 0)


def _keep(request_id: int, looked: Looked) -> None:
    st.session_state[f"looked-{request_id}"] = looked


def _decided(request_id: int) -> dict[tuple[str, int, int, str], str]:
    found: dict[tuple[str, int, int, str], str] = st.session_state.setdefault(
        f"decided-{request_id}", {}
    )
    return found


def _name(mark: ReviewMark) -> tuple[str, int, int, str]:
    """Return a place with its text: where the text has changed, it is decided on anew."""
    return (mark.place, mark.start, mark.end, mark.found)


def _groups(marks: Iterable[ReviewMark]) -> list[list[ReviewMark]]:
    """The places of the same word and reason together, in the order of the report."""
    found: dict[tuple[str, str], list[ReviewMark]] = {}
    for mark in marks:
        found.setdefault((mark.found.casefold(), mark.reason), []).append(mark)
    return list(found.values())


def _judge(request_id: int, key: str, marks: tuple[ReviewMark, ...]) -> None:
    choice = st.session_state.get(key)
    decided = _decided(request_id)
    for mark in marks:
        if choice in {REDACT, KEEP}:
            decided[_name(mark)] = choice
        else:
            decided.pop(_name(mark), None)


def _judge_all(request_id: int, marks: tuple[ReviewMark, ...], choice: str) -> None:
    decided = _decided(request_id)
    for mark in marks:
        decided.setdefault(_name(mark), choice)
    # The widgets are drawn anew, with what was decided.
    looked: Looked = st.session_state[f"looked-{request_id}"]
    _keep(request_id, Looked(looked.marks, looked.complete, looked.turn + 1))


def _from_word(text: str) -> str:
    """Return the text before, from the beginning of a word."""
    return text if len(text) < AROUND else f"…{text.partition(' ')[2]}"


def _to_word(text: str) -> str:
    return text if len(text) < AROUND else f"{text.rpartition(' ')[0]}…"
