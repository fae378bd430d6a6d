"""New customer (Uusi asiakas): a person or an organisation, or a contact person of one."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import link, record_id
from dashboard.panels.contact_forms import ORGANISATION, PERSON
from dashboard.ui import clock
from dashboard.ui.forms import edit_form
from dashboard.ui.language import t
from queries.store.tables import PartyKind, Source
from queries.writes.customers.parties import AmendParty, amend_party


def draw() -> None:
    of = record_id("of")
    link("customers", t("card.back"), icon="arrow_back")
    st.title(t("new_customer.title") if of is None else t("new_customer.contact_person"))
    kind = PartyKind.PERSON
    if of is None:
        kind = st.segmented_control(
            t("fields.kind"),
            list(PartyKind),
            default=PartyKind.ORGANISATION,
            format_func=lambda code: t(f"kinds.{code}"),
            required=True,
            key="new_customer.kind",
        )
    fields = PERSON if kind == PartyKind.PERSON else ORGANISATION
    values = {
        "language": "fi",
        "is_customer": of is None,
        "is_contact": of is not None,
        "started_on": clock.today(),
        "sourced_on": clock.today(),
        "source": Source.PHONE,
    }
    edit_form(
        f"party-new-{kind}",
        fields,
        values,
        command=amend_party,
        inputs=AmendParty,
        fixed={"kind": kind, "contact_of": of},
        done="new_customer.done",
        opens="customer",
    )


draw()
