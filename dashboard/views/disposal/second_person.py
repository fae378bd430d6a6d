"""The rule that somebody other than the proposer approves a disposal: its state, and changing
it."""

from __future__ import annotations

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.actions import act
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from queries.reads.settings import setting_as_set
from queries.rules.roles import Permission
from queries.store.backup.carry_permissions import SECOND_PERSON
from queries.wording.formats import instant
from queries.writes.retention.disposal import AskSecondPerson, ask_second_person


def draw_second_person() -> None:
    """Draw the rule as it is, who set it, and the button that changes it."""
    stands = ask(setting_as_set, SECOND_PERSON)
    asked = stands is not None and bool(stands.value)
    who = (
        ""
        if stands is None
        else t(
            "disposal.second_set", by=stands.changed_by, at=instant(stands.changed_at, language())
        )
    )
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        safe_html.lines(t("disposal.second_on" if asked else "disposal.second_off"), small=who)
        if may(Permission.EDIT_SETTINGS):
            st.button(
                t("disposal.second_allow" if asked else "disposal.second_ask"),
                type="tertiary",
                icon=":material/group:",
                key="disposal.second",
                on_click=_turn,
                args=(not asked, None if stands is None else stands.version),
            )


def _turn(asked: bool, version: int | None) -> None:
    inputs = AskSecondPerson(asked=asked, version=version)
    act(ask_second_person, inputs, token=None, done="disposal.second_saved")
