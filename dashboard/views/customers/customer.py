"""Customer card (Asiakaskortti): everything about one customer, corrected in place."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import link, open_page, record_id
from dashboard.panels.contact_details import draw_billing, draw_reach
from dashboard.panels.contact_forms import edit_button, origin_line, party_form, status_form
from dashboard.panels.paper_record import draw_papers_of
from dashboard.panels.provenance_forms import draw_told
from dashboard.panels.recipient_forms import draw_disclosures
from dashboard.panels.restriction_banner import draw_restriction
from dashboard.panels.retention_card import draw_holds_on, draw_retention_of
from dashboard.ui import clock, safe_html
from dashboard.ui.forms import editing
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from dashboard.ui.trail_lines import draw_trail_of
from dashboard.views.customers.contact_persons import draw_linked
from dashboard.views.customers.newsletter_card import draw_newsletter
from dashboard.views.customers.timeline import draw_history
from queries.reads.customers.customer_card import CustomerCard, customer_card
from queries.rules.roles import Permission
from queries.store.tables import HoldScope
from queries.wording.formats import day, euros


def draw(party_id: int) -> None:
    card = ask(customer_card, party_id, today=clock.today())
    link("customers", t("card.back"), icon="arrow_back")
    _head(card)
    draw_restriction(card.id)
    draw_holds_on(HoldScope.PARTY, card.id)
    left, right = st.columns([3, 2], gap="large")
    with right:
        draw_reach(card)
        draw_billing(card)
        draw_newsletter(card)
        with st.expander(t("card.linked"), expanded=bool(card.linked)):
            draw_linked(card)
        with st.expander(t("card.basics")):
            _basics(card)
        with st.expander(t("retention.card"), key=f"keep-{card.id}", on_change="rerun") as fold:
            if fold.open:
                draw_retention_of(card.id)
        with st.expander(t("paper.card"), key=f"paper-{card.id}", on_change="rerun") as fold:
            if fold.open:
                draw_papers_of(card.id)
        with st.expander(t("recipients.card"), key=f"given-{card.id}", on_change="rerun") as fold:
            if fold.open:
                draw_disclosures(card.id)
        if may(Permission.SEE_TRAIL):
            with st.expander(t("card.trail"), key=f"trail-{card.id}", on_change="rerun") as fold:
                if fold.open:
                    draw_trail_of(card.id)
    with left:
        st.header(t("card.history"), anchor=False)
        draw_history(card.id)


def _head(card: CustomerCard) -> None:
    parts = [part for part in (card.business_id, card.foreign_id, card.customer_number) if part]
    parts.append(t("card.since", on=day(card.started_on, language())))
    safe_html.heading(card.name, after=" · ".join(parts))
    with st.container(horizontal=True, vertical_alignment="center"):
        status = t(f"statuses.{card.status}")
        if card.ended_on:
            status = t("card.ended", on=day(card.ended_on, language()))
        safe_html.chips(
            [status, t(f"kinds.{card.kind}"), *(t(f"roles_of_party.{r}") for r in card.roles)]
        )
        edit_button(f"status-{card.id}", "card.change_status")
        if may(Permission.EDIT_SALES):
            st.button(
                t("card.new_order"),
                icon=":material/assignment_add:",
                on_click=open_page,
                args=("order", {"party": str(card.id)}),
            )
            st.button(
                t("card.new_invoice"),
                icon=":material/receipt_long:",
                on_click=open_page,
                args=("invoice", {"party": str(card.id)}),
            )
    if editing(f"status-{card.id}"):
        status_form(card)
    figures = st.columns(4)
    figures[0].metric(t("fields.open_cents"), euros(card.open_cents, language()))
    figures[1].metric(t("card.overdue"), euros(card.overdue_cents, language()))


def _basics(card: CustomerCard) -> None:
    if editing(f"party-{card.id}"):
        party_form(card)
        return
    safe_html.facts(
        [
            (t("fields.name"), card.name),
            (t("fields.business_id"), card.business_id or "–"),
            (t("fields.customer_number"), card.customer_number or "–"),
            (t("fields.language"), t(f"languages.{card.language}")),
            (t("fields.started_on"), day(card.started_on, language())),
        ]
    )
    st.caption(origin_line(card.origin))
    draw_told(card.id)
    edit_button(f"party-{card.id}")


chosen = record_id()
if chosen is None:
    st.info(t("card.none_chosen"))
    link("customers", t("card.back"), icon="arrow_back")
else:
    draw(chosen)
