"""Accepting a message: as a new customer, or as one of the register."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.forms import Field, edit_form
from dashboard.ui.gateway import ask
from dashboard.ui.language import t
from dashboard.ui.lists import search_field
from queries.reads.customers.customer_list import CustomerFilter, customer_list
from queries.reads.form_messages import MessageCard
from queries.reads.requests.request_list import restricted_among
from queries.store.tables import PartyKind
from queries.writes.form_messages import AcceptMessage, accept_message

#: Parties that the search offers beside the suggestions.
MOST_OFFERED = 10


#: Reasons that hardly anybody else has.
_STRONG = {"same_email", "same_phone", "same_business_id", "same_name_and_town"}


PERSON = (Field("given_name", row="1"), Field("family_name", row="1"))


REACH = (
    Field("email", row="2"),
    Field("phone", "phone", row="2"),
    Field("street"),
    Field("post_code", row="3"),
    Field("town", row="3"),
    Field("country", help="fields.country_help", row="3"),
    Field("note", "lines", label="messages.note", help="messages.note_help"),
)


def draw_accepting(card: MessageCard) -> None:
    """Draw the choice of the party, and of what is taken over."""
    for match in card.matches:
        reasons = ", ".join(t(f"match_reasons.{reason}") for reason in match.reasons)
        safe_html.lines(match.name, small=" · ".join(filter(None, (match.town, reasons))))
    if not card.matches:
        st.caption(t("messages.no_match"))
    target = _target(card)
    party_id = target if isinstance(target, int) else None
    if party_id is not None and ask(restricted_among, (party_id,)):
        st.warning(t("messages.restricted"), icon=":material/lock:")
        return
    fixed: dict[str, Any] = {"id": card.id, "party_id": party_id}
    fields: tuple[Field, ...] = REACH
    values = _values(card)
    if target == PartyKind.PERSON:
        fields = (*PERSON, *REACH)
    elif target == PartyKind.ORGANISATION:
        fields = (Field("name"), *REACH)
    if party_id is None:
        fixed["kind"] = target
    if card.consents and not card.is_suppressed:
        fields = (*fields, Field("subscribe", "check", label="messages.subscribe"))
    edit_form(
        f"message-{card.id}-{target}",
        fields,
        values,
        command=accept_message,
        inputs=AcceptMessage,
        fixed=fixed,
        done="messages.accepted",
        submit="messages.accept",
        opens="customer",
        is_inline=True,
    )


def _target(card: MessageCard) -> int | str:
    """A new person, a new organisation, or a party: suggested, or found by a search."""
    names: dict[int | str, str] = {
        PartyKind.PERSON.value: t("messages.new_person"),
        PartyKind.ORGANISATION.value: t("messages.new_organisation"),
    }
    names |= {match.party_id: _named(match.name, match.town) for match in card.matches}
    searched = search_field(f"message-{card.id}", label="messages.search")
    if searched.strip():
        found = ask(customer_list, CustomerFilter(text=searched, role=None), size=MOST_OFFERED)
        names |= {row.id: _named(row.name, row.town) for row in found.rows}
    strong = [match.party_id for match in card.matches if _STRONG & set(match.reasons)]
    options = list(names)
    return st.selectbox(
        t("messages.to_whom"),
        options,
        index=options.index(strong[0]) if strong else 0,
        format_func=names.__getitem__,
        key=f"message-{card.id}.target",
    )


def _named(name: str, town: str | None) -> str:
    return f"{name} · {town}" if town else name


def _values(card: MessageCard) -> dict[str, Any]:
    """Return the form's values from the message; a town without a street is put into the note."""
    *given, family = card.name.split() or [""]
    place = " ".join(part for part in (card.post_code, card.town) if part)
    note = "\n".join(part for part in (card.message, None if card.street else place) if part)
    return {
        "given_name": " ".join(given),
        "family_name": family,
        "name": card.name,
        "email": card.email,
        "phone": card.phone,
        "street": card.street,
        "post_code": card.post_code if card.street else None,
        "town": card.town if card.street else None,
        "country": "FI",
        "note": note,
        "subscribe": True,
    }
