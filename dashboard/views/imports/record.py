"""The record of one import: what was brought in, and every note that was shown of it."""

from __future__ import annotations

import secrets
from typing import Any

import streamlit as st

from dashboard.import_words import (
    counted,
    file_words,
    noted_row,
    noted_whole,
    settings_words,
    to_be_known,
    who,
)
from dashboard.navigation import link
from dashboard.ui import clock, safe_html
from dashboard.ui.forms import flash
from dashboard.ui.gateway import ask, carry_out
from dashboard.ui.language import language, sentence, t
from dashboard.ui.trail_lines import said_by
from queries.errors import RegisterError
from queries.intake.undo_import import UndoImport, undo_import
from queries.reads.imports import ROWS, ImportRecord, import_record, import_rows
from queries.wording.formats import day, instant

_TOKEN = "imports.token"  # noqa: S105 - the name of a form's token
_REFUSAL = "imports.refusal"


def draw_record(batch_id: int) -> None:
    record = ask(import_record, batch_id)
    st.title(t("imports.title", id=str(batch_id)), anchor=False)
    link("imports", t("imports.back"), icon="arrow_back")
    _draw_facts(record)
    st.header(t("imports.notes"), anchor=False)
    if record.emptied_on is not None:
        st.info(t("imports.emptied", on=record.emptied_on))
    elif record.line.refused is None:
        st.info(t("imports.older"))
    else:
        safe_html.lines(*noted_whole(record, language()))
        _draw_rows(record)
    if record.may_be_undone(clock.today()):
        _draw_undoing(record)


def _draw_undoing(record: ImportRecord) -> None:
    """The button that takes the whole import back, once that is confirmed."""
    st.header(t("imports.undo"), anchor=False)
    st.caption(t("imports.undo_about", on=record.details_until))
    if (refusal := st.session_state.pop(_REFUSAL, None)) is not None:
        st.error(sentence(refusal), icon=":material/error:")
    token = st.session_state.setdefault(_TOKEN, secrets.token_urlsafe(16))
    sure = st.checkbox(t("imports.undo_sure"), key=f"imports.sure.{record.line.id}")
    st.button(
        t("imports.undo"),
        icon=":material/undo:",
        key="imports.undo",
        disabled=not sure,
        on_click=_undo,
        args=(record.line.id, token),
    )


def _undo(batch_id: int, token: str) -> None:
    """Undo the import (a callback)."""
    st.session_state.pop(_TOKEN, None)
    try:
        carry_out(undo_import, UndoImport(id=batch_id), token=token)
    except RegisterError as error:
        st.session_state[_REFUSAL] = error
        return
    flash("imports.undone_now")


def _draw_facts(record: ImportRecord) -> None:
    line, own = record.line, language()
    facts: list[tuple[str, Any]] = [
        (t("imports.columns.at"), instant(line.at, own)),
        (t("imports.columns.actor"), said_by(line.actor)),
        (t("imports.columns.name"), file_words(line, own)),
        (t("imports.columns.form"), t(f"import.forms.{line.form}")),
        (t("imports.columns.counts"), counted(line, own)),
        ("SHA-256", record.sha256),
    ]
    if chosen := settings_words(record.settings, own):
        facts.append((t("imports.settings"), "; ".join(chosen)))
    if line.undone_at is not None:
        undone = t("imports.undone", at=line.undone_at, by=said_by(record.undone_by or ""))
        facts.append((t("imports.columns.undone"), undone))
    if record.emptied_on is None:
        facts.append((t("imports.details_until"), day(record.details_until, own)))
    safe_html.facts(facts)


def _draw_rows(record: ImportRecord) -> None:
    if not record.rows:
        if not record.notes:
            st.caption(t("imports.nothing_said"))
        return
    key = f"imports.most.{record.line.id}"
    most = st.session_state.get(key, ROWS)
    rows = [noted_row(row) for row in ask(import_rows, record.line.id, size=most)]
    safe_html.table(
        [t(f"import.{name}") for name in ("row", "outcome", "who", "why")],
        [
            (
                str(row.number),
                t(f"imports.outcomes.{row.outcome}"),
                who(row, language()),
                to_be_known(row, language()),
            )
            for row in rows
        ],
        caption=t("imports.rows_alt"),
    )
    if record.rows > most:
        st.button(t("import.more"), key=f"{key}.more", on_click=_more, args=(key, most + ROWS))


def _more(key: str, most: int) -> None:
    st.session_state[key] = most
