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
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from queries.errors import RuleRefusal
from queries.rules import retention
from queries.rules.roles import Permission
from queries.rules.statutes import statute
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import Invoice, InvoiceStatus, WriteOff
from queries.writes.commands import Checks, stamp
from queries.writes.sales.invoice_balance import locked_family, settle, unless_changed


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
    :raises RuleRefusal: ``nothing_open``; ``claim_in_force`` (``keep_until``, its last day).
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    reason = checks.lines("reason", required=True)
    on = checks.day("written_off_on", latest=uow.today)
    family = locked_family(uow, inputs.invoice_id)
    invoice = family.member(inputs.invoice_id)
    unless_changed(invoice, inputs.version, open_cents=invoice.open_cents)
    since = _refuse_unlapsed(uow, invoice)
    if on is not None and on < since:
        checks.refuse("written_off_on", "before_balance", since=since)
    checks.done()
    entry = WriteOff(
        invoice_id=invoice.id,
        party_id=invoice.party_id,
        written_off_on=on,
        amount_cents=invoice.open_cents,
        reason=reason,
    )
    stamp(uow, entry)
    uow.session.add(entry)
    uow.session.flush()
    settle(uow, family.invoice, family.credit_notes)
    uow.audit(
        "write_off_balance",
        "write_off",
        entry.id,
        party_id=invoice.party_id,
        columns=["amount_cents", "invoice_id", "open_cents", "reason", "written_off_on"],
    )
    return entry.id


def _refuse_unlapsed(uow: UnitOfWork, invoice: Invoice) -> date:
    """The day since which the balance has been open as it is: it counts to the lapse."""
    citation = statute("claim").citation
    if (
        invoice.status != InvoiceStatus.ISSUED
        or invoice.issued_on is None
        or not invoice.open_cents
    ):
        raise RuleRefusal("nothing_open", citation)
    event = max(invoice.due_on or invoice.issued_on, invoice.last_event_on or invoice.issued_on)
    keep_until = retention.keep_until("claim", event)
    if keep_until >= uow.today:
        raise RuleRefusal("claim_in_force", citation, keep_until=keep_until)
    return event
