"""Forms of a request: recording it, who it is, identity, more time, attachments, its end."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from dashboard.navigation import open_record
from dashboard.panels.restriction_banner import draw_restriction
from dashboard.ui import clock, safe_html
from dashboard.ui.actions import act
from dashboard.ui.forms import Field, page_form
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from dashboard.ui.lists import search_field
from dashboard.ui.widget_labels import draw_limit
from dashboard.views.requests.answers import SENT, draw_preparing, still_asked
from dashboard.views.requests.correspondence import draw_identity_letter
from queries.reads.customers.customer_list import CustomerFilter, customer_list
from queries.reads.requests.request_card import RequestCard, attachment_file
from queries.reads.requests.request_list import who_is_this
from queries.rules.attachments import MOST_BYTES
from queries.rules.requests import ABSOLUTE, Asked, IdentityMethod, LetterKind, RequestChannel
from queries.rules.roles import Permission
from queries.store.tables import Language, Registered
from queries.wording.formats import day
from queries.writes.commands import Seen
from queries.writes.requests import identity, requests, restrictions

RECORD = (
    Field("received_on", "day", label="requests.fields.received_on", row="came"),
    Field(
        "channel",
        "choice",
        label="requests.fields.channel",
        options=tuple(RequestChannel),
        words="request_channels",
        row="came",
    ),
    Field(
        "language",
        "choice",
        label="fields.language",
        options=tuple(Language),
        words="languages",
        row="came",
    ),
    Field("claimed_name", label="requests.fields.claimed_name", row="who"),
    Field(
        "claimed_contact",
        label="requests.fields.claimed_contact",
        row="who",
        help="requests.fields.contact_help",
    ),
    *(
        Field(f"asks_{asked}", "check", label=f"asked.{asked}", row=f"asks{place // 2}")
        for place, asked in enumerate(Asked)
    ),
    Field("text", "lines", label="requests.fields.text"),
)

#: So many of those that are searched for are offered: of more, the words are too few.
_MOST_OFFERED = 8


def record_form(party_id: int | None, about: int | None = None) -> None:
    """Draw the form that records a request; its own page asks which party it is.

    :param about: the request that a complaint is about.
    """

    def inputs(**typed: Any) -> requests.RecordRequest:
        asked = tuple(right for right in Asked if typed.pop(f"asks_{right}"))
        return requests.RecordRequest(rights=asked, party_id=party_id, linked_to=about, **typed)

    values: dict[str, Any] = {"received_on": clock.today(), "language": language()}
    if about is not None:
        values[f"asks_{Asked.COMPLAINT}"] = True
    page_form(
        "request-new",
        RECORD,
        values,
        command=requests.record_request,
        inputs=inputs,
        fixed={},
        submit="requests.record",
        done="requests.recorded",
        opens="request",
    )


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


def draw_identity(card: RequestCard) -> None:
    """Draw what was checked, and the forms for asking and for recording it."""
    waiting = [row for row in card.suspensions if row.answered_on is None]
    for row in card.suspensions:
        answered = day(row.answered_on, language()) if row.answered_on else t("requests.waiting")
        safe_html.lines(
            row.reason or "",
            small=t("requests.asked_line", on=row.asked_on, by=row.asked_by, answered=answered),
        )
    for check in card.checks:
        below = f"{day(check.checked_on, language())} · {check.checked_by}"
        safe_html.lines(t(f"identity_methods.{check.method}"), check.explanation or "", small=below)
    if not card.is_open or not may(Permission.HANDLE_REQUESTS):
        return
    if not card.checks:
        st.info(t("requests.identity_about"), icon=":material/badge:")
    seen = {"request_id": card.id, "version": card.version}
    if card.party_id is not None:
        # Another key once a check was noted: what was open is closed.
        noted = f"identity-{card.id}" + (f"-{len(card.checks)}" if card.checks else "")
        with st.expander(t("requests.note_identity"), key=f"{noted}-open"):
            page_form(
                noted,
                (
                    Field(
                        "method",
                        "choice",
                        label="requests.fields.method",
                        options=tuple(IdentityMethod),
                        words="identity_methods",
                    ),
                    Field("checked_on", "day", label="requests.fields.checked_on"),
                    Field(
                        "explanation",
                        "lines",
                        label="requests.fields.explanation",
                        help="requests.fields.explanation_help",
                    ),
                ),
                {"checked_on": clock.today()},
                command=identity.note_identity,
                inputs=identity.NoteIdentity,
                fixed=seen,
            )
    if waiting:
        draw_identity_letter(card, waiting[0])
    if not card.checks and not waiting:
        with st.expander(t("requests.ask_identity"), key=f"doubt-{card.id}"):
            page_form(
                f"doubt-{card.id}",
                (
                    Field("asked_on", "day", label="requests.fields.asked_on"),
                    Field("reason", "lines", label="requests.fields.doubt"),
                ),
                {"asked_on": clock.today()},
                command=identity.ask_identity,
                inputs=identity.AskIdentity,
                fixed=seen,
            )


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


def draw_attachments(card: RequestCard) -> None:
    """The letters as they came, and one more."""
    for row in card.attachments:
        safe_html.lines(row.name, small=f"{row.size // 1000 + 1} kB · {row.added_by}")
        key = f"attachment-{row.id}"
        if st.session_state.get(f"{key}!wanted"):
            stored = ask(attachment_file, row.id)
            st.download_button(
                t("requests.save_file"),
                stored.content,
                stored.name,
                "application/octet-stream",
                key=f"{key}.save",
                icon=":material/download:",
                on_click="ignore",
            )
        else:
            st.button(
                t("requests.fetch_file"),
                key=f"{key}.fetch",
                icon=":material/draft:",
                on_click=_want,
                args=(key,),
            )
    if card.is_open and may(Permission.HANDLE_REQUESTS):
        key = f"upload-{card.id}-{card.version}"
        most = MOST_BYTES // 1_000_000
        draw_limit("upload-", most)
        given = st.file_uploader(
            t("requests.attach"), key=key, help=t("requests.attach_help"), max_upload_size=most
        )
        if given is not None:
            st.button(
                t("requests.attach_now"),
                key=f"{key}.keep",
                icon=":material/attach_file:",
                on_click=_attach,
                args=(card, key),
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


def _want(key: str) -> None:
    st.session_state[f"{key}!wanted"] = True


def _identify(card: RequestCard, party_id: int | None, registered: str) -> None:
    act(
        requests.identify_party,
        requests.IdentifyParty(
            id=card.id, version=card.version, party_id=party_id, registered=registered
        ),
        token=f"identify-{card.id}-{card.version}",
    )


def _attach(card: RequestCard, key: str) -> None:
    given = st.session_state.get(key)
    if given is not None:
        act(
            requests.add_attachment,
            requests.AddAttachment(
                request_id=card.id, version=card.version, name=given.name, content=given.getvalue()
            ),
            token=f"attach-{card.id}-{card.version}",
        )


def _close(card: RequestCard) -> None:
    act(
        requests.close_request,
        Seen(id=card.id, version=card.version),
        token=f"close-{card.id}-{card.version}",
    )
