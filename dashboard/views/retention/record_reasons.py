"""Why the chosen record is kept, with the way to its page and to a hold."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import link
from dashboard.panels.hold_forms import place_button
from dashboard.panels.retention_reasons import kept_by, sentences
from dashboard.ui import clock, safe_html
from dashboard.ui.gateway import Reading, ask
from dashboard.ui.language import t
from queries.errors import NotFound
from queries.reads.retention.blocked_by import Keepers
from queries.reads.retention.reasons import Why, explained
from queries.store.retention.series import SERIES
from queries.store.tables import HoldScope, ItemKind

_SCOPES = {series.kind: series.scope for series in SERIES} | {ItemKind.PARTY: HoldScope.PARTY}


#: The kinds that have a page of their own, which is named as they are.
_PAGES = (ItemKind.INVOICE, ItemKind.ORDER, ItemKind.REQUEST, ItemKind.PAPER)


def draw_reasons(key: str) -> None:
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


def _close() -> None:
    st.query_params.pop("why", None)
