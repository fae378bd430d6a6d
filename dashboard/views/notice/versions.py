"""The published versions of the notice: choosing one, and what changed between two."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.gateway import ask
from dashboard.ui.language import language, t
from dashboard.ui.trail_lines import said_by
from queries.documents.notice.differences import Change, differences
from queries.reads.notice.notice import VersionRow, notice_version
from queries.wording.formats import instant

DRAFT = 0
"""In the choices, where versions go by their numbers."""


def draw_state(rows: tuple[VersionRow, ...], changed: int) -> None:
    """Draw whether what is published is what the register says now.

    :param changed: how many statements are not.
    """
    if not rows:
        st.warning(t("notice.never"), icon=":material/unpublished:")
        return
    facts = {"number": rows[0].number, "on": rows[0].published_on}
    if changed:
        st.warning(t("notice.differs", n=changed, **facts), icon=":material/sync_problem:")
    else:
        st.success(t("notice.current", **facts), icon=":material/check_circle:")


def choose_version(name: str, rows: tuple[VersionRow, ...], first: int) -> int:
    """A choice among the draft and the versions.

    :param name: of the choice, and of its words.
    :param first: what is chosen at first.
    """
    said = {DRAFT: t("notice.draft")} | {
        row.number: t("notice.version", number=row.number, on=row.published_on) for row in rows
    }
    return st.selectbox(
        t(f"notice.{name}"),
        list(said),
        index=list(said).index(first),
        format_func=said.__getitem__,
        key=f"notice.{name}",
    )


def draw_changes(rows: tuple[VersionRow, ...], draft: str, shown_in: str) -> None:
    """Draw the differences between two texts that are chosen, and all versions below them."""
    if not rows:
        st.info(t("notice.no_versions"))
        return
    with st.container(horizontal=True):
        older = choose_version("older", rows, rows[0].number)
        newer = choose_version("newer", rows, DRAFT)
    before, after = (
        draft if number == DRAFT else _published(number, shown_in) for number in (older, newer)
    )
    _draw_differences(before, after, shown_in)
    st.subheader(t("notice.versions"), anchor=False)
    safe_html.table(
        tuple(t(f"notice.columns.{name}") for name in ("number", "at", "by", "summary")),
        [
            (
                str(row.number),
                instant(row.published_at, language()),
                said_by(row.published_by),
                row.summary or "–",
            )
            for row in rows
        ],
    )


def _draw_differences(older: str, newer: str, shown_in: str) -> None:
    found = differences(older, newer)
    if not found:
        st.success(t("notice.no_changes"), icon=":material/check_circle:")
        return
    st.caption(t("notice.changes_about"))
    for title, group in groupby(found, key=lambda one: one.chapter):
        lines = [(one.change is Change.ADDED, one.text) for one in group]
        safe_html.changes(title, lines, language=shown_in)


def _published(number: int, shown_in: str) -> str:
    version = ask(notice_version, number)
    return "" if version is None else version.text(shown_in)
