"""Review of a report before it is given out: places that may be about somebody else, one by one.

Keys of widgets name places by the keys of rows, never by their text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.language import t
from dashboard.views.requests.review_marks import (
    EACH,
    KEEP,
    REDACT,
    Looked,
    decided_of,
    find_word,
    judge,
    judge_all,
    look_again,
    name_of,
)
from queries.documents.access.review import AROUND, ReviewMark
from queries.reads.requests.request_card import RequestCard

#: So many places show what a word is about; the others are opened one by one.
_SHOWN = 3


#: More places of one word than this are decided together.
_MOST_EACH = 60


def draw_review(card: RequestCard, party_id: int) -> None:
    """Draw the places with the text around them, each to be redacted or kept."""
    looked: Looked | None = st.session_state.get(f"looked-{card.id}")
    if looked is None:
        st.caption(t("requests.review.about"))
        st.button(
            t("requests.review.look"),
            key=f"look-{card.id}",
            icon=":material/search:",
            on_click=look_again,
            args=(card, party_id),
        )
        return
    decided = decided_of(card.id)
    waiting = sum(name_of(mark) not in decided for mark in looked.marks)
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
                    on_click=judge_all,
                    args=(card.id, looked.marks, choice),
                )
    for place, group in enumerate(groups):
        _draw_group(card, looked.turn, place, group)
    _draw_own_word(card, party_id)


def _draw_group(card: RequestCard, turn: int, place: int, marks: Sequence[ReviewMark]) -> None:
    first, decided = marks[0], decided_of(card.id)
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
        chosen = {decided.get(name_of(mark)) for mark in marks}
        same = chosen.pop() if len(chosen) == 1 else None
        st.segmented_control(
            t("requests.review.what"),
            options,
            key=key,
            default=same,
            format_func=lambda code: t(f"requests.review.{code}"),
            label_visibility="collapsed",
            on_change=judge,
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
                    default=decided.get(name_of(mark)),
                    label_visibility="collapsed",
                    format_func=lambda code: t(f"requests.review.{code}"),
                    on_change=judge,
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
        right.form_submit_button(
            t("requests.review.find"), on_click=find_word, args=(card, party_id)
        )


def _groups(marks: Iterable[ReviewMark]) -> list[list[ReviewMark]]:
    """The places of the same word and reason together, in the order of the report."""
    found: dict[tuple[str, str], list[ReviewMark]] = {}
    for mark in marks:
        found.setdefault((mark.found.casefold(), mark.reason), []).append(mark)
    return list(found.values())


def _from_word(text: str) -> str:
    """Return the text before, from the beginning of a word."""
    return text if len(text) < AROUND else f"…{text.partition(' ')[2]}"


def _to_word(text: str) -> str:
    return text if len(text) < AROUND else f"{text.rpartition(' ')[0]}…"
