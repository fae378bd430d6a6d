"""The form of a draft: its head and its lines, typed beside each other.

Empty rows are left out. The command knows lines by their place among those that were typed; here
its refusals are put beside the rows on the screen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.panels.sales_forms import typed_sum
from dashboard.ui.forms import Field, edit_form
from dashboard.ui.gateway import ask
from dashboard.ui.language import t
from queries.errors import InvalidInput, InvalidInputs, StaleRecord
from queries.reads.sales.invoice import InvoiceRecord, LineRow
from queries.reads.sales.order import OrderRecord, buyer
from queries.reads.sales.services import ServiceRow, service_list
from queries.rules.money import from_thousandths
from queries.store.sessions import UnitOfWork
from queries.store.tables import Unit, VatCategory
from queries.writes.sales.drafts import AmendDraft, DraftLine, amend_draft

#: Empty rows below those that are filled in.
SPARE_ROWS = 2
_HEAD = (Field("buyer_reference"), Field("free_text", "lines"))
_TYPED = ("description", "quantity", "unit", "unit_price", "discount", "vat_category")


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
    fields = [*_HEAD, *(field for row in range(n) for field in _row_fields(row))]
    values: dict[str, Any] = dict(head)
    kept: list[int | None] = []
    for row in range(n):
        line = lines[row] if row < len(lines) else _empty()
        kept.append(line.service_id)
        values |= {f"lines.{row}.{name}": getattr(line, name) for name in _TYPED}

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
        inside=lambda: _more_rows(form, n, services),
    )


def lines_of(record: InvoiceRecord) -> list[DraftLine]:
    """The lines of a draft as they would be typed."""
    return [_as_typed(row) for row in record.lines]


def suggested(order: OrderRecord) -> list[DraftLine]:
    """A line for an order: its service, and the hours worked where it is sold by the hour."""
    if order.service_id is None:
        return [_empty(description=order.title)]
    service = next((row for row in ask(service_list) if row.id == order.service_id), None)
    if service is None:
        return [_empty(description=order.title)]
    quantity = "1"
    minutes = sum(row.minutes for row in order.work)
    if service.unit == Unit.HOUR and minutes:
        quantity = f"{from_thousandths(round(minutes * 1000 / 60)):f}".replace(".", ",")
    return [_of_service(service, description=order.title, quantity=quantity)]


def _row_fields(row: int) -> tuple[Field, ...]:
    at, of = f"lines.{row}", f"line-{row}"
    return (
        Field(f"{at}.description", label="fields.line_description", row=of, width=6),
        Field(f"{at}.quantity", label="fields.quantity", row=of, width=2),
        Field(
            f"{at}.unit",
            "choice",
            label="fields.unit",
            options=tuple(Unit),
            words="unit_marks",
            row=of,
            width=2,
        ),
        Field(f"{at}.unit_price", label="fields.line_price", row=of, width=2),
        Field(f"{at}.discount", label="fields.discount", row=of, width=2),
        Field(
            f"{at}.vat_category",
            "choice",
            label="fields.vat_category",
            options=tuple(VatCategory),
            words="vat_categories",
            row=of,
            width=5,
        ),
    )


def _typed(
    form: str, n: int, kept: list[int | None], fixed: dict[str, Any], typed: dict[str, Any]
) -> TypedDraft:
    suspect = bool(typed.get("accept_suspect"))
    rows, lines = [], []
    for row in range(n):
        values = {name: typed[f"lines.{row}.{name}"] for name in _TYPED}
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
            refusal.theirs |= {f"lines.{row}.{name}": getattr(line, name) for name in _TYPED}
        raise


def on_row(error: InvalidInput, rows: tuple[int, ...]) -> InvalidInput:
    """Return the refusal of ``lines.0.net`` as that of the row of line 0."""
    parts = error.field.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - lines, number, field
        return error
    facts = {name: fact for name, fact in error.facts.items() if name != "field"}
    return InvalidInput(f"lines.{rows[int(parts[1])]}.{parts[2]}", error.code, **facts)


def _more_rows(form: str, n: int, services: dict[int, ServiceRow]) -> None:
    """One more row, empty or of a service."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if services:
            st.selectbox(
                t("invoices.pick_service"),
                list(services),
                key=f"{form}.service",
                format_func=lambda code: f"{services[code].code} {services[code].name}",
            )
            st.form_submit_button(
                t("invoices.add_service"),
                key=f"{form}.add",
                on_click=_fill,
                args=(form, n, services),
            )
        st.form_submit_button(
            t("invoices.more_rows"), key=f"{form}.more", on_click=_more, args=(form, n + SPARE_ROWS)
        )


def _fill(form: str, n: int, services: dict[int, ServiceRow]) -> None:
    """Put the chosen service on the first empty row."""
    line = _of_service(services[st.session_state[f"{form}.service"]])
    for row in range(n + 1):
        at = f"{form}.lines.{row}"
        typed = (st.session_state.get(f"{at}.{name}") for name in ("description", "unit_price"))
        if not any(str(text or "").strip() for text in typed):
            for name in _TYPED:
                st.session_state[f"{at}.{name}"] = getattr(line, name)
            st.session_state[f"{form}!service.{row}"] = line.service_id
            _more(form, max(n, row + 1))
            return


def _more(form: str, n: int) -> None:
    st.session_state[f"{form}!rows"] = n


def _empty(*, description: str = "") -> DraftLine:
    return DraftLine(
        description=description,
        quantity="1",
        unit=Unit.HOUR,
        unit_price="",
        vat_category=VatCategory.STANDARD,
    )


def _of_service(service: ServiceRow, *, description: str = "", quantity: str = "1") -> DraftLine:
    return DraftLine(
        service_id=service.id,
        description=description or service.name,
        quantity=quantity,
        unit=service.unit,
        unit_price=typed_sum(service.unit_price_cents),
        vat_category=service.vat_category,
    )


def _as_typed(row: LineRow) -> DraftLine:
    discount = from_thousandths(row.discount_basis_points * 10)
    return DraftLine(
        service_id=row.service_id,
        description=row.description,
        quantity=f"{from_thousandths(row.quantity_thousandths):f}".replace(".", ","),
        unit=row.unit,
        unit_price=typed_sum(row.unit_price_cents),
        discount=f"{discount:f}".replace(".", ",") if discount else "",
        vat_category=row.vat_category,
    )
