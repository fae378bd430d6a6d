"""How a file is read: what was recognised, and what a person chooses otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.language import t
from dashboard.views.imports.file_columns import draw_choices, draw_columns
from dashboard.views.imports.given_file import Given, key_of, read
from queries.intake.plan import ImportSettings
from queries.intake.readers.delimited import DELIMITERS, ENCODINGS
from queries.intake.readers.grid import Grid
from queries.intake.readers.read_file import Intake

_DELIMITER_NAMES = dict(zip(DELIMITERS, ("semicolon", "comma", "tab", "pipe"), strict=True))


def draw_settings(given: Given) -> tuple[Intake, ImportSettings]:
    """Draw what the file is and how it is read, to be adjusted."""
    settings = _chosen_reading(given)
    intake = read(given, settings)
    grid = intake.grid
    system = t(f"import.systems.{grid.system}") if grid and grid.system else ""
    safe_html.chips([t(f"import.forms.{intake.form}"), *([system] if system else [])])
    if intake.format.plan is None:
        return intake, settings
    mailing = intake.format.is_mailing_list
    if mailing:
        st.caption(t(f"import.mailing.{intake.form}"))
    unclear = grid is not None and (len(grid.sheets) > 1 or not (grid.columns or mailing))
    with st.expander(t("import.settings"), expanded=unclear):
        if grid is not None:
            _draw_reading(given, grid)
        if grid is not None and intake.format.has_columns:
            columns = draw_columns(given, settings, grid)
            if columns != grid.columns:
                settings = replace(settings, columns=columns)
        settings = draw_choices(given, settings, intake)
    return intake, settings


def _chosen_reading(given: Given) -> ImportSettings:
    """Return the chosen way of reading the file, before the widgets are drawn."""
    chosen = {name: _chosen(key_of(given, name)) for name in ("encoding", "delimiter", "sheet")}
    return ImportSettings(**chosen, has_header=_chosen(_header_key(given)))


def _chosen(key: str) -> Any:
    """Return the value of a widget, or None where it is the one that was recognised."""
    value = st.session_state.get(key)
    return None if value == st.session_state.get(_recognised(key)) else value


def _recognised(key: str) -> str:
    """Return the key of what a widget began with: that of the first reading stays."""
    return f"{key}!recognised"


def _begin(key: str, recognised: object) -> None:
    """Let a widget begin with what was recognised."""
    st.session_state.setdefault(key, recognised)
    st.session_state.setdefault(_recognised(key), recognised)


def _header_key(given: Given) -> str:
    """Return a key for each sheet, since each may have a heading or not."""
    return key_of(given, f"has_header.{st.session_state.get(key_of(given, 'sheet'))}")


def _draw_reading(given: Given, grid: Grid) -> None:
    columns = st.columns(3)
    if grid.encoding is not None:
        _select(columns[0], given, "encoding", ENCODINGS, grid.encoding, str.upper)
    if grid.delimiter in DELIMITERS:
        _select(
            columns[1],
            given,
            "delimiter",
            DELIMITERS,
            grid.delimiter,
            lambda one: t(f"import.delimiters.{_DELIMITER_NAMES[one]}"),
        )
    if len(grid.sheets) > 1 and grid.sheet is not None:
        _select(columns[2], given, "sheet", grid.sheets, grid.sheet, str)
    key = _header_key(given)
    _begin(key, grid.header is not None)
    st.checkbox(t("import.has_header"), key=key)


def _select(
    place: Any,
    given: Given,
    name: str,
    options: tuple[str, ...],
    recognised: str,
    shown: Callable[[str], str],
) -> None:
    key = key_of(given, name)
    _begin(key, recognised)
    place.selectbox(t(f"import.{name}"), options, key=key, format_func=shown)
