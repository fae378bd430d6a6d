"""The banner of a restriction, shown on every page on which the party appears."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.gateway import ask
from dashboard.ui.language import t
from queries.reads.requests.request_list import restricted_among, restrictions_of

_Row = TypeVar("_Row")


class PartyRow(Protocol):
    """A row of a list with its party."""

    @property
    def party_id(self) -> int: ...

    @property
    def party_name(self) -> str: ...


def draw_restriction(party_id: int) -> None:
    """Draw one line for each restriction in force; nothing otherwise."""
    for one in ask(restrictions_of, party_id):
        key = "erasing_since" if one.basis == "erasure" else "restricted_since"
        st.warning(t(f"requests.{key}", on=one.since), icon=":material/lock:")


def draw_restricted_parties(rows: Sequence[PartyRow]) -> None:
    """Draw which of the parties that a list's rows belong to are restricted."""
    draw_restricted(rows, lambda row: (row.party_id, row.party_name))


def draw_restricted(rows: Sequence[_Row], party: Callable[[_Row], tuple[int, str]]) -> None:
    """Draw which of the parties of a list are restricted; nothing where none is.

    :param party: key and name of a row's party.
    """
    names = dict(party(row) for row in rows)
    found = ask(restricted_among, tuple(names))
    if found:
        with st.container(border=True):
            safe_html.lines(
                ", ".join(name for key, name in names.items() if key in found),
                small=t("requests.restricted_here"),
            )
