"""One Finvoice document judged by itself: what can be kept of it, and what refuses it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from queries.errors import InvalidInput
from queries.intake.buyers import Buyer, read_buyer
from queries.intake.finvoice import FinvoiceDocument, cents
from queries.intake.invoice_lines import LineMaker
from queries.intake.plan import ImportSettings, Reason
from queries.rules.identifiers import business_id, reference_number
from queries.rules.money import MOST_CENTS
from queries.store.tables import InvoiceKind, InvoiceOrigin
from queries.writes.changing import FIRST_DAY, LAST_DAY

LONGEST_NUMBER = 20
_LONGEST_FREE_TEXT = 5_000
_KINDS = {"INV01": InvoiceKind.INVOICE, "INV02": InvoiceKind.CREDIT_NOTE,
          "380": InvoiceKind.INVOICE, "381": InvoiceKind.CREDIT_NOTE}  # fmt: skip


@dataclass(frozen=True)
class InvoiceDraft:
    """One document as far as it can be judged without the register."""

    document: FinvoiceDocument
    buyer: Buyer
    values: dict[str, Any]
    lines: tuple[dict[str, Any], ...]
    paid_cents: int
    reasons: tuple[Reason, ...]
    notes: tuple[Reason, ...]


def judged(
    document: FinvoiceDocument, settings: ImportSettings, own: str | None, today: date
) -> InvoiceDraft:
    """The document as an invoice.

    :param own: the company's own business ID, None where the settings do not have it.
    """
    return _Judge(document, settings, own, today).draft()


class _Judge:
    """Reads one document into the values of an invoice."""

    def __init__(
        self, document: FinvoiceDocument, settings: ImportSettings, own: str | None, today: date
    ) -> None:
        self._document = document
        self._settings = settings
        self._own = own
        self._today = today
        self._reasons = list(document.problems)
        self._notes = list(document.notes)

    def draft(self) -> InvoiceDraft:
        document = self._document
        self._look_for_identity_codes()
        buyer = read_buyer(document.buyer, self._settings)
        self._reasons += buyer.reasons
        self._notes += buyer.notes
        self._look_at_seller()
        kind = self._kind()
        net, vat, total = self._sums()
        for name, value in (("InvoiceNumber", document.number),
                            ("InvoiceDate", document.issued_on)):  # fmt: skip
            if not value:
                self._reasons.append(Reason("element_missing", {"element": name}))
        self._look_at_sign(kind, total)
        if document.type_code == "INV01" and total < 0:
            kind = InvoiceKind.CREDIT_NOTE
        maker = LineMaker(document)
        lines = maker.lines(net, vat)
        self._notes += lines.notes
        self._reasons += lines.problems
        paid = cents(document.paid) if document.paid else 0
        self._look_at_payable(total, paid)
        values = {
            "kind": kind, "origin": InvoiceOrigin.FINVOICE.value,
            "number": document.number, "issued_on": document.issued_on, "due_on": self._due_on(),
            "reference": self._reference(), "buyer_name": document.buyer.name[:200],
            "buyer_address": buyer.address, "buyer_business_id": buyer.identifier,
            "buyer_reference": document.buyer_reference[:100] or None,
            "free_text": self._free_text(maker), "net_cents": net, "vat_cents": vat,
            "total_cents": total,
        }  # fmt: skip
        return InvoiceDraft(document, buyer, values, lines.values, paid, tuple(self._reasons),
                      tuple(self._notes))  # fmt: skip

    def _look_for_identity_codes(self) -> None:
        for element, certainty in self._document.identity_codes:
            if certainty == "valid":
                self._reasons.append(Reason("personal_identity_code", {"column": element}))
            elif not self._settings.accept_suspect:
                self._reasons.append(Reason("suspect_identity_code", {"column": element}))

    def _look_at_seller(self) -> None:
        seller = self._document.seller
        facts = {"seller": seller.name[:80], "seller_id": seller.identifier[:40]}
        if self._own is None:
            self._notes.append(Reason("seller_not_compared", facts))
            return
        given = {_business_id(seller.identifier), _business_id(seller.tax_code)} - {None}
        if not given:
            self._notes.append(Reason("seller_not_given", facts))
        elif self._own not in given:
            self._reasons.append(Reason("seller_is_other", facts))

    def _kind(self) -> str:
        """Invoice or credit note, by the type code, else by the code of the UN."""
        document = self._document
        kind = _KINDS.get(document.type_code or document.un_code)
        if kind is None:
            code = document.type_code or document.un_code
            name = "invoice_type" if code else "element_missing"
            facts = {"type": code[:20]} if code else {"element": "InvoiceTypeCode"}
            self._reasons.append(Reason(name, facts))
            return InvoiceKind.INVOICE
        return kind

    def _sums(self) -> tuple[int, int, int]:
        """Net, VAT and total in cents; a missing one is what the two others leave."""
        document = self._document
        given = {
            "InvoiceTotalVatExcludedAmount": document.net,
            "InvoiceTotalVatAmount": document.vat,
            "InvoiceTotalVatIncludedAmount": document.total,
        }
        missing = [name for name, value in given.items() if value is None]
        if len(missing) > 1:
            self._reasons += [Reason("element_missing", {"element": name}) for name in missing]
            return 0, 0, 0
        if document.currency not in {"", "EUR"}:
            self._reasons.append(Reason("currency", {"currency": document.currency[:10]}))
        net, vat, total = (None if one is None else cents(one)
                           for one in (document.net, document.vat, document.total))  # fmt: skip
        if missing:
            self._notes.append(Reason("sum_reckoned", {"element": missing[0]}))
        if total is None:
            total = (net or 0) + (vat or 0)
        net = total - (vat or 0) if net is None else net
        vat = total - net if vat is None else vat
        if net + vat != total:
            facts = {"net_cents": net, "vat_cents": vat, "total_cents": total}
            self._reasons.append(Reason("sums_differ", facts))
        if max(abs(net), abs(vat), abs(total)) > MOST_CENTS:
            self._reasons.append(Reason("too_large"))
        return net, vat, total

    def _look_at_sign(self, kind: str, total: int) -> None:
        if kind == InvoiceKind.CREDIT_NOTE and total > 0:
            self._reasons.append(Reason("credit_note_positive", {"total_cents": total}))
        elif kind == InvoiceKind.INVOICE and total < 0:
            self._notes.append(Reason("negative_invoice"))

    def _look_at_payable(self, total: int, paid: int) -> None:
        payable = self._document.payable
        if payable is not None and cents(payable) != total - paid:
            self._notes.append(Reason("payable_differs", {"payable_cents": cents(payable),
                                                          "made_cents": total - paid}))  # fmt: skip
        if paid:
            self._notes.append(Reason("paid_in_file", {"paid_cents": paid}))

    def _due_on(self) -> date | None:
        issued, due = self._document.issued_on, self._document.due_on
        if issued is None:
            return due
        if not FIRST_DAY <= issued <= LAST_DAY:
            self._reasons.append(Reason("day_out_of_range", {"column": "InvoiceDate"}))
        if issued > self._today:
            self._notes.append(Reason("issued_in_future", {"issued_on": issued}))
        if due is None:
            self._notes.append(Reason("due_day_missing"))
        elif due < issued or due > LAST_DAY:
            self._notes.append(Reason("due_day_left_out", {"due_on": due}))
            return None
        return due

    def _reference(self) -> str | None:
        text = self._document.reference
        if not text:
            return None
        try:
            return reference_number(text)
        except InvalidInput:
            self._notes.append(Reason("reference_left_out"))
            return None

    def _free_text(self, maker: LineMaker) -> str | None:
        text = "\n".join([self._document.free_text, *maker.free_text()]).strip()
        if len(text) > _LONGEST_FREE_TEXT:
            self._notes.append(Reason("free_text_cut"))
        if len(self._document.number) > LONGEST_NUMBER:
            length = len(self._document.number)
            facts = {"column": "InvoiceNumber", "longest": LONGEST_NUMBER, "length": length}
            self._reasons.append(Reason("too_long", facts))
        return text[:_LONGEST_FREE_TEXT] or None


def _business_id(text: str) -> str | None:
    """A business ID out of itself, its VAT number or its OVT identifier; None for others."""
    digits = "".join(character for character in text if character.isdigit())
    compact = text.replace(" ", "").upper()
    if compact.startswith("FI") or (compact.startswith("0037") and len(digits) >= 12):  # noqa: PLR2004 - 0037 and eight digits
        digits = digits.removeprefix("0037")[:8]
        text = f"{digits[:7]}-{digits[7:]}"
    try:
        return business_id(text)
    except InvalidInput:
        return None
