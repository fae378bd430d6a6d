"""The gateway between a page and the queries: ``ask`` reads, ``carry_out`` writes.

Both look the signed-in user up anew: a callback or a fragment runs without the entry script, so
a guard that was only there would be missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, TypeAlias, TypeVar

import streamlit as st
from sqlalchemy.orm import Session

from dashboard.runtime import the_store
from dashboard.ui import clock
from dashboard.ui.language import sentence
from dashboard.ui.sign_in import SignedIn, current_user
from queries.errors import NotAllowed, RegisterError
from queries.rules.roles import Actor, Permission
from queries.store.sessions import UnitOfWork

_OF_THIS_RUN = "user_of_this_run"

_P = ParamSpec("_P")
_T = TypeVar("_T")
#: The inputs of a command.
InputsT = TypeVar("InputsT")

#: What a read is handed: a session in which nothing is written.
Reading: TypeAlias = Session


@contextmanager
def acting(user: SignedIn) -> Iterator[None]:
    """Keep the user whom a run of the entry script has looked up: the gateway does not look
    again.

    What runs without the entry script, a callback or a fragment, finds nothing here and asks.
    """
    st.session_state[_OF_THIS_RUN] = user
    try:
        yield
    finally:
        st.session_state.pop(_OF_THIS_RUN, None)


def actor() -> Actor:
    """Return the signed-in user.

    :raises NotAllowed: when nobody is (any more).
    """
    user: SignedIn | None = st.session_state.get(_OF_THIS_RUN) or current_user()
    if user is None:
        raise NotAllowed("sign_in")
    return user.actor


def may(right: Permission) -> bool:
    """Return whether to offer something at all; the command checks again."""
    return actor().may(right)


def demand(right: Permission) -> None:
    """Refuse without this permission: a form that could not be saved is not offered."""
    if not may(right):
        st.error(sentence(NotAllowed(right)))
        st.stop()


def ask(query: Callable[Concatenate[Session, _P], _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """Read; a refusal is shown as its sentence and the page stops there."""
    try:
        with the_store().reading(actor(), now=clock.now()) as session:
            return query(session, *args, **kwargs)
    except RegisterError as error:
        st.error(sentence(error))
        st.stop()


def carry_out(
    command: Callable[[UnitOfWork, InputsT], int], inputs: InputsT, *, token: str | None
) -> int:
    """Carry a command out, once for its token; return what the command returns.

    :raises RegisterError: the refusal, for the form to show.
    """
    return the_store().carry_out(command, inputs, actor=actor(), token=token, now=clock.now())
