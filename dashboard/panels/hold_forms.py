"""Legal holds: how they are shown, placed, amended and released."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.actions import confirm, on_seen, open_form
from dashboard.ui.forms import Field, edit_form, editing
from dashboard.ui.gateway import may
from dashboard.ui.language import language, t
from queries.reads.retention.holds import HoldRow
from queries.rules.roles import Permission
from queries.store.retention.series import SERIES
from queries.store.tables import HoldScope
from queries.wording.formats import day
from queries.writes.retention.holds import AmendHold, amend_hold, release_hold

_REASON = Field("reason", "lines")
_REVIEW = Field("review_on", "day")
#: The classes whose records this register holds.
_CLASSES = tuple(dict.fromkeys(series.code for series in SERIES))
_CLASS = Field("class_code", "choice", options=_CLASSES, words="retention_classes")


def draw_holds(rows: Iterable[HoldRow]) -> None:
    """Draw the holds in force, each with its reason, review day and what may be done with it."""
    rows = list(rows)
    if not rows:
        st.caption(t("holds.none"))
    for row in rows:
        with st.container(border=True):
            _hold(row)


def place_button(scope: str, target_id: int | None, *, label: str = "holds.place") -> None:
    """The button that places a hold on a record, or the form; nothing for who may not."""
    form = f"hold-{scope}-{target_id or 'all'}"
    if not may(Permission.HOLD):
        return
    if not editing(form):
        open_form(form, label, icon="front_hand")
        return
    fields = (_CLASS, _REASON, _REVIEW) if scope == HoldScope.CLASS else (_REASON, _REVIEW)
    edit_form(
        form,
        fields,
        {},
        command=amend_hold,
        inputs=AmendHold,
        done="holds.placed",
        submit="holds.place",
        fixed={"scope": scope, "target_id": target_id},
    )


def covered(row: HoldRow) -> str:
    """Return what a hold covers, in words."""
    if row.scope == HoldScope.CLASS:
        return t("holds.class", name=t(f"retention_classes.{row.class_code}"))
    if row.scope == HoldScope.PARTY:
        return t("holds.party")
    return t(f"holds.{row.scope}", number=row.number or "–")


def _hold(row: HoldRow) -> None:
    line = t(
        "holds.line",
        by=row.placed_by,
        on=day(row.placed_on, language()),
        review=day(row.review_on, language()),
    )
    whose = f"{row.party} · {covered(row)}" if row.party else covered(row)
    safe_html.lines(whose, row.reason, small=line)
    if row.is_due:
        st.warning(t("holds.due"), icon=":material/event_busy:")
    form = f"hold-{row.id}"
    if editing(form):
        edit_form(
            form,
            (_REASON, _REVIEW),
            {"reason": row.reason, "review_on": row.review_on},
            command=amend_hold,
            inputs=AmendHold,
            fixed={"id": row.id, "version": row.version},
        )
    elif may(Permission.HOLD):
        with st.container(horizontal=True):
            open_form(form)
            confirm(
                "holds.release",
                "holds.release_sure",
                "holds.release_yes",
                on_seen(release_hold, row, done="holds.released"),
                key=f"{form}.release",
                ask_key=f"{form}.ask",
                icon="lock_open",
            )
