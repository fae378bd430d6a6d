"""Commands on drafts of invoices: an invoice is free to be changed until it is issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from queries.errors import AlreadyIssued, InvalidInputs, StaleRecord
from queries.rules.money import from_cents, from_thousandths
from queries.rules.roles import Permission
from queries.rules.vat import InvoiceTotals, invoice_totals, line_total, vat_basis_points
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import (
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceOrigin,
    InvoiceStatus,
    Party,
    Service,
    ServiceOrder,
    Unit,
    VatCategory,
)
from queries.writes.commands import Checks, Seen, change, fetch, remove, stamp
from queries.writes.removal_guard import announce_removal, keep_overwritten, unless_kept
from queries.writes.sales.numbering import (
    refuse_ended,
    typed_basis_points,
    typed_cents,
    typed_thousandths,
)

LONGEST_REFERENCE = 100
LONGEST_DESCRIPTION = 500
LONGEST_FREE_TEXT = 2_000
MOST_LINES = 200


@dataclass(frozen=True, kw_only=True)
class DraftLine:
    """One line as it was typed.

    :param quantity: ``1,5``; negative for a deduction.
    :param unit_price: without VAT, ``49,90``.
    :param discount: per cent, empty for none.
    """

    service_id: int | None = None
    description: str
    quantity: str
    unit: str
    unit_price: str
    discount: str = ""
    vat_category: str
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class AmendDraft:
    """A draft as it should be, with all its lines in order.

    :param id: the draft to correct, with the ``version`` that was seen; None to begin one.
    :param order_id: the customer's order that is invoiced, if any.
    """

    id: int | None = None
    version: int | None = None
    party_id: int
    order_id: int | None = None
    buyer_reference: str | None = None
    free_text: str | None = None
    lines: tuple[DraftLine, ...] = ()
    accept_suspect: bool = False


@needs(Permission.EDIT_SALES)
def amend_draft(uow: UnitOfWork, inputs: AmendDraft) -> int:
    """Begin a draft or correct one, lines and all; return it.

    Its sums are by today's VAT rates; issuing computes them by those that are then in force.

    :raises InvalidInputs: a line's fields are named ``lines.0.quantity``; also ``too_many``,
        ``party_fixed``, ``not_a_customer``, ``order_of_another``.
    :raises RuleRefusal: ``party_ended`` for a customer whose relation is over, unless an order that
        was made before is invoiced.
    :raises AlreadyIssued, NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    values: dict[str, Any] = {
        "order_id": inputs.order_id,
        "buyer_reference": checks.text("buyer_reference", longest=LONGEST_REFERENCE),
        "free_text": checks.lines("free_text", longest=LONGEST_FREE_TEXT),
    }
    lines = _checked_lines(uow, checks, inputs)
    draft = _fetched(uow, inputs)
    _check_parties(uow, checks, inputs, draft)
    checks.done()
    changed = [] if draft.id is None else change(uow, draft, values)
    if draft.id is None:
        for name, value in values.items():
            setattr(draft, name, value)
        stamp(uow, draft)
        uow.session.add(draft)
        changed = ["party_id", *values]
    if _replace_lines(uow, draft, lines):
        changed.append("lines")
        stamp(uow, draft)
        flag_modified(draft, "changed_at")  # the draft's version covers its lines
    if changed:
        set_totals(draft, invoice_totals(draft.lines))
        uow.session.flush()
        action = "add_draft" if inputs.id is None else "amend_draft"
        uow.audit(action, "invoice", draft.id, party_id=draft.party_id, columns=changed)
    return draft.id


@needs(Permission.EDIT_SALES)
def discard_draft(uow: UnitOfWork, inputs: Seen) -> int:
    """Discard a draft that nothing keeps; return the customer. A draft was never a voucher and
    has no number.

    :raises AlreadyIssued, NotFound, StaleRecord:
    :raises RuleRefusal: as :func:`.preservation.unless_kept`.
    """
    announce_removal(uow.session)
    draft = draft_to_change(uow, inputs.id, version=inputs.version, inputs=inputs)
    unless_kept(uow.session, draft)
    party_id = draft.party_id
    remove(uow, draft, "discard_draft", party_id=party_id)
    return party_id


def draft_to_change(
    uow: UnitOfWork, invoice_id: int, *, version: int | None, inputs: Any
) -> Invoice:
    """The draft, locked, if it is still one and the one that the user saw.

    :raises AlreadyIssued, NotFound, StaleRecord:
    """
    draft = fetch(uow, Invoice, invoice_id, version=None, inputs=inputs)
    if draft.status != InvoiceStatus.DRAFT:
        raise AlreadyIssued(draft.number)
    try:
        return fetch(uow, Invoice, invoice_id, version=version, inputs=inputs)
    except StaleRecord as refusal:
        if "lines" in refusal.theirs:
            refusal.theirs["lines"] = tuple(line_as_typed(line) for line in draft.lines)
        raise


