"""Finvoice, versions 1.2 to 3.0 (Finanssiala ry): what stands in the invoices of a file.

Elements are found by their names without regard to version or schema: real files are not always
valid. What is missing or unreadable is named in ``problems``; nothing is made up. Sums have a
decimal comma, days the form CCYYMMDD.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from lxml import etree

from queries.errors import UnreadableFile
from queries.intake.plan import Reason
from queries.intake.xml_documents import XmlDocument, documents
from queries.rules.personal_identity import find_personal_identity_codes

MOST_INVOICES = 5_000

_NUMBER = re.compile(r"[+-]?\d{1,12}([.,]\d{1,10})?")
_CENT = Decimal("0.01")
#: ISO 20022 account statements and notifications.
_BANK_NAMESPACE = re.compile(r"camt\.05[234]")


@dataclass(frozen=True)
class Adjustment:
    """A discount (negative) or a charge, without VAT."""

    text: str
    amount: Decimal
    vat_rate: Decimal | None = None
    vat_code: str = ""


@dataclass(frozen=True)
class FinvoiceLine:
    """One row of the invoice, as given; sums are without VAT."""

    position: int
    text: str
    quantity: Decimal | None
    unit: str
    unit_code: str
    unit_price: Decimal | None
    discount_percent: Decimal | None
    discount: Decimal | None
    adjustments: tuple[Adjustment, ...]
    net: Decimal | None
    vat: Decimal | None
    gross: Decimal | None
    vat_rate: Decimal | None
    vat_code: str


@dataclass(frozen=True)
class FinvoiceParty:
    """The seller or the buyer."""

    name: str
    identifier: str
    tax_code: str
    street: str
    post_code: str
    town: str
    country: str
    email: str = ""
    e_invoice_address: str = ""
    operator: str = ""


@dataclass(frozen=True)
class VatTotal:
    rate: Decimal | None
    code: str


@dataclass(frozen=True)
class FinvoiceDocument:
    """One Finvoice document. ``problems`` refuse it, ``notes`` are to be known.

    :param identity_codes: elements that hold what looks like a personal identity code, and how
        certain that is.
    """

    position: int
    line: int
    type_code: str
    un_code: str
    number: str
    issued_on: date | None
    due_on: date | None
    original_number: str
    reference: str
    currency: str
    net: Decimal | None
    vat: Decimal | None
    total: Decimal | None
    paid: Decimal | None
    payable: Decimal | None
    buyer_reference: str
    free_text: str
    seller: FinvoiceParty
    buyer: FinvoiceParty
    lines: tuple[FinvoiceLine, ...]
    adjustments: tuple[Adjustment, ...]
    vat_totals: tuple[VatTotal, ...]
    problems: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()
    identity_codes: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def read_finvoice(
    raw: bytes, tell: Callable[[float], None] = lambda _share: None
) -> tuple[FinvoiceDocument, ...]:
    """The invoices of a file; frames around and between them are passed over.

    :raises UnreadableFile: ``xml_not_finvoice`` (root), ``bank_statement``, ``too_many_rows``, and
        those of :func:`queries.intake.xml_documents.documents`.
    """
    found: list[FinvoiceDocument] = []
    other: XmlDocument | None = None
    for document in documents(raw):
        other = other or document
        tell(document.end / len(raw))
        for element in document.elements("Finvoice"):
            if len(found) == MOST_INVOICES:
                line = document.line_of(element)
                raise UnreadableFile("too_many_rows", line=line, most=MOST_INVOICES)
            found.append(_Reader(document, element, len(found) + 1).document())
    if not found:
        assert other is not None, "a file that is not empty"  # noqa: S101 - the reader's caller looked
        raise _other_format(other)
    return tuple(found)


def _other_format(document: XmlDocument) -> UnreadableFile:
    """The refusal of XML that holds no Finvoice, by the name of what it is."""
    if _BANK_NAMESPACE.search(document.namespace):
        return UnreadableFile("bank_statement")
    return UnreadableFile("xml_not_finvoice", root=document.name[:40])


class _Reader:
    """Reads one document and gathers what is wrong with it."""

    def __init__(self, file: XmlDocument, element: etree._Element, position: int) -> None:
        self._root = element
        self._file = file
        self._line = file.line_of(element)
        self._position = position
        self._problems: list[Reason] = []
        self._notes: list[Reason] = []
        if file.declared is not None:
            self._notes.append(Reason("encoding_not_as_declared", {"declared": file.declared[:20]}))

    def document(self) -> FinvoiceDocument:
        details = _one(self._root, "InvoiceDetails")
        epi = _one(self._root, "EpiDetails")
        total = self._amount(details, "InvoiceTotalVatIncludedAmount")
        return FinvoiceDocument(
            position=self._position,
            line=self._line,
            type_code=_text(details, "InvoiceTypeCode").upper(),
            un_code=_text(details, "InvoiceTypeCodeUN"),
            number=_text(details, "InvoiceNumber"),
            issued_on=self._day(details, "InvoiceDate"),
            due_on=self._day(_one(details, "PaymentTermsDetails"), "InvoiceDueDate")
            or self._day(_one(epi, "EpiPaymentInstructionDetails"), "EpiDateOptionDate"),
            original_number=_text(details, "OriginalInvoiceNumber"),
            reference=self._reference(epi),
            currency=self._currency(details),
            net=self._amount(details, "InvoiceTotalVatExcludedAmount"),
            vat=self._amount(details, "InvoiceTotalVatAmount"),
            total=total,
            paid=self._amount(details, "InvoicePaidAmount"),
            payable=self._amount(_one(epi, "EpiPaymentInstructionDetails"), "EpiInstructedAmount"),
            buyer_reference=_text(details, "BuyerReferenceIdentifier")
            or _text(details, "AgreementIdentifier"),
            free_text="\n".join(_texts(details, "InvoiceFreeText")),
            seller=self._party("Seller"),
            buyer=self._party("Buyer"),
            lines=tuple(self._lines()),
            adjustments=tuple(self._adjustments(details)),
            vat_totals=tuple(
                VatTotal(self._amount(one, "VatRatePercent"), _text(one, "VatCode").upper())
                for one in _all(details, "VatSpecificationDetails")
            ),
            identity_codes=tuple(self._identity_codes()),
            problems=tuple(self._problems),
            notes=tuple(self._notes),
        )

    def _reference(self, epi: etree._Element | None) -> str:
        return _text(_one(epi, "EpiPaymentInstructionDetails"), "EpiRemittanceInfoIdentifier") or (
            _text(_one(epi, "EpiIdentificationDetails"), "EpiReference")
        )

    def _currency(self, details: etree._Element | None) -> str:
        total = _one(details, "InvoiceTotalVatIncludedAmount")
        return "" if total is None else (total.get("AmountCurrencyIdentifier") or "").strip()

    def _party(self, role: str) -> FinvoiceParty:
        """``Seller`` or ``Buyer``: their elements have the same names but for that word."""
        party = _one(self._root, f"{role}PartyDetails")
        address = _one(party, f"{role}PostalAddressDetails")
        streets = _texts(address, f"{role}StreetName")
        box = _text(address, f"{role}PostOfficeBoxIdentifier")
        if box:
            streets.append(f"PL {box}" if box.isdigit() else box)
        contact = _one(self._root, f"{role}CommunicationDetails")
        frame = _one(_one(self._root, "MessageTransmissionDetails"), "MessageReceiverDetails")
        return FinvoiceParty(
            name=" ".join(_texts(party, f"{role}OrganisationName")),
            identifier=_text(party, f"{role}PartyIdentifier"),
            tax_code=_text(party, f"{role}OrganisationTaxCode"),
            street=", ".join(streets),
            post_code=_text(address, f"{role}PostCodeIdentifier"),
            town=_text(address, f"{role}TownName"),
            country=_text(address, "CountryCode").upper(),
            email=_text(contact, f"{role}EmailaddressIdentifier"),
            e_invoice_address=_text(frame, "ToIdentifier") if role == "Buyer" else "",
            operator=_text(frame, "ToIntermediator") if role == "Buyer" else "",
        )

    def _lines(self) -> Iterator[FinvoiceLine]:
        for position, row in enumerate(_all(self._root, "InvoiceRow"), start=1):
            if _one(row, "SubInvoiceRow") is not None:
                self._notes.append(Reason("sub_rows_left_out", {"row": position}))
            yield self._one_line(row, position)

    def _one_line(self, row: etree._Element, position: int) -> FinvoiceLine:
        quantity = _one(row, "InvoicedQuantity")
        if quantity is None:
            quantity = _one(row, "DeliveredQuantity")
        names = [_text(row, "ArticleName") or _text(row, "ArticleDescription"),
                 *_texts(row, "RowFreeText")]  # fmt: skip
        return FinvoiceLine(
            position=position,
            text=" – ".join(name for name in names if name) or _text(row, "ArticleIdentifier"),
            quantity=self._number_in(quantity),
            unit="" if quantity is None else (quantity.get("QuantityUnitCode") or "").strip(),
            unit_code="" if quantity is None else (quantity.get("QuantityUnitCodeUN") or ""),
            unit_price=self._amount(row, "UnitPriceAmount"),
            discount_percent=self._amount(row, "RowDiscountPercent"),
            discount=self._amount(row, "RowDiscountAmount"),
            adjustments=tuple(self._row_adjustments(row)),
            net=self._amount(row, "RowVatExcludedAmount"),
            vat=self._amount(row, "RowVatAmount"),
            gross=self._amount(row, "RowAmount"),
            vat_rate=self._amount(row, "RowVatRatePercent"),
            vat_code=_text(row, "RowVatCode").upper(),
        )

    def _row_adjustments(self, row: etree._Element) -> Iterator[Adjustment]:
        for one in _all(row, "RowProgressiveDiscountDetails"):
            amount = self._amount(one, "RowDiscountAmount")
            if amount:
                yield Adjustment(_text(one, "RowDiscountTypeText"), -amount)
        for one in _all(row, "RowChargeDetails"):
            amount = self._amount(one, "Amount")
            if amount:
                yield Adjustment(_text(one, "ReasonText"), amount)

    def _adjustments(self, details: etree._Element | None) -> Iterator[Adjustment]:
        for name, sign in (("DiscountDetails", -1), ("ChargeDetails", 1)):
            for one in _all(details, name):
                amount = self._amount(one, "Amount")
                if amount:
                    yield Adjustment(
                        _text(one, "FreeText") or _text(one, "ReasonText"),
                        sign * amount,
                        self._amount(one, "VatRatePercent"),
                        _text(one, "VatCategoryCode").upper(),
                    )

    def _amount(self, parent: etree._Element | None, name: str) -> Decimal | None:
        return self._number_in(_one(parent, name))

    def _number_in(self, element: etree._Element | None) -> Decimal | None:
        text = "" if element is None else re.sub(r"\s", "", element.text or "")
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            self._problem("element_unreadable", element)
            return None
        return Decimal(text.replace(",", "."))

    def _day(self, parent: etree._Element | None, name: str) -> date | None:
        element = _one(parent, name)
        text = "" if element is None else (element.text or "").strip()
        if not text:
            return None
        for form in ("%Y%m%d", "%Y-%m-%d"):
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        self._problem("element_unreadable", element)
        return None

    def _problem(self, code: str, element: etree._Element | None) -> None:
        name = "" if element is None else _local(element)
        line = self._line if element is None else self._file.line_of(element)
        self._problems.append(Reason(code, {"element": name, "line": line}))

    def _identity_codes(self) -> Iterator[tuple[str, str]]:
        for element in self._root.iter():
            for text in (element.text, *map(str, element.attrib.values())):
                for finding in find_personal_identity_codes(text) if text else ():
                    yield _local(element), finding.certainty


def cents(amount: Decimal) -> int:
    """A sum of euros as whole cents, halves away from zero."""
    return int(amount.quantize(_CENT, ROUND_HALF_UP).scaleb(2))


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _all(parent: etree._Element | None, name: str) -> list[etree._Element]:
    if parent is None:
        return []
    return [child for child in parent if isinstance(child.tag, str) and _local(child) == name]


def _one(parent: etree._Element | None, name: str) -> etree._Element | None:
    return next(iter(_all(parent, name)), None)


def _texts(parent: etree._Element | None, name: str) -> list[str]:
    found = (" ".join((child.text or "").split()) for child in _all(parent, name))
    return [text for text in found if text]


def _text(parent: etree._Element | None, name: str) -> str:
    return next(iter(_texts(parent, name)), "")
