"""Rectification (GDPR Art. 16): corrected as on the customer card, old and new side by side."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.navigation import open_record
from dashboard.panels.contact_details import draw_billing, draw_reach
from dashboard.panels.contact_forms import edit_button, party_form
from dashboard.runtime import the_store
from dashboard.ui import clock, safe_html
from dashboard.ui.forms import editing, refuse_flash
from dashboard.ui.gateway import actor, ask, carry_out
from dashboard.ui.language import t
from queries.documents.access.corrections import (
    Correction,
    as_kept,
    corrections,
    details_of,
    read_kept,
)
from queries.documents.letters.request_letters import change_line
from queries.errors import RegisterError
from queries.reads.customers.customer_card import customer_card
from queries.reads.requests.request_card import RequestCard, details_before
from queries.writes.requests.rectification import BeginRectification, begin_rectification


def draw_rectifying(card: RequestCard, party_id: int) -> tuple[dict[str, Any], int]:
    """Draw the forms of the party's data and what anyone corrected since they were opened;
    return what the letter's form begins with, and how often that has changed."""
    kept = ask(details_before, card.id)
    found = () if kept is None else _corrected(card, party_id, kept)
    if found:
        head = tuple(t(f"requests.rectifying.{name}") for name in ("what", "old", "new"))
        safe_html.table(
            head,
            [(one.what, one.old or "–", one.new or "–") for one in found],
            caption=t("requests.rectifying.caption"),
        )
    opened = st.toggle(
        t("requests.rectifying.open"),
        value=kept is not None,
        key=f"rectify-{card.id}",
        on_change=_begin if kept is None else None,
        args=(card, party_id),
    )
    st.caption(t("requests.rectifying.about" if opened else "requests.rectifying.first"))
    if opened:
        party = ask(customer_card, party_id, today=clock.today())
        if editing(f"party-{party_id}"):
            party_form(party)
        else:
            with st.container(horizontal=True, vertical_alignment="center", wrap=False):
                safe_html.lines(party.name, small=party.business_id or party.customer_number or "")
                edit_button(f"party-{party_id}")
        draw_reach(party)
        draw_billing(party)
        st.button(
            t("requests.open_card"),
            icon=":material/person:",
            key="rectify.card",
            type="tertiary",
            on_click=open_record,
            args=("customer", party_id),
        )
    values = {
        "changes": "\n".join(change_line(one.what, one.old, one.new) for one in found),
        "details": "\n".join(f"{one.what}: {one.new or '–'}" for one in found),
    }
    turn, last = st.session_state.get(f"corrected-{card.id}", (0, {"changes": "", "details": ""}))
    if values != last:
        turn += 1
        st.session_state[f"corrected-{card.id}"] = (turn, values)
    return values, turn


def _corrected(card: RequestCard, party_id: int, kept: bytes) -> tuple[Correction, ...]:
    """Return what differs from what was kept when the rectification began."""
    now = ask(details_of, party_id, card.language)
    return corrections(read_kept(kept), now, card.language)


def _begin(card: RequestCard, party_id: int) -> None:
    """Keep the present data, before the forms open."""
    try:
        with the_store().reading(actor(), now=clock.now()) as session:
            content = as_kept(details_of(session, party_id, card.language))
        carry_out(
            begin_rectification,
            BeginRectification(request_id=card.id, version=card.version, content=content),
            token=f"rectify-{card.id}-{card.version}",
        )
    except RegisterError as error:
        st.session_state[f"rectify-{card.id}"] = False
        refuse_flash(error)
