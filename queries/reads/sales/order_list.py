"""The list of service orders."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Nullable,
    Row,
    Select,
    SQLColumnExpression,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from queries.reads.customers.customer_list import in_month
from queries.reads.paging import Page, Total, count_up_to, page_of
from queries.rules.roles import Permission
from queries.store.planner_hints import unindexed
from queries.store.search import bounded
from queries.store.search_query import begins_with, found_parties
from queries.store.sessions import needs
from queries.store.tables import (
    OrderStatus,
    Party,
    PartyStatus,
    Service,
    ServiceOrder,
    Summary,
    WorkEntry,
)

PAGE_SIZE = 50
#: So many digits begin a number; fewer would find much of the register.
SHORTEST_NUMBER = 3


class OrderSort(enum.StrEnum):
    """``due``: what is not closed by its due day, the longest overdue first."""

    NEWEST = "newest"
    OLDEST = "oldest"
    DUE = "due"


class OrderState(enum.StrEnum):
    """States beside the statuses themselves.

    ``unfinished``: open or in progress; ``late``: unfinished and past its due day; ``old_quote``: a
    quote of which nothing was heard in :data:`OLD_QUOTE_DAYS` days; ``left_open``: unfinished, of a
    customer whose relation has ended; ``unbilled``: done, with work, and never invoiced.
    """

    UNFINISHED = "unfinished"
    LATE = "late"
    OLD_QUOTE = "old_quote"
    LEFT_OPEN = "left_open"
    UNBILLED = "unbilled"


OLD_QUOTE_DAYS = 30
_UNFINISHED = (OrderStatus.OPEN, OrderStatus.IN_PROGRESS)


@dataclass(frozen=True, kw_only=True)
class OrderFilter:
    """Filter of the list; None is no restriction.

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


@needs(Permission.SEE_CUSTOMERS)
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
    day = ServiceOrder.due_on if by_due else ServiceOrder.ordered_on
    key: list[SQLColumnExpression[object]] = [
        unindexed(day) if _is_narrow(wanted) else day,
        ServiceOrder.id,
    ]
    if by_due:
        query = query.where(ServiceOrder.closed_on.is_(None), ServiceOrder.due_on.is_not(None))
    shown = query.with_only_columns(
        ServiceOrder, Party.name, Nullable(Service.name), maintain_column_froms=True
    )
    return page_of(
        session,
        shown.join(Party, Party.id == ServiceOrder.party_id).outerjoin(
            Service, Service.id == ServiceOrder.service_id
        ),
        key,
        lambda rows: (_row(row, today) for row in rows),
        total=_total(session, wanted, query),
        descending=wanted.sort == OrderSort.NEWEST,
        after=after,
        before=before,
        size=size,
    )


def old_quote_day(today: date) -> date:
    """Quotes of this day or earlier are old."""
    return date.fromordinal(today.toordinal() - OLD_QUOTE_DAYS)


def state_conditions(
    state: str, today: date, status: SQLColumnExpression[str] = ServiceOrder.status
) -> list[ColumnElement[bool]]:
    """Return the conditions of an order in the state; the overview counts by them too.

    :param status: the column, or what replaces it where another index is to be walked.
    """
    # An unfinished order is not closed: stated so that the indexes of open orders are walked,
    # and not the one of the status.
    unfinished: list[ColumnElement[bool]] = [
        ServiceOrder.closed_on.is_(None),
        unindexed(ServiceOrder.status).in_(_UNFINISHED),
    ]
    if state == OrderState.UNFINISHED:
        return unfinished
    if state == OrderState.LATE:
        return [*unfinished, ServiceOrder.due_on < today]
    if state == OrderState.OLD_QUOTE:
        return [status == OrderStatus.QUOTE, ServiceOrder.ordered_on <= old_quote_day(today)]
    if state == OrderState.LEFT_OPEN:
        over = select(Party.id).where(
            Party.id == ServiceOrder.party_id, Party.status == PartyStatus.ENDED
        )
        # The list joins the party too: this one is of the condition alone.
        return [*unfinished, exists(over.correlate(ServiceOrder))]
    if state == OrderState.UNBILLED:
        # An order that was never invoiced has a day of rest: by its index the few are found.
        worked = select(WorkEntry.id).where(WorkEntry.order_id == ServiceOrder.id)
        return [
            ServiceOrder.rest_on.is_not(None),
            unindexed(ServiceOrder.status) == OrderStatus.DONE,
            exists(worked),
        ]
    return [status == state]


def _is_narrow(wanted: OrderFilter) -> bool:
    """Return whether the list begins from a few orders, and not from an index of them all."""
    return bool(wanted.text.strip()) or wanted.party_id is not None


def _filtered(session: Session, wanted: OrderFilter, today: date) -> Select[int]:
    query = select(ServiceOrder.id)
    narrow = _is_narrow(wanted)
    if wanted.state is not None:
        by_status = not narrow and wanted.sort != OrderSort.DUE
        status: SQLColumnExpression[str]
        status = ServiceOrder.status if by_status else unindexed(ServiceOrder.status)
        query = query.where(*state_conditions(wanted.state, today, status))
    for column, value in (
        (ServiceOrder.service_id, wanted.service_id),
        (ServiceOrder.party_id, wanted.party_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.month is not None:
        day: SQLColumnExpression[date]
        day = unindexed(ServiceOrder.ordered_on) if narrow else ServiceOrder.ordered_on
        query = query.where(*in_month(day, wanted.month))
    found = found_parties(session, wanted.text)
    if found is None:
        return query
    ways = [ServiceOrder.party_id.in_(found)]
    number = "".join(bounded(wanted.text).split())
    if number.isdecimal() and number.isascii() and len(number) >= SHORTEST_NUMBER:
        by_number = select(ServiceOrder.id).where(*begins_with(ServiceOrder.number, number))
        ways.append(ServiceOrder.id.in_(by_number))
    return query.where(or_(*ways))


def _total(session: Session, wanted: OrderFilter, query: Select[int]) -> Total:
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


def _row(row: Row[ServiceOrder, str, str | None], today: date) -> OrderRow:
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
