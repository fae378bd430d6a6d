"""Value added tax: rates with their dates, and the arithmetic of an invoice.

Arvonlisäverolaki (AVL) 1501/1993: 84 § standard rate, 85 § and 85 a § reduced rates, 8 c §
construction services, where the buyer owes the tax (käännetty verovelvollisuus; the invoice says
so, 209 e §). The rate is that of the day on which the service was performed or the goods were
delivered (AVL 15-16 §), not of the invoice.

Rates are kept in basis points: 25.5 % is 2550. Refusals are
:class:`queries.errors.InvalidInput`: ``vat_category.unknown``, and ``vat_category.not_in_force``
where the recorded rates do not reach the day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from queries.errors import InvalidInput
from queries.rules.money import divided_half_up

CODES = {"vat_category": ("unknown", "not_in_force")}
"""Each field's codes, so that a test can ask the catalogues for every sentence."""


@dataclass(frozen=True)
class VatRate:
    """One rate in force from a day on, until the category's next one.

    :param basis_points: hundredths of a per cent.
    """

    category: str
    basis_points: int
    valid_from: date
    citation: str


_STANDARD = "AVL 1501/1993 84 §"
_REDUCED = "AVL 1501/1993 85 §"
_REDUCED_LOW = "AVL 1501/1993 85 a §"

# Amendments: 1265/1997 (1.1.1998), 785/2008 (food, 1.10.2009), 1780/2009 (1.7.2010), 706/2012
# (1.1.2013). The reduced rates before 1998 are not on record.
RATES = (
    VatRate("standard", 2200, date(1994, 6, 1), _STANDARD),
    VatRate("standard", 2300, date(2010, 7, 1), _STANDARD),
    VatRate("standard", 2400, date(2013, 1, 1), _STANDARD),
    VatRate("standard", 2550, date(2024, 9, 1), _STANDARD),
    VatRate("reduced", 1700, date(1998, 1, 1), _REDUCED),
    VatRate("reduced", 1200, date(2009, 10, 1), _REDUCED),
    VatRate("reduced", 1300, date(2010, 7, 1), _REDUCED),
    VatRate("reduced", 1400, date(2013, 1, 1), _REDUCED),
    VatRate("reduced", 1350, date(2026, 1, 1), _REDUCED),
    VatRate("reduced_low", 800, date(1998, 1, 1), _REDUCED_LOW),
    VatRate("reduced_low", 900, date(2010, 7, 1), _REDUCED_LOW),
    VatRate("reduced_low", 1000, date(2013, 1, 1), _REDUCED_LOW),
    VatRate("zero", 0, date(1994, 6, 1), "AVL 1501/1993 6 luku"),
    VatRate("reverse_charge", 0, date(2011, 4, 1), "AVL 1501/1993 8 c §"),
)
"""Every rate on record, each category's in the order of their days."""

CATEGORIES = tuple(dict.fromkeys(rate.category for rate in RATES))


def rate_in_force(category: str, on: date) -> VatRate:
    """The rate of a category on the day of supply, with its citation.

    :raises InvalidInput: ``unknown`` category; ``not_in_force`` before the first recorded day.

    >>> rate_in_force("reverse_charge", date(2026, 3, 5)).citation
    'AVL 1501/1993 8 c §'
    """
    if category not in CATEGORIES:
        raise InvalidInput("vat_category", "unknown")
    begun = [rate for rate in RATES if rate.category == category and rate.valid_from <= on]
    if not begun:
        raise InvalidInput("vat_category", "not_in_force", on=on)
    return begun[-1]


def is_in_force(category: str, basis_points: int, on: date) -> bool:
    """Check if this is the rate of the category on this day.

    >>> is_in_force("reduced_low", 900, date(2012, 6, 15))
    True
    >>> is_in_force("standard", 2200, date(2010, 7, 1))
    False
    """
    begun = [rate for rate in RATES if rate.category == category and rate.valid_from <= on]
    return bool(begun) and begun[-1].basis_points == basis_points


def vat_basis_points(category: str, on: date) -> int:
    """The rate as the store keeps it; refusals as in :func:`rate_in_force`.

    >>> [vat_basis_points("standard", date(2024, *on)) for on in ((8, 31), (9, 1))]
    [2400, 2550]
    """
    return rate_in_force(category, on).basis_points


def vat_of(net_cents: int, rate_basis_points: int) -> int:
    """The tax on a net sum, in cents, halves away from zero.

    >>> vat_of(10000, 2550), vat_of(-10000, 2550), vat_of(2, 2550)
    (2550, -2550, 1)
    """
    return divided_half_up(net_cents * rate_basis_points, 10_000)


def line_total(
    quantity_thousandths: int, unit_price_cents: int, discount_basis_points: int = 0
) -> int:
    """The net sum of an invoice line in cents, rounded once, at the end.

    >>> line_total(1500, 4990), line_total(1500, 4990, 1000)
    (7485, 6737)
    """
    exact = quantity_thousandths * unit_price_cents * (10_000 - discount_basis_points)
    return divided_half_up(exact, 1000 * 10_000)


class TaxedLine(Protocol):
    """An invoice line as :func:`invoice_totals` needs it."""

    @property
    def net_cents(self) -> int: ...
    @property
    def vat_category(self) -> str: ...
    @property
    def vat_basis_points(self) -> int: ...


@dataclass(frozen=True)
class VatLine:
    """An invoice line's net sum and tax."""

    net_cents: int
    vat_category: str
    vat_basis_points: int


@dataclass(frozen=True)
class RateTotal:
    """One row of an invoice's tax specification (AVL 209 e §)."""

    vat_category: str
    vat_basis_points: int
    net_cents: int
    vat_cents: int


@dataclass(frozen=True)
class InvoiceTotals:
    """An invoice's sums in cents; ``total_cents`` is always net and tax together."""

    net_cents: int
    vat_cents: int
    total_cents: int
    by_rate: tuple[RateTotal, ...]


def invoice_totals(lines: Iterable[TaxedLine]) -> InvoiceTotals:
    """The sums of an invoice, with the tax of each rate computed on that rate's net sum.

    An invoice states the taxable sum and the tax of each rate (AVL 209 e §), and the tax that is
    owed is the rate times that sum; adding up taxes that were rounded line by line would differ
    from it by up to half a cent a line, in the seller's or the buyer's favour, and could not be
    checked from the invoice. The European norm says the same (EN 16931, BR-CO-17). Categories
    stay apart also where their rates are equal: zero-rated and reverse charge are different
    statements on an invoice.

    :returns: the rows of the specification from the highest rate down.

    >>> totals = invoice_totals([VatLine(1, "standard", 2550), VatLine(1, "standard", 2550)])
    >>> totals.net_cents, totals.vat_cents, totals.total_cents
    (2, 1, 3)
    """
    nets: dict[tuple[str, int], int] = {}
    for line in lines:
        key = (line.vat_category, line.vat_basis_points)
        nets[key] = nets.get(key, 0) + line.net_cents
    rows = tuple(
        RateTotal(category, points, net, vat_of(net, points))
        for (category, points), net in sorted(nets.items(), key=lambda row: (-row[0][1], row[0][0]))
    )
    net = sum(row.net_cents for row in rows)
    vat = sum(row.vat_cents for row in rows)
    return InvoiceTotals(net, vat, net + vat, rows)
