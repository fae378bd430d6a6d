"""Sources (Tietolähteet): where data came from, and whom to inform of data from elsewhere."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import open_page, record_id
from dashboard.panels.provenance_forms import draw_reminder, draw_undo, told_form
from dashboard.ui import clock, safe_html
from dashboard.ui.gateway import ask, may
from dashboard.ui.language import language, t
from dashboard.ui.lists import Column, page_marks, paging, record_table
from queries.reads.paging import Total
from queries.reads.provenance import (
    ReminderRow,
    UnknownRow,
    reminder_figures,
    source_counts,
    source_reminders,
    unknown_list,
    unknown_sources,
)
from queries.rules.roles import Permission
from queries.wording.formats import day, number


def _left(row: ReminderRow) -> str:
    if row.days_left < 0:
        return t("requests.overdue", n=-row.days_left)
    return t("requests.left", n=row.days_left) if row.days_left else t("requests.today")


REMINDERS: tuple[Column[ReminderRow], ...] = (
    Column("provenance.due", lambda row: day(row.due, language()), width=100),
    Column("provenance.left", _left, width=165),
    Column("fields.name", lambda row: row.name, width=185),
    Column("provenance.source", lambda row: t(f"sources.{row.source}"), width=150),
    Column("provenance.since", lambda row: day(row.since, language()), width=95),
    Column("fields.language", lambda row: t(f"languages.{row.language}"), width=115),
)
UNKNOWN: tuple[Column[UnknownRow], ...] = (
    Column("fields.name", lambda row: row.name, width=300),
    Column(
        "provenance.which",
        lambda row: ", ".join(t(f"provenance.data.{table}") for table in row.tables),
        width=420,
    ),
)


def draw() -> None:
    st.title(t("pages.sources"), anchor=False)
    st.caption(t("provenance.about"))
    _reminders()
    _unknown()
    with st.expander(t("provenance.counts"), key="source-counts", on_change="rerun") as fold:
        if fold.open:
            safe_html.table(
                (t("provenance.source"), t("provenance.count")),
                [
                    (t(f"sources.{source}"), number(n, language()))
                    for source, n in ask(source_counts).items()
                ],
            )


def _reminders() -> None:
    """Draw the people to inform, the longest waiting first."""
    st.header(t("provenance.reminders"), anchor=False)
    figures = ask(reminder_figures, today=clock.today())
    chosen = record_id()
    if chosen is not None:
        draw_reminder(chosen)
    draw_undo()
    if figures.first_due is None:
        st.success(t("provenance.everybody_told"), icon=":material/check_circle:")
        return
    names = ("overdue", "soon", "waiting")
    for column, name in zip(st.columns(len(names)), names, strict=True):
        column.metric(t(f"provenance.figures.{name}"), _n(getattr(figures, name)))
    page = ask(source_reminders, today=clock.today(), **page_marks())
    record_table(page.rows, REMINDERS, key="reminders", opens="sources", alt=t("provenance.alt"))
    paging(page)
    if may(Permission.EDIT_CUSTOMERS) and page.rows:
        ids = tuple(row.id for row in page.rows)
        with st.popover(
            t("provenance.note_page", n=len(ids)),
            icon=":material/done_all:",
            key=f"reminders.note-{ids[0]}-{ids[-1]}",
            on_change="rerun",
        ):
            st.write(t("provenance.note_page_about"))
            told_form(ids, f"source-page-{ids[0]}-{ids[-1]}")


def _unknown() -> None:
    """Data of which nobody knows where they came from."""
    st.header(t("provenance.unknown"), anchor=False)
    total = ask(unknown_sources)
    if not total.n:
        st.success(t("provenance.all_known"), icon=":material/check_circle:")
        return
    st.caption(t("provenance.unknown_n", counted=_n(total)))
    after = record_id("unknown")
    rows, following = ask(unknown_list, after=after)
    record_table(rows, UNKNOWN, key="unknown", opens="customer", alt=t("provenance.unknown_alt"))
    if following is not None:
        st.button(
            t("listing.next"),
            icon=":material/chevron_right:",
            key="unknown.next",
            on_click=open_page,
            args=("sources", {"unknown": str(following)}),
        )
    elif after is not None:
        st.button(
            t("provenance.from_start"), key="unknown.first", on_click=open_page, args=("sources",)
        )


def _n(total: Total) -> str:
    said = number(total.n, language())
    return said if total.exact else t("overview.more_than", counted=said)


draw()
