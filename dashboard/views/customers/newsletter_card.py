"""The newsletter on a customer's card: by what right it comes, and its end."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.panels.newsletter_forms import CARD, consent_form, draw_subscription, form_button
from dashboard.ui import safe_html
from dashboard.ui.forms import Code, Field, edit_form, editing
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import t
from queries.reads.customers.customer_card import CustomerCard
from queries.reads.newsletter import refused_addresses, subscriptions_of
from queries.rules.roles import Permission
from queries.store.tables import PartyKind, PartyStatus
from queries.writes.newsletter.newsletter import (
    RelationSubscription,
    subscribe_customer,
    subscribe_organisation,
)


def draw_newsletter(card: CustomerCard) -> None:
    """The subscriptions of a party, folded while there is none."""
    rows = ask(subscriptions_of, card.id)
    refused = ask(refused_addresses, card.id)
    consent, own = f"consent-{card.id}", f"relation-{card.id}"
    shown = bool(rows or refused) or editing(consent) or editing(own)
    with st.expander(t("newsletter.card"), expanded=shown):
        for row in rows:
            draw_subscription(row, place=CARD)
        for address in refused:
            safe_html.lines(address, small=t("newsletter.card_refused"))
        if not rows and not refused:
            st.caption(t("newsletter.card_none"))
        if not may(Permission.SEND_NEWSLETTER):
            return
        known = {row.address.casefold() for row in rows}
        known |= {address.casefold() for address in refused}
        free = [row for row in card.emails if row.value.casefold() not in known]
        if editing(consent):
            consent_form(consent, party_id=card.id, address=free[0].value if free else "")
        elif editing(own) and free:
            _relation_form(own, card, {row.id: row.value for row in free})
        else:
            form_button(consent, "newsletter.add_consent", icon="how_to_reg")
            if free and _may_have_relation(card):
                form_button(own, f"newsletter.add_{card.kind}", icon="person_add")


def _may_have_relation(card: CustomerCard) -> bool:
    """Return whether a legal basis of the relation can be offered; the command checks what was
    bought."""
    if card.kind == PartyKind.ORGANISATION:
        return True
    return "customer" in card.roles and card.status == PartyStatus.ACTIVE


def _relation_form(form: str, card: CustomerCard, addresses: Mapping[Code, str]) -> None:
    st.caption(t(f"newsletter.relation_about.{card.kind}"))
    is_person = card.kind == PartyKind.PERSON
    fields = (
        Field(
            "email_id", "choice", label="fields.email", options=tuple(addresses), names=addresses
        ),
    )
    edit_form(
        form,
        fields,
        {},
        command=subscribe_customer if is_person else subscribe_organisation,
        inputs=RelationSubscription,
        fixed={"party_id": card.id},
        done="newsletter.added",
        submit="newsletter.save",
    )
