"""Service orders: the list, and one order with its work and invoices."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from queries.errors import NotFound
from queries.reads.customers import in_month
from queries.reads.paging import Page, Total, count_up_to, key_page
from queries.rules.roles import Right
from queries.store.finding import begins_with, found_parties
from queries.store.sessions import needs, opened
from queries.store.tables import (
    Invoice,
    OrderStatus,
    Party,
    Service,
    ServiceOrder,
    Summary,
    WorkEntry,
)

PAGE_SIZE = 50
#: So many digits begin a number; fewer would find much of the register.
SHORTEST_NUMBER = 3


class OrderSort(enum.StrEnum):
    """``due``: by due day, the longest overdue first; orders without one are not in it."""

    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"


class OrderState(enum.StrEnum):
    """States beside the statuses themselves.

    ``unfinished``: open or in progress; ``late``: unfinished and past its due day; ``old_quote``: a
    quote of which nothing was heard in :data:`OLD_QUOTE_DAYS` days.
    """

    UNFINISHED = "unfinished"
    LATE = "late"
    OLD_QUOTE = "old_quote"


OLD_QUOTE_DAYS = 30
_UNFINISHED = (OrderStatus.OPEN, OrderStatus.IN_PROGRESS)


@dataclass(frozen=True, kw_only=True)
class OrderFilter:
    """What the list shows; None is no restriction.

    :param state: an ``OrderStatus`` or an :class:`OrderState`.
    :param month: of the day of the order, ``2026-03``.
    :param text: an order number or the beginning of one, or a search for the customer.
    """

    text: str = ""
    state: str | None = None
    service_id: int | None = None
    party_id: int | None = None
    month: str | None = None
    sort: str = OrderSort.NEWEST


@dataclass(frozen=True)
class OrderRow:
    id: int
    number: str
    party_id: int
    party_name: str
    service_name: str | None
    title: str
    status: str
    ordered_on: date
    due_on: date | None
    closed_on: date | None
    late: bool


@dataclass(frozen=True)
class WorkRow:
    id: int
    version: int
    done_on: date
    done_by: str
    description: str
    minutes: int
    material: str | None


@dataclass(frozen=True)
class OrderInvoiceRow:
    id: int
    kind: str
    status: str
    number: str | None
    issued_on: date | None
    total_cents: int
    open_cents: int


@dataclass(frozen=True)
class OrderRecord:
    """One order as it is edited; ``unit_price_cents`` and the rest are those of its service."""

    id: int
    version: int
    number: str
    party_id: int
    party_name: str
    party_status: str
    service_id: int | None
    service_name: str | None
    title: str
    description: str | None
    status: str
    ordered_on: date
    due_on: date | None
    closed_on: date | None
    buyer_reference: str | None
    changed_at: datetime
    changed_by: str
    work: tuple[WorkRow, ...]
    invoices: tuple[OrderInvoiceRow, ...]


@needs(Right.SEE_CUSTOMERS)
def order_list(
    session: Session,
    wanted: OrderFilter,
    *,
    today: date,
    after: int | None = None,
    before: int | None = None,
    size: int = PAGE_SIZE,
) -> Page[OrderRow]:
    """One page of the orders that the filter lets through; at most 3 statements.

    :param after: the id of the order to page on after, ``before`` the one to page back before; one
        that is gone means the first page.
    """
    query = _filtered(session, wanted, today)
    by_due = wanted.sort == OrderSort.DUE
    key: list[Any] = [ServiceOrder.due_on if by_due else ServiceOrder.ordered_on, ServiceOrder.id]
    if by_due:
        query = query.where(ServiceOrder.due_on.is_not(None))
    marks = [_key_of(session, key, mark) for mark in (after, before)]
    total = _total(session, wanted, query)
    shown: Any = query.with_only_columns(
        ServiceOrder, Party.name, Service.name, maintain_column_froms=True
    )
    rows, more, earlier = key_page(
        session,
        shown.join(Party, Party.id == ServiceOrder.party_id).outerjoin(
            Service, Service.id == ServiceOrder.service_id
        ),
        key,
        descending=wanted.sort == OrderSort.NEWEST,
        after=marks[0],
        before=marks[1],
        size=size,
    )
    found = tuple(_row(row, today) for row in rows)
    return Page(
        found,
        total,
        next_key=found[-1].id if more and found else None,
        previous_key=found[0].id if earlier and found else None,
    )


@needs(Right.SEE_CUSTOMERS)
def order_record(session: Session, order_id: int) -> OrderRecord:
    """One order with its work and invoices; 3 statements, and a read line when the reading ends.

    :raises NotFound: when there is no such order.
    """
    found = session.execute(
        select(ServiceOrder, Party.name, Party.status, Service.name)
        .join(Party, Party.id == ServiceOrder.party_id)
        .outerjoin(Service, Service.id == ServiceOrder.service_id)
        .where(ServiceOrder.id == order_id)
    ).first()
    if found is None:
        raise NotFound("service_order", order_id)
    order, party_name, party_status, service_name = found
    opened(session, "service_order", order_id, party_id=order.party_id)
    return OrderRecord(
        id=order.id,
        version=order.version,
        number=order.number,
        party_id=order.party_id,
        party_name=party_name,
        party_status=party_status,
        service_id=order.service_id,
        service_name=service_name,
        title=order.title,
        description=order.description,
        status=order.status,
        ordered_on=order.ordered_on,
        due_on=order.due_on,
        closed_on=order.closed_on,
        buyer_reference=order.buyer_reference,
        changed_at=order.changed_at,
        changed_by=order.changed_by,
        work=_work(session, order_id),
        invoices=_invoices(session, order_id),
    )


@dataclass(frozen=True)
class WorkRecord(WorkRow):
    """One work entry as it is edited, with the order and customer that it belongs to."""

    order_id: int
    order_number: str
    party_id: int
    changed_at: datetime
    changed_by: str


@needs(Right.SEE_CUSTOMERS)
def work_record(session: Session, entry_id: int) -> WorkRecord:
    """One work entry; one statement, and a read line when the reading ends.

    :raises NotFound: when there is no such entry.
    """
    found = session.execute(
        select(WorkEntry, ServiceOrder.number)
        .join(ServiceOrder, ServiceOrder.id == WorkEntry.order_id)
        .where(WorkEntry.id == entry_id)
    ).first()
    if found is None:
        raise NotFound("work_entry", entry_id)
    entry, number = found
    opened(session, "work_entry", entry_id, party_id=entry.party_id)
    return WorkRecord(
        id=entry.id,
        version=entry.version,
        done_on=entry.done_on,
        done_by=entry.done_by,
        description=entry.description,
        minutes=entry.minutes,
        material=entry.material,
        order_id=entry.order_id,
        order_number=number,
        party_id=entry.party_id,
        changed_at=entry.changed_at,
        changed_by=entry.changed_by,
    )


def old_quote_day(today: date) -> date:
    """Quotes of this day or earlier are old."""
    return date.fromordinal(today.toordinal() - OLD_QUOTE_DAYS)


def state_conditions(state: str, today: date) -> list[Any]:
    """What an order in the state is; also what the overview counts."""
    if state == OrderState.UNFINISHED:
        return [ServiceOrder.status.in_(_UNFINISHED)]
    if state == OrderState.LATE:
        # "closed_on IS NULL" says nothing more: it lets the index of what is late be used.
        return [
            ServiceOrder.closed_on.is_(None),
            ServiceOrder.status.in_(_UNFINISHED),
            ServiceOrder.due_on < today,
        ]
    if state == OrderState.OLD_QUOTE:
        return [
            ServiceOrder.status == OrderStatus.QUOTE,
            ServiceOrder.ordered_on <= old_quote_day(today),
        ]
    return [ServiceOrder.status == state]


def _filtered(session: Session, wanted: OrderFilter, today: date) -> Select[Any]:
    query = select(ServiceOrder.id)
    if wanted.state is not None:
        query = query.where(*state_conditions(wanted.state, today))
    for column, value in (
        (ServiceOrder.service_id, wanted.service_id),
        (ServiceOrder.party_id, wanted.party_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.month is not None:
        query = query.where(*in_month(ServiceOrder.ordered_on, wanted.month))
    found = found_parties(session, wanted.text)
    if found is None:
        return query
    ways = [ServiceOrder.party_id.in_(found)]
    number = "".join(wanted.text.split())
    if number.isdecimal() and number.isascii() and len(number) >= SHORTEST_NUMBER:
        by_number = select(ServiceOrder.id).where(*begins_with(ServiceOrder.number, number))
        ways.append(ServiceOrder.id.in_(by_number))
    return query.where(or_(*ways))


def _total(session: Session, wanted: OrderFilter, query: Select[Any]) -> Total:
    statuses: dict[str | None, tuple[str, ...]] = {
        None: tuple(OrderStatus),
        OrderState.UNFINISHED: _UNFINISHED,
        **{status: (status,) for status in OrderStatus},
    }
    plain = OrderFilter(state=wanted.state, sort=wanted.sort)
    if wanted == plain and wanted.sort != OrderSort.DUE and wanted.state in statuses:
        n = session.scalar(
            select(func.sum(Summary.count)).where(
                Summary.name == "orders", Summary.key.in_(statuses[wanted.state])
            )
        )
        return Total(int(n or 0))
    return count_up_to(session, query)


def _key_of(session: Session, key: list[Any], mark: int | None) -> list[Any] | None:
    if mark is None:
        return None
    row = session.execute(select(*key).where(ServiceOrder.id == mark)).first()
    return None if row is None or row[0] is None else list(row)


def _row(row: Any, today: date) -> OrderRow:
    order, party_name, service_name = row
    late = order.status in _UNFINISHED and order.due_on is not None and order.due_on < today
    return OrderRow(
        id=order.id,
        number=order.number,
        party_id=order.party_id,
        party_name=party_name,
        service_name=service_name,
        title=order.title,
        status=order.status,
        ordered_on=order.ordered_on,
        due_on=order.due_on,
        closed_on=order.closed_on,
        late=late,
    )


def _work(session: Session, order_id: int) -> tuple[WorkRow, ...]:
    rows = session.scalars(
        select(WorkEntry)
        .where(WorkEntry.order_id == order_id)
        .order_by(WorkEntry.done_on.desc(), WorkEntry.id.desc())
    )
    return tuple(
        WorkRow(row.id, row.version, row.done_on, row.done_by, row.description, row.minutes,
                row.material)
        for row in rows
    )  # fmt: skip


def _invoices(session: Session, order_id: int) -> tuple[OrderInvoiceRow, ...]:
    rows = session.scalars(
        select(Invoice).where(Invoice.order_id == order_id).order_by(Invoice.id.desc())
    )
    return tuple(
        OrderInvoiceRow(row.id, row.kind, row.status, row.number, row.issued_on, row.total_cents,
                        row.open_cents)
        for row in rows
    )  # fmt: skip


@dataclass(frozen=True)
class Buyer:
    """For whom something is recorded."""

    id: int
    name: str
    status: str


@needs(Right.SEE_CUSTOMERS)
def buyer(session: Session, party_id: int) -> Buyer:
    """The customer to record an order or a draft for; one statement.

    :raises NotFound: when there is no such party.
    """
    found = session.execute(
        select(Party.id, Party.name, Party.status).where(Party.id == party_id)
    ).first()
    if found is None:
        raise NotFound("party", party_id)
    return Buyer(*found)
