"""Plan of events for each customer, with days; names, sums and texts come later.

Invoices are numbered in the order of their days over all customers, while rows are made one
customer after the other. So the plan is drawn twice from the same seed: the first time only its
days are counted, which says with which number each day begins (:class:`Numbering`); the second
time the rows are made, each invoice taking the next number of its day. Nothing is kept in memory
between the two but one count a day.

Some customers are *specimens*: by their place in the row it is settled that they are a lead, have
ended, have an order in work, a draft, or an invoice unpaid for so and so long. That way a
demonstration of twenty customers already shows everything.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from itertools import accumulate
from math import exp
from random import Random
from statistics import NormalDist
from typing import NamedTuple

from queries.demonstration.catalogue import CONTRACTS, JOBS_OF_ORGANISATIONS, JOBS_OF_PERSONS
from queries.demonstration.days import Days
from queries.store.tables import OrderStatus, PartyStatus


class Fate(enum.IntEnum):
    """Outcome of an invoice; on which days, :class:`Bill` says."""

    UNPAID = 0
    PAID = 1
    IN_TWO_PARTS = 2
    CREDITED = 3
    PARTLY_CREDITED = 4
    DRAFT = 5


#: Customers that are drawn from one seed.
BATCH = 1000

_LEAD_AT, _ENDED_AT = 17, 3  # of every twenty
#: Of every 2000 customers this one is large: 200 orders, 500 invoices.
_LARGE_EVERY, _LARGE_AT = 2000, 107
_LARGE_ORDERS = 200
#: The place among fifty, and how many days ago the specimen's unpaid invoice was due.
_UNPAID = {11: 7, 12: 22, 13: 60, 14: 200, 15: -6}
_QUOTE, _OPEN, _IN_PROGRESS, _DONE, _CANCELLED = (status.value for status in OrderStatus)
#: The place among twenty, and the service and status of the specimen's order.
_UNFINISHED = {5: (0, _OPEN), 6: (2, _IN_PROGRESS), 7: (6, _QUOTE)}
#: The place among a hundred, and what becomes of the newest invoice.
_JUST_DONE = {8: Fate.DRAFT, 9: Fate.CREDITED}
_CONTRACT_MONTHS = 12
_CLAIM_DAYS = 1000  # about three years: what was not paid by then has lapsed or was collected

#: How many orders a customer makes, by chance: the median is three, one in a hundred makes thirty.
_ORDERS = tuple(min(120.0, 2.8 * exp(NormalDist().inv_cdf((n + 0.5) / 1000))) for n in range(1000))
#: How many days after the due day a paid invoice was paid, by chance.
_LAGS = (
    *(-12, -9, -7, -5, -4, -3, -3, -2, -2, -1, -1, -1),
    *([0] * 22),
    *([0] * 10),
    *(1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 11, 13),
    *(15, 17, 19, 22, 26),
    *(33, 41, 58),
    75,
)
_TERMS = (14, 14, 14, 14, 14, 14, 7, 21, 30, 30)


class Bill(NamedTuple):
    """An invoice to be: what happens on ``then``, and on ``later``; -1 is never.

    ``PAID`` is paid on ``then``; ``IN_TWO_PARTS`` on both days; ``CREDITED`` on ``then``;
    ``PARTLY_CREDITED`` on ``then`` and the rest paid on ``later``.
    """

    issued: int
    fate: Fate
    then: int = -1
    later: int = -1


class Job(NamedTuple):
    """An order to be, with the days of its work and its invoices."""

    ordered: int
    service: int
    status: str
    due: int
    closed: int = -1
    works: tuple[int, ...] = ()
    bills: tuple[Bill, ...] = ()


class DemoPlan(NamedTuple):
    """A customer to be; ``n`` is the place in the row, from 0."""

    n: int
    is_person: bool
    status: PartyStatus
    started: int
    ended: int
    terms: int
    jobs: list[Job]


class Planner:
    """Draws the plans of one demonstration; a batch gives the same ones every time."""

    def __init__(self, days: Days, customers: int, seed: int) -> None:
        self.days = days
        self.customers = customers
        self._seed = seed

    def batches(self) -> range:
        return range(-(-self.customers // BATCH))

    def plans(self, batch: int) -> Iterator[DemoPlan]:
        rng = Random(f"plan/{self._seed}/{batch}")  # noqa: S311 - a made-up world, not a secret
        for n in range(batch * BATCH, min((batch + 1) * BATCH, self.customers)):
            yield self._plan(rng, n)

    def _plan(self, rng: Random, n: int) -> DemoPlan:
        draw, days = rng.random, self.days
        is_person = draw() < 0.45 and n % 20 != 0 and n % _LARGE_EVERY != _LARGE_AT
        started = days.working[int(days.last * ((n + 0.5) / self.customers) ** 0.8)]
        terms = _TERMS[int(draw() * len(_TERMS))]
        is_lead = n % 20 == _LEAD_AT
        # What an ended customer ordered last is finished: none ended in the last two months.
        span = days.last - started - 60
        is_ended = n > 0 and span > 0 and (draw() < 0.1 or n % 20 == _ENDED_AT)
        if n % _LARGE_EVERY == _LARGE_AT:
            return DemoPlan(
                n, False, PartyStatus.ACTIVE, started, -1, terms, self._large(rng, started, terms)
            )
        if is_lead:
            return DemoPlan(
                n, is_person, PartyStatus.LEAD, started, -1, terms, self._quote(rng, started)
            )
        end = started + int(draw() * span) if is_ended else days.last
        jobs = self._jobs(rng, is_person, started, end, terms)
        if not is_ended:
            jobs += self._specimens(n, started, terms)
            return DemoPlan(n, is_person, PartyStatus.ACTIVE, started, -1, terms, jobs)
        ended = max([end, *(day for job in jobs for day in _touched(job))])
        return DemoPlan(n, is_person, PartyStatus.ENDED, started, ended, terms, jobs)

    def _jobs(self, rng: Random, is_person: bool, start: int, end: int, terms: int) -> list[Job]:
        draw, working = rng.random, self.days.working
        span = end - start
        many = _ORDERS[int(draw() * 1000)] * (0.4 + 1.6 * span / self.days.last)
        ordered = sorted(
            working[start + int(draw() * span)] for _ in range(max(1, int(many + draw())))
        )
        kinds = JOBS_OF_PERSONS if is_person else JOBS_OF_ORGANISATIONS
        jobs = []
        for day in ordered:
            if draw() < 0.125:
                jobs.append(self._contract(rng, day, end, terms))
            else:
                jobs.append(self._job(rng, day, kinds[int(draw() * len(kinds))], terms))
        return jobs

    def _job(self, rng: Random, day: int, service: int, terms: int) -> Job:
        draw, last, working = rng.random, self.days.last, self.days.working
        due = day + 7 + int(draw() * 40)
        chance = draw()
        if chance < 0.025:
            closed = working[min(last, day + int(draw() * 20))]
            return Job(day, service, _CANCELLED, due, max(day, closed))
        done = working[day + 1 + int(draw() * draw() * 40)]
        if done > last:
            return Job(day, service, _OPEN, due)
        works: tuple[int, ...] = (done,)
        if chance > 0.84:
            done = working[done + 1 + int(draw() * 12)]
            if done > last:
                return Job(day, service, _IN_PROGRESS, due, works=works)
            works = (*works, done)
        issued = working[done + int(draw() * 8)]
        bills = () if issued > last else (self._bill(rng, issued, terms),)
        return Job(day, service, _DONE, due, done, works, bills)

    def _contract(self, rng: Random, day: int, end: int, terms: int) -> Job:
        draw, last, working = rng.random, self.days.last, self.days.working
        service = CONTRACTS[int(draw() * len(CONTRACTS))]
        over = working[min(day + 365, max(end, day))]
        months = [day + 30 * (month + 1) for month in range(_CONTRACT_MONTHS)]
        bills = tuple(
            self._bill(rng, issued, terms)
            for issued in (working[month] for month in months)
            if issued <= over
        )
        works = tuple(
            work for work in (working[day + 3], working[day + 180]) if work <= over and draw() < 0.5
        )
        if end < last or day + 365 <= last:
            return Job(day, service, _DONE, day + 365, over, works, bills)
        return Job(day, service, _IN_PROGRESS, day + 365, -1, works, bills)

    def _bill(self, rng: Random, issued: int, terms: int) -> Bill:
        draw, last = rng.random, self.days.last
        due = issued + terms
        chance = draw()
        paid = max(issued, due + _LAGS[int(draw() * len(_LAGS))])
        if chance < 0.014:
            bill = self._credited(issued, issued + 1 + int(draw() * 25), paid, chance < 0.009)
        elif chance < 0.034:
            later = paid + 10 + int(draw() * 50)
            bill = Bill(issued, Fate.IN_TWO_PARTS, paid, later if later <= last else -1)
        elif chance < 0.04:
            # Never paid, or after long collecting; what is older than a claim lives was settled.
            paid = last + 1 if due > last - _CLAIM_DAYS else due + 90 + int(draw() * 250)
            bill = Bill(issued, Fate.PAID, paid)
        else:
            bill = Bill(issued, Fate.PAID, paid)
        return bill if bill.then <= last else Bill(issued, Fate.UNPAID)

    def _credited(self, issued: int, then: int, paid: int, wholly: bool) -> Bill:
        then = self.days.working[then]
        if wholly:
            return Bill(issued, Fate.CREDITED, then)
        later = max(then, paid)
        return Bill(issued, Fate.PARTLY_CREDITED, then, later if later <= self.days.last else -1)

    def _large(self, rng: Random, started: int, terms: int) -> list[Job]:
        """Exactly 200 orders and 500 invoices, for measuring a large card."""
        draw, working = rng.random, self.days.working
        span = max(1, self.days.last - started - 25)
        ordered = sorted(
            working[min(started + int(draw() * span), self.days.last)] for _ in range(_LARGE_ORDERS)
        )
        jobs = []
        for number, day in enumerate(ordered):
            service = JOBS_OF_ORGANISATIONS[int(draw() * len(JOBS_OF_ORGANISATIONS))]
            done = working[min(day + 2, self.days.last)]
            issues = [working[min(done + 7 * k, self.days.last)] for k in range(2 + number % 2)]
            bills = tuple(self._bill(rng, issued, terms) for issued in issues)
            jobs.append(Job(day, service, _DONE, day + 14, done, (done,), bills))
        return jobs

    def _quote(self, rng: Random, started: int) -> list[Job]:
        """Return the offer to a lead, if any."""
        if rng.random() > 0.8:
            return []
        service = JOBS_OF_PERSONS[int(rng.random() * len(JOBS_OF_PERSONS))]
        return [Job(started, service, _QUOTE, started + 30)]

    def _specimens(self, n: int, started: int, terms: int) -> list[Job]:
        """Return what this place in the row shows, if the customer is old enough to show it."""
        last, working = self.days.last, self.days.working
        recent, done = working[last - 9], working[last - 3]
        if started > recent:
            return []
        if n % 20 in _UNFINISHED:
            service, status = _UNFINISHED[n % 20]
            works = (working[last - 2],) if status == _IN_PROGRESS else ()
            return [Job(recent, service, status, recent + 30, works=works)]
        if n % 100 in _JUST_DONE:
            fate = _JUST_DONE[n % 100]
            bill = Bill(-1, fate) if fate is Fate.DRAFT else Bill(done, fate, working[last - 1])
            return [Job(recent, 0, _DONE, recent + 14, done, (done,), (bill,))]
        issued = last - _UNPAID.get(n % 50, last) - terms
        if issued < started + 2:
            return []
        day, unpaid = working[issued - 2], Bill(issued, Fate.UNPAID)
        return [Job(day, 1, _DONE, issued + 10, issued, (issued,), (unpaid,))]


class Numbering:
    """The numbers of orders and invoices in the order of their days, without a gap."""

    def __init__(self, days: Days, first: int) -> None:
        self._first = first
        #: The number after the last one of each series, known once all are counted.
        self.next_order = self.next_invoice = first
        self._orders = [0] * (days.last + 1)
        self._invoices = [0] * (days.last + 1)

    def count(self, plan: DemoPlan) -> None:
        """First time round: how many numbers each day needs."""
        orders, invoices = self._orders, self._invoices
        for job in plan.jobs:
            orders[job.ordered] += 1
            for issued, fate, then, _later in job.bills:
                if fate != Fate.DRAFT:
                    invoices[issued] += 1
                    if fate in _CREDITING:
                        invoices[then] += 1

    def begin(self) -> None:
        """Turn the counts into the number with which each day begins."""
        *self._orders, self.next_order = accumulate(self._orders, initial=self._first)
        *self._invoices, self.next_invoice = accumulate(self._invoices, initial=self._first)

    def order(self, day: int) -> int:
        number = self._orders[day]
        self._orders[day] = number + 1
        return number

    def invoice(self, day: int) -> int:
        number = self._invoices[day]
        self._invoices[day] = number + 1
        return number


_CREDITING = (Fate.CREDITED, Fate.PARTLY_CREDITED)


def _touched(job: Job) -> Iterator[int]:
    """The days on which something happened with the order."""
    yield job.ordered
    yield job.closed
    yield from job.works
    for bill in job.bills:
        yield from (bill.issued, bill.then, bill.later)
