"""One invoice, credit note or draft, with its lines, payments and what credits it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from queries.errors import NotFound
from queries.rules import retention
from queries.rules.roles import Permission
from queries.rules.settlement import open_since
from queries.rules.vat import RateTotal, VatLine, invoice_totals
from queries.store.sessions import audit_read, needs
from queries.store.tables import Invoice, InvoiceLine, Party, Payment, ServiceOrder, WriteOff


@dataclass(frozen=True)
class LineRow:
    """A line; ``left_cents`` is what of its net sum has not been credited."""

    id: int
    position: int
    service_id: int | None
    description: str
    quantity_thousandths: int
    unit: str
    unit_price_cents: int
    discount_basis_points: int
    vat_category: str
    vat_basis_points: int
    net_cents: int
    left_cents: int


@dataclass(frozen=True)
class PaymentRow:
    id: int
    paid_on: date
    amount_cents: int
    source: str
    changed_by: str


@dataclass(frozen=True)
class WriteOffRow:
    """A balance that was given up, and why.

    :param takes_back: the row takes back all that was written off before it.
    """

    written_off_on: date
    amount_cents: int
    reason: str
    takes_back: bool


@dataclass(frozen=True)
class RelatedInvoice:
    """A credit note of the invoice, or the invoice that a credit note credits."""

    id: int
    number: str | None
    issued_on: date | None
    total_cents: int
    open_cents: int


@dataclass(frozen=True)
class InvoiceRecord:
    """An invoice as it is shown and, while a draft, edited; sums in cents.

    :param buyer_name: and the other buyer's details: as of the day of issue; of a draft, None.
    :param vat: the tax of each rate; with the credit notes before it taken into account.
    :param credits: the invoice that this credit note credits.
    :param credit_notes: those of this invoice, the oldest first.
    """

    id: int
    version: int
    kind: str
    status: str
    origin: str
    number: str | None
    reference: str | None
    party_id: int
    party_name: str
    party_status: str
    order_id: int | None
    order_number: str | None
    issued_on: date | None
    due_on: date | None
    buyer_name: str | None
    buyer_address: str | None
    buyer_business_id: str | None
    buyer_reference: str | None
    free_text: str | None
    net_cents: int
    vat_cents: int
    total_cents: int
    open_cents: int
    changed_at: datetime
    changed_by: str
    lines: tuple[LineRow, ...]
    vat: tuple[RateTotal, ...]
    payments: tuple[PaymentRow, ...]
    write_offs: tuple[WriteOffRow, ...]
    credits: RelatedInvoice | None
    credit_notes: tuple[RelatedInvoice, ...]

    @property
    def credited_cents(self) -> int:
        """Return the sum of the credit notes, as a positive sum."""
        return -sum(note.total_cents for note in self.credit_notes)

    @property
    def written_off_cents(self) -> int:
        """Return the sum written off and not taken back, whatever of it was paid since."""
        return sum(row.amount_cents for row in self.write_offs)

    @property
    def payable_cents(self) -> int:
        """Return what may be paid next: the open sum, else the unpaid part of the write-off."""
        if self.open_cents or not self.write_offs:
            return self.open_cents
        paid = sum(row.amount_cents for row in self.payments)
        unpaid = self.total_cents - self.credited_cents - paid
        if self.written_off_cents > 0:
            return min(max(unpaid, 0), self.written_off_cents)
        return max(min(unpaid, 0), self.written_off_cents)

    @property
    def in_force_until(self) -> date | None:
        """The last day on which the open balance has not lapsed; None where nothing is open."""
        if not self.open_cents or self.issued_on is None:
            return None
        credited = (one.issued_on for one in self.credit_notes if one.issued_on is not None)
        events = (*(row.paid_on for row in self.payments), *credited)
        return retention.keep_until("claim", open_since(self.issued_on, self.due_on, events))


@needs(Permission.SEE_BILLING)
def invoice_record(session: Session, invoice_id: int) -> InvoiceRecord:
    """One invoice; at most 6 statements, and a read line when the reading ends.

    :raises NotFound: when there is no such invoice.
    """
    found = session.execute(
        select(Invoice, Party.name, Party.status, ServiceOrder.number)
        .join(Party, Party.id == Invoice.party_id)
        .outerjoin(ServiceOrder, ServiceOrder.id == Invoice.order_id)
        .where(Invoice.id == invoice_id)
    ).first()
    if found is None:
        raise NotFound("invoice", invoice_id)
    invoice, party_name, party_status, order_number = found
    audit_read(session, "invoice", invoice_id, party_id=invoice.party_id)
    related = _related(session, invoice)
    lines = _lines(session, invoice_id)
    payments = _payments(session, invoice_id)
    return InvoiceRecord(
        id=invoice.id,
        version=invoice.version,
        kind=invoice.kind,
        status=invoice.status,
        origin=invoice.origin,
        number=invoice.number,
        reference=invoice.reference,
        party_id=invoice.party_id,
        party_name=party_name,
        party_status=party_status,
        order_id=invoice.order_id,
        order_number=order_number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        buyer_name=invoice.buyer_name,
        buyer_address=invoice.buyer_address,
        buyer_business_id=invoice.buyer_business_id,
        buyer_reference=invoice.buyer_reference,
        free_text=invoice.free_text,
        net_cents=invoice.net_cents,
        vat_cents=invoice.vat_cents,
        total_cents=invoice.total_cents,
        open_cents=invoice.open_cents,
        changed_at=invoice.changed_at,
        changed_by=invoice.changed_by,
        lines=lines,
        vat=_vat(session, invoice, lines),
        payments=payments,
        write_offs=_write_offs(session, invoice),
        credits=next((one for one in related if one.id == invoice.credits_id), None),
        credit_notes=tuple(one for one in related if one.id != invoice.credits_id),
    )


def _write_offs(session: Session, invoice: Invoice) -> tuple[WriteOffRow, ...]:
    if invoice.issued_on is None:
        return ()
    rows = session.execute(
        select(WriteOff.written_off_on, WriteOff.amount_cents, WriteOff.reason)
        .where(WriteOff.invoice_id == invoice.id)
        .order_by(WriteOff.id)
    )
    found, in_force = [], 0
    for on, cents, reason in rows:
        found.append(WriteOffRow(on, cents, reason, takes_back=cents * in_force < 0))
        in_force += cents
    return tuple(found)


def _related(session: Session, invoice: Invoice) -> list[RelatedInvoice]:
    # Only a credit note credits something; asking for "id IS NULL" would read the whole table.
    sought = [Invoice.credits_id == invoice.id]
    if invoice.credits_id is not None:
        sought.append(Invoice.id == invoice.credits_id)
    rows = session.execute(
        select(
            Invoice.id, Invoice.number, Invoice.issued_on, Invoice.total_cents, Invoice.open_cents
        )
        .where(or_(*sought))
        .order_by(Invoice.id)
    )
    return [RelatedInvoice(*row) for row in rows]


def _lines(session: Session, invoice_id: int) -> tuple[LineRow, ...]:
    note, credited = aliased(Invoice), aliased(InvoiceLine)
    credited_cents = (
        select(func.coalesce(func.sum(credited.net_cents), 0))
        .join(note, note.id == credited.invoice_id)
        .where(note.credits_id == invoice_id, credited.position == InvoiceLine.position)
        .correlate(InvoiceLine)
        .scalar_subquery()
    )
    rows: Any = session.execute(
        select(InvoiceLine, credited_cents)
        .where(InvoiceLine.invoice_id == invoice_id)
        .order_by(InvoiceLine.position)
    )
    return tuple(
        LineRow(
            id=line.id,
            position=line.position,
            service_id=line.service_id,
            description=line.description,
            quantity_thousandths=line.quantity_thousandths,
            unit=line.unit,
            unit_price_cents=line.unit_price_cents,
            discount_basis_points=line.discount_basis_points,
            vat_category=line.vat_category,
            vat_basis_points=line.vat_basis_points,
            net_cents=line.net_cents,
            left_cents=line.net_cents + int(credited),
        )
        for line, credited in rows
    )


def _vat(session: Session, invoice: Invoice, lines: tuple[LineRow, ...]) -> tuple[RateTotal, ...]:
    """Return the tax of each rate.

    A credit note's is what all credit notes up to it come to, less what those before it came to, as
    :func:`queries.writes.sales.credit_notes.credit_invoice` computes it.
    """
    own = invoice_totals(lines).by_rate
    if invoice.credits_id is None:
        return own
    note = aliased(Invoice)
    rows = session.execute(
        select(InvoiceLine.net_cents, InvoiceLine.vat_category, InvoiceLine.vat_basis_points)
        .join(note, note.id == InvoiceLine.invoice_id)
        .where(note.credits_id == invoice.credits_id, note.id < invoice.id)
    )
    earlier = [VatLine(*row) for row in rows]
    before = _by_rate(invoice_totals(earlier).by_rate)
    now = _by_rate(invoice_totals([*earlier, *lines]).by_rate)
    return tuple(
        RateTotal(
            rate.vat_category,
            rate.vat_basis_points,
            rate.net_cents,
            now[rate.vat_category, rate.vat_basis_points]
            - before.get((rate.vat_category, rate.vat_basis_points), 0),
        )
        for rate in own
    )


def _by_rate(rates: tuple[RateTotal, ...]) -> dict[tuple[str, int], int]:
    return {(rate.vat_category, rate.vat_basis_points): rate.vat_cents for rate in rates}


def _payments(session: Session, invoice_id: int) -> tuple[PaymentRow, ...]:
    rows = session.scalars(
        select(Payment)
        .where(Payment.invoice_id == invoice_id)
        .order_by(Payment.paid_on, Payment.id)
    )
    return tuple(
        PaymentRow(row.id, row.paid_on, row.amount_cents, row.source, row.changed_by)
        for row in rows
    )
