"""One request (Pyyntö): its clock, who it is, each right with its answer, what came and went."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import link, record_id
from dashboard.ui import clock, safe_html
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.views.requests.answers import draw_rights
from dashboard.views.requests.attachments import draw_attachments
from dashboard.views.requests.correspondence import draw_post, draw_sent
from dashboard.views.requests.identity_forms import draw_identity
from dashboard.views.requests.labels import clock_line
from dashboard.views.requests.party_search import draw_party
from dashboard.views.requests.related_requests import draw_links
from dashboard.views.requests.request_forms import draw_closing, draw_extension, draw_lifting
from queries.reads.requests.request_card import RequestCard, request_card
from queries.wording.formats import day, instant


def draw(request_id: int) -> None:
    link("requests", t("requests.back"), icon="arrow_back")
    card = ask(request_card, request_id, today=clock.today())
    safe_html.heading(t("requests.title", number=card.number), after=_received(card))
    if card.is_open:
        left = (card.clock.due - clock.today()).days
        late = t("requests.overdue", n=-left) if left < 0 else t("requests.left", n=left)
        said = f"{t('requests.due', on=card.clock.due)} · {late}"
        (st.error if left < 0 else st.info)(said, icon=":material/schedule:")
    else:
        st.success(t("requests.closed_on", on=card.closed_on), icon=":material/task_alt:")
    st.caption(clock_line(card.clock))
    draw_lifting(card)
    main, side = st.columns([3, 2], gap="large")
    with main:
        st.header(t("requests.rights"), anchor=False)
        draw_rights(card)
        draw_closing(card)
        draw_post(card)
        draw_extension(card)
    with side:
        st.header(t("requests.who"), anchor=False)
        for claim, claimed in (
            ("claimed_name", card.claimed_name),
            ("claimed_contact", card.claimed_contact),
        ):
            safe_html.lines(claimed or "–", small=t(f"requests.fields.{claim}"))
        draw_party(card)
        st.header(t("requests.identity"), anchor=False)
        if not (card.checks or card.suspensions or card.is_open):
            safe_html.lines("–")
        draw_identity(card)
        st.header(t("requests.came"), anchor=False)
        if card.text:
            safe_html.lines(*card.text.splitlines())
        elif not card.attachments:
            safe_html.lines("–")
        draw_attachments(card)
        draw_sent(card)
        _draw_happenings(card)
        draw_links(card)


def _received(card: RequestCard) -> str:
    parts = [
        t("requests.received", on=card.received_on),
        t(f"request_channels.{card.channel}"),
        t(f"languages.{card.language}"),
    ]
    if card.extended_on:
        parts.append(t("requests.extended_on", on=card.extended_on))
    if card.anonymised_on:
        parts.append(t("requests.anonymised", on=card.anonymised_on))
    return " · ".join(parts)


def _draw_happenings(card: RequestCard) -> None:
    with st.expander(t("requests.happened")):
        head = (t("requests.when"), t("requests.by"), t("requests.did"))
        rows = [
            (instant(row.at, language()), row.actor, t(f"actions.{row.action}"))
            for row in card.happenings
        ]
        safe_html.table(head, rows, caption=day(card.received_on, language()))


chosen = record_id()
if chosen is None:
    st.info(t("requests.none_chosen"))
    link("requests", t("requests.back"), icon="arrow_back")
else:
    draw(chosen)