def line_as_typed(line: InvoiceLine) -> DraftLine:
    """Return a line of the store as the inputs that would make it."""
    discount = from_thousandths(line.discount_basis_points * 10)
    return DraftLine(
        service_id=line.service_id,
        description=line.description,
        quantity=_comma(from_thousandths(line.quantity_thousandths)),
        unit=line.unit,
        unit_price=_comma(from_cents(line.unit_price_cents)),
        discount=_comma(discount) if discount else "",
        vat_category=line.vat_category,
    )


def set_totals(invoice: Invoice, totals: InvoiceTotals) -> None:
    """Write the sums on an invoice."""
    invoice.net_cents = totals.net_cents
    invoice.vat_cents = totals.vat_cents
    invoice.total_cents = totals.total_cents


def _comma(number: object) -> str:
    return f"{number:f}".replace(".", ",")


def _fetched(uow: UnitOfWork, inputs: AmendDraft) -> Invoice:
    if inputs.id is not None:
        return draft_to_change(uow, inputs.id, version=inputs.version, inputs=inputs)
    return Invoice(
        kind=InvoiceKind.INVOICE,
        status=InvoiceStatus.DRAFT,
        origin=InvoiceOrigin.OWN,
        party_id=inputs.party_id,
    )


def _check_parties(uow: UnitOfWork, checks: Checks, inputs: AmendDraft, draft: Invoice) -> None:
    """Check whose invoice it is, and of which order."""
    if inputs.party_id != draft.party_id:
        checks.refuse("party_id", "party_fixed")
    if inputs.order_id is not None:
        # Before the party, as whoever changes the order does.
        order = uow.session.get(
            ServiceOrder, inputs.order_id, with_for_update={"read": True, "key_share": True}
        )
        if order is None or order.party_id != draft.party_id:
            checks.refuse("order_id", "order_of_another")
    if inputs.id is None:
        party = fetch(uow, Party, inputs.party_id, version=None, inputs=inputs)
        if inputs.order_id is None:
            refuse_ended(party)
        if not party.is_customer:
            checks.refuse("party_id", "not_a_customer")


def _checked_lines(uow: UnitOfWork, checks: Checks, inputs: AmendDraft) -> list[dict[str, Any]]:
    if len(inputs.lines) > MOST_LINES:
        checks.refuse("lines", "too_many", most=MOST_LINES)
        return []
    found = []
    for position, line in enumerate(inputs.lines):
        own = Checks(line, accept_suspect=inputs.accept_suspect)
        values = _checked_line(uow, own, line)
        try:
            own.done()
        except InvalidInputs as refusal:
            for error in refusal.errors:
                facts = {name: fact for name, fact in error.facts.items() if name != "field"}
                checks.refuse(f"lines.{position}.{error.field}", error.code, **facts)
        else:
            net = line_total(
                values["quantity_thousandths"],
                values["unit_price_cents"],
                values["discount_basis_points"],
            )
            found.append(values | {"position": position + 1, "net_cents": net})
    return found


def _checked_line(uow: UnitOfWork, checks: Checks, line: DraftLine) -> dict[str, Any]:
    values: dict[str, Any] = {
        "service_id": line.service_id,
        "description": checks.text("description", longest=LONGEST_DESCRIPTION, required=True),
        "quantity_thousandths": checks.by(typed_thousandths, "quantity", required=True),
        "unit": checks.one_of("unit", Unit),
        "unit_price_cents": checks.by(typed_cents, "unit_price", required=True),
        "discount_basis_points": checks.by(typed_basis_points, "discount") or 0,
        "vat_category": checks.one_of("vat_category", VatCategory),
    }
    if values["quantity_thousandths"] == 0:
        checks.refuse("quantity", "zero")
    if (values["unit_price_cents"] or 0) < 0:
        checks.refuse("unit_price", "negative")
    if line.service_id is not None and uow.session.get(Service, line.service_id) is None:
        checks.refuse("service_id", "not_for_sale")
    if values["vat_category"] in list(VatCategory):
        values["vat_basis_points"] = vat_basis_points(values["vat_category"], uow.today)
    return values


def _replace_lines(uow: UnitOfWork, draft: Invoice, wanted: Sequence[dict[str, Any]]) -> bool:
    """Make the draft's lines the wanted ones; whether any differs. Each keeps its place's row.

    :raises RuleRefusal: as :func:`.preservation.keep_overwritten`.
    """
    differs = len(draft.lines) != len(wanted)
    goes = [
        line
        for line, values in zip_longest(draft.lines, wanted)
        if line is not None
        and (values is None or any(getattr(line, name) != v for name, v in values.items()))
    ]
    if goes:
        said = "\n".join(
            f"{line.quantity_thousandths / 1000:g} × {line.description}"
            f" {from_cents(line.unit_price_cents)} €"
            for line in goes
        )
        keep_overwritten(uow, draft, {"lines": said}, {})
    for line, values in zip(draft.lines, wanted, strict=False):
        for name, value in values.items():
            if getattr(line, name) != value:
                setattr(line, name, value)
                differs = True
    del draft.lines[len(wanted) :]
    draft.lines.extend(InvoiceLine(**values) for values in wanted[len(draft.lines) :])
    return differs
