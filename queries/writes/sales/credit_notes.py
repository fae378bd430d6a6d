"""Crediting: an issued invoice is corrected by a credit note of the same series, never changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from queries.errors import InvalidInputs, RuleRefusal
from queries.rules.roles import Permission
from queries.rules.vat import InvoiceTotals, VatLine, invoice_totals
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import (
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceOrigin,
    InvoiceStatus,
    Party,
    Unit,
)
from queries.writes.commands import Checks, fetch, stamp
from queries.writes.sales.drafts import LONGEST_FREE_TEXT, set_totals
from queries.writes.sales.invoice_balance import (
    Family,
    locked_family,
    settle,
    unless_changed,
    written_off,
)
from queries.writes.sales.invoices import next_number, put_in_books
from queries.writes.sales.numbering import typed_cents

_ONE = 1_000  # thousandths


@dataclass(frozen=True, kw_only=True)
class CreditLine:
    """The part of an invoice line that is credited.

    :param net: without VAT, as it was typed; None for all that is left of the line.
    """

    line_id: int
    net: str | None = None
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class CreditInvoice:
    """An issued invoice to be credited, as it was seen.

    :param lines: what of it; none for all that is left.
    :param accept_written_off: the write-off of its balance did not adjust the VAT.
    """

    id: int
    version: int
    issued_on: date
    free_text: str | None = None
    lines: tuple[CreditLine, ...] = ()
    accept_written_off: bool = False
    accept_suspect: bool = False


@needs(Permission.ISSUE_INVOICES)
def credit_invoice(uow: UnitOfWork, inputs: CreditInvoice) -> int:
    """Issue a credit note for an invoice or a part of it; return the credit note.

    Its sums are negative, its lines have the positions of those that they credit, and its VAT
    is at the rates of the invoice. Together the credit notes of an invoice never come to more than
    the invoice, line by line, and when they come to all of it, they do so to the cent. What is
    unpaid of the invoice is reduced first; what is left is owed to the customer.

    A balance that was written off is a credit loss in the books, for which the VAT was usually
    adjusted (AVL 1501/1993 78 §): a credit note would take the sale and its VAT down once more. So
    the write-off is taken back first, or a person confirms that the VAT was not adjusted.

    :raises InvalidInputs: a line's fields are named ``lines.0.net``; also ``more_than_left`` (with
        ``left``), ``wrong_sign``, ``line_of_another`` (or named twice), ``more_than_invoice``,
        ``no_lines``, ``before_last_issued``, ``before_invoice``; ``credits_written_off`` (with
        ``cents`` and ``on``; asked about: may be accepted).
    :raises RuleRefusal: ``already_credited``, ``not_creditable`` (a draft, a credit note, or an
        invoice without lines or of no sum).
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    free_text = checks.lines("free_text", longest=LONGEST_FREE_TEXT)
    issued_on = checks.day("issued_on", latest=uow.today)
    family = locked_family(uow, inputs.id)
    invoice = family.invoice
    _refuse_uncreditable(family, inputs)
    unless_changed(invoice, inputs.version, open_cents=invoice.open_cents)
    if issued_on and invoice.issued_on and issued_on < invoice.issued_on:
        checks.refuse("issued_on", "before_invoice", issued_on=invoice.issued_on)
    if not inputs.accept_written_off:
        _ask_about_write_off(uow, checks, invoice)
    earlier = _lines_of(uow, family.credit_notes)
    nets = _nets(checks, invoice, earlier, inputs)
    checks.done()
    note = Invoice(
        kind=InvoiceKind.CREDIT_NOTE,
        status=InvoiceStatus.DRAFT,
        origin=InvoiceOrigin.OWN,
        party_id=invoice.party_id,
        order_id=invoice.order_id,
        credits_id=invoice.id,
        buyer_name=invoice.buyer_name,
        buyer_address=invoice.buyer_address,
        buyer_business_id=invoice.buyer_business_id,
        buyer_reference=invoice.buyer_reference,
        free_text=free_text,
        lines=[
            _credit_line(line, nets[line.position])
            for line in invoice.lines
            if nets[line.position] != 0
        ],
    )
    totals = _totals(family, earlier, note)
    _check_total(checks, family, totals)
    # The party before the series of numbers, as whoever issues an invoice does.
    fetch(uow, Party, invoice.party_id, version=None, inputs=inputs, edits=False)
    number = next_number(uow, checks, inputs.issued_on)
    stamp(uow, note)
    set_totals(note, totals)
    uow.session.add(note)
    # A line of an issued invoice is refused by the store: lines first, then the number.
    uow.session.flush()
    put_in_books(uow, note, number, inputs.issued_on)
    settle(uow, invoice, (*family.credit_notes, note))
    uow.audit(
        "credit_invoice",
        "invoice",
        note.id,
        party_id=invoice.party_id,
        columns=["credits_id", "free_text", "issued_on", "lines", "number", "open_cents"],
    )
    return note.id


