"""Findings that a person has to look at after a restore, and the button that confirms it."""

from __future__ import annotations

import streamlit as st

from dashboard.restored_words import sentences
from dashboard.ui import safe_html
from dashboard.ui.actions import act
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from queries.reads.restored import restore_to_check
from queries.rules.roles import Permission
from queries.wording.formats import day
from queries.writes.restore_review import ConfirmChecked, confirm_checked


def draw_restored() -> None:
    """Draw what waits to be checked; nothing where nothing waits."""
    found = ask(restore_to_check)
    if found is None:
        return
    with st.container(border=True):
        st.subheader(t("restored.title"), anchor=False)
        for on, told in found.restores:
            st.warning(
                t("restored.about", on=day(on, language())),
                icon=":material/settings_backup_restore:",
            )
            safe_html.lines(*sentences(told, language()))
        if may(Permission.APPROVE_DISPOSAL):
            st.button(
                t("restored.checked"),
                icon=":material/check:",
                key="restored.checked",
                on_click=_checked,
                args=(found.version,),
            )


def _checked(version: int) -> None:
    act(confirm_checked, ConfirmChecked(version=version), token=None, done="restored.checked_now")
