"""Rectification (GDPR Art. 16): corrected as on the customer card, old and new side by side."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.navigation import open_record
from dashboard.parts import clock, literal
from dashboard.parts.card_details import draw_billing, draw_reach
from dashboard.parts.contact_forms import edit_button, party_form
from dashboard.parts.doors import ask
from dashboard.parts.forms import editing
from dashboard.parts.language import t
from dashboard.parts.request_letters import change_line
from queries.documents.correcting import Correction, corrections, details_of
from queries.reads.customer_card import customer_card
from queries.reads.request_card import RequestCard


def draw_rectifying(card: RequestCard, party_id: int) -> tuple[dict[str, Any], int]:
    """The forms of the party's data and what was corrected since the page was opened; returns what
    the letter's form begins with, and how often that has changed."""
    found = _corrected(card, party_id)
    if found:
        head = tuple(t(f"requests.rectifying.{name}") for name in ("what", "old", "new"))
        literal.table(head, [(one.what, one.old or "–", one.new or "–") for one in found],
                      caption=t("requests.rectifying.caption"))  # fmt: skip
    if st.toggle(t("requests.rectifying.open"), key=f"rectify-{card.id}"):
        st.caption(t("requests.rectifying.about"))
        party = ask(customer_card, party_id, today=clock.today())
        if editing(f"party-{party_id}"):
            party_form(party)
        else:
            with st.container(horizontal=True, vertical_alignment="center", wrap=False):
                literal.lines(party.name, small=party.business_id or party.customer_number or "")
                edit_button(f"party-{party_id}")
        draw_reach(party)
        draw_billing(party)
        st.button(t("requests.open_card"), icon=":material/person:", key="rectify.card",
                  type="tertiary", on_click=open_record, args=("customer", party_id))  # fmt: skip
    values = {
        "changes": "\n".join(change_line(one.what, one.old, one.new) for one in found),
        "details": "\n".join(f"{one.what}: {one.new or '–'}" for one in found),
    }
    turn, last = st.session_state.get(f"corrected-{card.id}", (0, {"changes": "", "details": ""}))
    if values != last:
        turn += 1
        st.session_state[f"corrected-{card.id}"] = (turn, values)
    return values, turn


def _corrected(card: RequestCard, party_id: int) -> tuple[Correction, ...]:
    """What differs from when the page of the request was first opened in this session."""
    now = ask(details_of, party_id)
    before = st.session_state.setdefault(f"before-{card.id}-{party_id}", now)
    return corrections(before, now, card.language)