def _refuse_uncreditable(family: Family, inputs: CreditInvoice) -> None:
    invoice = family.invoice
    creditable = (
        invoice.id == inputs.id
        and invoice.status == InvoiceStatus.ISSUED
        and invoice.kind == InvoiceKind.INVOICE
        and invoice.lines
        and invoice.total_cents > 0
    )
    if not creditable:
        raise RuleRefusal("not_creditable", "Kirjanpitolaki 1336/1997 2:7.2", number=invoice.number)
    if family.credit_notes and sum(n.total_cents for n in family.credit_notes) == -(
        invoice.total_cents
    ):
        raise RuleRefusal(
            "already_credited",
            "Kirjanpitolaki 1336/1997 2:7.2",
            number=invoice.number,
            by=", ".join(note.number or "" for note in family.credit_notes),
        )


def _ask_about_write_off(uow: UnitOfWork, checks: Checks, invoice: Invoice) -> None:
    given_up = written_off(uow, invoice.id)
    if given_up.cents:
        checks.refuse(
            "accept_written_off", "credits_written_off", cents=given_up.cents, on=given_up.on
        )


def _lines_of(uow: UnitOfWork, notes: tuple[Invoice, ...]) -> list[InvoiceLine]:
    ids = [note.id for note in notes]
    return list(uow.session.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id.in_(ids))))


def _nets(
    checks: Checks, invoice: Invoice, earlier: list[InvoiceLine], inputs: CreditInvoice
) -> dict[int, int]:
    """Return what is credited, by position, with the sign of the line, which the credit note
    turns."""
    left = {line.position: line.net_cents for line in invoice.lines}
    for credited in earlier:
        # A credit note from another system may have more lines than its invoice: they are taken
        # off the line of which most is left.
        known = credited.position in left
        position = credited.position if known else max(left, key=lambda at: abs(left[at]))
        left[position] += credited.net_cents
    if not inputs.lines:
        return left
    positions = {line.id: line.position for line in invoice.lines}
    nets = dict.fromkeys(left, 0)
    for n, line in enumerate(inputs.lines):
        if line.line_id not in positions:
            checks.refuse(f"lines.{n}.line_id", "line_of_another")
            continue
        position = positions.pop(line.line_id)
        nets[position] = _net(checks, n, line, left[position])
    return nets


def _check_total(checks: Checks, family: Family, totals: InvoiceTotals) -> None:
    """A deduction among the lines must not let the others be credited beyond the invoice."""
    credited = sum(one.total_cents for one in family.credit_notes) + totals.total_cents
    if -credited > family.invoice.total_cents:
        checks.refuse("lines", "more_than_invoice", total_cents=family.invoice.total_cents)
    elif totals.total_cents >= 0:
        checks.refuse("lines", "no_lines")


def _net(checks: Checks, n: int, inputs: CreditLine, left: int) -> int:
    if inputs.net is None:
        return left
    own = Checks(inputs)
    net = own.by(typed_cents, "net", required=True) or 0
    try:
        own.done()
    except InvalidInputs as refusal:
        for error in refusal.errors:
            checks.refuse(f"lines.{n}.{error.field}", error.code)
        return 0
    if net * left < 0:
        checks.refuse(f"lines.{n}.net", "wrong_sign")
    elif abs(net) > abs(left):
        checks.refuse(f"lines.{n}.net", "more_than_left", left=left)
    return net


def _credit_line(line: InvoiceLine, net: int) -> InvoiceLine:
    """The whole line turned round, or so much of it as one piece."""
    whole = net == line.net_cents
    values: dict[str, Any] = {
        "quantity_thousandths": -line.quantity_thousandths,
        "unit": line.unit,
        "unit_price_cents": line.unit_price_cents,
        "discount_basis_points": line.discount_basis_points,
    }
    if not whole:
        values = {
            "quantity_thousandths": -_ONE if net > 0 else _ONE,
            "unit": Unit.PIECE.value,
            "unit_price_cents": abs(net),
            "discount_basis_points": 0,
        }
    return InvoiceLine(
        position=line.position,
        service_id=line.service_id,
        description=line.description,
        vat_category=line.vat_category,
        vat_basis_points=line.vat_basis_points,
        net_cents=-net,
        **values,
    )


def _totals(family: Family, earlier: list[InvoiceLine], note: Invoice) -> InvoiceTotals:
    """The credit note's sums: what the credit notes now come to, less what they came to before.

    So the roundings of several credit notes do not add up, and the last one takes what is left.
    """
    invoice = family.invoice
    before_net = sum(one.net_cents for one in family.credit_notes)
    before_vat = sum(one.vat_cents for one in family.credit_notes)
    credited = [*earlier, *note.lines]
    by_position: dict[int, int] = {}
    for line in credited:
        by_position[line.position] = by_position.get(line.position, 0) + line.net_cents
    if all(by_position.get(line.position, 0) == -line.net_cents for line in invoice.lines):
        net, vat = -invoice.net_cents - before_net, -invoice.vat_cents - before_vat
    else:
        now = invoice_totals(
            VatLine(line.net_cents, line.vat_category, line.vat_basis_points) for line in credited
        )
        net, vat = now.net_cents - before_net, now.vat_cents - before_vat
    return InvoiceTotals(net, vat, net + vat, ())
