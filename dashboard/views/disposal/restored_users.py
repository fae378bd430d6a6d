"""The users whose rights a restore changed: an administrator confirms each."""

from __future__ import annotations

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.actions import act
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from queries.reads.users import RestoredUser, users_to_confirm
from queries.rules.roles import Permission
from queries.wording.formats import day
from queries.writes.users import ConfirmRestoredUser, confirm_restored_user


def draw_restored_users() -> None:
    """Nothing where nobody waits, and for who may not manage users."""
    if not may(Permission.MANAGE_USERS):
        return
    waiting = ask(users_to_confirm)
    if not waiting:
        return
    with st.container(border=True):
        st.subheader(t("restored.users_title"), anchor=False)
        st.warning(t("restored.users_about"), icon=":material/group:")
        for one in waiting:
            _draw_user(one)


def _draw_user(one: RestoredUser) -> None:
    user = one.user
    changed = ", ".join(t(f"restored.user_changes.{name}") for name in one.changed)
    role, state = t(f"user_roles.{user.role}"), "in_use" if user.active else "out_of_use"
    safe_html.lines(
        f"{user.name} ({user.username}), {role}, {t(f'restored.{state}')}",
        small=t("restored.user_changed", on=day(one.on, language()), what=changed),
    )
    with st.container(horizontal=True):
        for active in (True, False):
            st.button(
                t("restored.keep_in_use" if active else "restored.keep_out_of_use"),
                key=f"restored.user-{user.id}.{'in' if active else 'out'}",
                icon=":material/check:" if active else ":material/block:",
                type="tertiary",
                on_click=_confirm,
                args=(user.id, user.version, active),
            )


def _confirm(user_id: int, version: int, active: bool) -> None:
    inputs = ConfirmRestoredUser(user_id=user_id, version=version, active=active)
    act(confirm_restored_user, inputs, token=None, done="restored.user_confirmed")
