"""The list of records on the page of retention, and why the chosen one is kept."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.navigation import link, record_id
from dashboard.panels.hold_forms import place_button
from dashboard.panels.retention_reasons import kept_by, sentences
from dashboard.ui import clock, safe_html
from dashboard.ui.gateway import Reading, ask
from dashboard.ui.language import language, t
from dashboard.ui.lists import Choice, choose, first_page, found_line, search_field
from queries.errors import NotFound
from queries.reads.paging import Total
from queries.reads.retention.blocked_by import Keepers
from queries.reads.retention.figures import PARTY_CLASS, RetentionFigures, RetentionState, count_of
from queries.reads.retention.first_page import RetentionView
from queries.reads.retention.reasons import Why, explained
from queries.reads.retention.rows import RetentionFilter, RetentionPage, RetentionRow
from queries.store.retention.series import SERIES
from queries.store.tables import HoldScope, ItemKind
from queries.wording.formats import day

_KEY_LENGTH = 40
_CODES = (*dict.fromkeys(series.code for series in SERIES), PARTY_CLASS)
_SCOPES = {series.kind: series.scope for series in SERIES} | {ItemKind.PARTY: HoldScope.PARTY}
#: The kinds that have a page of their own, which is named as they are.
_PAGES = (ItemKind.INVOICE, ItemKind.ORDER, ItemKind.REQUEST, ItemKind.PAPER)

#: The columns of the list with their widths: together what a page is wide.
_WIDTHS = {
    "keep_until": 120,
    "record": 150,
    "number": 70,
    "party": 155,
    "event_on": 125,
    "rule": 185,
}


def draw_records(view: RetentionView, wanted: RetentionFilter) -> None:
    """The list and the explanation of the row chosen, under the filters."""
    page = view.page
    found_line("retention", page.total or _counted(view.figures, wanted))
    chosen = mark("why")
    if chosen is not None:
        _explain(chosen)
    if page.rows:
        _table(page)
    else:
        st.info(t("retention.none"))
    _paging(page)


def draw_filter() -> RetentionFilter:
    """Draw the filter and return what was chosen."""
    party_id = record_id("party")
    if party_id is None:
        text = search_field("retention", label="retention.search")
    else:
        text = ""
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(t("retention.only_one"))
            st.button(t("retention.show_all"), type="tertiary", on_click=_show_all)
    state, kind, code = choose(
        Choice(
            "state",
            list(RetentionState)[1:],
            "retention_states",
            every="retention_states.overdue",
            label="retention_filters.state",
        ),
        Choice("file", list(ItemKind), "file_kinds", label="retention_filters.file"),
        Choice("rule", _CODES, "retention_classes", label="retention_filters.rule"),
    )
    return RetentionFilter(
        state=state or RetentionState.OVERDUE, kind=kind, code=code, party_id=party_id, text=text
    )


def _counted(figures: RetentionFigures, wanted: RetentionFilter) -> Total:
    """Return the figures' total of the classes that the list shows."""
    return Total(
        sum(
            count_of(count, RetentionState(wanted.state))
            for count in figures.counts
            if wanted.kind in (None, count.kind) and wanted.code in (None, count.code)
        )
    )


def _table(page: RetentionPage) -> None:
    heads = [t(f"fields.{name}") for name in _WIDTHS]
    frame = pd.DataFrame([_shown(row) for row in page.rows], columns=heads, dtype="string")
    widths = {
        head: st.column_config.TextColumn(width=width)
        for head, width in zip(heads, _WIDTHS.values(), strict=True)
    }
    keys = [row.key for row in page.rows]
    name = f"retention-{keys[0]}-{keys[-1]}"

    def picked() -> None:
        rows = st.session_state[name]["selection"]["rows"]
        if rows:
            st.query_params["why"] = keys[rows[0]]

    st.dataframe(
        frame,
        hide_index=True,
        key=name,
        on_select=picked,
        selection_mode="single-row",
        height="content",
        column_config=widths,
        alt=t("retention.alt"),
    )


def _shown(row: RetentionRow) -> tuple[str, ...]:
    return (
        day(row.keep_until, language()) or t("retention_states.missing"),
        t(f"file_kinds_brief.{row.kind}"),
        row.number or "",
        row.party or "",
        day(row.event_on, language()),
        t(f"retention_classes.{row.code}"),
    )


def _explain(key: str) -> None:
    found = ask(_explained_or_none, key)
    if found is None:
        st.query_params.pop("why", None)
        return
    record, keepers = found
    with st.container(border=True):
        st.subheader(t("retention.why"), anchor=False)
        safe_html.lines(*sentences(record, keepers, today=clock.today()), *kept_by(keepers))
        with st.container(horizontal=True, vertical_alignment="center"):
            if record.party_id is not None:
                link(
                    "customer",
                    t("retention.open_customer"),
                    {"id": str(record.party_id)},
                    icon="person",
                )
            if record.kind in _PAGES:
                link(
                    record.kind,
                    t(f"retention.open_{record.kind}"),
                    {"id": str(record.id)},
                    icon="open_in_new",
                )
            st.button(
                t("retention.close_why"), icon=":material/close:", type="tertiary", on_click=_close
            )
        scope = _SCOPES.get(ItemKind(record.kind))
        if scope is not None:
            place_button(scope, record.id)
        elif record.party_id is not None:
            place_button(HoldScope.PARTY, record.party_id)


def _explained_or_none(session: Reading, key: str) -> tuple[Why, Keepers] | None:
    """A record that has gone since its row was drawn is explained no more."""
    try:
        return explained(session, key, today=clock.today())
    except NotFound:
        return None


def _paging(page: RetentionPage) -> None:
    begun = mark("after") is not None
    if page.next_key is None and not begun:
        return
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.button(
            t("retention.first_page"),
            icon=":material/first_page:",
            disabled=not begun,
            on_click=first_page,
        )
        st.button(
            t("listing.next"),
            icon=":material/chevron_right:",
            icon_position="right",
            disabled=page.next_key is None,
            on_click=_turn,
            args=(page.next_key,),
        )


def _turn(key: str | None) -> None:
    if key is not None:
        st.query_params["after"] = key


def _close() -> None:
    st.query_params.pop("why", None)


def _show_all() -> None:
    first_page()
    st.query_params.pop("party", None)


def mark(name: str) -> str | None:
    """A row's key in the address: a series and an id, nothing personal."""
    text = st.query_params.get(name, "")
    return text if 0 < len(text) < _KEY_LENGTH else None
