"""Disposal (Hävittäminen): proposed, reviewed, approved, carried out, certified."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import open_page, record_id
from dashboard.ui import safe_html
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.views.disposal.carrying_out import draw_overtaken
from dashboard.views.disposal.restore_findings import draw_restored
from dashboard.views.disposal.restored_users import draw_restored_users
from dashboard.views.disposal.review import (
    decisions,
    draw_files,
    draw_groups,
    draw_reasons,
    draw_sums,
)
from dashboard.views.disposal.second_person import draw_second_person
from dashboard.views.disposal.steps import draw_steps, propose_button
from queries.reads.retention.disposals import OPEN, Review, RunRow, disposal_review, disposal_runs
from queries.store.tables import RunStatus
from queries.wording.formats import day, number


def draw() -> None:
    st.title(t("pages.disposal"))
    st.caption(t("disposal.about"))
    draw_restored()
    draw_restored_users()
    runs = ask(disposal_runs)
    draw_overtaken(runs)
    current = next((run for run in runs if run.status in OPEN), None)
    chosen = record_id("run") or (current.id if current else None)
    if current is None:
        propose_button()
    if chosen is not None:
        _run(ask(disposal_review, chosen))
    _earlier([run for run in runs if run.id != chosen])
    st.header(t("disposal.second_title"), anchor=False)
    draw_second_person()


def _run(review: Review) -> None:
    run = review.run
    safe_html.heading(t("disposal.number", n=str(run.id)), level=2)
    safe_html.chips([t(f"run_statuses.{run.status}")])
    safe_html.facts(decisions(run))
    undone = run.status in {RunStatus.PROPOSED, RunStatus.APPROVED}
    shown = {"files": review.count}
    shown |= (
        {"kept_back": sum(review.kept_back.values())}
        if undone
        else {"gone": review.gone, "stayed": review.stayed, "waiting": review.waiting}
    )
    if review.removed:
        shown["already_gone"] = review.removed
    for column, (name, count) in zip(st.columns(5), shown.items(), strict=False):
        column.metric(t(f"disposal.{name}"), number(count, language()))
    draw_sums(review)
    draw_steps(review)
    if review.groups:
        draw_groups(review)
    if review.reasons:
        draw_reasons(review)
    for kind in dict.fromkeys(group.kind for group in review.groups):
        draw_files(review, kind)


def _earlier(runs: list[RunRow]) -> None:
    if runs:
        st.header(t("disposal.earlier"), anchor=False)
    for run in runs:
        label = t("disposal.number", n=str(run.id)) + " · " + t(f"run_statuses.{run.status}")
        st.button(
            f"{label} · {day(run.as_of, language())}",
            key=f"run-{run.id}",
            type="tertiary",
            on_click=open_page,
            args=("disposal", {"run": str(run.id)}),
        )


draw()
