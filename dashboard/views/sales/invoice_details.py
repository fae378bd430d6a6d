"""Details of an invoice: its lines, days, buyer and sums, and how it was settled."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from dashboard.navigation import open_record
from dashboard.ui import clock, safe_html
from dashboard.ui.language import language, t
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
        _opens("order", record.order_id, "invoices.open_order", "invoice.order")


def draw_settlement(record: InvoiceRecord) -> None:
    """Draw what was paid and credited, and what is open."""
    if record.status == "draft":
        return
    st.header(t("invoices.settlement"), anchor=False)
    st.metric(t("fields.unpaid_cents"), euros(record.open_cents, language()))
    if record.open_cents < 0:
        st.caption(t("invoices.owed_to_customer"))
    if record.in_force_until is not None and record.in_force_until >= clock.today():
        st.caption(t("invoices.claim_in_force", until=day(record.in_force_until, language())))
    if record.payments:
        safe_html.table(
            (t("fields.paid_on"), t("fields.amount"), t("fields.source")),
            [
                (
                    day(row.paid_on, language()),
                    euros(row.amount_cents, language()),
                    t(f"sources.{row.source}"),
                )
                for row in record.payments
            ],
        )
    else:
        st.caption(t("invoices.no_payments"))
    for entry in record.write_offs:
        cents = -entry.amount_cents if entry.takes_back else entry.amount_cents
        said = t(
            "invoices.write_off_reversed_sum" if entry.takes_back else "invoices.written_off_sum",
            sum=euros(cents, language()),
            on=day(entry.written_off_on, language()),
        )
        safe_html.lines(said, small=entry.reason)
    if record.credits is not None:
        number_ = record.credits.number or ""
        st.write(t("invoices.credits", number=number_))
        _opens("invoice", record.credits.id, "invoices.open_one", "invoice.credits")
    for note in record.credit_notes:
        said = t(
            "invoices.credited_by",
            number=note.number or "",
            sum=euros(note.total_cents, language()),
        )
        safe_html.lines(said, small=day(note.issued_on, language()))
        _opens("invoice", note.id, "invoices.open_one", f"invoice.note-{note.id}")


def _opens(page: str, record_id: int, label: str, key: str) -> None:
    st.button(
        t(label),
        key=key,
        icon=":material/open_in_new:",
        type="tertiary",
        on_click=open_record,
        args=(page, record_id),
    )


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
