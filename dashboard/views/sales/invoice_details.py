"""Details of an invoice: its lines, days, buyer and sums."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from dashboard.ui import safe_html
from dashboard.ui.language import language, t
from dashboard.views.sales.invoice_settlement import opens
from queries.reads.sales.invoice import InvoiceRecord, LineRow
from queries.rules.money import from_thousandths
from queries.store.tables import Unit
from queries.wording.formats import day, euros, number


def title_of(record: InvoiceRecord) -> str:
    """The heading of its page."""
    if record.status == "draft":
        return t("invoices.draft")
    return t(f"invoices.{record.kind}_number", number=record.number or "")


def draw_lines(record: InvoiceRecord) -> None:
    """The lines, the tax of each rate and the sums."""
    st.header(t("invoices.lines"), anchor=False)
    safe_html.table(
        (
            "",
            t("fields.line_description"),
            t("fields.quantity"),
            t("fields.unit_price"),
            t("fields.discount"),
            t("fields.vat_rate"),
            t("fields.net_cents"),
        ),
        [_line(row) for row in record.lines],
    )
    rates = [
        (
            _rate(rate.vat_basis_points, rate.vat_category),
            euros(rate.net_cents, language()),
            euros(rate.vat_cents, language()),
        )
        for rate in record.vat
    ]
    safe_html.table((t("fields.vat_rate"), t("fields.net_cents"), t("fields.vat_cents")), rates)
    if any(rate.vat_category == "reverse_charge" for rate in record.vat):
        st.caption(t("invoices.reverse_charge"))
    safe_html.facts(
        [
            (t("fields.net_cents"), euros(record.net_cents, language())),
            (t("fields.vat_cents"), euros(record.vat_cents, language())),
            (t("fields.total_cents"), euros(record.total_cents, language())),
        ]
    )
    if record.free_text:
        safe_html.lines(*record.free_text.splitlines())


def draw_facts(record: InvoiceRecord) -> None:
    """Days, reference and buyer, as of the day of issue."""
    st.header(t("invoices.facts"), anchor=False)
    pairs = [
        ("issued_on", day(record.issued_on, language())),
        ("due_on", day(record.due_on, language())),
        ("reference", record.reference),
        ("buyer_name", record.buyer_name or record.party_name),
        ("buyer_address", ", ".join((record.buyer_address or "").splitlines())),
        ("business_id", record.buyer_business_id),
        ("buyer_reference", record.buyer_reference),
        ("order_number", record.order_number),
    ]
    safe_html.facts([(t(f"fields.{name}"), value or "–") for name, value in pairs])
    if record.order_id is not None:
        opens("order", record.order_id, "invoices.open_order", "invoice.order")


def _unit(unit: str) -> str:
    """A unit's mark; an invoice from another system may have a unit of its own."""
    return t(f"unit_marks.{unit}") if unit in set(Unit) else unit


def _line(row: LineRow) -> tuple[str, ...]:
    quantity = number(from_thousandths(row.quantity_thousandths), language(), "#,##0.###")
    return (
        str(row.position),
        row.description,
        f"{quantity} {_unit(row.unit)}",
        euros(row.unit_price_cents, language()),
        _percent(row.discount_basis_points) if row.discount_basis_points else "",
        _rate(row.vat_basis_points, row.vat_category),
        euros(row.net_cents, language()),
    )


def _rate(basis_points: int, category: str) -> str:
    if category in {"zero", "reverse_charge"}:
        return t(f"vat_categories.{category}")
    return _percent(basis_points)


def _percent(basis_points: int) -> str:
    return f"{number(Decimal(basis_points) / 100, language(), '0.##')}\u00a0%"
