"""The party who asks: those that it may be, and the choice among them."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import open_record
from dashboard.ui import safe_html
from dashboard.ui.actions import act
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import t
from dashboard.ui.lists import search_field
from queries.reads.customers.customer_list import CustomerFilter, customer_list
from queries.reads.requests.request_card import RequestCard
from queries.reads.requests.request_list import who_is_this
from queries.rules.requests import ABSOLUTE
from queries.rules.roles import Permission
from queries.store.tables import Registered
from queries.writes.requests import requests

#: So many of those that are searched for are offered: of more, the words are too few.
_MOST_OFFERED = 8


def draw_party(card: RequestCard) -> None:
    """Draw the party of the request: as it is, or the parties that it may be."""
    if card.party_id is not None:
        safe_html.lines(card.party_name or "", small=t("registered.in_register"))
        st.button(
            t("requests.open_card"),
            icon=":material/person:",
            key="request.party",
            on_click=open_record,
            args=("customer", card.party_id),
        )
    else:
        safe_html.lines(t(f"registered.{card.registered}"))
    if not card.is_open or not may(Permission.HANDLE_REQUESTS):
        return
    if card.party_id is not None:
        st.button(
            t("requests.not_this"),
            key="request.not_this",
            type="tertiary",
            on_click=_identify,
            args=(card, None, Registered.UNKNOWN),
        )
        if any(right.kind in ABSOLUTE for right in card.rights):
            st.caption(t("requests.not_this_stopped"))
        return
    _draw_offers(card)
    if card.registered != Registered.NOT_IN_REGISTER:
        st.button(
            t("requests.nobody"),
            key="request.nobody",
            icon=":material/person_off:",
            on_click=_identify,
            args=(card, None, Registered.NOT_IN_REGISTER),
        )


def _draw_offers(card: RequestCard) -> None:
    """Draw the parties that the claims suggest, with the reasons, and those that a search finds."""
    found = ask(who_is_this, name=card.claimed_name or "", contact=card.claimed_contact or "")
    if not found:
        st.caption(t("requests.no_match"))
    for match in found:
        reasons = ", ".join(t(f"match_reasons.{reason}") for reason in match.reasons)
        _offer(card, match.party_id, match.name, match.town, reasons)
    searched = search_field(f"request-{card.id}", label="requests.search")
    if searched.strip():
        rows = ask(customer_list, CustomerFilter(text=searched, role=None), size=_MOST_OFFERED).rows
        if not rows:
            st.caption(t("requests.not_found"))
        suggested = {match.party_id for match in found}
        for row in rows:
            if row.id not in suggested:
                _offer(card, row.id, row.name, row.town, row.email)


def _offer(card: RequestCard, party_id: int, name: str, *small: str | None) -> None:
    """A party that can be said to be the one who asks."""
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        safe_html.lines(name, small=" · ".join(filter(None, small)))
        st.button(
            t("requests.this_one"),
            key=f"match-{party_id}",
            type="tertiary",
            icon=":material/check:",
            on_click=_identify,
            args=(card, party_id, Registered.IN_REGISTER),
        )


def _identify(card: RequestCard, party_id: int | None, registered: str) -> None:
    act(
        requests.identify_party,
        requests.IdentifyParty(
            id=card.id, version=card.version, party_id=party_id, registered=registered
        ),
        token=f"identify-{card.id}-{card.version}",
    )
