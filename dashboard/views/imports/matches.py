"""Answers on the party that a row of an import means, where its keys do not settle it."""

from __future__ import annotations

import streamlit as st

from dashboard.ui.language import t
from queries.intake.plan import ASKED, Plan, PlanRow
from queries.intake.readers.read_file import Intake

#: Rows that are asked about at once; the next ones follow when these are said.
MOST_ASKED = 50
#: The choice of nobody yet, and of someone new; parties have keys from 1.
_OPEN = -1
_NEW = 0


def said(intake: Intake) -> tuple[tuple[int, int | None], ...]:
    """Return the answers on the rows of this file: the party of each, None for someone new."""
    kept: dict[int, int] = st.session_state.get(_kept_as(intake), {})
    return tuple((row, party_id or None) for row, party_id in sorted(kept.items()))


def draw_matches(plan: Plan, intake: Intake) -> None:
    """Draw one choice for each row that needs an answer, or has one."""
    kept: dict[int, int] = st.session_state.get(_kept_as(intake), {})
    asked = [row for row in plan.rows if row.number in kept or _is_asked(row)]
    if not asked:
        return
    st.subheader(t("import.match_title"), anchor=False)
    st.caption(t("import.match_about"))
    for row in asked[: len(kept) + MOST_ASKED]:
        shown = {one.id: one.shown for one in row.suggested}
        labels = {_OPEN: t("import.match_open"), _NEW: t("import.match_new"), **shown}
        key = f"import!match.{intake.sha256}.{row.number}"
        st.session_state.setdefault(key, kept.get(row.number, _OPEN))
        st.selectbox(
            t("import.match", row=row.number, name=row.name),
            list(labels),
            key=key,
            format_func=labels.__getitem__,
            on_change=_keep,
            args=(intake, row.number, key),
        )


def _is_asked(row: PlanRow) -> bool:
    return bool(ASKED & {reason.code for reason in row.reasons})


def _kept_as(intake: Intake) -> str:
    return f"import!matches.{intake.sha256}"


def _keep(intake: Intake, number: int, key: str) -> None:
    kept = dict(st.session_state.get(_kept_as(intake), {}))
    kept.pop(number, None)
    if st.session_state[key] != _OPEN:
        kept[number] = st.session_state[key]
    st.session_state[_kept_as(intake)] = kept
