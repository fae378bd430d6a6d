"""The customer's timeline: what was ordered, done, invoiced, paid and noted, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

import streamlit as st

from dashboard.navigation import open_record
from dashboard.panels.contact_forms import adding, detail
from dashboard.panels.sales_forms import edit_in_place, sales_button
from dashboard.ui import safe_html
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from queries.reads.customers.timeline import TIMELINE_SIZE, Happening, timeline
from queries.wording.formats import day, euros, number


@dataclass(frozen=True)
class _NoteRow:
    """A note of the timeline as its form wants it."""

    id: int
    version: int
    text: str
    noted_on: date


def draw_history(party_id: int) -> None:
    """Draw the timeline with its forms; older lines are read on demand."""
    with st.container(horizontal=True):
        adding("note", party_id)
    shown = f"history-{party_id}"
    size = st.session_state.get(shown, TIMELINE_SIZE)
    found = ask(timeline, party_id, size=size)
    if not found.rows:
        st.info(t("card.no_history"))
    for year, rows in groupby(found.rows, key=lambda row: row.day.year):
        st.subheader(str(year), anchor=False)
        for row in rows:
            _line(party_id, row)
    if found.next_key is not None:
        st.button(
            t("card.older"),
            icon=":material/expand_more:",
            on_click=_more,
            args=(shown, size + TIMELINE_SIZE),
        )


def _more(shown: str, size: int) -> None:
    st.session_state[shown] = size


def _line(party_id: int, row: Happening) -> None:
    kind = "credit_note" if row.kind == "invoice" and row.text == "credit_note" else row.kind
    form = f"{row.kind}-{row.id}"
    if row.kind in {"order", "work"} and edit_in_place(row.kind, row.id):
        return
    if row.kind == "note":
        note = _NoteRow(row.id, row.version, row.text or "", row.day)
        detail("note", party_id, note, ((row.text or ""),), _below(row, kind))
        return
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        safe_html.lines(_title(row, kind), small=_below(row, kind))
        if row.kind in {"order", "work"}:
            sales_button(form, "forms.edit")
        if row.kind in {"order", "invoice"}:
            st.button(
                t("card.open_record"),
                key=f"{form}.record",
                icon=":material/open_in_new:",
                type="tertiary",
                on_click=open_record,
                args=(row.kind, row.id),
            )


def _title(row: Happening, kind: str) -> str:
    if kind in {"invoice", "credit_note", "payment"}:
        return f"{t(f'card.{kind}', number=row.number or '')} · {euros(row.cents or 0, language())}"
    return row.text or ""


def _below(row: Happening, kind: str) -> str:
    parts = [day(row.day, language()), t(f"happenings.{kind}")]
    if kind in {"order", "work"} and row.number:
        parts.append(row.number)
    if kind == "order":
        parts.append(t(f"order_statuses.{row.status}"))
    if row.minutes:
        parts.append(t("card.hours", hours=number(Decimal(row.minutes) / 60, language(), "0.##")))
    if row.by:
        parts.append(row.by)
    if row.open_cents:
        parts.append(
            t("card.unpaid", sum=euros(row.open_cents, language()), due=day(row.due_on, language()))
        )
    return " · ".join(parts)
