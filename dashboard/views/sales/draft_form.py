"""The form of a draft: its head and its lines, typed beside each other.

Empty rows are left out. The command knows lines by their place among those that were typed; here
its refusals are put beside the rows on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.ui.forms import Field, edit_form
from dashboard.ui.gateway import ask
from dashboard.ui.language import t
from dashboard.views.sales.draft_rows import (
    SPARE_ROWS,
    TYPED,
    draw_more_rows,
    empty_row,
    row_fields,
)
from queries.errors import InvalidInput, InvalidInputs, StaleRecord
from queries.reads.sales.order import buyer
from queries.reads.sales.services import service_list
from queries.store.sessions import UnitOfWork
from queries.store.tables import VatCategory
from queries.writes.sales.drafts import AmendDraft, DraftLine, amend_draft

_HEAD = (Field("buyer_reference"), Field("free_text", "lines"))


@dataclass(frozen=True)
class TypedDraft:
    """A draft as the screen has it: ``rows[n]`` is the row of line ``n``."""

    inputs: AmendDraft
    rows: tuple[int, ...]


def draft_form(
    form: str,
    fixed: dict[str, Any],
    lines: list[DraftLine],
    *,
    head: dict[str, Any],
    done: str,
    opens: str | None,
) -> None:
    """Draw the form.

    :param fixed: what the form does not ask: id, version, party and order.
    :param lines: those that the draft has, or that are suggested.
    """
    reverse = any(line.vat_category == VatCategory.REVERSE_CHARGE for line in lines)
    if reverse and ask(buyer, fixed["party_id"]).vat_number is None:
        st.warning(t("refusals.reverse_charge_buyer"))
    n = st.session_state.get(f"{form}!rows", len(lines) + SPARE_ROWS)
    services = {row.id: row for row in ask(service_list, only_active=True)}
    fields = [*_HEAD, *(field for row in range(n) for field in row_fields(row))]
    values: dict[str, Any] = dict(head)
    kept: list[int | None] = []
    for row in range(n):
        line = lines[row] if row < len(lines) else empty_row()
        kept.append(line.service_id)
        values |= {f"lines.{row}.{name}": getattr(line, name) for name in TYPED}

    def inputs(**typed: Any) -> TypedDraft:
        seen = {name: typed.pop(name) for name in fixed}
        return _typed(form, n, kept, seen, typed)

    edit_form(
        form,
        fields,
        values,
        command=_amend,
        inputs=inputs,
        fixed=fixed,
        done=done,
        opens=opens,
        inside=lambda: draw_more_rows(form, n, services),
    )


def _typed(
    form: str, n: int, kept: list[int | None], fixed: dict[str, Any], typed: dict[str, Any]
) -> TypedDraft:
    suspect = bool(typed.get("accept_suspect"))
    rows, lines = [], []
    for row in range(n):
        values = {name: typed[f"lines.{row}.{name}"] for name in TYPED}
        if not (values["description"].strip() or values["unit_price"].strip()):
            continue
        chosen = st.session_state.get(f"{form}!service.{row}", kept[row])
        rows.append(row)
        lines.append(DraftLine(service_id=chosen, **values))
    head = {field.name: typed[field.name] for field in _HEAD}
    return TypedDraft(
        AmendDraft(**fixed, **head, lines=tuple(lines), accept_suspect=suspect), tuple(rows)
    )


def _amend(uow: UnitOfWork, typed: TypedDraft) -> int:
    """The command, with its refusals beside the rows of the screen."""
    try:
        return amend_draft(uow, typed.inputs)
    except InvalidInputs as refusal:
        raise InvalidInputs([on_row(error, typed.rows) for error in refusal.errors]) from refusal
    except StaleRecord as refusal:
        for row, line in enumerate(refusal.theirs.pop("lines", ())):
            refusal.theirs |= {f"lines.{row}.{name}": getattr(line, name) for name in TYPED}
        raise


def on_row(error: InvalidInput, rows: tuple[int, ...]) -> InvalidInput:
    """Return the refusal of ``lines.0.net`` as that of the row of line 0."""
    parts = error.field.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - lines, number, field
        return error
    facts = {name: fact for name, fact in error.facts.items() if name != "field"}
    return InvalidInput(f"lines.{rows[int(parts[1])]}.{parts[2]}", error.code, **facts)
