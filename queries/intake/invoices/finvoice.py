"""Finvoice, versions 1.2 to 3.0 (Finanssiala ry): the reader of a file's invoices.

Elements are found by their names without regard to version or schema: real files are not always
valid. What is missing or unreadable is named in ``problems``; nothing is made up. Sums have a
decimal comma, days the form CCYYMMDD.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from lxml import etree

from queries.errors import UnreadableFile
from queries.intake.invoices.finvoice_document import (
    Adjustment,
    FinvoiceDocument,
    FinvoiceParty,
    Instalments,
    Terms,
    VatTotal,
)
from queries.intake.invoices.finvoice_elements import READ_GROUPS, Treatment, treatment
from queries.intake.invoices.finvoice_rows import FinvoiceRowReader
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
from queries.rules.personal_identity import find_personal_identity_codes

MOST_INVOICES = 5_000
_LONGEST_NAME = 80

#: What is no invoice, by the namespace and the name of its root.
_OTHERS = {
    "bank_statement": re.compile(r"camt\.05[234]"),
    "payment_file": re.compile(r"pain\.\d{3}\."),
    "finvoice_acknowledgement": re.compile(r"(^|[ /])Finvoiceack", re.IGNORECASE),
    "finvoice_notice": re.compile(r" Finvoice(Sender|Receiver)Info$"),
}
#: Invoices of other formats, likewise.
_OTHER_INVOICES = {
    "TEAPPSXML": re.compile(r" INVOICE_CENTER$"),
    "UN/CEFACT CII": re.compile(r" CrossIndustry(Invoice|Document)$"),
    "Svefaktura": re.compile(r"urn:sfti:documents:"),
    "UBL": re.compile(r"urn:oasis:names:specification:ubl:schema:xsd:\w+-2 "),
    "OIOXML": re.compile(r"rep\.oio\.dk/ubl"),
    "FatturaPA": re.compile(r" FatturaElettronica$"),
    "Facturae": re.compile(r" Facturae$"),
    "ebInterface": re.compile(r"ebinterface\.at"),
}
_CURRENCY = "AmountCurrencyIdentifier"
#: Elements that state a sum of euros in another currency too.
_OTHER_CURRENCY = {
    "InvoiceTotalVatAccountingAmount",
    "OtherCurrencyAmountVatExcludedAmount",
    "OtherCurrencyAmountVatIncludedAmount",
    "OtherCurrencyAmount",
}


def read_finvoice(
    raw: bytes, tell: Callable[[float], None] = lambda _share: None
) -> tuple[FinvoiceDocument, ...]:
    """The invoices of a file; frames around and between them are passed over.

    :raises UnreadableFile: ``xml_not_finvoice`` (root), ``xml_other_invoice`` (name),
        ``bank_statement``, ``payment_file``, ``finvoice_acknowledgement``, ``finvoice_notice``,
        ``xml_mixed`` (line), ``too_many_rows``, and those of
        :func:`queries.intake.readers.xml_documents.documents`.
    """
    found: list[FinvoiceDocument] = []
    other: XmlDocument | None = None
    strange: XmlDocument | None = None
    for document in documents(raw):
        other = other or document
        tell(document.end / len(raw))
        before = len(found)
        for element in document.elements("Finvoice"):
            if len(found) == MOST_INVOICES:
                line = document.line_of(element)
                raise UnreadableFile("too_many_rows", line=line, most=MOST_INVOICES)
            found.append(_Reader(document, element, len(found) + 1).document())
        if len(found) == before and _other_format(document).code != "xml_not_finvoice":
            strange = strange or document
    if found and strange is not None:
        raise UnreadableFile("xml_mixed", line=strange.line)
    if not found:
        assert other is not None, "a file that is not empty"  # noqa: S101 - the reader's caller looked
        raise _other_format(strange or other)
    return tuple(found)


def _other_format(document: XmlDocument) -> UnreadableFile:
    """The refusal of XML that holds no Finvoice, by the name of what it is."""
    names = [(local(one), etree.QName(one).namespace or "") for one in _outermost(document.root)]
    for name, space in names:
        for code, pattern in _OTHERS.items():
            if pattern.search(f"{space} {name}"):
                return UnreadableFile(code)
        for shown, pattern in _OTHER_INVOICES.items():
            if pattern.search(f"{space} {name}"):
                return UnreadableFile("xml_other_invoice", name=shown)
    return UnreadableFile("xml_not_finvoice", root=document.name[:40])


def _outermost(root: etree._Element) -> Iterator[etree._Element]:
    """The root, and what a frame (a SOAP envelope, a header of SBDH) is around."""
    yield root
    for child in root.iterchildren(etree.Element):
        yield child
        yield from child.iterchildren(etree.Element)


class _Reader:
    """Reads one document and gathers what is wrong with it."""

    def __init__(self, file: XmlDocument, element: etree._Element, position: int) -> None:
        self._root = element
        self._line = file.line_of(element)
        self._position = position
        self._values = ValueReader(file)
        self._notes: list[Reason] = []
        if file.declared is not None:
            self._notes.append(Reason("encoding_not_as_declared", {"declared": file.declared[:20]}))

    def document(self) -> FinvoiceDocument:
        values, root = self._values, self._root
        details = one_of(root, "InvoiceDetails")
        epi = one_of(root, "EpiDetails")
        slip = one_of(epi, "EpiPaymentInstructionDetails")
        factoring = one_of(root, "FactoringAgreementDetails")
        rows = FinvoiceRowReader(values)
        self._look_at_currencies()
        self._name_what_is_left_out()
        return FinvoiceDocument(
            position=self._position,
            line=self._line,
            type_code=text_of(details, "InvoiceTypeCode").upper(),
            un_code=text_of(details, "InvoiceTypeCodeUN"),
            origin_code=text_of(details, "OriginCode"),
            number=text_of(details, "InvoiceNumber"),
            issued_on=values.day(details, "InvoiceDate"),
            terms=tuple(self._terms(details)),
            slip_day=values.day(slip, "EpiDateOptionDate"),
            originals=tuple(dict.fromkeys(self._originals(details))),
            reference=self._reference(epi),
            net=values.money(details, "InvoiceTotalVatExcludedAmount"),
            vat=values.money(details, "InvoiceTotalVatAmount"),
            total=values.money(details, "InvoiceTotalVatIncludedAmount"),
            roundoff=values.money(details, "InvoiceTotalRoundoffAmount"),
            paid=values.money(details, "InvoicePaidAmount"),
            payment_status=text_of(one_of(root, "PaymentStatusDetails"), "PaymentStatusCode"),
            instalments=tuple(self._instalments()),
            payable=values.money(slip, "EpiInstructedAmount"),
            factor="" if factoring is None else text_of(factoring, "FactoringPartyName") or "–",
            buyer_reference=text_of(details, "BuyerReferenceIdentifier")
            or text_of(details, "AgreementIdentifier"),
            free_text="\n".join(
                [
                    *texts_of(details, "InvoiceFreeText"),
                    *texts_of(details, "InvoiceVatFreeText"),
                    *texts_of(factoring, "FactoringFreeText"),
                ]
            ),
            seller=self._party("Seller"),
            buyer=self._party("Buyer"),
            lines=tuple(rows.lines(root)),
            adjustments=tuple(self._adjustments(details)),
            vat_totals=tuple(self._vat_totals(details)),
            identity_codes=tuple(identity_codes(root)),
            problems=(*values.problems, *unseen_marks(root)),
            notes=tuple(self._notes),
        )

    def _reference(self, epi: etree._Element | None) -> str:
        slip = one_of(epi, "EpiPaymentInstructionDetails")
        return text_of(slip, "EpiRemittanceInfoIdentifier") or (
            text_of(one_of(epi, "EpiIdentificationDetails"), "EpiReference")
        )

    def _look_at_currencies(self) -> None:
        """Every sum that is read as euros says that it is of euros, or says nothing."""
        for element in self._root.iter(etree.Element):
            currency = (element.get(_CURRENCY) or "").strip()
            if currency.upper() in {"", "EUR"} or local(element) in _OTHER_CURRENCY:
                continue
            facts = {
                "currency": currency[:10],
                "element": local(element)[:60],
                "line": self._values.line_of(element),
            }
            self._values.problems.append(Reason("currency", facts))
            return

    def _name_what_is_left_out(self) -> None:
        """Elements that are met and not read, by what the list says of them."""
        found: dict[Treatment, dict[str, None]] = {kind: {} for kind in Treatment}
        names: dict[str, str] = {}
        waiting = [self._root]
        while waiting:
            for child in waiting.pop().iterchildren(etree.Element):
                name = local(child)
                kind = treatment(name)
                if not len(child) and not (child.text or "").strip():
                    continue  # an empty element says nothing
                found[kind][name[:60]] = None
                if kind is Treatment.NAMED and (whose := _organisation_in(child)):
                    names.setdefault(name[:60], whose)
                if name.removeprefix("Sub") in READ_GROUPS:
                    waiting.append(child)
        for kind, code in (
            (Treatment.NAMED, "elements_left_out"),
            (Treatment.UNKNOWN, "elements_unknown"),
        ):
            if found[kind]:
                facts: dict[str, object] = {"elements": names_told(found[kind])}
                if own := {name: whose for name, whose in names.items() if name in found[kind]}:
                    facts["organisations"] = own
                self._notes.append(Reason(code, facts))

    def _party(self, role: str) -> FinvoiceParty:
        """``Seller`` or ``Buyer``: their elements have the same names but for that word."""
        party = one_of(self._root, f"{role}PartyDetails")
        address = one_of(party, f"{role}PostalAddressDetails")
        streets = texts_of(address, f"{role}StreetName")
        box = text_of(address, f"{role}PostOfficeBoxIdentifier")
        if box:
            streets.append(f"PL {box}" if box.isdigit() else box)
        contact = one_of(self._root, f"{role}CommunicationDetails")
        frame = one_of(one_of(self._root, "MessageTransmissionDetails"), "MessageReceiverDetails")
        return FinvoiceParty(
            name=" ".join(texts_of(party, f"{role}OrganisationName")),
            identifier=text_of(party, f"{role}PartyIdentifier"),
            tax_code=text_of(party, f"{role}OrganisationTaxCode"),
            street=", ".join(streets),
            post_code=text_of(address, f"{role}PostCodeIdentifier"),
            town=text_of(address, f"{role}TownName"),
            country=text_of(address, "CountryCode").upper(),
            email=text_of(contact, f"{role}EmailaddressIdentifier"),
            e_invoice_address=text_of(frame, "ToIdentifier") if role == "Buyer" else "",
            operator=text_of(frame, "ToIntermediator") if role == "Buyer" else "",
        )

    def _terms(self, details: etree._Element | None) -> Iterator[Terms]:
        values = self._values
        for one in all_of(details, "PaymentTermsDetails"):
            fine = one_of(one, "PaymentOverDueFineDetails")
            yield Terms(
                due_on=values.day(one, "InvoiceDueDate"),
                discount_on=values.day(one, "CashDiscountDate"),
                discount_percent=values.number(one, "CashDiscountPercent"),
                discount=values.money(one, "CashDiscountAmount"),
                fine_percent=values.number(fine, "PaymentOverDueFinePercent"),
            )

    def _instalments(self) -> Iterator[Instalments]:
        values = self._values
        for one in all_of(self._root, "PartialPaymentDetails"):
            sums = [
                values.money_in(part) for part in all_of(one, "PartialPaymentVatIncludedAmount")
            ]
            days = [values.day_in(part) for part in all_of(one, "PartialPaymentDueDate")]
            count = max(len(sums), len(days))
            sums += [None] * (count - len(sums))
            days += [None] * (count - len(days))
            yield Instalments(
                paid=values.money(one, "PaidAmount"),
                unpaid=values.money(one, "UnPaidAmount"),
                parts=tuple(zip(days, sums, strict=True)),
            )

    def _originals(self, details: etree._Element | None) -> Iterator[tuple[str, date | None]]:
        """The invoices that are credited: of the whole, else of its rows."""
        found = list(self._originals_in(details))
        if not found:
            for row in all_of(self._root, "InvoiceRow"):
                found += self._originals_in(row)
        yield from found

    def _originals_in(self, parent: etree._Element | None) -> Iterator[tuple[str, date | None]]:
        if number := text_of(parent, "OriginalInvoiceNumber"):
            yield number, self._values.day(parent, "OriginalInvoiceDate")
        for one in all_of(parent, "OriginalInvoiceReference"):
            if number := text_of(one, "InvoiceNumber"):
                yield number, self._values.day(one, "InvoiceDate")

    def _vat_totals(self, details: etree._Element | None) -> Iterator[VatTotal]:
        values = self._values
        for one in all_of(details, "VatSpecificationDetails"):
            reason = (*texts_of(one, "VatFreeText"), text_of(one, "VatExemptionReasonCode"))
            yield VatTotal(
                rate=values.number(one, "VatRatePercent"),
                code=text_of(one, "VatCode").upper(),
                base=values.money(one, "VatBaseAmount"),
                amount=values.money(one, "VatRateAmount"),
                text=" ".join(part for part in reason if part),
            )

    def _adjustments(self, details: etree._Element | None) -> Iterator[Adjustment]:
        values = self._values
        for name, sign in (("DiscountDetails", -1), ("ChargeDetails", 1)):
            for one in all_of(details, name):
                amount = values.money(one, "Amount")
                percent, base = values.number(one, "Percent"), values.money(one, "BaseAmount")
                if amount is None and percent is not None and base is not None:
                    amount = base * percent / 100
                if amount:
                    yield Adjustment(
                        text_of(one, "FreeText") or text_of(one, "ReasonText"),
                        sign * amount,
                        values.number(one, "VatRatePercent"),
                        text_of(one, "VatCategoryCode").upper(),
                    )


def _organisation_in(group: etree._Element) -> str:
    """The name of the organisation that a group of elements is about; empty for none."""
    found = (
        " ".join((one.text or "").split())
        for one in group.iterchildren(etree.Element)
        if local(one).endswith("OrganisationName")
    )
    return next((name for name in found if name and not find_personal_identity_codes(name)), "")[
        :_LONGEST_NAME
    ]
