"""Carrying a disposal out with a progress bar, and what happened to it meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.navigation import link
from dashboard.runtime import the_ledger, the_store
from dashboard.ui import clock
from dashboard.ui.forms import flash, refuse_flash
from dashboard.ui.gateway import actor, ask, may
from dashboard.ui.language import t
from dashboard.views.disposal.decision import draw_withdrawal
from queries.errors import RegisterError
from queries.reads.paper.records import PaperState, papers_to_destroy
from queries.reads.retention.disposals import Review, RunRow
from queries.rules.roles import Permission
from queries.store.tables import RunStatus
from queries.writes.retention.disposal import carry_on, end_early

_CARRIED_ON = "disposal_carried_on"


def draw_overtaken(runs: Sequence[RunRow]) -> None:
    """Say why nothing goes where the disposal that was to be carried out was withdrawn, ended or
    carried out by somebody else since its page was drawn."""
    run = next((run for run in runs if run.id == st.session_state.get(_CARRIED_ON)), None)
    if run is None or run.status in {RunStatus.APPROVED, RunStatus.CARRYING_OUT}:
        return
    del st.session_state[_CARRIED_ON]
    status = t(f"run_statuses.{run.status}")
    st.error(t("disposal.overtaken", n=str(run.id), status=status), icon=":material/error:")


def draw_carrying_out(review: Review) -> None:
    run = review.run
    if st.session_state.pop(_CARRIED_ON, None) == run.id:
        _carry_on(review)
        return
    begun = run.status == RunStatus.CARRYING_OUT
    if begun:
        st.warning(t("disposal.interrupted", n=review.waiting), icon=":material/pause_circle:")
    paper = ask(papers_to_destroy, run.id)
    if paper:
        st.info(t("paper.to_destroy", n=paper), icon=":material/delete_sweep:")
        link("paper", t("pages.paper"), {"state": PaperState.OVERDUE}, icon="folder_open")
    if not may(Permission.CARRY_OUT_DISPOSAL):
        return
    with st.container(horizontal=True):
        label = "disposal.carry_on" if begun else "disposal.carry_out"
        with st.popover(t(label), icon=":material/delete_forever:"):
            goes = max(0, review.waiting - sum(review.kept_back.values()) - paper)
            st.write(t("disposal.sure", n=goes))
            st.button(
                t("disposal.sure_yes"),
                type="primary",
                key="disposal.sure",
                on_click=_ask_to_carry_on,
                args=(run.id,),
            )
        if not begun:
            draw_withdrawal(run.id, run.version)
            return
        with st.popover(t("disposal.end"), icon=":material/stop_circle:"):
            st.write(t("disposal.end_sure"))
            st.button(
                t("disposal.end_yes"), key="disposal.end", on_click=_end, args=(run.id, run.version)
            )


def _carry_on(review: Review) -> None:
    """Batch by batch; a page that is left stops between two, and the rest waits."""
    done, total = review.decided, max(1, review.count)
    bar = st.progress(done / total, text=t("disposal.progress", done=done, n=review.count))

    def progress(decided: int) -> None:
        nonlocal done
        done += decided
        bar.progress(min(1.0, done / total), text=t("disposal.progress", done=done, n=review.count))

    try:
        carry_on(
            the_store(),
            the_ledger(),
            review.run.id,
            actor=actor(),
            now=clock.now(),
            progress=progress,
        )
    except RegisterError as error:
        # Where somebody else carried it out at the same moment, the page shows its state.
        refuse_flash(error)
    else:
        flash("disposal.done_now")
    st.query_params["run"] = str(review.run.id)
    st.rerun()


def _end(run_id: int, version: int) -> None:
    try:
        end_early(the_store(), run_id, version, actor=actor(), now=clock.now())
    except RegisterError as error:
        refuse_flash(error)
    else:
        st.query_params["run"] = str(run_id)
        flash("disposal.ended_now")


def _ask_to_carry_on(run_id: int) -> None:
    st.session_state[_CARRIED_ON] = run_id
