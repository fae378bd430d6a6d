"""The forms of the customer card: each field group with its command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.ui import clock, safe_html
from dashboard.ui.actions import VersionedRow, confirm, on_seen, open_form
from dashboard.ui.forms import Field, edit_form, editing, stop_editing
from dashboard.ui.gateway import may
from dashboard.ui.language import language, t
from queries.reads.customers.customer_card import CustomerCard, Origin
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork
from queries.store.tables import BillingMethod, Language, PartyKind, PartyStatus, Purpose, Source
from queries.wording.formats import day
from queries.writes.commands import Seen
from queries.writes.customers import billing_details, contacts, notes, parties

ORIGIN = (
    Field("source", "choice", options=tuple(Source), words="sources"),
    Field("sourced_on", "day"),
)
PURPOSE = Field("purpose", "choice", options=tuple(Purpose), words="purposes")
PRIMARY = Field("is_primary", "check")

PHONE = (Field("number", "phone"), PURPOSE, PRIMARY, *ORIGIN)
EMAIL = (Field("address", label="fields.email"), PURPOSE, PRIMARY, *ORIGIN)
ADDRESS = (
    Field("street"),
    Field("post_code"),
    Field("town"),
    Field("country", help="fields.country_help"),
    PURPOSE,
    PRIMARY,
    *ORIGIN,
)
BILLING = (
    Field("method", "choice", options=tuple(BillingMethod), words="billing_methods"),
    Field("e_invoice_address"),
    Field("operator"),
    Field("email", label="fields.billing_email"),
    Field("iban"),
    Field("payment_days", "whole"),
    Field("buyer_reference"),
    *ORIGIN,
)
ROLES = (Field("is_customer", "check"), Field("is_partner", "check"), Field("is_contact", "check"))
PERSON = (
    Field("given_name"),
    Field("family_name"),
    Field("customer_number"),
    Field("language", "choice", options=tuple(Language), words="languages"),
    *ROLES,
    Field("started_on", "day"),
    *ORIGIN,
)
ORGANISATION = (Field("name"), Field("business_id"), Field("foreign_id"), *PERSON[2:])
STATUS = (
    Field("status", "choice", options=tuple(PartyStatus), words="statuses"),
    Field("ended_on", "day", help="fields.ended_on_help"),
)
NOTE = (Field("text", "lines"), Field("noted_on", "day"))


#: The fields of each, and how it is corrected and removed: each command has inputs of its own.
_CONTACTS: dict[
    str,
    tuple[
        tuple[Field, ...],
        Callable[..., Any],
        Callable[[UnitOfWork, Any], int],
        Callable[[UnitOfWork, Seen], int],
    ],
] = {
    "phone": (PHONE, contacts.AmendPhone, contacts.amend_phone, contacts.remove_phone),
    "email": (EMAIL, contacts.AmendEmail, contacts.amend_email, contacts.remove_email),
    "address": (ADDRESS, contacts.AmendAddress, contacts.amend_address, contacts.remove_address),
    "billing": (
        BILLING,
        billing_details.AmendBilling,
        billing_details.amend_billing,
        billing_details.remove_billing,
    ),
    "note": (NOTE, notes.AmendNote, notes.amend_note, notes.remove_note),
}


def origin_line(origin: Origin, *, purpose: str | None = None, primary: bool = False) -> str:
    """Return a datum's origin, its purpose, and whether it is the first choice."""
    parts = [t(f"purposes.{purpose}")] if purpose else []
    if primary:
        parts.append(t("fields.is_primary"))
    parts.append(
        t(
            "card.origin",
            source=t(f"sources.{origin.source}"),
            on=day(origin.sourced_on, language()),
        )
    )
    return " · ".join(parts)


def detail(kind: str, party_id: int, row: VersionedRow, shown: tuple[str, ...], below: str) -> None:
    """One detail of the card: shown with its origin, or its form where it is being edited."""
    form = f"{kind}-{row.id}"
    if editing(form):
        fields, inputs, command, remove = _CONTACTS[kind]
        values = {field.name: _value(row, kind, field.name) for field in fields}
        edit_form(
            form,
            fields,
            values,
            command=command,
            inputs=inputs,
            fixed={"party_id": party_id, "id": row.id, "version": row.version},
        )
        _removal(form, remove, row)
        return
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        safe_html.lines(*shown, small=below)
        edit_button(form)


def adding(kind: str, party_id: int) -> None:
    """The button that adds a detail, or the empty form."""
    form = f"{kind}-new-{party_id}"
    if not editing(form):
        if may(Permission.EDIT_CUSTOMERS):
            open_form(form, f"card.add_{kind}", icon="add")
        return
    fields, inputs, command, _remove = _CONTACTS[kind]
    values = {
        "sourced_on": clock.today(),
        "noted_on": clock.today(),
        "country": "FI",
        "payment_days": 14,
        "source": Source.PHONE,
    }
    edit_form(form, fields, values, command=command, inputs=inputs, fixed={"party_id": party_id})


def edit_button(form: str, label: str = "forms.edit") -> None:
    """The pencil that opens a form; nothing for who may not edit."""
    if may(Permission.EDIT_CUSTOMERS):
        open_form(form, label)


def party_form(card: CustomerCard) -> None:
    """Correct who the party is."""
    fields = PERSON if card.kind == PartyKind.PERSON else ORGANISATION
    values = {field.name: getattr(card, field.name, None) for field in fields}
    values |= {f"is_{role}": role in card.roles for role in ("customer", "partner", "contact")}
    values |= {"source": card.origin.source, "sourced_on": card.origin.sourced_on}
    edit_form(
        f"party-{card.id}",
        fields,
        values,
        command=parties.amend_party,
        inputs=parties.AmendParty,
        fixed={"id": card.id, "version": card.version, "kind": card.kind},
    )


def status_form(card: CustomerCard) -> None:
    """Draw the form that sets whether the relation is in force."""
    edit_form(
        f"status-{card.id}",
        STATUS,
        {"status": card.status, "ended_on": card.ended_on},
        command=parties.change_status,
        inputs=parties.ChangeStatus,
        fixed={"id": card.id, "version": card.version},
    )


def _value(row: Any, kind: str, name: str) -> Any:
    if name in {"source", "sourced_on"}:
        return getattr(row.origin, name)
    if (kind, name) in {("phone", "number"), ("email", "address")}:
        return row.value
    return getattr(row, name)


def _removal(form: str, remove: Callable[[UnitOfWork, Seen], int], row: VersionedRow) -> None:
    confirm(
        "forms.remove",
        "forms.remove_sure",
        "forms.remove_yes",
        on_seen(remove, row, done="forms.removed", then=lambda _party: stop_editing()),
        key=f"{form}.remove",
        icon="backspace",
        is_small=False,
    )
