"""UBL 2.1 invoices and credit notes (OASIS; Peppol BIS Billing 3, EN 16931).

They are read into the terms of :mod:`queries.intake.invoices.finvoice_document`. The sums of a
credit note are positive in UBL and negative here. What is met and not read is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

from lxml import etree

from queries.errors import UnreadableFile
from queries.intake.invoices.finvoice import MOST_INVOICES
from queries.intake.invoices.finvoice_document import (
    Adjustment,
    FinvoiceDocument,
    FinvoiceLine,
    FinvoiceParty,
    Quantity,
    Terms,
    VatTotal,
)
from queries.intake.plan import Reason
from queries.intake.readers.xml_documents import XmlDocument, documents
from queries.intake.readers.xml_values import (
    ValueReader,
    all_of,
    identity_codes,
    local,
    names_told,
    one_of,
    text_of,
    texts_of,
    unseen_marks,
)

_SPACE = "urn:oasis:names:specification:ubl:schema:xsd:"
_ROOTS = {"Invoice": f"{_SPACE}Invoice-2", "CreditNote": f"{_SPACE}CreditNote-2"}

#: The parts of an invoice that are read, and those that have no meaning for a register of
#: customers and their invoices; every other part is named when it is met.
_READ = frozenset(
    (
        "ID",
        "IssueDate",
        "DueDate",
        "InvoiceTypeCode",
        "CreditNoteTypeCode",
        "CopyIndicator",
        "Note",
        "DocumentCurrencyCode",
        "BuyerReference",
        "BillingReference",
        "AccountingSupplierParty",
        "AccountingCustomerParty",
        "PayeeParty",
        "PaymentMeans",
        "PaymentTerms",
        "AllowanceCharge",
        "TaxTotal",
        "LegalMonetaryTotal",
        "InvoiceLine",
        "CreditNoteLine",
    )
)
_WITHOUT_MEANING = frozenset(
    (
        "UBLExtensions",
        "UBLVersionID",
        "CustomizationID",
        "ProfileID",
        "ProfileExecutionID",
        "UUID",
        "IssueTime",
        "TaxCurrencyCode",
        "AccountingCost",
        "AccountingCostCode",
        "LineCountNumeric",
        "OrderReference",
        "DespatchDocumentReference",
        "ReceiptDocumentReference",
        "OriginatorDocumentReference",
        "ContractDocumentReference",
        "AdditionalDocumentReference",
        "ProjectReference",
        "Signature",
    )
)
_LINE_READ = frozenset(
    (
        "ID",
        "Note",
        "InvoicedQuantity",
        "CreditedQuantity",
        "LineExtensionAmount",
        "Item",
        "Price",
        "AllowanceCharge",
    )
)
_LINE_WITHOUT_MEANING = frozenset(
    (
        "UUID",
        "AccountingCost",
        "AccountingCostCode",
        "OrderLineReference",
        "DespatchLineReference",
        "DocumentReference",
    )
)


def is_ubl(raw: bytes) -> bool:
    """Check if the first document of a file is an invoice or a credit note of UBL."""
    marks = (_SPACE.encode(), _SPACE.encode("utf-16-le"), _SPACE.encode("utf-16-be"))
    if not any(mark in raw for mark in marks):
        return False  # most files are not parsed twice
    return next(_invoices(next(documents(raw))), None) is not None


def read_ubl(
    raw: bytes, tell: Callable[[float], None] = lambda _share: None
) -> tuple[FinvoiceDocument, ...]:
    """The invoices and credit notes of a file; frames around and between them are passed over.

    :raises UnreadableFile: ``too_many_rows``, ``xml_mixed`` (line), and those of
        :func:`queries.intake.readers.xml_documents.documents`.
    """
    found: list[FinvoiceDocument] = []
    for document in documents(raw):
        tell(document.end / len(raw))
        if next(document.elements("Finvoice"), None) is not None:
            raise UnreadableFile("xml_mixed", line=document.line)
        for element in _invoices(document):
            if len(found) == MOST_INVOICES:
                line = document.line_of(element)
                raise UnreadableFile("too_many_rows", line=line, most=MOST_INVOICES)
            found.append(_Reader(document, element, len(found) + 1).document())
    return tuple(found)


def _invoices(document: XmlDocument) -> Iterator[etree._Element]:
    for element in document.root.iter(etree.Element):
        space = etree.QName(element).namespace
        if space is not None and space == _ROOTS.get(local(element)):
            yield element


class _Reader:
    """Reads one invoice or credit note."""

    def __init__(self, file: XmlDocument, element: etree._Element, position: int) -> None:
        self._root = element
        self._line = file.line_of(element)
        self._position = position
        self._values = ValueReader(file)
        self._is_credit = local(element) == "CreditNote"
        self._currency = text_of(element, "DocumentCurrencyCode").upper() or "EUR"
        # One total of VAT is in the invoice's currency; a second one in that of the books.
        self._taxes = all_of(element, "TaxTotal")
        self._tax = next((one for one in self._taxes if _is_of_euros(one)), None)
        self._notes: list[Reason] = []
        if file.declared is not None:
            self._notes.append(Reason("encoding_not_as_declared", {"declared": file.declared[:20]}))

    def document(self) -> FinvoiceDocument:
        root, values = self._root, self._values
        self._look_at_currencies()
        self._name_what_is_left_out()
        found = self._as_written()
        if self._is_credit:
            found = _turned(found)
        return replace(
            found,
            problems=(*values.problems, *unseen_marks(root)),
            notes=tuple(self._notes),
            identity_codes=tuple(identity_codes(root)),
        )

    def _as_written(self) -> FinvoiceDocument:
        root, values = self._root, self._values
        sums = one_of(root, "LegalMonetaryTotal")
        means = one_of(root, "PaymentMeans")
        tax = self._tax
        payee = one_of(root, "PayeeParty")
        kind = text_of(root, "CreditNoteTypeCode") or text_of(root, "InvoiceTypeCode")
        default = "381" if self._is_credit else "380"
        due = values.day(root, "DueDate") or values.day(means, "PaymentDueDate")
        return FinvoiceDocument(
            position=self._position,
            line=self._line,
            type_code="",
            un_code=kind or default,
            origin_code="Copy" if text_of(root, "CopyIndicator") in {"true", "1"} else "",
            number=text_of(root, "ID"),
            issued_on=values.day(root, "IssueDate"),
            terms=() if due is None else (Terms(due),),
            slip_day=None,
            originals=tuple(
                (text_of(one, "ID"), values.day(one, "IssueDate"))
                for reference in all_of(root, "BillingReference")
                for one in all_of(reference, "InvoiceDocumentReference")
            ),
            reference=text_of(means, "PaymentID"),
            net=values.number(sums, "TaxExclusiveAmount"),
            vat=values.number(tax, "TaxAmount"),
            total=values.number(sums, "TaxInclusiveAmount"),
            roundoff=values.number(sums, "PayableRoundingAmount"),
            paid=values.number(sums, "PrepaidAmount"),
            payment_status="",
            instalments=(),
            payable=values.number(sums, "PayableAmount"),
            factor="" if payee is None else text_of(payee, "PartyName", "Name") or "–",
            buyer_reference=text_of(root, "BuyerReference"),
            free_text="\n".join(
                [*texts_of(root, "Note"), *texts_of(one_of(root, "PaymentTerms"), "Note")]
            ),
            seller=self._party("AccountingSupplierParty"),
            buyer=self._party("AccountingCustomerParty"),
            lines=tuple(self._lines()),
            adjustments=tuple(self._adjustments(root)),
            vat_totals=tuple(self._vat_totals(tax)),
        )

    def _look_at_currencies(self) -> None:
        """Every sum but that of VAT in the currency of the books is of euros."""
        booked = {
            one
            for total in self._taxes
            if total is not self._tax
            for one in total.iter(etree.Element)
        }
        for element in self._root.iter(etree.Element):
            currency = (element.get("currencyID") or "").strip().upper()
            is_code = local(element) == "DocumentCurrencyCode"
            currency = self._currency if is_code else currency
            if currency in {"", "EUR"} or element in booked:
                continue
            facts = {
                "currency": currency[:10],
                "element": local(element)[:60],
                "line": self._values.line_of(element),
            }
            self._values.problems.append(Reason("currency", facts))
            return

    def _name_what_is_left_out(self) -> None:
        found = {
            local(one)
            for one in self._root.iterchildren(etree.Element)
            if local(one) not in _READ | _WITHOUT_MEANING
        }
        for line in self._rows():
            found |= {
                local(one)
                for one in line.iterchildren(etree.Element)
                if local(one) not in _LINE_READ | _LINE_WITHOUT_MEANING
            }
        if len(self._taxes) > 1:
            found.add("TaxTotal")
        if found:
            self._notes.append(Reason("elements_left_out", {"elements": names_told(found)}))

    def _party(self, role: str) -> FinvoiceParty:
        party = one_of(self._root, role, "Party")
        address = one_of(party, "PostalAddress")
        streets = [
            text_of(address, "StreetName"),
            text_of(address, "AdditionalStreetName"),
            text_of(address, "AddressLine", "Line"),
        ]
        return FinvoiceParty(
            name=text_of(party, "PartyLegalEntity", "RegistrationName")
            or text_of(party, "PartyName", "Name"),
            identifier=text_of(party, "PartyLegalEntity", "CompanyID")
            or text_of(party, "PartyIdentification", "ID"),
            tax_code=text_of(party, "PartyTaxScheme", "CompanyID"),
            street=", ".join(street for street in streets if street),
            post_code=text_of(address, "PostalZone"),
            town=text_of(address, "CityName"),
            country=text_of(address, "Country", "IdentificationCode").upper(),
            email=text_of(party, "Contact", "ElectronicMail"),
        )

    def _vat_totals(self, tax: etree._Element | None) -> Iterator[VatTotal]:
        values = self._values
        for one in all_of(tax, "TaxSubtotal"):
            category = one_of(one, "TaxCategory")
            reason = (
                text_of(category, "TaxExemptionReason"),
                text_of(category, "TaxExemptionReasonCode"),
            )
            yield VatTotal(
                rate=values.number(category, "Percent"),
                code=text_of(category, "ID").upper(),
                base=values.number(one, "TaxableAmount"),
                amount=values.number(one, "TaxAmount"),
                text=" ".join(part for part in reason if part),
            )

    def _adjustments(self, parent: etree._Element) -> Iterator[Adjustment]:
        values = self._values
        for one in all_of(parent, "AllowanceCharge"):
            amount = values.number(one, "Amount")
            is_charge = text_of(one, "ChargeIndicator").lower() in {"true", "1"}
            category = one_of(one, "TaxCategory")
            if amount:
                yield Adjustment(
                    text_of(one, "AllowanceChargeReason"),
                    amount if is_charge else -amount,
                    values.number(category, "Percent"),
                    text_of(category, "ID").upper(),
                )

    def _rows(self) -> list[etree._Element]:
        return all_of(self._root, "CreditNoteLine" if self._is_credit else "InvoiceLine")

    def _lines(self) -> Iterator[FinvoiceLine]:
        values = self._values
        for position, row in enumerate(self._rows(), start=1):
            item, price = one_of(row, "Item"), one_of(row, "Price")
            category = one_of(item, "ClassifiedTaxCategory")
            counted = one_of(row, "CreditedQuantity" if self._is_credit else "InvoicedQuantity")
            quantity, amount = values.number_in(counted), values.number(price, "PriceAmount")
            unit = "" if counted is None else (counted.get("unitCode") or "").strip()
            names = [text_of(item, "Name") or text_of(item, "Description"), *texts_of(row, "Note")]
            yield FinvoiceLine(
                position=position,
                text=" – ".join(name for name in names if name),
                quantities=() if quantity is None else (Quantity(quantity, unit, unit),),
                price=None if amount is None else Quantity(amount),
                net_price=None,
                gross_price=None,
                base=values.number(price, "BaseQuantity"),
                discount_percent=None,
                discount=None,
                adjustments=tuple(self._adjustments(row)),
                net=values.number(row, "LineExtensionAmount"),
                vat=None,
                gross=None,
                vat_rate=values.number(category, "Percent"),
                vat_code=text_of(category, "ID").upper(),
            )


def _is_of_euros(tax: etree._Element) -> bool:
    amount = one_of(tax, "TaxAmount")
    return amount is not None and (amount.get("currencyID") or "").upper() in {"", "EUR"}


def _turned(found: FinvoiceDocument) -> FinvoiceDocument:
    """A credit note with its sums turned negative."""
    return replace(
        found,
        net=_minus(found.net),
        vat=_minus(found.vat),
        total=_minus(found.total),
        roundoff=_minus(found.roundoff),
        paid=_minus(found.paid),
        payable=_minus(found.payable),
        adjustments=tuple(replace(one, amount=-one.amount) for one in found.adjustments),
        lines=tuple(
            replace(
                line,
                net=_minus(line.net),
                quantities=tuple(replace(one, value=-one.value) for one in line.quantities),
                adjustments=tuple(replace(one, amount=-one.amount) for one in line.adjustments),
            )
            for line in found.lines
        ),
        vat_totals=tuple(
            replace(one, base=_minus(one.base), amount=_minus(one.amount))
            for one in found.vat_totals
        ),
    )


def _minus(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount
