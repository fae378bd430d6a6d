"""The result of an import, and for whom it did something."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard.ui.language import t
from dashboard.ui.lists import Column, record_table
from dashboard.views.imports.given_file import start_over

DONE = "import!done"


@dataclass(frozen=True)
class Brought:
    """A customer whom an import added to or changed."""

    id: int
    name: str


@dataclass(frozen=True)
class Done:
    """The result of an import."""

    created: int
    changed: int
    skipped: int
    refused: int
    people: tuple[Brought, ...] = ()


def draw_done() -> bool:
    """Draw what the last import did; return False when there is nothing to show."""
    done: Done | None = st.session_state.get(DONE)
    if done is None:
        return False
    st.success(
        t(
            "import.done",
            created=done.created,
            changed=done.changed,
            skipped=done.skipped,
            refused=done.refused,
        ),
        icon=":material/check_circle:",
    )
    st.button(t("import.again"), key="import.again", on_click=start_over)
    if done.people:
        st.header(t("import.done_title"), anchor=False)
        record_table(
            done.people,
            (Column("fields.name", lambda row: row.name, width="large"),),
            key="import.people",
            opens="customer",
            alt=t("import.people"),
        )
    return True
