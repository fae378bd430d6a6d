"""One Finvoice document judged by itself: what can be kept of it, and what refuses it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from queries.errors import InvalidInput
from queries.intake.invoices.buyers import Buyer, read_buyer
from queries.intake.invoices.finvoice_document import FinvoiceDocument
from queries.intake.invoices.lines import ROUNDING, LineMaker
from queries.intake.invoices.seller import look_at_seller
from queries.intake.invoices.sums import Sums, paid_of, sums_of
from queries.intake.invoices.terms import due_day
from queries.intake.plan import ImportSettings, Reason
from queries.reads.notice.controller import Controller
from queries.rules.identifiers import reference_number
from queries.store.tables import InvoiceKind, InvoiceOrigin, Language
from queries.writes.commands import FIRST_DAY, LAST_DAY

LONGEST_NUMBER = 20
#: The origin code of a message that takes an invoice back.
CANCEL = "cancel"
_LONGEST_FREE_TEXT = 5_000
_KINDS = {
    "INV01": InvoiceKind.INVOICE,
    "INV02": InvoiceKind.CREDIT_NOTE,
    "380": InvoiceKind.INVOICE,
    "381": InvoiceKind.CREDIT_NOTE,
}


@dataclass(frozen=True)
class InvoiceDraft:
    """One document as far as it can be judged without the register.

    :param ends_rounded: the last line is the rounding of the sum.
    """

    document: FinvoiceDocument
    buyer: Buyer
    values: dict[str, Any]
    lines: tuple[dict[str, Any], ...]
    paid_cents: int
    reasons: tuple[Reason, ...]
    notes: tuple[Reason, ...]
    ends_rounded: bool = False

    def lines_in(self, language: str) -> tuple[tuple[tuple[str, Any], ...], ...]:
        """The lines; the one of the rounding, which the sender did not word, in a language."""
        lines = [dict(line) for line in self.lines]
        if self.ends_rounded:
            lines[-1]["description"] = ROUNDING[Language(language)]
        return tuple(tuple(line.items()) for line in lines)

    @property
    def is_cancellation(self) -> bool:
        """Return whether the message cancels an invoice: it is never an invoice itself."""
        return self.document.origin_code.casefold() == CANCEL


def judged(
    document: FinvoiceDocument, settings: ImportSettings, own: Controller, today: date
) -> InvoiceDraft:
    """The document as an invoice.

    :param own: the company whose register this is.
    """
    return _Judge(document, settings, own, today).draft()


class _Judge:
    """Reads one document into the values of an invoice."""

    def __init__(
        self, document: FinvoiceDocument, settings: ImportSettings, own: Controller, today: date
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
        self._take(buyer.reasons, buyer.notes)
        self._take(*look_at_seller(document, self._own))
        self._look_at_origin()
        kind = self._kind()
        maker = LineMaker(document)
        sums = sums_of(document, maker.row_sums())
        self._take(sums.reasons, sums.notes)
        for name, value in (
            ("InvoiceNumber", document.number),
            ("InvoiceDate", document.issued_on),
        ):
            if not value:
                self._reasons.append(Reason("element_missing", {"element": name}))
        kind = self._by_sign(kind, sums)
        lines = maker.lines(sums.net, sums.vat, sums.rounding)
        self._take(lines.problems, lines.notes)
        paid = paid_of(document, sums, lines)
        self._take(paid.reasons, paid.notes)
        if document.factor:
            self._notes.append(Reason("claim_sold", {"name": document.factor[:80]}))
        values = {
            "kind": kind,
            "origin": InvoiceOrigin.FINVOICE.value,
            "number": document.number,
            "issued_on": document.issued_on,
            "due_on": self._due_on(),
            "reference": self._reference(),
            "buyer_name": document.buyer.name[:200],
            "buyer_address": buyer.address,
            "buyer_business_id": buyer.identifier,
            "buyer_reference": document.buyer_reference[:100] or None,
            "free_text": self._free_text(maker),
            "net_cents": sums.net,
            "vat_cents": sums.vat,
            "total_cents": sums.total,
        }
        return InvoiceDraft(
            document,
            buyer,
            values,
            lines.values,
            paid.cents,
            tuple(self._reasons),
            tuple(self._notes),
            ends_rounded=bool(sums.rounding and lines.values),
        )

    def _take(self, reasons: Iterable[Reason], notes: Iterable[Reason]) -> None:
        self._reasons += reasons
        self._notes += notes

    def _look_at_origin(self) -> None:
        """Report a copy; refuse what is neither an original, a copy nor a cancellation."""
        code = self._document.origin_code
        if code.casefold() == "copy":
            self._notes.append(Reason("message_is_copy"))
        elif code.casefold() not in {"", "original", CANCEL}:
            self._reasons.append(Reason("origin_unknown", {"code": code[:20]}))

    def _look_for_identity_codes(self) -> None:
        for element, certainty in self._document.identity_codes:
            if certainty == "valid":
                self._reasons.append(Reason("personal_identity_code", {"column": element}))
            elif not self._settings.accept_suspect:
                self._reasons.append(Reason("suspect_identity_code", {"column": element}))

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
        other = _KINDS.get(document.un_code)
        if document.type_code and other not in {None, kind}:
            facts = {"type": document.type_code[:20], "un_type": document.un_code[:20]}
            self._reasons.append(Reason("invoice_types_differ", facts))
        return kind

    def _by_sign(self, kind: str, sums: Sums) -> str:
        """Return the kind by the sign: a negative invoice is a credit note; a positive credit
        note looks like one."""
        if kind == InvoiceKind.CREDIT_NOTE and sums.total > 0:
            self._reasons.append(Reason("credit_note_positive", {"total_cents": sums.total}))
        elif kind == InvoiceKind.INVOICE and sums.total < 0:
            self._notes.append(Reason("negative_invoice"))
            return InvoiceKind.CREDIT_NOTE
        return kind

    def _due_on(self) -> date | None:
        issued = self._document.issued_on
        due, notes = due_day(self._document)
        self._notes += notes
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
