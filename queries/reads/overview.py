"""Everything on the overview: what needs doing, and the figures of the register.

Each figure carries the filter that opens the list behind it; the list holds exactly what was
counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import Session

from queries.reads.customers.customer_list import CustomerFilter, CustomerSort
from queries.reads.paging import Total, counts_up_to
from queries.reads.sales.invoice_list import (
    Age,
    InvoiceFilter,
    InvoiceSort,
    InvoiceState,
    age_days,
    state_conditions,
)
from queries.reads.sales.order_list import OrderFilter, OrderSort, OrderState
from queries.reads.sales.order_list import state_conditions as order_conditions
from queries.rules.roles import Permission
from queries.store.sessions import needs
from queries.store.tables import Invoice, OrderStatus, ServiceOrder, Summary

Filter = InvoiceFilter | OrderFilter | CustomerFilter

#: Months of invoicing that are shown, each beside the same month a year before.
MONTHS_INVOICED = 24
#: Months of new and ended customers.
MONTHS_CUSTOMERS = 12


@dataclass(frozen=True)
class Figure:
    """A count, the sum of it in cents where it has one, and the filter of the list behind it."""

    name: str
    total: Total
    cents: int | None
    behind: Filter


@dataclass(frozen=True)
class InvoicedMonth:
    """Invoiced sums of a month and of the same month a year before; net, cents."""

    month: str
    cents: int
    cents_year_before: int
    behind: InvoiceFilter


@dataclass(frozen=True)
class CustomersMonth:
    """Counts of customer relations that began and ended in a month."""

    month: str
    started: int
    ended: int
    started_behind: CustomerFilter
    ended_behind: CustomerFilter


@dataclass(frozen=True)
class Overview:
    """The whole page.

    :param doing: what needs doing today; a count of nothing is left out by the page, not here.
    :param orders: unfinished orders and quotes, by status.
    :param receivables: by age.
    :param invoiced: by month, the oldest first; the last one is the month that is going on.
    """

    doing: tuple[Figure, ...]
    orders: tuple[Figure, ...]
    receivables: tuple[Figure, ...]
    invoiced: tuple[InvoicedMonth, ...]
    customers: tuple[CustomersMonth, ...]


@needs(Permission.SEE_BILLING)
def overview(session: Session, *, today: date) -> Overview:
    """The page's figures; 3 statements.

    Two read summaries (:mod:`queries.store.derived`), one counts by indexes and stops at 10 000.
    """
    kept = _kept(session, today)
    ages = _by_age(session, today)
    return Overview(
        doing=_doing(session, today, kept, ages),
        orders=tuple(
            Figure(status, Total(_count(kept, "orders", status)), None, OrderFilter(state=status))
            for status in (OrderStatus.OPEN, OrderStatus.IN_PROGRESS, OrderStatus.QUOTE)
        ),
        receivables=tuple(
            Figure(
                age,
                Total(ages[age][0]),
                ages[age][1],
                InvoiceFilter(state=InvoiceState.OPEN, age=age, sort=InvoiceSort.DUE),
            )
            for age in Age
            if age != Age.NO_DUE_DAY or ages[age][0]
        ),
        invoiced=tuple(_invoiced(kept, month) for month in months(today, MONTHS_INVOICED)),
        customers=tuple(_customers(kept, month) for month in months(today, MONTHS_CUSTOMERS)),
    )


def months(today: date, n: int) -> tuple[str, ...]:
    """The latest ``n`` months up to that of today, the oldest first.

    >>> months(date(2026, 2, 28), 3)
    ('2025-12', '2026-01', '2026-02')
    """
    last = today.year * 12 + today.month - 1
    return tuple(f"{m // 12:04d}-{m % 12 + 1:02d}" for m in range(last - n + 1, last + 1))


def year_before(month: str) -> str:
    """The same month a year before.

    >>> year_before("2026-02")
    '2025-02'
    """
    year, number = month.split("-")
    return f"{int(year) - 1:04d}-{number}"


_Kept = Mapping[tuple[str, str], tuple[int, int]]


def _kept(session: Session, today: date) -> _Kept:
    invoiced = months(today, MONTHS_INVOICED)
    customers = months(today, MONTHS_CUSTOMERS)
    rows = session.execute(
        select(Summary.name, Summary.key, Summary.count, Summary.cents).where(
            or_(
                Summary.name.in_(("orders", "to_refund")),
                and_(
                    Summary.name == "invoiced",
                    Summary.key.between(year_before(invoiced[0]), invoiced[-1]),
                ),
                and_(
                    Summary.name.in_(("started", "ended")),
                    Summary.key.between(customers[0], customers[-1]),
                ),
            )
        )
    )
    return {(name, key): (count, cents) for name, key, count, cents in rows}


def _by_age(session: Session, today: date) -> dict[Age, tuple[int, int]]:
    """Count and cents of each age, from the summary by due day."""
    spans = ((name, *age_days(name, today)) for name in Age)
    age = case(
        *(
            (Summary.key.between(first.isoformat(), last.isoformat()), str(name))
            for name, first, last in spans
        )
    )
    rows = session.execute(
        select(age, func.sum(Summary.count), func.sum(Summary.cents))
        .where(Summary.name == "open_by_due", Summary.count != 0)
        .group_by(age)
    )
    found = {name: (int(count), int(cents)) for name, count, cents in rows}
    return {name: found.get(name, (0, 0)) for name in Age}


def _doing(
    session: Session, today: date, kept: _Kept, ages: Mapping[Age, tuple[int, int]]
) -> tuple[Figure, ...]:
    late = [ages[age] for age in _LATE]
    old_drafts = InvoiceFilter(state=InvoiceState.OLD_DRAFT, sort=InvoiceSort.OLDEST)
    refund_count, refund_cents = kept.get(("to_refund", "all"), (0, 0))
    drafts, late_orders, old_quotes, *before = _counted(
        session,
        today,
        old_drafts,
        OrderFilter(state=OrderState.LATE, sort=OrderSort.DUE),
        OrderFilter(state=OrderState.OLD_QUOTE, sort=OrderSort.OLDEST),
        *_BEFORE_DISPOSAL,
    )
    return (
        Figure(
            "overdue",
            Total(sum(count for count, _ in late)),
            sum(cents for _, cents in late),
            InvoiceFilter(state=InvoiceState.OVERDUE, sort=InvoiceSort.DUE),
        ),
        late_orders,
        drafts,
        old_quotes,
        Figure(
            "to_refund",
            Total(refund_count),
            -refund_cents,
            InvoiceFilter(state=InvoiceState.REFUND),
        ),
        *before,
    )


_LATE = (Age.DAYS_1_14, Age.DAYS_15_30, Age.DAYS_31_90, Age.OVER_90)


#: What somebody has to decide on before the records may go.
_BEFORE_DISPOSAL = (
    InvoiceFilter(state=InvoiceState.LAPSED, sort=InvoiceSort.OLDEST),
    OrderFilter(state=OrderState.UNBILLED, sort=OrderSort.OLDEST),
    OrderFilter(state=OrderState.LEFT_OPEN, sort=OrderSort.OLDEST),
)
_NAMES: Mapping[str | None, str] = {
    InvoiceState.OLD_DRAFT: "old_drafts",
    InvoiceState.LAPSED: "lapsed",
    OrderState.LATE: "late_orders",
    OrderState.OLD_QUOTE: "old_quotes",
    OrderState.UNBILLED: "unbilled",
    OrderState.LEFT_OPEN: "left_open",
}


@needs(Permission.SEE_BILLING)
def before_disposal(session: Session, *, today: date) -> tuple[Figure, ...]:
    """Count what has to be decided before the records may be disposed of: lapsed balances, work
    that was done and never invoiced, orders left open on customers that have ended. One
    statement."""
    return tuple(_counted(session, today, *_BEFORE_DISPOSAL))


def _counted(session: Session, today: date, *behind: InvoiceFilter | OrderFilter) -> list[Figure]:
    queries = [
        select(Invoice.id).where(*state_conditions(one.state, today))
        if isinstance(one, InvoiceFilter)
        else select(ServiceOrder.id).where(*order_conditions(one.state or "", today))
        for one in behind
    ]
    totals = counts_up_to(session, queries)
    return [
        Figure(_NAMES[one.state], total, None, one)
        for one, total in zip(behind, totals, strict=True)
    ]


def _invoiced(kept: _Kept, month: str) -> InvoicedMonth:
    return InvoicedMonth(
        month,
        kept.get(("invoiced", month), (0, 0))[1],
        kept.get(("invoiced", year_before(month)), (0, 0))[1],
        InvoiceFilter(month=month),
    )


def _customers(kept: _Kept, month: str) -> CustomersMonth:
    return CustomersMonth(
        month,
        _count(kept, "started", month),
        _count(kept, "ended", month),
        CustomerFilter(started_month=month, sort=CustomerSort.NEWEST),
        CustomerFilter(ended_month=month, sort=CustomerSort.NEWEST),
    )


def _count(kept: _Kept, name: str, key: str) -> int:
    return kept.get((name, key), (0, 0))[0]


def total_of(figures: Iterable[Figure]) -> tuple[int, int]:
    """Count and cents of several figures together, as of all receivables."""
    found = list(figures)
    return sum(figure.total.n for figure in found), sum(figure.cents or 0 for figure in found)
