"""Related requests: the same requested again, and a complaint about one."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import open_page, open_record
from dashboard.ui.actions import act
from dashboard.ui.gateway import may
from dashboard.ui.language import t
from queries.reads.requests.request_card import RequestCard
from queries.rules.roles import Permission
from queries.writes.requests import requests


def draw_links(card: RequestCard) -> None:
    """The requests about the same thing, others of the same party, and the way to complain."""
    handles = may(Permission.HANDLE_REQUESTS)
    for other, number in card.others:
        with st.container(horizontal=True, vertical_alignment="center"):
            _button(other, t("requests.linked", number=number), "link")
            if card.is_open and handles and other == card.linked_to:
                st.button(
                    t("requests.unlink"),
                    key=f"unlink-{other}",
                    type="tertiary",
                    on_click=_link,
                    args=(card, None),
                )
    for other, number in card.alike:
        with st.container(horizontal=True, vertical_alignment="center"):
            _button(other, t("requests.alike", number=number), "contact_mail")
            if card.is_open and handles and card.linked_to is None:
                st.button(
                    t("requests.link"),
                    key=f"link-{other}",
                    type="tertiary",
                    icon=":material/add_link:",
                    on_click=_link,
                    args=(card, other),
                )
    if handles and not any(right.kind == "complaint" for right in card.rights):
        query = {"new": "1", "about": str(card.id)}
        if card.party_id is not None:
            query["party"] = str(card.party_id)
        st.button(
            t("requests.complain"),
            key="request.complain",
            type="tertiary",
            icon=":material/gavel:",
            on_click=open_page,
            args=("requests", query),
        )


def _button(other: int, words: str, icon: str) -> None:
    st.button(
        words,
        key=f"other-{other}",
        type="tertiary",
        icon=f":material/{icon}:",
        on_click=open_record,
        args=("request", other),
    )


def _link(card: RequestCard, other: int | None) -> None:
    inputs = requests.LinkRequest(id=card.id, version=card.version, linked_to=other)
    act(requests.link_request, inputs, token=f"link-{card.id}-{card.version}")
