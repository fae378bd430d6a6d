"""Buttons without a form: they carry a command out, at once or after a question."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, Protocol

import streamlit as st

from dashboard.ui.forms import flash, refuse_flash, start_editing
from dashboard.ui.gateway import InputsT, carry_out
from dashboard.ui.language import t
from queries.errors import RegisterError
from queries.store.sessions import UnitOfWork
from queries.writes.commands import Seen


class VersionedRow(Protocol):
    """A row of a read with its version, for a command on its record."""

    @property
    def id(self) -> int: ...

    @property
    def version(self) -> int: ...


Kind = Literal["primary", "secondary", "tertiary"]


def act(
    command: Callable[[UnitOfWork, InputsT], int],
    inputs: InputsT,
    *,
    token: str | None,
    done: str | None = "forms.saved",
    then: Callable[[int], object] | None = None,
) -> None:
    """Carry a command out and say so (a callback); a refusal is shown at the next drawing.

    :param token: as of :func:`.gateway.carry_out`.
    :param done: the words of the message, or None where the page itself shows the outcome.
    :param then: called with what the command returned, where it was carried out.
    """
    try:
        outcome = carry_out(command, inputs, token=token)
    except RegisterError as error:
        refuse_flash(error)
        return
    if done is not None:
        flash(done)
    if then is not None:
        then(outcome)


def on_seen(
    command: Callable[[UnitOfWork, Seen], int],
    row: VersionedRow,
    *,
    done: str,
    then: Callable[[int], object] | None = None,
) -> Callable[[], None]:
    """Return what a button does that carries a command out on a record as it was seen."""
    return partial(
        act,
        command,
        Seen(id=row.id, version=row.version),
        token=f"{command.__name__}-{row.id}-{row.version}",
        done=done,
        then=then,
    )


def confirm(
    label: str,
    question: str,
    yes: str,
    on_click: Callable[[], None],
    *,
    key: str,
    icon: str,
    ask_key: str | None = None,
    is_small: bool = True,
) -> None:
    """Draw a button that asks before it acts.

    :param label: the words of the button; ``question`` and ``yes`` are those of what it opens.
    :param on_click: what it does then, with the arguments of this drawing.
    :param key: of the button that acts.
    :param ask_key: of the question, where it has to close once it is answered.
    :param is_small: whether the button is drawn without a frame.
    """
    kind: Any = {"type": "tertiary"} if is_small else {}
    kept: Any = {"key": ask_key, "on_change": "rerun"} if ask_key is not None else {}
    with st.popover(t(label), icon=f":material/{icon}:", **kind, **kept):
        st.write(t(question))
        st.button(t(yes), key=key, on_click=on_click)


def open_form(
    form: str, label: str = "forms.edit", *, icon: str = "edit", kind: Kind = "tertiary"
) -> None:
    """Draw the button that opens a form.

    :param label: its words.
    :param kind: how much it stands out.
    """
    st.button(
        t(label),
        key=f"{form}.open",
        icon=f":material/{icon}:",
        type=kind,
        on_click=start_editing,
        args=(form,),
    )
