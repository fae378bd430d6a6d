"""That processing is restricted: shown at the head of every page of the party."""

from __future__ import annotations

import streamlit as st

from dashboard.parts.doors import ask
from dashboard.parts.language import t
from queries.reads.requests import restrictions_of


def draw_restriction(party_id: int) -> None:
    """One line for each restriction that stands; nothing otherwise."""
    for one in ask(restrictions_of, party_id):
        key = "erasing_since" if one.basis == "erasure" else "restricted_since"
        st.warning(t(f"requests.{key}", on=one.since), icon=":material/lock:")
