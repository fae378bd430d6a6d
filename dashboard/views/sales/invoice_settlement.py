"""How an invoice was settled: payments, credit notes, write-offs."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import open_record
from dashboard.ui import clock, safe_html
from dashboard.ui.language import language, t
from queries.reads.sales.invoice import InvoiceRecord
from queries.wording.formats import day, euros


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
        opens("invoice", record.credits.id, "invoices.open_one", "invoice.credits")
    for note in record.credit_notes:
        said = t(
            "invoices.credited_by",
            number=note.number or "",
            sum=euros(note.total_cents, language()),
        )
        safe_html.lines(said, small=day(note.issued_on, language()))
        opens("invoice", note.id, "invoices.open_one", f"invoice.note-{note.id}")


def opens(page: str, record_id: int, label: str, key: str) -> None:
    st.button(
        t(label),
        key=key,
        icon=":material/open_in_new:",
        type="tertiary",
        on_click=open_record,
        args=(page, record_id),
    )
