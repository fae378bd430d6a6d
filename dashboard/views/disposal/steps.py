"""The steps of a disposal: proposed, decided on, carried out, certified."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.ui import clock
from dashboard.ui.actions import act
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from dashboard.views.disposal.carrying_out import draw_carrying_out
from dashboard.views.disposal.decision import draw_decision
from queries.documents.certificate import as_json, as_pdf
from queries.documents.controller_details import controller
from queries.reads.retention.disposals import Review
from queries.rules.roles import Permission
from queries.store.tables import RunStatus
from queries.writes.commands import Seen
from queries.writes.retention.disposal import ProposeDisposal, note_certificate, propose_disposal


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


def draw_steps(review: Review) -> None:
    """Draw what may be done next with a disposal."""
    run = review.run
    if run.status == RunStatus.PROPOSED:
        draw_decision(review)
    elif run.status in {RunStatus.APPROVED, RunStatus.CARRYING_OUT}:
        draw_carrying_out(review)
    elif run.status == RunStatus.DONE:
        _draw_certificate(review)


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


def _propose() -> None:
    act(
        propose_disposal,
        ProposeDisposal(as_of=clock.today()),
        token=None,
        done="disposal.proposed_now",
        then=lambda _run: st.query_params.pop("run", None),
    )


def _note(run_id: int, version: int) -> None:
    act(note_certificate, Seen(id=run_id, version=version), token=None, done=None)
