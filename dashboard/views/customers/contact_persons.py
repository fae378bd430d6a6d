"""Contact persons of an organisation, and the organisations of a person."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import open_page, open_record
from dashboard.ui import safe_html
from dashboard.ui.actions import act, open_form
from dashboard.ui.forms import Code, Field, edit_form, editing, stop_editing
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import t
from dashboard.ui.lists import search_field
from queries.reads.customers.customer_card import CustomerCard
from queries.reads.customers.customer_list import CustomerFilter, customer_list
from queries.rules.roles import Permission
from queries.store.tables import PartyKind
from queries.writes.customers.parties import (
    LinkContactPerson,
    UnlinkContactPerson,
    link_contact_person,
    unlink_contact_person,
)

#: So many people are offered at a time.
_MOST_OFFERED = 8


def draw_linked(card: CustomerCard) -> None:
    """Draw the linked parties, each a click away, and how to add or undo a link."""
    for linked in card.linked:
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            safe_html.lines(linked.name, small=linked.title or "")
            st.button(
                t("card.open"),
                key=f"linked-{linked.link_id}.open",
                type="tertiary",
                icon=":material/person:",
                on_click=open_record,
                args=("customer", linked.party_id),
            )
            if may(Permission.EDIT_CUSTOMERS):
                st.button(
                    t("card.unlink"),
                    key=f"linked-{linked.link_id}.remove",
                    type="tertiary",
                    icon=":material/link_off:",
                    on_click=act,
                    args=(unlink_contact_person, UnlinkContactPerson(id=linked.link_id)),
                    kwargs={"token": f"unlink-{linked.link_id}", "done": "forms.removed"},
                )
    if not card.linked:
        st.caption(t("card.no_linked"))
    if may(Permission.EDIT_CUSTOMERS) and card.kind == PartyKind.ORGANISATION:
        st.button(
            t("card.add_linked"),
            icon=":material/add:",
            type="tertiary",
            key="linked.add",
            on_click=open_page,
            args=("new_customer", {"of": str(card.id)}),
        )
        _link_known(card)


def _link_known(card: CustomerCard) -> None:
    """Draw the form that makes somebody of the register a contact person, or its button."""
    form = f"link-{card.id}"
    if not editing(form):
        open_form(form, "card.link", icon="add_link")
        return
    text = search_field(form, label="card.find_person").strip()
    wanted = CustomerFilter(text=text, role=None, kind=PartyKind.PERSON)
    rows = ask(customer_list, wanted, size=_MOST_OFFERED).rows if text else ()
    linked = {one.party_id for one in card.linked}
    people: dict[Code, str] = {
        row.id: " · ".join(filter(None, (row.name, row.town, row.email)))
        for row in rows
        if row.id not in linked
    }
    if people:
        edit_form(
            form,
            (Field("person_id", "choice", options=tuple(people), names=people), Field("title")),
            {},
            command=link_contact_person,
            inputs=LinkContactPerson,
            fixed={"organisation_id": card.id},
        )
        return
    if text:
        st.caption(t("card.no_person_found"))
    st.button(t("forms.cancel"), key=f"{form}.cancel", on_click=stop_editing)
