"""Commands on service orders: record, amend, and say how far the job is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import Invoice, OrderStatus, Party, Service, ServiceOrder, WorkEntry
from queries.writes.commands import Checks, change, fetch, stamp
from queries.writes.sales.numbering import becomes_active, refuse_ended, take_number

LONGEST_TITLE = 200
LONGEST_REFERENCE = 100

#: First states of an order; later ones are set by :func:`change_order_status`.
BEGINNINGS = (OrderStatus.QUOTE, OrderStatus.OPEN)
CLOSED = (OrderStatus.DONE, OrderStatus.CANCELLED)


@dataclass(frozen=True, kw_only=True)
class AmendOrder:
    """An order as it should be.

    :param id: the order to correct, with the ``version`` that was seen; None to record one.
    :param status: what a new order begins as, ``quote`` or ``open``; an amendment leaves it.
    """

    id: int | None = None
    version: int | None = None
    party_id: int
    service_id: int | None = None
    title: str
    description: str | None = None
    status: str = OrderStatus.OPEN
    ordered_on: date
    due_on: date | None = None
    buyer_reference: str | None = None
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class ChangeOrderStatus:
    """The state of a job; ``closed_on`` is the day on which it was done or cancelled."""

    id: int
    version: int
    status: str
    closed_on: date | None = None


@needs(Permission.EDIT_SALES)
def amend_order(uow: UnitOfWork, inputs: AmendOrder) -> int:
    """Record an order, which gets the next order number, or correct one; return the order.

    A lead that orders becomes an active customer.

    :raises InvalidInputs: also ``due_before_order``, ``order_after_close``, ``party_fixed`` (an
        order stays with its customer), ``not_a_customer``, ``not_for_sale``.
    :raises RuleRefusal: ``party_ended`` for a new order of a customer whose relation is over.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    values: dict[str, Any] = {
        "service_id": inputs.service_id,
        "title": checks.text("title", longest=LONGEST_TITLE, required=True),
        "description": checks.lines("description"),
        "ordered_on": checks.day("ordered_on", latest=uow.today),
        "due_on": checks.day("due_on", required=False),
        "buyer_reference": checks.text("buyer_reference", longest=LONGEST_REFERENCE),
    }
    if inputs.ordered_on and inputs.due_on and inputs.due_on < inputs.ordered_on:
        checks.refuse("due_on", "due_before_order", ordered_on=inputs.ordered_on)
    if inputs.id is None:
        return _record(uow, inputs, checks, values)
    order = fetch(uow, ServiceOrder, inputs.id, version=inputs.version, inputs=inputs)
    if inputs.party_id != order.party_id:
        checks.refuse("party_id", "party_fixed")
    if inputs.service_id != order.service_id:
        _check_service(uow, checks, inputs)
    if order.closed_on and inputs.ordered_on and inputs.ordered_on > order.closed_on:
        checks.refuse("ordered_on", "order_after_close", closed_on=order.closed_on)
    checks.done()
    changed = change(uow, order, values)
    if changed:
        uow.session.flush()
        uow.audit(
            "amend_order", "service_order", order.id, party_id=order.party_id, columns=changed
        )
    return order.id


@needs(Permission.EDIT_SALES)
def change_order_status(uow: UnitOfWork, inputs: ChangeOrderStatus) -> int:
    """Change the state of an order; return the order.

    A closed order can be opened again. Only what has neither work nor an invoice can be made a
    quote again: a quote that was worked on is an order.

    :raises InvalidInputs: also ``close_before_order``, ``not_a_quote``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    status = checks.one_of("status", OrderStatus)
    closing = status in CLOSED
    closed_on = checks.day("closed_on", latest=uow.today) if closing else None
    order = fetch(uow, ServiceOrder, inputs.id, version=inputs.version, inputs=inputs)
    if closed_on is not None and closed_on < order.ordered_on:
        checks.refuse("closed_on", "close_before_order", ordered_on=order.ordered_on)
    if status == OrderStatus.QUOTE != order.status and _has_dealings(uow, order):
        checks.refuse("status", "not_a_quote")
    checks.done()
    changed = change(uow, order, {"status": status, "closed_on": closed_on})
    if changed:
        if status not in (OrderStatus.QUOTE, OrderStatus.CANCELLED):
            party = fetch(uow, Party, order.party_id, version=None, inputs=inputs)
            changed += becomes_active(uow, party)
        uow.session.flush()
        uow.audit(
            "change_order_status",
            "service_order",
            order.id,
            party_id=order.party_id,
            columns=changed,
        )
    return order.id


def _record(uow: UnitOfWork, inputs: AmendOrder, checks: Checks, values: dict[str, Any]) -> int:
    party = fetch(uow, Party, inputs.party_id, version=None, inputs=inputs)
    refuse_ended(party)
    if inputs.status not in BEGINNINGS:
        checks.refuse("status", "choice")
    if not party.is_customer:
        checks.refuse("party_id", "not_a_customer")
    _check_service(uow, checks, inputs)
    checks.done()
    order = ServiceOrder(
        number=str(take_number(uow, "order")), party_id=party.id, status=inputs.status, **values
    )
    stamp(uow, order)
    uow.session.add(order)
    columns = ["number", "party_id", "status", *values]
    if inputs.status != OrderStatus.QUOTE:
        columns += becomes_active(uow, party)
    uow.session.flush()
    uow.audit("add_order", "service_order", order.id, party_id=party.id, columns=columns)
    return order.id


def _check_service(uow: UnitOfWork, checks: Checks, inputs: AmendOrder) -> None:
    if inputs.service_id is None:
        return
    service = uow.session.get(Service, inputs.service_id)
    if service is None or not service.active:
        checks.refuse("service_id", "not_for_sale")


def _has_dealings(uow: UnitOfWork, order: ServiceOrder) -> bool:
    work = select(WorkEntry.id).where(WorkEntry.order_id == order.id).limit(1)
    invoice = select(Invoice.id).where(Invoice.order_id == order.id).limit(1)
    return any(uow.session.scalar(query) is not None for query in (work, invoice))
