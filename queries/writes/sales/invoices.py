"""Issuing: the draft gets its number, reference, days, buyer and VAT, and is fixed from then on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from queries.rules.company_ids import vat_number_of
from queries.rules.identifiers import make_reference
from queries.rules.roles import Permission
from queries.rules.vat import invoice_totals, vat_basis_points
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import (
    Address,
    BillingDetail,
    Invoice,
    InvoiceOrigin,
    InvoiceStatus,
    Party,
    Purpose,
    ServiceOrder,
    VatCategory,
)
from queries.writes.commands import Checks, fetch, stamp
from queries.writes.sales.drafts import draft_to_change, set_totals
from queries.writes.sales.invoice_balance import lock_order
from queries.writes.sales.numbering import becomes_active, take_number

#: Where nothing is agreed with the customer.
PAYMENT_DAYS = 14
LONGEST_ADDRESS = 400


@dataclass(frozen=True, kw_only=True)
class IssueInvoice:
    """A draft to be issued, as it was seen.

    :param due_on: None for the customer's own term of payment.
    :param supplied_on: the day of supply, whose VAT rates apply (AVL 1501/1993 15-16 §); None for
        the day of issue.
    """

    id: int
    version: int
    issued_on: date
    due_on: date | None = None
    supplied_on: date | None = None


@needs(Permission.ISSUE_INVOICES)
def issue_invoice(uow: UnitOfWork, inputs: IssueInvoice) -> int:
    """Issue a draft; return the invoice, immutable from now on.

    Numbers are gapless and go the same way as days: no invoice is dated before one with a smaller
    number. Where the draft names no buyer's reference, that of the order or of the billing details
    is used.

    :raises InvalidInputs: also ``no_lines``, ``negative_total``, ``due_before_issue``,
        ``supply_after_issue``, ``before_last_issued`` (with ``last``).
    :raises AlreadyIssued, NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    checks.day("issued_on", latest=uow.today)
    checks.day("due_on", required=False)
    checks.day("supplied_on", required=False)
    if inputs.issued_on and inputs.due_on and inputs.due_on < inputs.issued_on:
        checks.refuse("due_on", "due_before_issue", issued_on=inputs.issued_on)
    if inputs.issued_on and inputs.supplied_on and inputs.supplied_on > inputs.issued_on:
        checks.refuse("supplied_on", "supply_after_issue", issued_on=inputs.issued_on)
    checks.done()
    draft = draft_to_change(uow, inputs.id, version=inputs.version, inputs=inputs)
    lock_order(uow, draft.order_id)
    party = fetch(uow, Party, draft.party_id, version=None, inputs=inputs)
    _tax(checks, draft, party, inputs.supplied_on or inputs.issued_on)
    # A line of an issued invoice is refused by the store: lines first, then the invoice.
    uow.session.flush()
    number = next_number(uow, checks, inputs.issued_on)
    with uow.session.no_autoflush:  # all of it is one change of the invoice
        billing = _billing_of(uow, party)
        days = PAYMENT_DAYS if billing is None else billing.payment_days
        _write_buyer(uow, draft, party, billing)
        draft.due_on = inputs.due_on or inputs.issued_on + timedelta(days=days)
        draft.reference = make_reference(number)
        draft.open_cents = draft.total_cents
        put_in_books(uow, draft, number, inputs.issued_on)
    columns = [
        "buyer_address",
        "buyer_business_id",
        "buyer_name",
        "buyer_reference",
        "due_on",
        "issued_on",
        "number",
        "open_cents",
        "reference",
        "status",
    ]
    columns += becomes_active(uow, party)
    uow.audit("issue_invoice", "invoice", draft.id, party_id=party.id, columns=columns)
    return draft.id


def next_number(uow: UnitOfWork, checks: Checks, issued_on: date) -> int:
    """The next invoice number, if the day may carry it; the series stays locked.

    :raises InvalidInputs: ``before_last_issued``, or what was refused before.
    """
    checks.done()
    number = take_number(uow, "invoice")
    last = _last_issued_on(uow, number)
    if last is not None and issued_on < last:
        checks.refuse("issued_on", "before_last_issued", last=last)
    checks.done()
    return number


def put_in_books(uow: UnitOfWork, invoice: Invoice, number: int, issued_on: date) -> None:
    """Give a draft its number and day: from here on it is issued."""
    invoice.status = InvoiceStatus.ISSUED
    invoice.number = str(number)
    invoice.issued_on = issued_on
    stamp(uow, invoice)
    uow.session.flush()


def _last_issued_on(uow: UnitOfWork, number: int) -> date | None:
    """The day of the last invoice of the series; that of its latest day, where a number was
    skipped before this register took the series over."""
    own = select(Invoice.issued_on).where(Invoice.origin == InvoiceOrigin.OWN)
    last = uow.session.scalar(own.where(Invoice.number == str(number - 1)))
    if last is not None:
        return last
    return uow.session.scalar(
        own.where(Invoice.status == InvoiceStatus.ISSUED)
        .order_by(Invoice.issued_on.desc(), Invoice.id.desc())
        .limit(1)
    )


def _tax(checks: Checks, draft: Invoice, party: Party, on: date) -> None:
    """Compute the sums by the VAT rates in force on the day.

    Only a buyer with a VAT number owes the tax in the seller's place (AVL 1501/1993 8 c §, 209 e
    §).
    """
    reverse = any(line.vat_category == VatCategory.REVERSE_CHARGE for line in draft.lines)
    if reverse and vat_number_of(party.business_id, party.foreign_id) is None:
        checks.refuse("lines", "reverse_charge_buyer")
    if not draft.lines:
        checks.refuse("lines", "no_lines")
    for line in draft.lines:
        line.vat_basis_points = vat_basis_points(line.vat_category, on)
    set_totals(draft, invoice_totals(draft.lines))
    if draft.total_cents < 0:
        checks.refuse("lines", "negative_total")


def _billing_of(uow: UnitOfWork, party: Party) -> BillingDetail | None:
    return uow.session.scalars(
        select(BillingDetail)
        .where(BillingDetail.party_id == party.id)
        .order_by((BillingDetail.purpose == Purpose.BILLING).desc(), BillingDetail.id)
        .limit(1)
    ).first()


def _write_buyer(
    uow: UnitOfWork, draft: Invoice, party: Party, billing: BillingDetail | None
) -> None:
    """The buyer as of the day of issue: what is corrected later does not change the invoice."""
    address = uow.session.scalars(
        select(Address)
        .where(Address.party_id == party.id)
        .order_by(
            (Address.purpose == Purpose.BILLING).desc(), Address.is_primary.desc(), Address.id
        )
        .limit(1)
    ).first()
    draft.buyer_name = party.name
    draft.buyer_business_id = party.business_id or party.foreign_id
    draft.buyer_address = None if address is None else _lines_of(address)
    if draft.buyer_reference is None and draft.order_id is not None:
        draft.buyer_reference = uow.session.get_one(ServiceOrder, draft.order_id).buyer_reference
    if draft.buyer_reference is None and billing is not None:
        draft.buyer_reference = billing.buyer_reference


def _lines_of(address: Address) -> str:
    place = " ".join(part for part in (address.post_code, address.town) if part)
    country = "" if address.country == "FI" else address.country
    return "\n".join(line for line in (address.street, place, country) if line)[:LONGEST_ADDRESS]
