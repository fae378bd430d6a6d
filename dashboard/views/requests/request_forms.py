"""Forms of a request: more time, the end of a restriction, the end of the request."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.panels.restriction_banner import draw_restriction
from dashboard.ui import clock, safe_html
from dashboard.ui.actions import act
from dashboard.ui.forms import Field, page_form
from dashboard.ui.gateway import may
from dashboard.ui.language import t
from dashboard.views.requests.letter_forms import SENT, draw_preparing, still_asked
from queries.reads.requests.request_card import RequestCard
from queries.rules.requests import LetterKind
from queries.rules.roles import Permission
from queries.writes.commands import Seen
from queries.writes.requests import requests, restrictions


def draw_extension(card: RequestCard) -> None:
    """Two more months: the letter with the reason, then that it was sent."""
    if not card.is_open or card.extended_on or not may(Permission.ANSWER_REQUESTS):
        return
    with st.expander(t("requests.extend"), key=f"extend-{card.id}"):
        st.caption(t("requests.extend_about", ends=card.first_due))
        fields = (Field("reason", "lines", label="requests.fields.reason"),)
        if draw_preparing(card, LetterKind.EXTENSION, None, fields, keeps=True, extends=True):
            asked, said = still_asked(card, LetterKind.EXTENSION, None, fields)
            page_form(
                f"extension-{card.id}",
                (*asked, *SENT),
                {"sent_on": clock.today(), "channel": card.channel},
                command=requests.extend_request,
                inputs=partial(requests.ExtendRequest, **said),
                fixed={"request_id": card.id, "version": card.version},
                submit="requests.sent",
                done="requests.extended",
            )


def draw_lifting(card: RequestCard) -> None:
    """Draw the lifting of a restriction: the person is informed first (GDPR Art. 18(3))."""
    if card.party_id is not None:
        draw_restriction(card.party_id)
    for one in card.restrictions:
        if one.basis != "request" or not may(Permission.ANSWER_REQUESTS):
            continue
        safe_html.lines(one.reason, small=t("requests.restricted_why"))
        with st.expander(t("requests.lift"), key=f"lift-{one.id}"):
            fields = (
                Field("lifts_on", "day", label="requests.fields.lifts_on"),
                Field("reason", "lines", label="requests.fields.reason"),
            )
            if draw_preparing(card, LetterKind.RESTRICTION_LIFTED, None, fields, keeps=True):
                asked, said = still_asked(card, LetterKind.RESTRICTION_LIFTED, None, fields)
                page_form(
                    f"lifting-{one.id}",
                    (*asked, *SENT),
                    {"sent_on": clock.today(), "channel": card.channel},
                    command=restrictions.lift_restriction,
                    inputs=partial(restrictions.LiftRestriction, **said),
                    fixed={
                        "request_id": card.id,
                        "version": card.version,
                        "id": one.id,
                        "restriction_version": one.version,
                    },
                    submit="requests.sent",
                    done="requests.lifted",
                )


def draw_closing(card: RequestCard) -> None:
    """The button that closes an answered request."""
    if not card.is_open or not may(Permission.ANSWER_REQUESTS):
        return
    waits = sum(right.status == "open" for right in card.rights)
    if waits:
        st.caption(t("requests.waits", n=waits))
        return
    st.button(
        t("requests.close"),
        type="primary",
        icon=":material/task_alt:",
        key="request.close",
        on_click=_close,
        args=(card,),
    )


def _close(card: RequestCard) -> None:
    act(
        requests.close_request,
        Seen(id=card.id, version=card.version),
        token=f"close-{card.id}-{card.version}",
    )
