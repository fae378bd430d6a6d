"""An invoice with its credit notes: locked together and settled against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from queries.errors import NotFound, StaleRecord
from queries.rules.settlement import open_balances
from queries.store.sessions import Desk
from queries.store.tables import Invoice, Payment, ServiceOrder
from queries.writes.changing import change


@dataclass(frozen=True)
class Family:
    """An invoice and its credit notes, in the order in which they were issued."""

    invoice: Invoice
    credit_notes: tuple[Invoice, ...]
    paid: dict[int, int]

    def member(self, invoice_id: int) -> Invoice:
        """The invoice or credit note with this id.

        :raises NotFound: when a disposal took it in the meantime.
        """
        for one in (self.invoice, *self.credit_notes):
            if one.id == invoice_id:
                return one
        raise NotFound("invoice", invoice_id)


def locked_family(desk: Desk, invoice_id: int) -> Family:
    """The family of an invoice or credit note, locked, with the order that it bills: always the
    invoice first, its credit notes, then the order; whoever also locks the party or a series of
    numbers does that after. So two wait for each other and do not block each other.

    :raises NotFound: also when a disposal took it while its lock was waited for.
    """
    found = desk.session.execute(
        select(Invoice.id, Invoice.credits_id).where(Invoice.id == invoice_id)
    ).first()
    if found is None:
        raise NotFound("invoice", invoice_id)
    root = found.credits_id or found.id
    fresh = {"populate_existing": True}
    invoice = desk.session.scalars(
        select(Invoice).where(Invoice.id == root).with_for_update().execution_options(**fresh)
    ).one_or_none()
    if invoice is None:
        raise NotFound("invoice", invoice_id)
    notes = tuple(
        desk.session.scalars(
            select(Invoice)
            .where(Invoice.credits_id == root)
            .order_by(Invoice.id)
            .with_for_update()
            .execution_options(**fresh)
        )
    )
    lock_order(desk, invoice.order_id)
    return Family(invoice, notes, _paid(desk, [root, *(note.id for note in notes)]))


def lock_order(desk: Desk, order_id: int | None) -> None:
    """Lock the order that an invoice bills before the party and the numbers are locked: what is
    issued and paid is noted on it."""
    if order_id is not None:
        desk.session.execute(
            select(ServiceOrder.id).where(ServiceOrder.id == order_id).with_for_update()
        )


def settle(desk: Desk, invoice: Invoice, credit_notes: tuple[Invoice, ...]) -> None:
    """Write what is open of each, as its payments stand in the store."""
    paid = _paid(desk, [invoice.id, *(note.id for note in credit_notes)])
    open_cents, open_of_notes = open_balances(
        (invoice.total_cents, paid.get(invoice.id, 0)),
        [(note.total_cents, paid.get(note.id, 0)) for note in credit_notes],
    )
    change(desk, invoice, {"open_cents": open_cents})
    for note, cents in zip(credit_notes, open_of_notes, strict=True):
        change(desk, note, {"open_cents": cents})
    desk.session.flush()


def unless_changed(invoice: Invoice, version: int, **theirs: Any) -> None:
    """:raises StaleRecord: when the invoice is not the one that was seen; ``theirs`` stands now."""
    if invoice.version != version:
        raise StaleRecord(
            "invoice",
            invoice.id,
            theirs=theirs,
            version=invoice.version,
            changed_by=invoice.changed_by,
            changed_at=invoice.changed_at,
        )


def _paid(desk: Desk, ids: list[int]) -> dict[int, int]:
    rows = desk.session.execute(
        select(Payment.invoice_id, func.sum(Payment.amount_cents))
        .where(Payment.invoice_id.in_(ids))
        .group_by(Payment.invoice_id)
    )
    return {invoice_id: int(cents) for invoice_id, cents in rows}
