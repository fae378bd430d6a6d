"""The rows of a draft invoice: their fields, and rows filled from services."""

from __future__ import annotations

import streamlit as st

from dashboard.panels.sales_forms import typed_sum
from dashboard.ui.forms import Field
from dashboard.ui.gateway import ask
from dashboard.ui.language import t
from queries.reads.sales.invoice import InvoiceRecord, LineRow
from queries.reads.sales.order import OrderRecord
from queries.reads.sales.services import ServiceRow, service_list
from queries.rules.money import from_thousandths
from queries.store.tables import Unit, VatCategory
from queries.writes.sales.drafts import DraftLine

#: Empty rows below those that are filled in.
SPARE_ROWS = 2


TYPED = ("description", "quantity", "unit", "unit_price", "discount", "vat_category")


def lines_of(record: InvoiceRecord) -> list[DraftLine]:
    """The lines of a draft as they would be typed."""
    return [_as_typed(row) for row in record.lines]


def suggested(order: OrderRecord) -> list[DraftLine]:
    """A line for an order: its service, and the hours worked where it is sold by the hour."""
    if order.service_id is None:
        return [empty_row(description=order.title)]
    service = next((row for row in ask(service_list) if row.id == order.service_id), None)
    if service is None:
        return [empty_row(description=order.title)]
    quantity = "1"
    minutes = sum(row.minutes for row in order.work)
    if service.unit == Unit.HOUR and minutes:
        quantity = f"{from_thousandths(round(minutes * 1000 / 60)):f}".replace(".", ",")
    return [_of_service(service, description=order.title, quantity=quantity)]


def row_fields(row: int) -> tuple[Field, ...]:
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


def draw_more_rows(form: str, n: int, services: dict[int, ServiceRow]) -> None:
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
            t("invoices.more_rows"),
            key=f"{form}.more",
            on_click=more_of,
            args=(form, n + SPARE_ROWS),
        )


def _fill(form: str, n: int, services: dict[int, ServiceRow]) -> None:
    """Put the chosen service on the first empty row."""
    line = _of_service(services[st.session_state[f"{form}.service"]])
    for row in range(n + 1):
        at = f"{form}.lines.{row}"
        typed = (st.session_state.get(f"{at}.{name}") for name in ("description", "unit_price"))
        if not any(str(text or "").strip() for text in typed):
            for name in TYPED:
                st.session_state[f"{at}.{name}"] = getattr(line, name)
            st.session_state[f"{form}!service.{row}"] = line.service_id
            more_of(form, max(n, row + 1))
            return


def more_of(form: str, n: int) -> None:
    st.session_state[f"{form}!rows"] = n


def empty_row(*, description: str = "") -> DraftLine:
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
