"""Orders and the work that was done for them."""

from __future__ import annotations

from random import Random

from queries.demonstration import feeds
from queries.demonstration.catalogue import MATERIALS, SERVICES, STAFF
from queries.demonstration.days import Days
from queries.demonstration.feeds import Rows
from queries.demonstration.parties import DemoBuyer
from queries.demonstration.plan import Job, Numbering
from queries.store.tables import OrderStatus, Unit

_GOING_ON = (OrderStatus.OPEN.value, OrderStatus.IN_PROGRESS.value)

_MINUTES = (15, 30, 30, 45, 60, 60, 75, 90, 120, 120, 150, 180, 240, 300, 420, 450)
_DETAILS = (
    "Sovittu puhelimessa.",
    "Tilaus sähköpostilla.",
    "Ovi on auki kello 8-16.",
    "Laitteet tilataan valmiiksi.",
    "Hinta-arvio annettu, laskutus toteutuman mukaan.",
)


class SalesMaker:
    """Makes the rows of orders and work entries."""

    def __init__(self, days: Days, rows: Rows, numbering: Numbering) -> None:
        self._days = days
        self._add_order = rows.adder(feeds.ORDER)
        self._order_key = rows.keys(feeds.ORDER)
        self._add_work = rows.adder(feeds.WORK)
        self._work_key = rows.keys(feeds.WORK)
        self._numbering = numbering

    def key(self) -> int:
        """The key of the next order."""
        return self._order_key()

    def order(
        self, rng: Random, buyer: DemoBuyer, job: Job, key: int, billed: int, last_event: int
    ) -> None:
        """The rows of one order.

        :param billed: the day of its last issued invoice; -1 where it has none.
        :param last_event: the last day of its issued invoices and what became of them; -1 where
            it has none.
        """
        draw, text = rng.random, self._days.text
        service = SERVICES[job.service]
        is_closed = job.closed >= 0
        self._add_order(
            (
                key,
                str(self._numbering.order(job.ordered)),
                buyer.party_id,
                job.service + 1,
                service.titles[int(draw() * len(service.titles))],
                _DETAILS[int(draw() * len(_DETAILS))] if draw() < 0.3 else None,
                job.status,
                text[job.ordered],
                text[job.due],
                text[job.closed] if is_closed else None,
                buyer.reference,
                self._days.instant[max(job.ordered, job.closed)],
                *self._kept_from(job, billed, last_event),
            )
        )
        for day in job.works:
            self._work(rng, buyer, key, job, day)

    def _kept_from(
        self, job: Job, billed: int, last_event: int
    ) -> tuple[str | None, str | None, str | None]:
        """``invoiced_on``, and ``voucher_on`` and ``rest_on`` from which retention counts."""
        text = self._days.text
        invoiced = text[billed] if billed >= 0 else None
        if job.status in _GOING_ON:
            return invoiced, None, None
        at_rest = max((job.closed if job.closed >= 0 else job.ordered, *job.works, last_event))
        return (invoiced, text[at_rest], None) if billed >= 0 else (None, None, text[at_rest])

    def _work(self, rng: Random, buyer: DemoBuyer, order_id: int, job: Job, day: int) -> None:
        draw, service = rng.random, SERVICES[job.service]
        full_day = service.unit == Unit.DAY
        self._add_work(
            (
                self._work_key(),
                order_id,
                buyer.party_id,
                self._days.text[day],
                STAFF[int(draw() * len(STAFF))],
                service.works[int(draw() * len(service.works))],
                450 if full_day else _MINUTES[int(draw() * len(_MINUTES))],
                MATERIALS[int(draw() * len(MATERIALS))] if draw() < 0.15 else None,
                self._days.instant[day],
            )
        )
