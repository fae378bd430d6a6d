"""A Finvoice document's rows as the lines of an invoice, and how far they agree with its sums.

The sums of the document are those of the voucher and are kept; where the rows come to something
else, the difference is named. Row discounts beyond the first, row charges, and discounts and
charges of the whole invoice become lines of their own, so that every line can be reckoned again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from queries.intake.finvoice import Adjustment, FinvoiceDocument, FinvoiceLine, cents
from queries.intake.plan import Reason
from queries.rules.money import MOST_CENTS, MOST_THOUSANDTHS, round_half_up
from queries.rules.vat import RATES, Line, invoice_totals, line_total
from queries.store.tables import Unit, VatCategory

LONGEST_DESCRIPTION = 500
LONGEST_UNIT = 16

_UNITS = {
    Unit.HOUR: "HUR H HR TUNTI TUNTIA TIM STD",
    Unit.PIECE: "EA H87 C62 PCE PCS KPL ST ITEM ONE PIECE UNIT",
    Unit.DAY: "DAY PV PVÄ PÄIVÄ DAG",
    Unit.KILOMETRE: "KMT KM",
    Unit.MONTH: "MON KK KUUKAUSI MÅN MONTH",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}

#: Codes of the document (UNCL 5305): reverse charge, and those on which no tax is charged.
_REVERSE = {"AE"}
_ZERO = {"Z", "E", "O", "G", "K"}
_CATEGORY_OF_RATE = {rate.basis_points: rate.category for rate in RATES if rate.basis_points}

LineValues = dict[str, Any]


@dataclass(frozen=True)
class Lines:
    values: tuple[LineValues, ...]
    notes: tuple[Reason, ...]
    problems: tuple[Reason, ...]


class LineMaker:
    """Makes the lines of one document."""

    def __init__(self, document: FinvoiceDocument) -> None:
        self._document = document
        self._notes: list[Reason] = []
        self._problems: list[Reason] = []
        self._texts: list[str] = []

    def free_text(self) -> list[str]:
        """The texts of rows that have no sums."""
        return self._texts

    def lines(self, net_cents: int, vat_cents: int) -> Lines:
        """The lines, compared with the sums of the document."""
        values = [line for row in self._document.lines for line in self._of_row(row)]
        whole = [self._adjustment(one, one.vat_rate, one.vat_code)
                 for one in self._document.adjustments]  # fmt: skip
        rows = sum(line["net_cents"] for line in values)
        if whole and rows == net_cents:
            # They are in the rows' sums already, or are of the terms of payment.
            self._notes.append(Reason("adjustments_left_out", {"n": len(whole)}))
            whole = []
        values += whole
        self._compare(values, net_cents, vat_cents)
        for position, line in enumerate(values, start=1):
            line["position"] = position
        return Lines(tuple(values), tuple(self._notes), tuple(self._problems))

    def _compare(self, values: list[LineValues], net_cents: int, vat_cents: int) -> None:
        made = invoice_totals(
            Line(line["net_cents"], line["vat_category"], line["vat_basis_points"])
            for line in values
        )
        if made.net_cents != net_cents:
            self._notes.append(Reason("rows_differ", {"rows_cents": made.net_cents,
                                                      "total_cents": net_cents}))  # fmt: skip
        if made.vat_cents != vat_cents:
            self._notes.append(Reason("vat_differs", {"rows_cents": made.vat_cents,
                                                      "total_cents": vat_cents}))  # fmt: skip
        too_large = any(
            abs(line["net_cents"]) > MOST_CENTS or abs(line["unit_price_cents"]) > MOST_CENTS
            or abs(line["quantity_thousandths"]) > MOST_THOUSANDTHS for line in values
        )  # fmt: skip
        if too_large:
            self._problems.append(Reason("too_large"))

    def _of_row(self, row: FinvoiceLine) -> Iterator[LineValues]:
        net = self._net(row)
        if net is None:
            if row.text:
                self._texts.append(row.text)
            return
        category, points = self._vat(row.vat_rate, row.vat_code, row.position)
        base = self._base(row, category, points)
        extra = [self._adjustment(one, row.vat_rate, row.vat_code) for one in row.adjustments]
        if sum(line["net_cents"] for line in (base, *extra)) == cents(net):
            yield from (base, *extra)
            return
        if base["net_cents"] != cents(net):
            self._notes.append(Reason("row_differs", {"row": row.position,
                                                      "made_cents": base["net_cents"],
                                                      "given_cents": cents(net)}))  # fmt: skip
        yield {**base, "net_cents": cents(net)}

    def _net(self, row: FinvoiceLine) -> Decimal | None:
        """The row's sum without VAT: as given, else by what the row has."""
        if row.net is not None:
            return row.net
        if row.gross is not None and row.vat is not None:
            return row.gross - row.vat
        if row.unit_price is not None and row.quantity is not None:
            made = row.quantity * row.unit_price
            if row.discount_percent:
                made -= made * row.discount_percent / 100
            elif row.discount:
                made -= row.discount
            return made + sum((one.amount for one in row.adjustments), Decimal(0))
        if row.gross is not None:
            self._problems.append(Reason("row_without_net", {"row": row.position}))
        return None

    def _base(self, row: FinvoiceLine, category: str, points: int) -> LineValues:
        quantity = row.quantity if row.quantity is not None else Decimal(1)
        price = row.unit_price
        if price is None:
            net = self._net(row) or Decimal(0)
            price = net / quantity if quantity else net
        thousandths = int(round_half_up(quantity, 3).scaleb(3))
        price_cents = cents(price)
        if quantity != round_half_up(quantity, 3) or price != round_half_up(price):
            self._notes.append(Reason("row_rounded", {"row": row.position}))
        discount = self._discount(row, quantity * price)
        made = line_total(thousandths, price_cents, discount)
        if (
            row.unit_price is not None
            and not row.adjustments
            and row.net is not None
            and (price != round_half_up(price))
        ):
            made = cents(row.net)  # a price of parts of a cent: the row's own sum is the exact one
        return {
            "description": self._description(row),
            "quantity_thousandths": thousandths,
            "unit": self._unit(row),
            "unit_price_cents": price_cents,
            "discount_basis_points": discount,
            "vat_category": category,
            "vat_basis_points": points,
            "net_cents": made,
        }

    def _discount(self, row: FinvoiceLine, gross: Decimal) -> int:
        """The row's discount in basis points, where it is a share of the row."""
        percent = row.discount_percent
        if percent is None and row.discount and gross:
            percent = row.discount / gross * 100
        points = int(round_half_up(percent * 100, 0)) if percent else 0
        return points if 0 <= points <= 10_000 else 0  # noqa: PLR2004 - a whole in basis points

    def _adjustment(self, one: Adjustment, rate: Decimal | None, code: str) -> LineValues:
        category, points = self._vat(rate, code, None)
        amount = cents(one.amount)
        return {
            "description": one.text[:LONGEST_DESCRIPTION] or "–",
            "quantity_thousandths": 1000 if amount >= 0 else -1000,
            "unit": Unit.PIECE.value,
            "unit_price_cents": abs(amount),
            "discount_basis_points": 0,
            "vat_category": category,
            "vat_basis_points": points,
            "net_cents": amount,
        }

    def _vat(self, rate: Decimal | None, code: str, row: int | None) -> tuple[str, int]:
        """Category and rate; the invoice's own specification tells where a row does not."""
        stated = self._document.vat_totals
        if rate is None and not code and len({(one.rate, one.code) for one in stated}) == 1:
            rate, code = stated[0].rate, stated[0].code
        elif not code and len({one.code for one in stated if one.rate == rate}) == 1:
            code = next(one.code for one in stated if one.rate == rate)
        points = int(round_half_up((rate or Decimal(0)) * 100, 0))
        if code in _REVERSE:
            return VatCategory.REVERSE_CHARGE.value, 0
        if code in _ZERO or (rate is not None and points == 0):
            return VatCategory.ZERO.value, 0
        if rate is None or not 0 < points <= 10_000:  # noqa: PLR2004 - a whole in basis points
            self._problems.append(Reason("vat_rate_missing", {"row": row or 0}))
            return VatCategory.ZERO.value, 0
        category = _CATEGORY_OF_RATE.get(points)
        if category is None:
            self._notes.append(Reason("vat_rate_unknown", {"percent": f"{rate.normalize():f}"}))
        return category or VatCategory.STANDARD.value, points

    def _description(self, row: FinvoiceLine) -> str:
        if len(row.text) > LONGEST_DESCRIPTION:
            self._notes.append(Reason("row_text_cut", {"row": row.position}))
        return row.text[:LONGEST_DESCRIPTION] or "–"

    def _unit(self, row: FinvoiceLine) -> str:
        """The register's unit where the code means one, else the unit as it stands."""
        for code in (row.unit_code, row.unit):
            if found := _UNIT_OF.get(code.strip(". ").upper()):
                return found.value
        return row.unit[:LONGEST_UNIT]
