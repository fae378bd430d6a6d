"""An invoice with its credit notes: locked together and settled against each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from queries.errors import NotFound, StaleRecord
from queries.rules.settlement import left_open, open_balances
from queries.store.sessions import UnitOfWork
from queries.store.tables import Invoice, Payment, ServiceOrder, WriteOff
from queries.writes.commands import change


@dataclass(frozen=True)
class Family:
    """An invoice and its credit notes, in the order in which they were issued.

    :param paid: by id; ``balances``: what is left of each, whatever of it was written off.
    """

    invoice: Invoice
    credit_notes: tuple[Invoice, ...]
    paid: dict[int, int]
    balances: dict[int, int]

    def member(self, invoice_id: int) -> Invoice:
        """The invoice or credit note with this id.

        :raises NotFound: when a disposal took it in the meantime.
        """
        for one in (self.invoice, *self.credit_notes):
            if one.id == invoice_id:
                return one
        raise NotFound("invoice", invoice_id)


def locked_family(uow: UnitOfWork, invoice_id: int) -> Family:
    """The family of an invoice or credit note, locked, with the order that it bills: always the
    invoice first, its credit notes, then the order; whoever also locks the party or a series of
    numbers does that after. So two wait for each other and do not block each other.

    :raises NotFound: also when a disposal took it while its lock was waited for.
    """
    found = uow.session.execute(
        select(Invoice.id, Invoice.credits_id).where(Invoice.id == invoice_id)
    ).first()
    if found is None:
        raise NotFound("invoice", invoice_id)
    root = found.credits_id or found.id
    fresh = {"populate_existing": True}
    invoice = uow.session.scalars(
        select(Invoice).where(Invoice.id == root).with_for_update().execution_options(**fresh)
    ).one_or_none()
    if invoice is None:
        raise NotFound("invoice", invoice_id)
    notes = tuple(
        uow.session.scalars(
            select(Invoice)
            .where(Invoice.credits_id == root)
            .order_by(Invoice.id)
            .with_for_update()
            .execution_options(**fresh)
        )
    )
    lock_order(uow, invoice.order_id)
    paid = _paid(uow, [root, *(note.id for note in notes)])
    return Family(invoice, notes, paid, _balances(invoice, notes, paid))


def lock_order(uow: UnitOfWork, order_id: int | None) -> None:
    """Lock the order that an invoice bills before the party and the numbers are locked: what is
    issued and paid is noted on it."""
    if order_id is not None:
        uow.session.execute(
            select(ServiceOrder.id).where(ServiceOrder.id == order_id).with_for_update()
        )


@dataclass(frozen=True)
class WrittenOff:
    """The sum written off an invoice and not taken back, and the day of the last entry."""

    cents: int
    on: date | None


def written_off(uow: UnitOfWork, invoice_id: int) -> WrittenOff:
    """Return what is written off of an invoice or credit note."""
    cents, on = uow.session.execute(
        select(
            func.coalesce(func.sum(WriteOff.amount_cents), 0), func.max(WriteOff.written_off_on)
        ).where(WriteOff.invoice_id == invoice_id)
    ).one()
    return WrittenOff(int(cents), on)


def settle(uow: UnitOfWork, invoice: Invoice, credit_notes: tuple[Invoice, ...]) -> None:
    """Write the open balance of each, from its payments in the store."""
    ids = [invoice.id, *(note.id for note in credit_notes)]
    balances = _balances(invoice, credit_notes, _paid(uow, ids))
    given_up = _summed(uow, WriteOff.invoice_id, WriteOff.amount_cents, ids)
    for one in (invoice, *credit_notes):
        cents = left_open(balances[one.id], given_up.get(one.id, 0))
        change(uow, one, {"open_cents": cents})
    uow.session.flush()


def _balances(
    invoice: Invoice, credit_notes: tuple[Invoice, ...], paid: dict[int, int]
) -> dict[int, int]:
    unpaid, left = open_balances(
        (invoice.total_cents, paid.get(invoice.id, 0)),
        [(note.total_cents, paid.get(note.id, 0)) for note in credit_notes],
    )
    of_notes = {note.id: cents for note, cents in zip(credit_notes, left, strict=True)}
    return {invoice.id: unpaid, **of_notes}


def unless_changed(invoice: Invoice, version: int, **theirs: Any) -> None:
    """:raises StaleRecord: when the invoice is not the one that was seen; ``theirs`` is the
    current one."""
    if invoice.version != version:
        raise StaleRecord(
            "invoice",
            invoice.id,
            theirs=theirs,
            version=invoice.version,
            changed_by=invoice.changed_by,
            changed_at=invoice.changed_at,
        )


def _paid(uow: UnitOfWork, ids: list[int]) -> dict[int, int]:
    return _summed(uow, Payment.invoice_id, Payment.amount_cents, ids)


def _summed(
    uow: UnitOfWork,
    invoice: InstrumentedAttribute[int],
    cents: InstrumentedAttribute[int],
    ids: list[int],
) -> dict[int, int]:
    rows = uow.session.execute(
        select(invoice, func.sum(cents)).where(invoice.in_(ids)).group_by(invoice)
    )
    return {key: int(total) for key, total in rows}
