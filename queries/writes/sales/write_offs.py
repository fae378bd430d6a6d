"""Write-off of a lapsed balance: without it no invoice with an open balance is disposed of.

What a customer owes lapses three years after its due day, or after a payment, which interrupts
(Laki velan vanhentumisesta 728/2003 4, 10 §); a judgment makes it five (13 §). The register does
not know of judgments or of reminders, so it never takes an open balance for lapsed by itself: a
person says so, with the reason. What is owed to a customer, as a credit note that was not paid
back, lapses alike. A claim that is still in force is credited or collected, not written off.

The write-off is an entry of the books (a credit loss, with the VAT adjusted: AVL 1501/1993 78 §),
so the invoice is kept as its voucher from the day of that entry on. The books may have had it
long before the register does, so the day may lie back, and keeping the voucher for longer than its
entry asks would have no ground. But what was still owed came about on the due day or by the last
payment or credit note: an entry before that day is of another sum, and is refused as a slip.

A write-off is not changed. A mistaken one is taken back by a row of the opposite sum, as the books
take an entry back: the balance is open again, and both rows stay on the invoice with their reasons.
All that is written off is taken back at once, so a row of the opposite sum always takes back: a
balance on the other side is not written off as long as a write-off is in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from queries.errors import RuleRefusal
from queries.rules import retention
from queries.rules.roles import Permission
from queries.rules.settlement import open_since
from queries.rules.statutes import statute
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import Invoice, InvoiceStatus, Payment, WriteOff
from queries.writes.commands import Checks, stamp
from queries.writes.sales.invoice_balance import (
    Family,
    locked_family,
    settle,
    unless_changed,
    written_off,
)


@dataclass(frozen=True, kw_only=True)
class WriteOffBalance:
    """An open balance that is given up.

    :param version: of the invoice as it was seen.
    :param written_off_on: the day of the entry in the books.
    """

    invoice_id: int
    version: int
    written_off_on: date
    reason: str
    accept_suspect: bool = False


@needs(Permission.EDIT_SALES)
def write_off_balance(uow: UnitOfWork, inputs: WriteOffBalance) -> int:
    """Write off what is open of an invoice or credit note; return the write-off.

    :raises InvalidInputs: also ``before_balance``.
    :raises RuleRefusal: ``nothing_open``; ``claim_in_force`` (``keep_until``, its last day);
        ``other_write_off`` (a balance on the other side was written off: it is taken back first).
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    reason = checks.lines("reason", required=True)
    on = checks.day("written_off_on", latest=uow.today)
    family = locked_family(uow, inputs.invoice_id)
    invoice = family.member(inputs.invoice_id)
    unless_changed(invoice, inputs.version, open_cents=invoice.open_cents)
    since = _refuse_unlapsed(uow, family, inputs.invoice_id)
    if on is not None and on < since:
        checks.refuse("written_off_on", "before_balance", since=since)
    checks.done()
    entry = _entry(uow, invoice, on, invoice.open_cents, reason)
    return _enter(uow, family, entry, "write_off_balance")


@dataclass(frozen=True, kw_only=True)
class ReverseWriteOff:
    """A sum that was written off by mistake.

    :param version: of the invoice as it was seen.
    :param reversed_on: the day of the entry in the books that takes it back.
    """

    invoice_id: int
    version: int
    reversed_on: date
    reason: str
    accept_suspect: bool = False


@needs(Permission.EDIT_SALES)
def reverse_write_off(uow: UnitOfWork, inputs: ReverseWriteOff) -> int:
    """Take back all that is written off of an invoice or credit note; returns the new row.

    What of it was not paid or credited since then is open again, from the day since which it was
    open before: a write-off does not interrupt the limitation.

    :raises InvalidInputs: also ``before_write_off``.
    :raises RuleRefusal: ``nothing_written_off``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    reason = checks.lines("reason", required=True)
    on = checks.day("reversed_on", latest=uow.today)
    family = locked_family(uow, inputs.invoice_id)
    invoice = family.member(inputs.invoice_id)
    unless_changed(invoice, inputs.version, open_cents=invoice.open_cents)
    given_up = written_off(uow, invoice.id)
    if not given_up.cents:
        raise RuleRefusal("nothing_written_off", statute("claim").citation)
    if on is not None and given_up.on is not None and on < given_up.on:
        checks.refuse("reversed_on", "before_write_off", since=given_up.on)
    checks.done()
    entry = _entry(uow, invoice, on, -given_up.cents, reason)
    return _enter(uow, family, entry, "reverse_write_off")


def _entry(
    uow: UnitOfWork, invoice: Invoice, on: date | None, cents: int, reason: str | None
) -> WriteOff:
    entry = WriteOff(
        invoice_id=invoice.id,
        party_id=invoice.party_id,
        written_off_on=on,
        amount_cents=cents,
        reason=reason,
    )
    stamp(uow, entry)
    return entry


def _enter(uow: UnitOfWork, family: Family, entry: WriteOff, action: str) -> int:
    uow.session.add(entry)
    uow.session.flush()
    settle(uow, family.invoice, family.credit_notes)
    uow.audit(
        action,
        "write_off",
        entry.id,
        party_id=entry.party_id,
        columns=["amount_cents", "invoice_id", "open_cents", "reason", "written_off_on"],
    )
    return entry.id


def _refuse_unlapsed(uow: UnitOfWork, family: Family, invoice_id: int) -> date:
    """The day since which the balance has been open as it is: it counts to the lapse."""
    invoice = family.member(invoice_id)
    citation = statute("claim").citation
    if (
        invoice.status != InvoiceStatus.ISSUED
        or invoice.issued_on is None
        or not invoice.open_cents
    ):
        raise RuleRefusal("nothing_open", citation)
    if written_off(uow, invoice.id).cents * invoice.open_cents < 0:
        raise RuleRefusal("other_write_off", citation)
    paid_on = uow.session.scalar(
        select(func.max(Payment.paid_on)).where(Payment.invoice_id == invoice.id)
    )
    notes = family.credit_notes if invoice.id == family.invoice.id else ()
    events = (paid_on, *(note.issued_on for note in notes))
    since = open_since(invoice.issued_on, invoice.due_on, (day for day in events if day))
    keep_until = retention.keep_until("claim", since)
    if keep_until >= uow.today:
        raise RuleRefusal("claim_in_force", citation, keep_until=keep_until)
    return since
