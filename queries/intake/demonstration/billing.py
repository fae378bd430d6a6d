"""Invoices, their lines, payments and credit notes, with what is open of each.

Sums follow the rules of the house (queries.rules.vat): a line's net is rounded by itself, VAT once
for each rate of an invoice, at the rate of the day on which the invoice is issued. A credit note
takes down what is unpaid (queries.rules.settlement); none comes after the last payment here.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from queries.intake.demonstration import feeds
from queries.intake.demonstration.catalogue import CATERING, EXTRAS, SERVICES, TRAINING, Prices
from queries.intake.demonstration.days import Days
from queries.intake.demonstration.feeds import Rows
from queries.intake.demonstration.numbers import reference
from queries.intake.demonstration.parties import Buyer
from queries.intake.demonstration.plan import Bill, Fate, Job, Numbering
from queries.rules.vat import line_total, vat_of
from queries.store.tables import InvoiceKind, InvoiceStatus, Source, VatCategory

_INVOICE, _CREDIT_NOTE = InvoiceKind.INVOICE.value, InvoiceKind.CREDIT_NOTE.value
_ISSUED, _DRAFT = InvoiceStatus.ISSUED.value, InvoiceStatus.DRAFT.value
_IMPORTED, _BY_HAND = Source.IMPORT.value, Source.OFFICE.value
_TRAVEL_AT = EXTRAS[0]
_REVERSE_CHARGE = "Käännetty verovelvollisuus (AVL 8 c §)."


class Line(NamedTuple):
    """A line to be; ``service`` is its place in the catalogue."""

    service: int
    quantity: int
    cents: int
    discount: int
    rate: int
    net: int


class _Sums(NamedTuple):
    net: int
    vat: int
    total: int


class BillingMaker:
    """Makes the rows of invoices, one order's at a time."""

    def __init__(self, days: Days, rows: Rows, numbering: Numbering, prices: Prices) -> None:
        self._days = days
        self._rows = rows
        self._numbering = numbering
        self._prices = prices

    def invoices(self, rng: Random, buyer: Buyer, order_id: int, job: Job, terms: int) -> None:
        """The rows of all invoices of an order."""
        quantity = 0
        for bill in job.bills:
            if quantity == 0 or not SERVICES[job.service].is_monthly:
                quantities = SERVICES[job.service].quantities
                quantity = quantities[int(rng.random() * len(quantities))]
            self._invoice(rng, buyer, order_id, job, bill, quantity, terms)

    def _invoice(
        self, rng: Random, buyer: Buyer, order_id: int, job: Job, bill: Bill, quantity: int,
        terms: int,
    ) -> None:  # fmt: skip
        days = self._days
        day = bill.issued if bill.issued >= 0 else days.last
        lines = self._lines(rng, job.service, quantity, day)
        sums = _sums(lines)
        free_text = None
        if SERVICES[job.service].vat is VatCategory.REVERSE_CHARGE:
            free_text = _REVERSE_CHARGE
        key = self._rows.next_id(feeds.INVOICE)
        if bill.fate is Fate.DRAFT:
            self._rows.of(feeds.INVOICE).append((
                key, _INVOICE, _DRAFT, None, buyer.party_id, order_id, None, None, None, None,
                None, None, None, buyer.reference, free_text, *sums, 0, days.instant[day],
            ))  # fmt: skip
            self._write_lines(key, lines)
            return
        number = self._numbering.invoice(day)
        credited = self._credited(lines, bill)
        owed = sums.total - _sums(credited).total
        paid, settled = self._payments(rng, buyer, key, bill, owed)
        self._rows.of(feeds.INVOICE).append((
            key, _INVOICE, _ISSUED, str(number), buyer.party_id, order_id, None, days.text[day],
            days.text[day + terms], reference(number), buyer.name, buyer.address,
            buyer.business_id, buyer.reference, free_text, *sums, owed - paid,
            days.instant[max(day, bill.then if credited else day, settled)],
        ))  # fmt: skip
        self._write_lines(key, lines)
        if credited:
            self._credit_note(buyer, key, order_id, number, bill.then, credited)

    def _lines(self, rng: Random, service: int, quantity: int, day: int) -> list[Line]:
        draw = rng.random
        chance = draw()
        lines = [self._line(service, quantity, 1000 if chance < 0.02 else 0, day)]
        if service == TRAINING:
            lines.append(self._extra(rng, CATERING, day))
        if SERVICES[service].is_monthly or SERVICES[service].vat is VatCategory.REVERSE_CHARGE:
            return lines
        if chance > 0.6:
            lines.append(self._extra(rng, _TRAVEL_AT, day))
        if chance > 0.85:
            lines.append(self._extra(rng, EXTRAS[int(draw() * len(EXTRAS))], day))
        return lines[:3]

    def _extra(self, rng: Random, service: int, day: int) -> Line:
        quantities = SERVICES[service].quantities
        return self._line(service, quantities[int(rng.random() * len(quantities))], 0, day)

    def _line(self, service: int, quantity: int, discount: int, day: int) -> Line:
        cents = self._prices.cents[service][self._days.year[day]]
        rate = self._prices.rates[service][day]
        return Line(service, quantity, cents, discount, rate, line_total(quantity, cents, discount))

    def _write_lines(self, invoice_id: int, lines: list[Line]) -> None:
        rows = self._rows.of(feeds.LINE)
        for position, line in enumerate(lines, start=1):
            service = SERVICES[line.service]
            rows.append((
                self._rows.next_id(feeds.LINE), invoice_id, position, line.service + 1,
                service.name, line.quantity, service.unit.value, line.cents, line.discount,
                service.vat.value, line.rate, line.net,
            ))  # fmt: skip

    def _credited(self, lines: list[Line], bill: Bill) -> list[Line]:
        """The lines that are credited: all, or the last one."""
        if bill.fate is Fate.CREDITED:
            return lines
        return lines[-1:] if bill.fate is Fate.PARTLY_CREDITED else []

    def _credit_note(
        self, buyer: Buyer, credits_id: int, order_id: int, credited: int, day: int,
        lines: list[Line],
    ) -> None:  # fmt: skip
        back = [line._replace(quantity=-line.quantity, net=-line.net) for line in lines]
        key = self._rows.next_id(feeds.INVOICE)
        number = self._numbering.invoice(day)
        days = self._days
        self._rows.of(feeds.INVOICE).append((
            key, _CREDIT_NOTE, _ISSUED, str(number), buyer.party_id, order_id, credits_id,
            days.text[day], None, reference(number), buyer.name, buyer.address,
            buyer.business_id, buyer.reference, f"Hyvitys laskulle {credited}.", *_sums(back), 0,
            days.instant[day],
        ))  # fmt: skip
        self._write_lines(key, back)

    def _payments(
        self, rng: Random, buyer: Buyer, invoice_id: int, bill: Bill, owed: int
    ) -> tuple[int, int]:
        """The payments of an invoice: what was paid in all, and the day of the last one."""
        parts: list[tuple[int, int]] = []
        if bill.fate is Fate.PAID:
            parts.append((bill.then, owed))
        elif bill.fate is Fate.PARTLY_CREDITED and bill.later >= 0:
            parts.append((bill.later, owed))
        elif bill.fate is Fate.IN_TWO_PARTS:
            half = owed // 2
            parts.append((bill.then, half))
            if bill.later >= 0:
                parts.append((bill.later, owed - half))
        rows, paid, settled = self._rows.of(feeds.PAYMENT), 0, -1
        for day, cents in parts:
            if cents == 0:
                continue
            source = _BY_HAND if rng.random() < 0.1 else _IMPORTED
            rows.append((
                self._rows.next_id(feeds.PAYMENT), invoice_id, buyer.party_id,
                self._days.text[day], cents, source, self._days.instant[day],
            ))  # fmt: skip
            paid, settled = paid + cents, day
        return paid, settled


def _sums(lines: list[Line]) -> _Sums:
    """Net, VAT and total: VAT is rounded once for each rate."""
    by_rate: dict[int, int] = {}
    for line in lines:
        by_rate[line.rate] = by_rate.get(line.rate, 0) + line.net
    net = sum(by_rate.values())
    vat = sum(vat_of(cents, rate) for rate, cents in by_rate.items())
    return _Sums(net, vat, net + vat)
