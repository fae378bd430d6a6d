"""Paper records in words: where one is, of what time, until when."""

from __future__ import annotations

from dashboard.ui.language import language, t
from dashboard.ui.lists import Column
from queries.reads.paper.records import PaperRow, PaperState
from queries.wording.formats import day


def place(row: PaperRow) -> str:
    """The room and the shelf; nowhere where there is no room."""
    if row.room is None:
        return "–" if row.disposed_on else t("paper.nowhere")
    room = t("paper.closed_room", room=row.room) if row.is_nowhere else row.room
    return t("paper.place", room=room, shelf=row.shelf) if row.shelf else room


def span(row: PaperRow) -> str:
    """Return the first and the last day of its contents."""
    return t("paper.span", start=day(row.starts_on, language()), end=day(row.ends_on, language()))


def until(row: PaperRow) -> str:
    """The last day kept."""
    if row.keep_until is None:
        return t("paper.no_deadline")
    return day(row.keep_until, language())


def state(row: PaperRow) -> str:
    """Return the state of a record, apart from its presence."""
    if row.disposed_on or row.destroyed_on:
        return t(f"paper_states.{PaperState.DESTROYED}")
    if row.lent_until:
        return t(f"paper_states.{PaperState.LENT}")
    return t(f"paper_states.{PaperState.NOWHERE}") if row.is_nowhere else "–"


def title(row: PaperRow) -> str:
    """Return the title on its back, as long as it exists."""
    return "–" if row.disposed_on else row.title


#: What one looks for first; the rest is reached by scrolling where the page is narrow.
COLUMNS: tuple[Column[PaperRow], ...] = (
    Column("paper_fields.number", lambda row: row.number, width=75),
    Column("paper_fields.title", title, width=230),
    Column("paper_fields.place", place, width=200),
    Column("paper_fields.keep_until", until, width=110),
    Column("paper_fields.state", state, width=125),
    Column("paper_fields.period", span, width=170),
    Column(
        "paper_fields.class_code", lambda row: t(f"retention_classes.{row.class_code}"), width=220
    ),
    Column("paper_fields.kind", lambda row: t(f"paper_kinds.{row.kind}"), width=90),
)
