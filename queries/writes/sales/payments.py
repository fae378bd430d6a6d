"""Commands on payments: money that was received for an invoice, or paid back.

A recorded payment is a voucher and stays as it is: a slip is corrected by a payment of the
opposite sign.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import Invoice, InvoiceKind, InvoiceStatus, Payment, Source
from queries.writes.commands import Checks, stamp
from queries.writes.sales.invoice_balance import Family, locked_family, settle, unless_changed
from queries.writes.sales.numbering import typed_cents

#: A payment in advance is no further ahead of its invoice: beyond that the year is a slip.
LONGEST_ADVANCE = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class RecordPayment:
    """A payment for an issued invoice or credit note.

    :param version: of the invoice as it was seen, so that nobody records what a colleague just did.
    :param amount: as it was typed, ``124,00``; negative for what is paid back, or for a slip that
        is corrected.
    :param accept_overpayment: the customer did pay more than is open; what is too much is owed.
    """

    invoice_id: int
    version: int
    paid_on: date
    amount: str
    source: str = Source.OFFICE
    accept_overpayment: bool = False
    accept_suspect: bool = False


@needs(Permission.EDIT_SALES)
def record_payment(uow: UnitOfWork, inputs: RecordPayment) -> int:
    """Record a payment; return it.

    :raises InvalidInputs: also ``zero``, ``overpayment`` (with ``open_cents``; the form asks: may
        be accepted), ``more_than_owed`` (a credit note is not paid back beyond what is owed),
        ``more_than_paid`` (a correction takes back no more than was paid), ``not_issued``,
        ``long_before_issue``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    amount = checks.by(typed_cents, "amount", required=True)
    paid_on = checks.day("paid_on", latest=uow.today)
    source = checks.one_of("source", Source)
    family = locked_family(uow, inputs.invoice_id)
    invoice = family.member(inputs.invoice_id)
    unless_changed(invoice, inputs.version, open_cents=invoice.open_cents)
    if invoice.status != InvoiceStatus.ISSUED or invoice.issued_on is None:
        checks.refuse("invoice_id", "not_issued")
    elif paid_on is not None and paid_on < invoice.issued_on - LONGEST_ADVANCE:
        checks.refuse("paid_on", "long_before_issue", issued_on=invoice.issued_on)
    if amount is not None:
        _check_amount(checks, inputs, family, invoice, amount)
    checks.done()
    payment = Payment(
        invoice_id=invoice.id,
        party_id=invoice.party_id,
        paid_on=paid_on,
        amount_cents=amount,
        source=source,
    )
    stamp(uow, payment)
    uow.session.add(payment)
    uow.session.flush()
    settle(uow, family.invoice, family.credit_notes)
    uow.audit(
        "record_payment",
        "payment",
        payment.id,
        party_id=invoice.party_id,
        columns=["amount_cents", "invoice_id", "open_cents", "paid_on", "source"],
    )
    return payment.id


def _check_amount(
    checks: Checks, inputs: RecordPayment, family: Family, invoice: Invoice, amount: int
) -> None:
    """A credit note is the mirror image of an invoice: its payments go the other way. What was
    written off may still be paid."""
    paid, balance = family.paid.get(invoice.id, 0), family.balances[invoice.id]
    credit = invoice.kind == InvoiceKind.CREDIT_NOTE
    sign = -1 if credit else 1
    amount, paid, unpaid = sign * amount, sign * paid, sign * balance
    if amount == 0:
        checks.refuse("amount", "zero")
    elif amount < -paid:
        checks.refuse("amount", "more_than_paid", paid_cents=sign * paid)
    elif amount > max(unpaid, 0):
        if credit:
            checks.refuse("amount", "more_than_owed", open_cents=invoice.open_cents)
        elif not inputs.accept_overpayment:
            checks.refuse("amount", "overpayment", open_cents=invoice.open_cents)
