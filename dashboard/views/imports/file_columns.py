"""The columns of a file with what each means, and the choices for the whole file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.language import t
from dashboard.views.imports.given_file import Given, key_of
from queries.intake.customers.columns import FIELDS, letters
from queries.intake.plan import ImportSettings, NameOrder
from queries.intake.readers.grid import Grid
from queries.intake.readers.read_file import Intake
from queries.rules.identifiers import find_personal_identity_codes
from queries.store.tables import PartyKind

#: Columns that can be chosen by hand; recognised ones further on are brought in all the same.
MOST_COLUMNS = 60


_SAMPLE = 40


def draw_columns(given: Given, settings: ImportSettings, grid: Grid) -> dict[int, str]:
    """One choice a column, below its own name and the first value in it."""
    st.markdown(f"**{t('import.columns')}**")
    read_as = (settings.encoding, settings.delimiter, settings.sheet, settings.has_header)
    way = "-".join(str(one) for one in read_as)
    chosen = {at: name for at, name in grid.columns.items() if at >= MOST_COLUMNS}
    places = st.columns(3)
    options = ["", *FIELDS]
    for at in range(min(grid.width, MOST_COLUMNS)):
        with places[at % 3]:
            name = grid.header[at] if grid.header and at < len(grid.header) else ""
            label = t("import.column", letter=letters(at))
            safe_html.lines(name or label, small=_sample(grid, at))
            picked = st.selectbox(
                label,
                options,
                index=options.index(grid.columns.get(at, "")),
                format_func=_field_name,
                key=key_of(given, f"column.{way}.{at}"),
                label_visibility="collapsed",
            )
        if picked:
            chosen[at] = picked
    return chosen


def _field_name(field: str) -> str:
    return t(f"import.fields.{field}") if field else t("import.column_out")


def _sample(grid: Grid, at: int) -> str:
    for row in grid.rows[:20]:
        cell = row.cells[at].strip() if at < len(row.cells) else ""
        if cell and not find_personal_identity_codes(cell):
            return t("import.sample", sample=cell[:_SAMPLE])
    return ""


def draw_choices(given: Given, settings: ImportSettings, intake: Intake) -> ImportSettings:
    chosen: dict[str, Any] = {}

    def tick(name: str, *, now: bool = False) -> None:
        chosen[name] = st.checkbox(t(f"import.{name}"), value=now, key=key_of(given, name))

    offered = intake.format.choices
    for name in ("create_missing", "overwrite", "as_partner", "accept_suspect"):
        if name in offered:
            tick(name, now=name == "create_missing")
    if "default_kind" in offered:
        chosen["default_kind"] = st.selectbox(
            t("import.default_kind"),
            [kind.value for kind in PartyKind],
            format_func=lambda one: t(f"kinds.{one}"),
            key=key_of(given, "default_kind"),
        )
    if "name_order" in offered:
        chosen["name_order"] = st.selectbox(
            t("import.name_order"),
            [order.value for order in NameOrder],
            format_func=lambda one: t(f"import.name_orders.{one}"),
            key=key_of(given, "name_order"),
        )
    return replace(settings, **chosen)
