"""The steps of a disposal: approved or withdrawn, carried out with a progress bar, certified."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from dashboard.navigation import link
from dashboard.runtime import the_ledger, the_store
from dashboard.ui import clock
from dashboard.ui.actions import act
from dashboard.ui.forms import flash, refuse_flash
from dashboard.ui.gateway import actor, ask, may
from dashboard.ui.language import language, t
from queries.documents.certificate import as_json, as_pdf
from queries.documents.controller_details import controller
from queries.errors import RegisterError
from queries.reads.paper.records import PaperState, papers_to_destroy
from queries.reads.retention.disposals import Review, RunRow
from queries.reads.settings import setting
from queries.rules.roles import Permission
from queries.store.backup.carry_permissions import SECOND_PERSON
from queries.store.tables import RunStatus
from queries.writes.commands import Seen
from queries.writes.retention.disposal import (
    ProposeDisposal,
    approve_disposal,
    carry_on,
    end_early,
    note_certificate,
    propose_disposal,
    withdraw_disposal,
)

_CARRIED_ON = "disposal_carried_on"


def propose_button() -> None:
    """The button that lists everything whose time is up today."""
    if may(Permission.PROPOSE_DISPOSAL):
        st.button(
            t("disposal.propose"),
            icon=":material/playlist_add_check:",
            type="primary",
            key="disposal.propose",
            on_click=_propose,
        )


def draw_overtaken(runs: Sequence[RunRow]) -> None:
    """Say why nothing goes where the disposal that was to be carried out was withdrawn, ended or
    carried out by somebody else since its page was drawn."""
    run = next((run for run in runs if run.id == st.session_state.get(_CARRIED_ON)), None)
    if run is None or run.status in {RunStatus.APPROVED, RunStatus.CARRYING_OUT}:
        return
    del st.session_state[_CARRIED_ON]
    status = t(f"run_statuses.{run.status}")
    st.error(t("disposal.overtaken", n=str(run.id), status=status), icon=":material/error:")


def draw_steps(review: Review) -> None:
    """Draw what may be done next with a disposal."""
    run = review.run
    if run.status == RunStatus.PROPOSED:
        _draw_decision(review)
    elif run.status in {RunStatus.APPROVED, RunStatus.CARRYING_OUT}:
        _draw_carrying_out(review)
    elif run.status == RunStatus.DONE:
        _draw_certificate(review)


def _draw_decision(review: Review) -> None:
    run = review.run
    alone = run.proposed_by == actor().username and bool(ask(setting, SECOND_PERSON))
    if alone:
        st.info(t("disposal.second_person"), icon=":material/group:")
    elif not review.count:
        st.info(t("disposal.empty"))
    with st.container(horizontal=True):
        if may(Permission.APPROVE_DISPOSAL):
            st.button(
                t("disposal.approve"),
                type="primary",
                icon=":material/check:",
                key="disposal.approve",
                disabled=alone or not review.count,
                on_click=_decide,
                args=(approve_disposal, run.id, run.version, "disposal.approved_now"),
            )
        _withdrawal(run.id, run.version)


def _draw_carrying_out(review: Review) -> None:
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
            _withdrawal(run.id, run.version)
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


def _draw_certificate(review: Review) -> None:
    """Draw both forms of the certificate, made on demand, leaving no file behind."""
    if not may(Permission.CARRY_OUT_DISPOSAL):
        return
    house = ask(controller).name
    st.subheader(t("disposal.certificate"), anchor=False)
    with st.container(horizontal=True):
        for ending, mime, made in (
            ("pdf", "application/pdf", partial(as_pdf, review, language=language(), house=house)),
            ("json", "application/json", partial(as_json, review)),
        ):
            st.download_button(
                t(f"disposal.download_{ending}"),
                made,
                mime=mime,
                icon=":material/download:",
                file_name=t("disposal.file_name", n=str(review.run.id)) + f".{ending}",
                key=f"disposal.{ending}",
                on_click=_note,
                args=(review.run.id, review.run.version),
            )


def _withdrawal(run_id: int, version: int) -> None:
    if may(Permission.PROPOSE_DISPOSAL):
        st.button(
            t("disposal.withdraw"),
            icon=":material/undo:",
            key="disposal.withdraw",
            on_click=_decide,
            args=(withdraw_disposal, run_id, version, "disposal.withdrawn_now"),
        )


def _propose() -> None:
    act(
        propose_disposal,
        ProposeDisposal(as_of=clock.today()),
        token=None,
        done="disposal.proposed_now",
        then=lambda _run: st.query_params.pop("run", None),
    )


def _decide(command: Callable[..., int], run_id: int, version: int, said: str) -> None:
    inputs = Seen(id=run_id, version=version)
    act(command, inputs, token=f"disposal-{run_id}-{version}-{said}", done=said)


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


def _note(run_id: int, version: int) -> None:
    act(note_certificate, Seen(id=run_id, version=version), token=None, done=None)
