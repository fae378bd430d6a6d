"""Invoices, their lines, payments and credit notes, with what is open of each.

Sums follow the company's rules (queries.rules.vat): a line's net is rounded by itself, VAT once
for each rate of an invoice, at the rate of the day on which the invoice is issued. A credit note
takes down what is unpaid (queries.rules.settlement); here it always comes before the payment.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from queries.demonstration import feeds
from queries.demonstration.catalogue import CATERING, EXTRAS, SERVICES, TRAINING, Prices
from queries.demonstration.days import Days
from queries.demonstration.feeds import Rows
from queries.demonstration.numbers import reference
from queries.demonstration.parties import DemoBuyer
from queries.demonstration.plan import Bill, Fate, Job, Numbering
from queries.rules.vat import line_total, vat_of
from queries.store.tables import InvoiceKind, InvoiceStatus, Source, VatCategory

_INVOICE, _CREDIT_NOTE = InvoiceKind.INVOICE.value, InvoiceKind.CREDIT_NOTE.value
_ISSUED, _DRAFT = InvoiceStatus.ISSUED.value, InvoiceStatus.DRAFT.value
_IMPORTED, _BY_HAND = Source.IMPORT.value, Source.OFFICE.value
_TRAVEL_AT = EXTRAS[0]
_REVERSE_CHARGE = "Käännetty verovelvollisuus (AVL 8 c §)."


class DemoLine(NamedTuple):
    """A line to be; ``service`` is its place in the catalogue."""

    service: int
    quantity: int
    cents: int
    discount: int
    rate: int
    net: int


class Sale(NamedTuple):
    """An order to be billed, and the days in which it is to be paid."""

    buyer: DemoBuyer
    order_id: int
    job: Job
    terms: int


class _Sums(NamedTuple):
    net: int
    vat: int
    total: int


class BillingMaker:
    """Makes the rows of invoices, one order's at a time."""

    def __init__(self, days: Days, rows: Rows, numbering: Numbering, prices: Prices) -> None:
        self._days = days
        self._add_invoice = rows.adder(feeds.INVOICE)
        self._invoice_key = rows.keys(feeds.INVOICE)
        self._add_line = rows.adder(feeds.LINE)
        self._line_key = rows.keys(feeds.LINE)
        self._add_payment = rows.adder(feeds.PAYMENT)
        self._payment_key = rows.keys(feeds.PAYMENT)
        self._numbering = numbering
        self._prices = prices

    def invoices(self, rng: Random, sale: Sale) -> tuple[int, int]:
        """The rows of all invoices of an order.

        :returns: the day of the last invoice or credit note that was issued, and the last day of
            them and their payments; -1 where there are none.
        """
        service, quantity, billed, last = SERVICES[sale.job.service], 0, -1, -1
        for bill in sale.job.bills:
            if quantity == 0 or not service.is_monthly:
                quantity = service.quantities[int(rng.random() * len(service.quantities))]
            day = bill.issued if bill.issued >= 0 else self._days.last
            lines = self._lines(rng, sale.job.service, quantity, day)
            if bill.fate is Fate.DRAFT:
                self._draft(sale, lines, day)
            else:
                credited = bill.then if _credited(lines, bill) else -1
                billed = max(billed, bill.issued, credited)
                last = max(last, self._issued(rng, sale, bill, lines))
        return billed, last

    def _draft(self, sale: Sale, lines: list[DemoLine], day: int) -> None:
        key = self._invoice_key()
        self._add_invoice(
            (
                key,
                _INVOICE,
                _DRAFT,
                None,
                sale.buyer.party_id,
                sale.order_id,
                None,
                None,
                None,
                None,
                None,
                None,
                None,
                sale.buyer.reference,
                _said_of(sale),
                *_sums(lines),
                0,
                self._days.instant[day],
                None,
            )
        )
        self._write_lines(key, lines)

    def _issued(self, rng: Random, sale: Sale, bill: Bill, lines: list[DemoLine]) -> int:
        """The rows of an issued invoice; returns the last day on which something became of it."""
        days, buyer, day = self._days, sale.buyer, bill.issued
        key = self._invoice_key()
        number = self._numbering.invoice(day)
        sums, credited = _sums(lines), _credited(lines, bill)
        owed = sums.total - _sums(credited).total if credited else sums.total
        paid, settled = self._payments(rng, buyer.party_id, key, bill, owed)
        last = max(day, bill.then if credited else day, settled)
        self._add_invoice(
            (
                key,
                _INVOICE,
                _ISSUED,
                str(number),
                buyer.party_id,
                sale.order_id,
                None,
                days.text[day],
                days.text[day + sale.terms],
                reference(number),
                buyer.name,
                buyer.address,
                buyer.business_id,
                buyer.reference,
                _said_of(sale),
                *sums,
                owed - paid,
                days.instant[last],
                days.text[last],
            )
        )
        self._write_lines(key, lines)
        if credited:
            first = len(lines) - len(credited) + 1
            self._credit_note(sale, (key, number), bill.then, credited, first)
        return last

    def _lines(self, rng: Random, service: int, quantity: int, day: int) -> list[DemoLine]:
        draw = rng.random
        chance = draw()
        lines = [self._line(service, quantity, 1000 if chance < 0.02 else 0, day)]
        if service == TRAINING:
            lines.append(self._extra(rng, CATERING, day))
        if SERVICES[service].is_monthly or SERVICES[service].vat == VatCategory.REVERSE_CHARGE:
            return lines
        if chance > 0.6:
            lines.append(self._extra(rng, _TRAVEL_AT, day))
        if chance > 0.85:
            lines.append(self._extra(rng, EXTRAS[int(draw() * len(EXTRAS))], day))
        return lines[:3]

    def _extra(self, rng: Random, service: int, day: int) -> DemoLine:
        quantities = SERVICES[service].quantities
        return self._line(service, quantities[int(rng.random() * len(quantities))], 0, day)

    def _line(self, service: int, quantity: int, discount: int, day: int) -> DemoLine:
        cents = self._prices.cents[service][self._days.year[day]]
        rate = self._prices.rates[service][day]
        return DemoLine(
            service, quantity, cents, discount, rate, line_total(quantity, cents, discount)
        )

    def _write_lines(self, invoice_id: int, lines: list[DemoLine], first: int = 1) -> None:
        for position, line in enumerate(lines, start=first):
            service = SERVICES[line.service]
            self._add_line(
                (
                    self._line_key(),
                    invoice_id,
                    position,
                    line.service + 1,
                    service.name,
                    line.quantity,
                    service.unit,
                    line.cents,
                    line.discount,
                    service.vat,
                    line.rate,
                    line.net,
                )
            )

    def _credit_note(
        self, sale: Sale, of: tuple[int, int], day: int, lines: list[DemoLine], first: int
    ) -> None:
        """Write the rows of a credit note; its lines have the positions of those they credit.

        :param of: key and number of the invoice.
        """
        back = [line._replace(quantity=-line.quantity, net=-line.net) for line in lines]
        days, buyer = self._days, sale.buyer
        key = self._invoice_key()
        number = self._numbering.invoice(day)
        self._add_invoice(
            (
                key,
                _CREDIT_NOTE,
                _ISSUED,
                str(number),
                buyer.party_id,
                sale.order_id,
                of[0],
                days.text[day],
                None,
                None,
                buyer.name,
                buyer.address,
                buyer.business_id,
                buyer.reference,
                f"Hyvitys laskulle {of[1]}.",
                *_sums(back),
                0,
                days.instant[day],
                days.text[day],
            )
        )
        self._write_lines(key, back, first)

    def _payments(
        self, rng: Random, party_id: int, invoice_id: int, bill: Bill, owed: int
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
        paid, settled = 0, -1
        for day, cents in parts:
            if cents == 0:
                continue
            source = _BY_HAND if rng.random() < 0.1 else _IMPORTED
            self._add_payment(
                (
                    self._payment_key(),
                    invoice_id,
                    party_id,
                    self._days.text[day],
                    cents,
                    source,
                    self._days.instant[day],
                )
            )
            paid, settled = paid + cents, day
        return paid, settled


def _credited(lines: list[DemoLine], bill: Bill) -> list[DemoLine]:
    """The lines that are credited: all, or the last one."""
    if bill.fate is Fate.CREDITED:
        return lines
    return lines[-1:] if bill.fate is Fate.PARTLY_CREDITED else []


def _said_of(sale: Sale) -> str | None:
    """Return the words that an invoice under reverse charge must have (AVL 209 e §)."""
    reverse = SERVICES[sale.job.service].vat == VatCategory.REVERSE_CHARGE
    return _REVERSE_CHARGE if reverse else None


def _sums(lines: list[DemoLine]) -> _Sums:
    """Net, VAT and total: VAT is rounded once for each rate."""
    if len(lines) == 1:  # as most invoices have
        net = lines[0].net
        vat = vat_of(net, lines[0].rate)
        return _Sums(net, vat, net + vat)
    by_rate: dict[int, int] = {}
    for line in lines:
        by_rate[line.rate] = by_rate.get(line.rate, 0) + line.net
    net = sum(by_rate.values())
    vat = sum(vat_of(cents, rate) for rate, cents in by_rate.items())
    return _Sums(net, vat, net + vat)
