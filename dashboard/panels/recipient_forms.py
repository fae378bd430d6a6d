"""The forms of recipients, and what was given of a customer to whom."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard.ui import clock, safe_html
from dashboard.ui.actions import confirm, on_seen, open_form
from dashboard.ui.forms import Code, Field, edit_form, editing, stop_editing
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from queries.reads.recipients import RecipientRow, disclosures_of, recipient_names
from queries.rules.recipients import RecipientKind, RecipientRole, TransferBasis
from queries.rules.roles import Permission
from queries.wording.formats import day
from queries.writes.recipients import (
    AmendRecipient,
    EndRecipient,
    NoteDisclosure,
    amend_recipient,
    end_recipient,
    note_disclosure,
    remove_recipient,
)


def _field(name: str, kind: str = "text", **more: Any) -> Field:
    return Field(name, kind, label=f"recipients.fields.{name}", **more)


def _fields() -> tuple[Field, ...]:
    bases: dict[Code, str] = {None: t("recipients.no_basis")}
    bases |= {basis: t(f"transfer_bases.{basis}") for basis in TransferBasis}
    return (
        _field("name", row="1", width=2),
        _field("kind", "choice", options=tuple(RecipientKind), words="recipient_kinds", row="1"),
        _field(
            "role",
            "choice",
            options=tuple(RecipientRole),
            words="recipient_roles",
            help="recipients.fields.role_help",
        ),
        _field("what", help="recipients.fields.what_help"),
        _field("purpose"),
        _field("country", help="fields.country_help", row="2"),
        _field(
            "transfer_basis",
            "choice",
            options=tuple(bases),
            names=bases,
            help="recipients.fields.transfer_basis_help",
            row="2",
            width=2,
        ),
        _field("email", help="recipients.fields.email_help"),
        _field("agreement", help="recipients.fields.agreement_help"),
        _field("agreed_on", "day", row="3"),
        _field("ends_on", "day", help="recipients.fields.ends_on_help", row="3"),
    )


def recipient_form(row: RecipientRow | None) -> None:
    """Add a recipient or correct one."""
    fields = _fields()
    fixed: dict[str, Any] = {}
    values: dict[str, Any] = {"country": "FI"}
    if row is not None:
        fixed = {"id": row.id, "version": row.version}
        values = {field.name: getattr(row, field.name) for field in fields}
    edit_form(
        f"recipient-{'new' if row is None else row.id}",
        fields,
        values,
        command=amend_recipient,
        inputs=AmendRecipient,
        fixed=fixed,
    )
    if row is not None:
        _ending(row)


def _ending(row: RecipientRow) -> None:
    """Draw the ways to end a recipient: on a day, or as an entry by mistake to which nothing was
    given."""
    if row.agreement is not None:
        with st.popover(t("recipients.end"), icon=":material/event_busy:"):
            edit_form(
                f"recipient-end-{row.id}",
                (_field("ends_on", "day"),),
                {"ends_on": row.ends_on or clock.today()},
                command=end_recipient,
                inputs=EndRecipient,
                fixed={"id": row.id, "version": row.version},
            )
    if not row.given:
        confirm(
            "recipients.remove",
            "recipients.remove_sure",
            "forms.remove_yes",
            on_seen(
                remove_recipient, row, done="forms.removed", then=lambda _recipient: stop_editing()
            ),
            key=f"recipient-{row.id}.remove",
            icon="backspace",
            is_small=False,
        )


def draw_disclosures(party_id: int) -> None:
    """Draw the disclosures of a customer's data, and the form that records one more."""
    rows = ask(disclosures_of, party_id)
    if rows:
        safe_html.table(
            (
                t("recipients.fields.disclosed_on"),
                t("recipients.fields.recipient_id"),
                t("recipients.fields.disclosed"),
            ),
            [(day(row.disclosed_on, language()), row.recipient, row.what) for row in rows],
        )
    else:
        st.caption(t("recipients.nothing_given"))
    if not may(Permission.EDIT_CUSTOMERS):
        return
    form = f"disclosure-new-{party_id}"
    if not editing(form):
        open_form(form, "recipients.note", icon="add")
        return
    names = ask(recipient_names)
    if not names:
        st.info(t("recipients.none_to_choose"))
        return
    fields = (
        _field("recipient_id", "choice", options=tuple(names), names=names),
        Field("what", label="recipients.fields.disclosed", help="recipients.fields.disclosed_help"),
        _field("disclosed_on", "day"),
    )
    edit_form(
        form,
        fields,
        {"disclosed_on": clock.today()},
        command=note_disclosure,
        inputs=NoteDisclosure,
        fixed={"party_id": party_id},
    )
