"""The sum, quantity and price of one row of a Finvoice document.

A price has a unit, and may be for more than one of it (a hundred, a thousand): the quantity that
counts is the one in the unit of the price. Where a row gives several quantities or prices, those
are taken that make the row's own sum.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from queries.intake.invoices.finvoice_document import FinvoiceLine, Quantity, cents
from queries.intake.plan import Reason

#: Units of the UN (Recommendation 20) and of everyday use that are a number of pieces.
_BASES = {"MIL": 1000, "T3": 1000, "TKPL": 1000, "1000 KPL": 1000, "CEN": 100, "100 KPL": 100}


_ONE = Quantity(Decimal(1))


@dataclass(frozen=True)
class Reckoned:
    """A row without VAT.

    :param net: None for a row of text.
    :param is_stated: the row itself says its sum; otherwise it is reckoned from the price.
    :param price: for ``base`` of the unit; ``quantity`` is counted in it.
    :param agrees: quantity, price and discount make ``net`` before they are rounded.
    """

    net: Decimal | None
    is_stated: bool = True
    quantity: Decimal = Decimal(1)
    price: Decimal = Decimal(0)
    base: Decimal | None = None
    unit: Quantity = _ONE
    discount_percent: Decimal | None = None
    discount: Decimal | None = None
    agrees: bool = False
    problem: Reason | None = None


@dataclass(frozen=True)
class _Choice:
    quantity: Quantity
    price: Decimal
    base: Decimal | None
    is_discounted: bool

    def made(self, row: FinvoiceLine) -> Decimal:
        made = self.quantity.value * self.price / (self.base or 1)
        if self.is_discounted and row.discount_percent:
            made -= made * row.discount_percent / 100
        elif self.is_discounted and row.discount:
            made -= row.discount
        return made + sum((one.amount for one in row.adjustments), Decimal(0))


def reckoned(row: FinvoiceLine, rate_points: int) -> Reckoned:
    """The row without VAT.

    :param rate_points: its rate of VAT in basis points, for sums that are given with VAT.
    """
    share = 1 + Decimal(rate_points) / 10_000
    choices = list(_choices(row, share))
    net = row.net
    if net is None and row.gross is not None and row.vat is not None:
        net = row.gross - row.vat
    if net is None and row.gross is not None:
        net = row.gross / share
        if row.price is not None and not _is_made(row, choices, net):
            facts = {"row": row.position, "given_cents": cents(row.gross)}
            return Reckoned(None, problem=Reason("row_sums_unclear", facts))
    if net is not None:
        return _stated(row, net, choices)
    if not choices:
        return Reckoned(None)
    first = choices[0]
    if row.price is not None and first.base is None and not first.quantity.same_unit(row.price):
        units = {"unit": first.quantity.unit[:20], "price_unit": row.price.unit[:20]}
        return Reckoned(None, problem=Reason("row_units_differ", {"row": row.position, **units}))
    return _as_chosen(row, first, first.made(row), is_stated=False)


def _is_made(row: FinvoiceLine, choices: list[_Choice], net: Decimal) -> bool:
    return any(abs(cents(one.made(row)) - cents(net)) <= 1 for one in choices)


def _stated(row: FinvoiceLine, net: Decimal, choices: list[_Choice]) -> Reckoned:
    for choice in choices:
        if cents(choice.made(row)) == cents(net):
            return _as_chosen(row, choice, net, is_stated=True)
    if choices and (row.price is not None or row.net_price is not None):
        return _as_chosen(row, choices[0], net, is_stated=True)
    more = sum((one.amount for one in row.adjustments), Decimal(0))
    whole = net - more
    if row.discount_percent or row.discount or not row.quantities or not row.quantities[0].value:
        return Reckoned(net, price=whole, agrees=True)
    counted = row.quantities[0]
    return Reckoned(net, True, counted.value, whole / counted.value, None, counted, agrees=True)


def _as_chosen(row: FinvoiceLine, one: _Choice, net: Decimal, *, is_stated: bool) -> Reckoned:
    return Reckoned(
        net,
        is_stated,
        one.quantity.value / (one.base or 1),
        one.price,
        one.base,
        one.quantity,
        row.discount_percent if one.is_discounted else None,
        row.discount if one.is_discounted else None,
        agrees=cents(one.made(row)) == cents(net),
    )


def _choices(row: FinvoiceLine, share: Decimal) -> Iterator[_Choice]:
    """Quantity and price in every way in which they can be meant, the likeliest first."""
    prices: list[tuple[Decimal, bool]] = []
    if row.price is not None:
        prices.append((row.price.value, True))
    if row.net_price is not None:
        prices += [(row.net_price, False), (row.net_price, True)]
    if not prices and row.gross_price is not None:
        prices.append((row.gross_price / share, True))
    price = row.price
    quantities = list(row.quantities)
    if price is not None:
        quantities.sort(key=lambda one: not one.same_unit(price))
    for quantity in quantities:
        for base in _bases(row, quantity):
            for value, is_discounted in prices:
                yield _Choice(quantity, value, base, is_discounted)


def _bases(row: FinvoiceLine, quantity: Quantity) -> Iterator[Decimal | None]:
    if row.base is not None and row.base > 0 and row.base != 1:
        yield row.base
    elif row.base is None and row.price is not None and not quantity.same_unit(row.price):
        for unit in (row.price.unit_code, row.price.unit):
            if found := _BASES.get(unit.strip(". ").upper()):
                yield Decimal(found)
                break
    yield None
