"""Changing one's own password, in the side menu."""

from __future__ import annotations

import streamlit as st

from dashboard.ui.actions import open_form
from dashboard.ui.forms import Field, edit_form, editing
from dashboard.ui.sign_in import SignedIn, say_at_sign_in
from dashboard.web.rates import Rates
from queries.errors import InvalidInput
from queries.writes.users import OwnPassword, change_own_password

FORM = "own_password"
#: The new password is ``password``, as the rules of passwords call it.
_FIELDS = tuple(
    Field(name, "password", label=f"own_password.{name}") for name in ("old", "password", "again")
)
#: So often may one user try the present password in a minute.
_rates = Rates(5, 60)


def draw_own_password(user: SignedIn) -> None:
    """Draw the button, or the form; afterwards the user signs in with the new password."""
    with st.sidebar:
        if not editing(FORM):
            open_form(FORM, "own_password.open", icon="password")
            return
        edit_form(
            FORM,
            _FIELDS,
            {},
            command=change_own_password,
            inputs=_typed,
            fixed={"username": user.username},
            then=lambda _user: say_at_sign_in("own_password.done", user.language),
        )


def _typed(*, username: str, old: str, password: str, again: str) -> OwnPassword:
    if password != again:
        raise InvalidInput("again", "passwords_differ")
    if not _rates.may(username):
        raise InvalidInput("old", "passwords_too_often")
    return OwnPassword(old=old, new=password)
