"""Places of a report that may be about somebody else, and what was decided on each.

What was found and decided stays in the user's session only; the report is made anew when it is
prepared, and a place that nobody has decided on stops it.
"""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.runtime import the_store
from dashboard.ui import clock
from dashboard.ui.forms import refuse_flash
from dashboard.ui.gateway import actor
from dashboard.ui.language import language, t
from queries.documents.access.report import AccessReport, access_report
from queries.documents.access.review import ReviewMark, occurrences, review
from queries.errors import RegisterError, RuleRefusal
from queries.reads.requests.request_card import RequestCard
from queries.wording.formats import day

REDACT, KEEP, EACH = "redact", "keep", "each"


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
    decided = decided_of(card.id)
    waiting = sum(name_of(mark) not in decided for mark in looked.marks)
    if waiting:
        _keep(card.id, looked)
        raise RuleRefusal("marks_undecided", "GDPR Art. 15(4)", n=waiting)
    chosen = tuple(mark for mark in looked.marks if decided[name_of(mark)] == REDACT)
    return report, chosen, len(looked.marks)


def noted(report: AccessReport, found: int) -> str:
    """Return what the file says of the review: how many places, and which data were redacted."""
    said = [t("requests.review.noted", on=day(report.made_on, language()), n=found)]
    if report.redactions:
        said.append(t("requests.review.noted_redacted", what="; ".join(report.redactions)))
    return "\n".join(said)


def find_word(card: RequestCard, party_id: int) -> None:
    typed = str(st.session_state.get(f"word-{card.id}.text") or "").strip()
    if typed:
        st.session_state.setdefault(f"words-{card.id}", []).append(typed)
    look_again(card, party_id)


def look_again(card: RequestCard, party_id: int) -> None:
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
    seen = {name_of(mark) for mark in found.marks}
    marks = (*found.marks, *(mark for mark in own if name_of(mark) not in seen))
    before: Looked | None = st.session_state.get(f"looked-{card.id}")
    return report, Looked(marks, found.complete, before.turn + 1 if before else 0)


def _keep(request_id: int, looked: Looked) -> None:
    st.session_state[f"looked-{request_id}"] = looked


def decided_of(request_id: int) -> dict[tuple[str, int, int, str], str]:
    found: dict[tuple[str, int, int, str], str] = st.session_state.setdefault(
        f"decided-{request_id}", {}
    )
    return found


def name_of(mark: ReviewMark) -> tuple[str, int, int, str]:
    """Return a place with its text: where the text has changed, it is decided on anew."""
    return (mark.place, mark.start, mark.end, mark.found)


def judge(request_id: int, key: str, marks: tuple[ReviewMark, ...]) -> None:
    choice = st.session_state.get(key)
    decided = decided_of(request_id)
    for mark in marks:
        if choice in {REDACT, KEEP}:
            decided[name_of(mark)] = choice
        else:
            decided.pop(name_of(mark), None)


def judge_all(request_id: int, marks: tuple[ReviewMark, ...], choice: str) -> None:
    decided = decided_of(request_id)
    for mark in marks:
        decided.setdefault(name_of(mark), choice)
    # The widgets are drawn anew, with what was decided.
    looked: Looked = st.session_state[f"looked-{request_id}"]
    _keep(request_id, Looked(looked.marks, looked.complete, looked.turn + 1))
