"""A Finvoice document's rows as the lines of an invoice, and how far they agree with its sums.

The sums of the document are those of the voucher and are kept; where the rows that it states come
to something else, the difference is named. A row without a sum of its own is reckoned, and then
the rows must make the sum of the invoice. Row discounts beyond the first, row charges, and
discounts and charges of the whole invoice become lines of their own, so that every line can be
reckoned again. A row that only has a negative sum with VAT, beside rows that make the whole
invoice, is money paid in advance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from queries.intake.invoices.finvoice_document import (
    Adjustment,
    FinvoiceDocument,
    FinvoiceLine,
    cents,
)
from queries.intake.invoices.rows import Reckoned, reckoned
from queries.intake.invoices.vat import RowVat, VatReader
from queries.intake.plan import Reason
from queries.rules.money import MOST_CENTS, MOST_THOUSANDTHS, round_half_up
from queries.rules.vat import VatLine, invoice_totals, line_total
from queries.store.tables import Language, Unit, VatCategory

LONGEST_DESCRIPTION = 500
LONGEST_UNIT = 16
#: What a line is called that takes what the sums of the voucher were rounded by.
ROUNDING = {Language.FI: "Pyöristys", Language.SV: "Avrundning", Language.EN: "Rounding"}

_UNITS = {
    Unit.HOUR: "HUR H HR TUNTI TUNTIA TIM STD",
    Unit.PIECE: "EA H87 C62 PCE PCS KPL ST ITEM ONE PIECE UNIT",
    Unit.DAY: "DAY PV PVÄ PÄIVÄ DAG",
    Unit.KILOMETRE: "KMT KM",
    Unit.MONTH: "MON KK KUUKAUSI MÅN MONTH",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}

LineValues = dict[str, Any]


@dataclass(frozen=True)
class Lines:
    """The lines of an invoice.

    :param advances_cents: what rows of the document say was paid in advance.
    """

    values: tuple[LineValues, ...]
    notes: tuple[Reason, ...]
    problems: tuple[Reason, ...]
    advances_cents: int = 0


class LineMaker:
    """Makes the lines of one document."""

    def __init__(self, document: FinvoiceDocument) -> None:
        self._document = document
        self._vat = VatReader(document)
        self._notes: list[Reason] = []
        self._problems: list[Reason] = []
        self._texts: list[str] = []
        self._bare: list[FinvoiceLine] = []
        self._is_stated = True
        self._values = [line for row in self._rows() for line in self._of_row(row)]
        self._whole = [
            self._adjustment(one, one.vat_rate, one.vat_code) for one in document.adjustments
        ]

    def free_text(self) -> list[str]:
        """The texts of rows that have no sums."""
        return self._texts

    def row_sums(self) -> tuple[int, int] | None:
        """Return net and VAT of the rows in cents; None where a row cannot be read."""
        if self._problems or not self._values:
            return None
        made = _totals([*self._values, *self._whole])
        return made.net_cents, made.vat_cents

    def lines(self, net_cents: int, vat_cents: int, rounding_cents: int = 0) -> Lines:
        """The lines, compared with the sums of the document; ``net_cents`` has the rounding."""
        values, whole = self._values, self._whole
        net = net_cents - rounding_cents
        rows = sum(line["net_cents"] for line in values)
        if whole and rows == net:
            # They are in the rows' sums already, or are of the terms of payment.
            self._notes.append(Reason("adjustments_left_out", {"n": len(whole)}))
            whole = []
        values = [*values, *whole]
        advances = self._bare_rows(values, net)
        if rounding_cents:
            values.append(_line(ROUNDING[Language.FI], rounding_cents, RowVat()))
        self._compare(values, net_cents, vat_cents)
        for position, line in enumerate(values, start=1):
            line["position"] = position
        return Lines(tuple(values), tuple(_each_once(self._notes)), tuple(self._problems), advances)

    def _rows(self) -> Iterator[FinvoiceLine]:
        """The rows, or the sub-rows of a row that has no sum of its own."""
        for row in self._document.lines:
            priced = row.net_price or row.gross_price or (row.price and row.price.value)
            if row.subs and row.net is None and row.gross is None and not priced:
                self._texts += [row.text] if row.text else []
                yield from row.subs
                continue
            if row.subs:
                self._notes.append(Reason("sub_rows_left_out", {"row": row.position}))
            yield row

    def _bare_rows(self, values: list[LineValues], net: int) -> int:
        """Return the kind of rows that have only a sum with VAT: money paid, else sales at the
        only rate.

        Returns what was paid, in cents.
        """
        rest = net - sum(line["net_cents"] for line in values)
        advances = 0
        for row in self._bare:
            gross = cents(row.gross or Decimal(0))
            if abs(rest) <= self._tolerance() and gross < 0:
                facts = {"row": row.position, "paid_cents": -gross}
                self._notes.append(Reason("advance_row", facts))
                advances -= gross
                self._texts += [row.text] if row.text else []
                continue
            vat = self._vat.of(None, "", row.position)
            if vat.problem is not None or abs(rest) <= self._tolerance():
                self._problems.append(Reason("row_without_net", {"row": row.position}))
                continue
            sold = Decimal(gross) / (1 + Decimal(vat.points) / 10_000)
            values.append(_line(self._description(row), int(round_half_up(sold, 0)), vat))
        return advances

    def _tolerance(self) -> int:
        """Return how many cents may come of rounding row by row."""
        return max(1, len(self._document.lines))

    def _compare(self, values: list[LineValues], net_cents: int, vat_cents: int) -> None:
        made = _totals(values)
        if not self._is_stated and abs(made.net_cents - net_cents) > self._tolerance():
            facts = {"rows_cents": made.net_cents, "total_cents": net_cents}
            self._problems.append(Reason("rows_not_understood", facts))
        elif made.net_cents != net_cents:
            self._notes.append(
                Reason("rows_differ", {"rows_cents": made.net_cents, "total_cents": net_cents})
            )
        if made.vat_cents != vat_cents:
            self._notes.append(
                Reason("vat_differs", {"rows_cents": made.vat_cents, "total_cents": vat_cents})
            )
        too_large = any(
            abs(line["net_cents"]) > MOST_CENTS
            or abs(line["unit_price_cents"]) > MOST_CENTS
            or abs(line["quantity_thousandths"]) > MOST_THOUSANDTHS
            for line in values
        )
        if too_large:
            self._problems.append(Reason("too_large"))

    def _of_row(self, row: FinvoiceLine) -> Iterator[LineValues]:
        if row.is_bare:
            self._bare += [row] if row.gross else []
            return
        if row.net is None and row.gross is None and not row.quantities:
            self._texts += [row.text] if row.text else []
            return
        vat = self._vat_of(row.vat_rate, row.vat_code, row.position)
        found = reckoned(row, vat.points)
        if found.problem is not None:
            self._problems.append(found.problem)
            return
        if found.net is None:
            self._texts += [row.text] if row.text else []
            return
        self._is_stated = self._is_stated and found.is_stated
        net = cents(found.net)
        base = self._base(row, found, vat)
        extra = [self._adjustment(one, row.vat_rate, row.vat_code) for one in row.adjustments]
        if sum(line["net_cents"] for line in (base, *extra)) == net:
            yield from (base, *extra)
            return
        if base["net_cents"] != net:
            self._notes.append(
                Reason(
                    "row_differs",
                    {"row": row.position, "made_cents": base["net_cents"], "given_cents": net},
                )
            )
        yield {**base, "net_cents": net}

    def _base(self, row: FinvoiceLine, found: Reckoned, vat: RowVat) -> LineValues:
        quantity, price = found.quantity, found.price
        thousandths = int(round_half_up(quantity, 3).scaleb(3))
        is_rounded = quantity != round_half_up(quantity, 3) or price != round_half_up(price)
        if is_rounded:
            self._notes.append(Reason("row_rounded", {"row": row.position}))
        discount = _discount(found, quantity * price)
        made = line_total(thousandths, cents(price), discount)
        if is_rounded and not row.adjustments and found.agrees:
            made = cents(found.net or Decimal(0))  # the row's own sum is the exact one
        return {
            "description": self._description(row),
            "quantity_thousandths": thousandths,
            "unit": _unit(found),
            "unit_price_cents": cents(price),
            "discount_basis_points": discount,
            "vat_category": vat.category,
            "vat_basis_points": vat.points,
            "net_cents": made,
        }

    def _adjustment(self, one: Adjustment, rate: Decimal | None, code: str) -> LineValues:
        return _line(one.text, cents(one.amount), self._vat_of(rate, code, None))

    def _vat_of(self, rate: Decimal | None, code: str, row: int | None) -> RowVat:
        found = self._vat.of(rate, code, row)
        if found.problem is not None:
            self._problems.append(found.problem)
        if found.note is not None:
            self._notes.append(found.note)
        return found

    def _description(self, row: FinvoiceLine) -> str:
        if len(row.text) > LONGEST_DESCRIPTION:
            self._notes.append(Reason("row_text_cut", {"row": row.position}))
        return row.text[:LONGEST_DESCRIPTION] or "–"


def _totals(values: list[LineValues]) -> Any:
    return invoice_totals(
        VatLine(line["net_cents"], line["vat_category"], line["vat_basis_points"])
        for line in values
    )


def _line(text: str, amount: int, vat: RowVat) -> LineValues:
    """A line of one piece."""
    return {
        "description": text[:LONGEST_DESCRIPTION] or "–",
        "quantity_thousandths": 1000 if amount >= 0 else -1000,
        "unit": Unit.PIECE.value,
        "unit_price_cents": abs(amount),
        "discount_basis_points": 0,
        "vat_category": vat.category or VatCategory.ZERO.value,
        "vat_basis_points": vat.points,
        "net_cents": amount,
    }


def _discount(found: Reckoned, gross: Decimal) -> int:
    """The row's discount in basis points, where it is a share of the row."""
    percent = found.discount_percent
    if percent is None and found.discount and gross:
        percent = found.discount / gross * 100
    points = int(round_half_up(percent * 100, 0)) if percent else 0
    return points if 0 <= points <= 10_000 else 0  # noqa: PLR2004 - a whole in basis points


def _unit(found: Reckoned) -> str:
    """Return the register's unit where the code means one, else the unit as it is."""
    if found.base is not None:
        return f"{found.base.normalize():f} {found.unit.unit}".strip()[:LONGEST_UNIT]
    for code in (found.unit.unit_code, found.unit.unit):
        if known := _UNIT_OF.get(code.strip(". ").upper()):
            return known.value
    return found.unit.unit[:LONGEST_UNIT]


def _each_once(notes: list[Reason]) -> Iterator[Reason]:
    told: list[Reason] = []
    for note in notes:
        if note not in told:
            told.append(note)
            yield note
