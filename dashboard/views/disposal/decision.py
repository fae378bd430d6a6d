"""The decision on a disposal: approved by a second person, or withdrawn."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.ui.actions import act
from dashboard.ui.gateway import actor, ask, may
from dashboard.ui.language import t
from queries.reads.retention.disposals import Review
from queries.reads.settings import setting
from queries.rules.roles import Permission
from queries.store.backup.carry_permissions import SECOND_PERSON
from queries.writes.commands import Seen
from queries.writes.retention.disposal import approve_disposal, withdraw_disposal


def draw_decision(review: Review) -> None:
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
                on_click=decide,
                args=(approve_disposal, run.id, run.version, "disposal.approved_now"),
            )
        draw_withdrawal(run.id, run.version)


def draw_withdrawal(run_id: int, version: int) -> None:
    if may(Permission.PROPOSE_DISPOSAL):
        st.button(
            t("disposal.withdraw"),
            icon=":material/undo:",
            key="disposal.withdraw",
            on_click=decide,
            args=(withdraw_disposal, run_id, version, "disposal.withdrawn_now"),
        )


def decide(command: Callable[..., int], run_id: int, version: int, said: str) -> None:
    inputs = Seen(id=run_id, version=version)
    act(command, inputs, token=f"disposal-{run_id}-{version}-{said}", done=said)
