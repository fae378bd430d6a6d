"""Recipients (Vastaanottajat): who gets personal data, for what, by which agreement, and where."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import record_id
from dashboard.panels.recipient_forms import recipient_form
from dashboard.ui import clock
from dashboard.ui.actions import open_form
from dashboard.ui.forms import editing, start_editing
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from dashboard.ui.lists import Column, record_table
from queries.reads.recipients import RecipientRow, recipient_list
from queries.rules.recipients import Agreement
from queries.rules.roles import Permission
from queries.wording.formats import day


def _country(row: RecipientRow) -> str:
    if not row.is_outside:
        return row.country
    basis = "none" if row.transfer_basis is None else row.transfer_basis
    return f"{row.country} · {t(f'transfer_bases_short.{basis}')}"


def _agreement(row: RecipientRow) -> str:
    state = row.state(clock.today())
    said = t(f"agreements.{state}")
    if row.ends_on is None or state in {Agreement.MISSING, Agreement.NOT_NEEDED}:
        return said
    return f"{said} {day(row.ends_on, language())}"


COLUMNS: tuple[Column[RecipientRow], ...] = (
    Column("recipients.fields.name", lambda row: row.name, width=200),
    Column("recipients.fields.kind", lambda row: t(f"recipient_kinds.{row.kind}"), width=185),
    Column("recipients.fields.country", _country, width=105),
    Column("recipients.fields.agreement", _agreement, width=150),
    Column("recipients.fields.what", lambda row: row.what or "–", width=290),
    Column("recipients.fields.purpose", lambda row: row.purpose, width=210),
    Column("recipients.fields.role", lambda row: t(f"recipient_roles_short.{row.role}"), width=140),
)


def draw() -> None:
    keeps = may(Permission.KEEP_RECIPIENTS)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title(t("pages.recipients"), anchor=False)
        if keeps:
            open_form("recipient-new", "recipients.add", icon="add", kind="secondary")
    st.caption(t("recipients.about"))
    chosen = record_id()
    # The row that was clicked: its form opens once.
    if chosen is not None and keeps:
        st.query_params.pop("id")
        start_editing(f"recipient-{chosen}")
    rows = ask(recipient_list)
    _state(rows)
    if editing("recipient-new"):
        recipient_form(None)
    for row in rows:
        if editing(f"recipient-{row.id}") or editing(f"recipient-end-{row.id}"):
            recipient_form(row)
    if rows:
        record_table(
            rows,
            COLUMNS,
            key="recipients",
            opens="recipients" if keeps else None,
            alt=t("recipients.alt"),
        )
    else:
        st.info(t("recipients.none"))


def _state(rows: tuple[RecipientRow, ...]) -> None:
    """Draw what needs attention, in words; else the state of the recipients."""
    today = clock.today()
    states = [row.state(today) for row in rows]
    unfounded = sum(row.is_unfounded for row in rows)
    for n, words in (
        (unfounded, "recipients.outside_without_basis"),
        (states.count(Agreement.ENDED), "recipients.ended"),
        (states.count(Agreement.MISSING), "recipients.without_agreement"),
    ):
        if n:
            st.error(t(words, n=n), icon=":material/error:")
    if n := states.count(Agreement.ENDS_SOON):
        st.warning(t("recipients.ends_soon", n=n), icon=":material/event_upcoming:")
    if rows:
        outside = sum(row.is_outside for row in rows)
        st.caption(t("recipients.outside", outside=outside, n=len(rows)))


draw()
