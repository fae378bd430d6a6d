"""The whole demonstration: drawn, numbered, loaded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from random import Random

from sqlalchemy import Connection, insert

from queries.demonstration import feeds
from queries.demonstration.archive import file_papers
from queries.demonstration.billing import BillingMaker, Sale
from queries.demonstration.catalogue import SERVICES, Prices
from queries.demonstration.days import Days
from queries.demonstration.feeds import BY, Rows
from queries.demonstration.loading import Loader, loading
from queries.demonstration.mailing import MailingMaker
from queries.demonstration.numbers import business_ids
from queries.demonstration.outside import fill_outside
from queries.demonstration.parties import PartyMaker
from queries.demonstration.plan import Numbering, Planner
from queries.demonstration.sales import SalesMaker
from queries.store.sessions import Store
from queries.store.tables import TrailEntry, TrailKind
from queries.writes.sales.numbering import FIRST_NUMBER

Progress = Callable[[int, int], None]

#: How much is done, in per cent, once the days are counted, the rows in, and the indexes made; the
#: rest is summaries, the search index and the commit.
_COUNTED, _LOADED, _INDEXED = 5, 70, 95


def build(
    store: Store, *, customers: int, seed: int, today: date, progress: Progress | None = None
) -> None:
    """Fill an empty store with a demonstration company, its customers and ten years of dealings.

    Besides ``customers`` parties in the customer's role there are their contact persons and the
    partners. The same three values give the same rows in either engine. One transaction: it is
    all there or nothing of it is.

    :param customers: at least 1; a million take minutes, and far less than 1 GB of memory.
    :param today: the day on which the demonstration ends; nothing happened after it.
    :param progress: called after each step with how far the work is, out of ``customers``.
    :raises ValueError: when ``customers`` is less than 1.
    :raises StoreRefusal: ``store_not_empty``, or ``store_busy`` when a SQLite store is open
        elsewhere.
    """
    if customers < 1:
        raise ValueError("a demonstration has at least one customer")

    def tell(percent: float) -> None:
        if progress is not None:
            progress(int(customers * percent / 100), customers)

    def indexed(share: float) -> None:
        tell(_LOADED + (_INDEXED - _LOADED) * share)

    days = Days(today)
    planner = Planner(days, customers, seed)
    with loading(store, indexed) as (connection, loader):
        numbering = _numbering(planner, tell)
        company = _Company(planner, numbering, seed)
        company.fill(loader, tell)
        company.mailing.note_key(connection)
        fill_outside(connection, days)
        _note(connection, days)
    tell(100)


def _numbering(planner: Planner, tell: Callable[[float], None]) -> Numbering:
    """Numbers for every day, by drawing all plans once to count them."""
    numbering = Numbering(planner.days, FIRST_NUMBER)
    batches = planner.batches()
    for batch in batches:
        for plan in planner.plans(batch):
            numbering.count(plan)
        tell(_COUNTED * (batch + 1) / len(batches))
    numbering.begin()
    return numbering


class _Company:
    """Makes the rows of one demonstration, batch by batch."""

    def __init__(self, planner: Planner, numbering: Numbering, seed: int) -> None:
        self._planner = planner
        self._numbering = numbering
        self._seed = seed
        days = planner.days
        self._rows = Rows()
        self._parties = PartyMaker(days, self._rows, business_ids(seed))
        self._sales = SalesMaker(days, self._rows, numbering)
        self._billing = BillingMaker(days, self._rows, numbering, Prices(days))
        self.mailing = MailingMaker(days, self._rows, seed)

    def fill(self, loader: Loader, tell: Callable[[float], None]) -> None:
        self._house()
        batches = self._planner.batches()
        for batch in batches:
            self._make(batch)
            for feed, rows in self._rows.take():
                loader.load(feed, rows)
            tell(_COUNTED + (_LOADED - _COUNTED) * (batch + 1) / len(batches))

    def _make(self, batch: int) -> None:
        rng = Random(f"rows/{self._seed}/{batch}")  # noqa: S311 - a made-up world, not a secret
        for plan in self._planner.plans(batch):
            buyer = self._parties.customer(rng, plan)
            self.mailing.customer(buyer, plan)
            for job in plan.jobs:
                key = self._sales.key()
                billed, last = self._billing.invoices(rng, Sale(buyer, key, job, plan.terms))
                self._sales.order(rng, buyer, job, key, billed, last)

    def _house(self) -> None:
        """Services, financial years, the archive and the next numbers of the series."""
        days, rows = self._planner.days, self._rows
        begun = days.instant[0]
        add, key = rows.adder(feeds.SERVICE), rows.keys(feeds.SERVICE)
        for service in SERVICES:
            add(
                (key(), service.code, service.name, service.unit, service.cents, service.vat, begun)
            )
        add, key = rows.adder(feeds.FINANCIAL_YEAR), rows.keys(feeds.FINANCIAL_YEAR)
        for starts, ends in days.financial_years():
            add((key(), starts.isoformat(), ends.isoformat(), begun))
        add = rows.adder(feeds.NUMBER_SERIES)
        add(("invoice", self._numbering.next_invoice))
        add(("order", self._numbering.next_order))
        add(("paper", file_papers(days, rows, self._planner.customers)))


def _note(connection: Connection, days: Days) -> None:
    """The one trail line of the whole load."""
    connection.execute(
        insert(TrailEntry),
        {
            "at": days.now,
            "kind": TrailKind.WRITE,
            "actor": BY,
            "action": "build_demonstration",
            "subject": "store",
        },
    )
