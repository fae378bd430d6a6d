"""The VAT category and rate of a row, from the row itself or from the invoice's specification.

Codes are those of the list UNCL 5305: AE is reverse charge, where the buyer owes the tax
(AVL 1501/1993 8 c and 209 e §); S is a rate of its own; the others are sales without tax. Where
no tax is charged and the invoice does not say which of the two it is, nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from queries.intake.invoices.finvoice_document import FinvoiceDocument
from queries.intake.plan import Reason
from queries.rules.money import round_half_up
from queries.rules.vat import RATES, is_in_force
from queries.store.tables import VatCategory

_REVERSE = frozenset({"AE"})
#: Zero rated, exempt, outside the scope, export, within the Community, margin schemes and islands.
_ZERO = frozenset({"Z", "E", "O", "G", "K", "IC", "L", "M"})
_STANDARD = frozenset({"S", "AA", "H"})
_REVERSE_TEXT = re.compile(
    r"käännet|omvänd skatt|reverse charge|vatex-eu-ae|\bavl\s*8\s*c\b|\b8\s*c\s*§", re.IGNORECASE
)
_CATEGORY_OF_RATE = {rate.basis_points: rate.category for rate in RATES if rate.basis_points}
_WHOLE = 10_000
#: So long after the sale an invoice may come.
_LATE = timedelta(days=92)


@dataclass(frozen=True)
class RowVat:
    """A row's category and rate in basis points, or the reason why they are not known."""

    category: str = VatCategory.ZERO.value
    points: int = 0
    problem: Reason | None = None
    note: Reason | None = None


class VatReader:
    """Reader of the category and rate of the rows of one document."""

    def __init__(self, document: FinvoiceDocument) -> None:
        self._stated = document.vat_totals
        self._on = document.issued_on
        texts = (
            document.free_text,
            *(one.text for one in document.vat_totals),
            *(line.text for line in document.lines),
        )
        self._says_reverse = any(_REVERSE_TEXT.search(text) for text in texts)

    def of(self, rate: Decimal | None, code: str, row: int | None) -> RowVat:
        """Category and rate of a row, or of a discount or charge (``row`` None)."""
        facts = {"row": row or 0}
        if rate is None and not code and len({(one.rate, one.code) for one in self._stated}) == 1:
            rate, code = self._stated[0].rate, self._stated[0].code
        if rate is None and not code:
            return RowVat(problem=Reason("vat_rate_missing", facts))
        points = int(round_half_up((rate or Decimal(0)) * 100, 0))
        if not 0 <= points <= _WHOLE:
            return RowVat(problem=Reason("vat_rate_missing", facts))
        if points:
            return self._taxed(points, code or self._code_of(rate), facts)
        return self._untaxed(rate, code, facts)

    def _code_of(self, rate: Decimal | None) -> str:
        codes = {one.code for one in self._stated if one.rate == rate}
        return codes.pop() if len(codes) == 1 else ""

    def _taxed(self, points: int, code: str, facts: dict[str, int]) -> RowVat:
        if code in _REVERSE | _ZERO:
            return RowVat(problem=Reason("vat_code_and_rate", {**facts, "vat_code": code}))
        category = _CATEGORY_OF_RATE.get(points)
        percent = f"{(Decimal(points) / 100).normalize():f}"
        note = None
        if category is None:
            note = Reason("vat_rate_unknown", {"percent": percent})
        elif self._on is not None and not _was_in_force(category, points, self._on):
            note = Reason("vat_rate_of_other_days", {"percent": percent, "issued_on": self._on})
        return RowVat(category or VatCategory.STANDARD.value, points, note=note)

    def _untaxed(self, rate: Decimal | None, code: str, facts: dict[str, int]) -> RowVat:
        """Return the reason for a row without tax: reverse charge, or a sale without tax."""
        codes = {code} - _STANDARD
        if not code:
            untaxed = [one for one in self._stated if not one.rate]
            codes = {one.code for one in untaxed if one.code not in _STANDARD | {""}}
        if codes:
            return _by_codes(codes, facts)
        if rate is None:
            return RowVat(problem=Reason("vat_rate_missing", facts))
        if self._says_reverse:
            return RowVat(VatCategory.REVERSE_CHARGE.value)
        return RowVat(note=Reason("vat_reason_missing"))


def _was_in_force(category: str, points: int, issued_on: date) -> bool:
    """Check if the rate was in force lately: what is sold is often invoiced much later."""
    return any(is_in_force(category, points, day) for day in (issued_on, issued_on - _LATE))


def _by_codes(codes: set[str], facts: dict[str, int]) -> RowVat:
    """Return what the codes of sales without tax say, where they agree."""
    if codes <= _REVERSE:
        return RowVat(VatCategory.REVERSE_CHARGE.value)
    if codes <= _ZERO:
        return RowVat()
    if codes <= _REVERSE | _ZERO:
        return RowVat(problem=Reason("vat_reason_unclear", facts))
    unknown = min(codes - _REVERSE - _ZERO)[:10]
    return RowVat(problem=Reason("vat_code_unknown", {**facts, "vat_code": unknown}))
