"""The sums of a Finvoice document: net, VAT, total, and what of it was paid before.

The voucher is kept as it was issued. What its sums do not say for certain refuses it; a cent
between them, and a rounding of the sum to pay, are kept as a line without VAT and named.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from queries.intake.invoices.finvoice_document import FinvoiceDocument, cents
from queries.intake.invoices.lines import Lines
from queries.intake.plan import Reason
from queries.rules.money import MOST_CENTS

_STATUSES = frozenset({"", "PAID", "PARTLYPAID", "NOTPAID"})


@dataclass(frozen=True)
class Sums:
    """Sums in cents; ``rounding`` is part of ``net`` and ``total``."""

    net: int = 0
    vat: int = 0
    total: int = 0
    rounding: int = 0
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Paid:
    """Earlier payments, in cents."""

    cents: int = 0
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()


def sums_of(document: FinvoiceDocument, rows: tuple[int, int] | None) -> Sums:
    """Return net, VAT and total; a missing one is what the others, or the rows, leave.

    :param rows: net and VAT of the rows, None where they cannot be read.
    """
    given = {
        "InvoiceTotalVatExcludedAmount": document.net,
        "InvoiceTotalVatAmount": document.vat,
        "InvoiceTotalVatIncludedAmount": document.total,
    }
    missing = [name for name, value in given.items() if value is None]
    net, vat, total = (None if one is None else cents(one) for one in given.values())
    notes = [Reason("sum_reckoned", {"element": name}) for name in missing]
    if net is None and vat is None and total is not None:
        found = _without_vat(document, total, rows)
        net, vat = found or (None, None)
    if [net, vat, total].count(None) > 1:
        return Sums(reasons=tuple(Reason("element_missing", {"element": one}) for one in missing))
    if total is None:
        total = (net or 0) + (vat or 0)
    net = total - (vat or 0) if net is None else net
    vat = total - net if vat is None else vat
    return _rounded(document, (net, vat, total), notes)


def _without_vat(
    document: FinvoiceDocument, total: int, rows: tuple[int, int] | None
) -> tuple[int, int] | None:
    """Net and VAT of a total with VAT: by the specification of VAT, else by the rows."""
    stated = document.vat_totals
    if stated and all(one.base is not None and one.amount is not None for one in stated):
        net = sum(cents(one.base or Decimal(0)) for one in stated)
        vat = sum(cents(one.amount or Decimal(0)) for one in stated)
        if net + vat == total:
            return net, vat
    if rows is not None and abs(sum(rows) - total) <= max(1, len(document.lines)):
        return total - rows[1], rows[1]
    return None


def _rounded(document: FinvoiceDocument, given: tuple[int, int, int], notes: list[Reason]) -> Sums:
    net, vat, total = given
    reasons: list[Reason] = []
    rounding = 0 if document.roundoff is None else cents(document.roundoff)
    between = total - net - vat
    if between == rounding:
        total -= rounding  # the total has the rounding in it already
        between = 0
    # Each rate's tax is rounded by itself.
    if abs(between) > max(1, len(document.vat_totals)):
        facts = {"net_cents": net, "vat_cents": vat, "total_cents": total}
        reasons.append(Reason("sums_differ", facts))
        between = 0
    if between:
        facts = {"net_cents": net, "vat_cents": vat, "total_cents": total}
        notes.append(Reason("sums_differ_a_little", facts))
    if rounding:
        notes.append(Reason("sum_rounded", {"made_cents": rounding}))
    if max(abs(net), abs(vat), abs(total)) > MOST_CENTS:
        reasons.append(Reason("too_large"))
    more = between + rounding
    return Sums(net + more, vat, net + vat + more, more, tuple(reasons), tuple(notes))


def paid_of(document: FinvoiceDocument, sums: Sums, lines: Lines) -> Paid:
    """Return what the document says was paid, where all its statements on it agree."""
    return _Payments(document, sums, lines).paid()


class _Payments:
    def __init__(self, document: FinvoiceDocument, sums: Sums, lines: Lines) -> None:
        self._document = document
        self._total = sums.total
        self._lines = lines
        self._status = document.payment_status.upper().replace("_", "").replace(" ", "")
        self._notes: list[Reason] = []

    def paid(self) -> Paid:
        said = self._said()
        if self._status not in _STATUSES:
            facts = {"status": self._document.payment_status[:20]}
            return Paid(reasons=(Reason("payment_status_unknown", facts),))
        paid = max(said, default=None)
        if self._status == "PAID" and said <= {self._total}:
            note = Reason("paid_by_status", {"paid_cents": self._total})
            return Paid(self._total, notes=(note,))
        if self._status == "PARTLYPAID" and len(said) < 2:  # noqa: PLR2004 - they agree
            paid = self._part() if paid is None else paid
            if not paid or paid == self._total:
                return self._refused("partly_paid_unclear")
        paid = paid or 0
        contradicts = self._status == "PAID" or (self._status == "NOTPAID" and paid)
        if len(said) > 1 or contradicts or paid * self._total < 0:
            return self._refused("paid_sums_differ")
        self._compare(paid)
        return Paid(paid, notes=tuple(self._notes))

    def _refused(self, code: str) -> Paid:
        return Paid(reasons=(Reason(code, {"total_cents": self._total}),))

    def _said(self) -> set[int]:
        """The sums that are said to be paid; more than one where they contradict each other."""
        document, found = self._document, []
        if document.paid:
            found.append(self._sign(cents(document.paid)))
        parts = [one.paid for one in document.instalments if one.paid]
        if parts:
            found.append(self._sign(cents(sum(parts, Decimal(0)))))
        unpaid = [one.unpaid for one in document.instalments if one.unpaid is not None]
        if unpaid:
            found.append(self._total - cents(sum(unpaid, Decimal(0))))
        if self._lines.advances_cents:
            found.append(self._lines.advances_cents)
        return set(found)

    def _sign(self, paid: int) -> int:
        """A payment of an invoice is positive; some write it with a minus, as on its rows."""
        payable = self._document.payable
        turned = payable is not None and cents(payable) == self._total + paid
        return -paid if paid * self._total < 0 and turned else paid

    def _part(self) -> int | None:
        """Return what is left of the sum to pay on the slip, when that alone shows the part."""
        payable = self._document.payable
        if payable is None or not 0 < cents(payable) < self._total:
            return None
        return self._total - cents(payable)

    def _compare(self, paid: int) -> None:
        payable = self._document.payable
        made = self._total - paid
        if payable is not None and cents(payable) != made:
            facts = {"payable_cents": cents(payable), "made_cents": made}
            self._notes.append(Reason("payable_differs", facts))
        if paid:
            self._notes.append(Reason("paid_in_file", {"paid_cents": paid}))
