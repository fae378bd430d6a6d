"""Contact persons of an organisation, and the organisations of a person."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import open_page, open_record
from dashboard.ui import safe_html
from dashboard.ui.actions import act
from dashboard.ui.gateway import may
from dashboard.ui.language import t
from queries.reads.customers.customer_card import CustomerCard
from queries.rules.roles import Permission
from queries.store.tables import PartyKind
from queries.writes.customers.parties import UnlinkContactPerson, unlink_contact_person


def draw_linked(card: CustomerCard) -> None:
    """The linked parties, each a click away; and how to add or undo a link."""
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
