"""A made-up invoice or credit note of UBL 2.1."""

from __future__ import annotations

from tests.factories.import_files import BUYER, SELLER

_COMMON = "urn:oasis:names:specification:ubl:schema:xsd:Common"


def party(role: str, number: str, name: str) -> str:
    return f"""<cac:{role}><cac:Party><cac:PostalAddress><cbc:StreetName>Ostotie 1</cbc:StreetName>
<cbc:CityName>Mikkeli</cbc:CityName><cbc:PostalZone>50100</cbc:PostalZone><cac:Country>
<cbc:IdentificationCode>FI</cbc:IdentificationCode></cac:Country></cac:PostalAddress>
<cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName>
<cbc:CompanyID schemeID="0212">{number}</cbc:CompanyID></cac:PartyLegalEntity></cac:Party>
</cac:{role}>"""


def ubl(
    number: str = "2001",
    *,
    root: str = "Invoice",
    currency: str = "EUR",
    sums: str = "",
    payable: str = "125.50",
    more: str = "",
    line: str = "",
    code: str = "S",
    percent: str = "25.5",
    vat: str = "25.50",
    total: str = "125.50",
) -> str:
    counted = "CreditedQuantity" if root == "CreditNote" else "InvoicedQuantity"

    def money(name: str, amount: str) -> str:
        return f'<cbc:{name} currencyID="{currency}">{amount}</cbc:{name}>'

    category = f"<cbc:ID>{code}</cbc:ID><cbc:Percent>{percent}</cbc:Percent>"
    due = "<cbc:DueDate>2026-02-16</cbc:DueDate>" if root == "Invoice" else ""
    return f"""<{root} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{root}-2"
 xmlns:cac="{_COMMON}AggregateComponents-2" xmlns:cbc="{_COMMON}BasicComponents-2">
<cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID><cbc:ID>{number}</cbc:ID>
<cbc:IssueDate>2026-02-02</cbc:IssueDate>{due}
<cbc:DocumentCurrencyCode>{currency}</cbc:DocumentCurrencyCode>{more}
{party("AccountingSupplierParty", SELLER, "Oma Yritys Oy")}
{party("AccountingCustomerParty", BUYER, "Ostajan Oy")}
<cac:PaymentMeans><cbc:PaymentID>1232</cbc:PaymentID></cac:PaymentMeans>
<cac:TaxTotal>{money("TaxAmount", vat)}<cac:TaxSubtotal>{money("TaxableAmount", "100.00")}
{money("TaxAmount", vat)}<cac:TaxCategory>{category}</cac:TaxCategory></cac:TaxSubtotal>
</cac:TaxTotal><cac:LegalMonetaryTotal>{money("TaxExclusiveAmount", "100.00")}
{money("TaxInclusiveAmount", total)}{sums}{money("PayableAmount", payable)}
</cac:LegalMonetaryTotal><cac:{root}Line><cbc:ID>1</cbc:ID>
<cbc:{counted} unitCode="HUR">2</cbc:{counted}>{money("LineExtensionAmount", "100.00")}{line}
<cac:Item><cbc:Name>Asennus</cbc:Name><cac:ClassifiedTaxCategory>{category}
</cac:ClassifiedTaxCategory></cac:Item>
<cac:Price>{money("PriceAmount", "50.00")}</cac:Price></cac:{root}Line></{root}>"""
