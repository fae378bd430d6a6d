"""Made-up files of the forms that come in, and the two steps of an import."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from queries.intake.import_command import BringIn, bring_in, preview
from queries.intake.plan import ImportSettings, Plan
from queries.intake.readers.read_file import Intake, read_file
from queries.rules.calendar_fi import HELSINKI
from queries.rules.roles import Actor, Role
from queries.store.sessions import Store
from tests.conftest import NOW
from tests.factories.records import business_id

OFFICE = Actor("olli", Role.OFFICE)
TODAY = date(2026, 3, 5)
SELLER = business_id(1)
BUYER = business_id(2)

HEADER = (
    "Asiakasnumero",
    "Nimi",
    "Y-tunnus",
    "Katuosoite",
    "Postinumero",
    "Postitoimipaikka",
    "Sähköposti",
    "Puhelin",
)
ROWS = (
    (
        "1001",
        "Pihlajamäen Huolto Oy",
        business_id(11),
        "Pihlajatie 3",
        "50100",
        "Mikkeli",
        "huolto@pihlaja.example",
        "015 123 4567",
    ),
    (
        "1002",
        "Väinö Äijälä",
        "",
        "Öölinninkatu 5 A 2",
        "00580",
        "Helsinki",
        "vaino@posti.example",
        "040 123 4567",
    ),
)


def csv_of(
    *rows: tuple[str, ...],
    header: tuple[str, ...] | None = HEADER,
    encoding: str = "utf-8",
    delimiter: str = ";",
) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerows([*([header] if header else []), *rows])
    return text.getvalue().encode(encoding)


def xlsx_of(
    *rows: tuple[Any, ...], header: tuple[str, ...] | None = HEADER, formulas: bool = True
) -> bytes:
    """A workbook; without ``formulas`` a text that begins with ``=`` is a text."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in [*([header] if header else []), *rows]:
        sheet.append(list(row))
    for cell in (cell for row in sheet.rows for cell in row):
        if cell.data_type == "f" and not formulas:
            cell.data_type = "s"
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def ytj_of(*companies: dict[str, Any]) -> bytes:
    return json.dumps({"totalResults": len(companies), "companies": list(companies)}).encode()


def company(number: str = BUYER, name: str = "Uusinimi Oy", **more: Any) -> dict[str, Any]:
    return {
        "businessId": {"value": number, "registrationDate": "2001-01-01"},
        "names": [
            {"name": "Vanhanimi Oy", "type": "1", "version": 2, "endDate": "2020-01-01"},
            {"name": name, "type": "1", "version": 1, "registrationDate": "2020-01-01"},
            {"name": "Aputoiminimi", "type": "3", "version": 1},
        ],
        "addresses": [
            {
                "type": 1,
                "street": "Teollisuustie",
                "buildingNumber": "4",
                "postCode": "50100",
                "postOffices": [
                    {"city": "S:T MICHEL", "languageCode": "2"},
                    {"city": "MIKKELI", "languageCode": "1"},
                ],
            }
        ],
        "tradeRegisterStatus": "1",
        "somethingNew": {"kept": True},
        **more,
    }


def finvoice_row(
    text: str = "Asennus",
    quantity: str = "2",
    price: str = "50,00",
    net: str = "100,00",
    rate: str = "25,5",
    more: str = "",
) -> str:
    return f"""<InvoiceRow><ArticleName>{text}</ArticleName>
<InvoicedQuantity QuantityUnitCode="h" QuantityUnitCodeUN="HUR">{quantity}</InvoicedQuantity>
<UnitPriceAmount AmountCurrencyIdentifier="EUR">{price}</UnitPriceAmount>{more}
<RowVatRatePercent>{rate}</RowVatRatePercent><RowVatCode>S</RowVatCode>
<RowVatExcludedAmount AmountCurrencyIdentifier="EUR">{net}</RowVatExcludedAmount></InvoiceRow>"""


def euros(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def finvoice(
    number: str | None = "2001",
    *,
    kind: str = "INV01",
    day: str | None = "20260202",
    due: str | None = "20260216",
    net: str | None = "100,00",
    vat: str | None = "25,50",
    total: str | None = "125,50",
    reference: str = "1232",
    seller: str = SELLER,
    buyer: str | None = BUYER,
    tax_code: str = "",
    name: str | None = "Ostajan Oy",
    country: str = "FI",
    email: str = "",
    rows: str | None = None,
    details: str = "",
    version: str = "3.0",
    currency: str = "EUR",
    frame: str = "",
) -> str:
    def element(tag: str, value: str | None) -> str:
        return "" if value is None else f"<{tag}>{value}</{tag}>"

    def amount(tag: str, value: str | None) -> str:
        if value is None:
            return ""
        return f'<{tag} AmountCurrencyIdentifier="{currency}">{value}</{tag}>'

    return f"""<Finvoice Version="{version}">{frame}
<SellerPartyDetails><SellerPartyIdentifier>{seller}</SellerPartyIdentifier>
<SellerOrganisationName>Oma Yritys Oy</SellerOrganisationName></SellerPartyDetails>
<BuyerPartyDetails>{element("BuyerPartyIdentifier", buyer)}
{element("BuyerOrganisationName", name)}
{element("BuyerOrganisationTaxCode", tax_code or None)}
<BuyerPostalAddressDetails><BuyerStreetName>Ostotie 1</BuyerStreetName>
<BuyerTownName>Mikkeli</BuyerTownName><BuyerPostCodeIdentifier>50100</BuyerPostCodeIdentifier>
<CountryCode>{country}</CountryCode></BuyerPostalAddressDetails></BuyerPartyDetails>
<BuyerCommunicationDetails>{element("BuyerEmailaddressIdentifier", email or None)}
</BuyerCommunicationDetails>
<InvoiceDetails><InvoiceTypeCode>{kind}</InvoiceTypeCode>{element("InvoiceNumber", number)}
{element("InvoiceDate", day)}{amount("InvoiceTotalVatExcludedAmount", net)}
{amount("InvoiceTotalVatAmount", vat)}{amount("InvoiceTotalVatIncludedAmount", total)}{details}
<PaymentTermsDetails>{element("InvoiceDueDate", due)}</PaymentTermsDetails></InvoiceDetails>
{finvoice_row() if rows is None else rows}
<EpiDetails><EpiPaymentInstructionDetails>
<EpiRemittanceInfoIdentifier>{reference}</EpiRemittanceInfoIdentifier>
</EpiPaymentInstructionDetails></EpiDetails></Finvoice>"""


def finvoice_file(*documents: str, encoding: str = "UTF-8") -> bytes:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>\n'
    return "".join(declared + document + "\n" for document in documents).encode(encoding)


def read(name: str, data: bytes, **settings: Any) -> tuple[Intake, ImportSettings]:
    chosen = ImportSettings(**settings)
    return read_file(name, data, settings=chosen), chosen


def planned(store: Store, name: str, data: bytes, **settings: Any) -> Plan:
    intake, chosen = read(name, data, **settings)
    with store.reading(OFFICE) as session:
        return preview(session, intake, settings=chosen, today=TODAY)


def brought(
    store: Store,
    name: str,
    data: bytes,
    *,
    skip_refused: bool = False,
    now: datetime = NOW,
    **settings: Any,
) -> Plan:
    """Preview and bring in, as the office does; return the plan that was carried out."""
    intake, chosen = read(name, data, **settings)
    with store.reading(OFFICE) as session:
        plan = preview(session, intake, settings=chosen, today=now.astimezone(HELSINKI).date())
    inputs = BringIn(
        intake=intake, settings=chosen, fingerprint=plan.fingerprint, skip_refused=skip_refused
    )
    store.carry_out(bring_in, inputs, actor=OFFICE, now=now)
    return plan


def outcomes(plan: Plan) -> list[str]:
    return [row.outcome.value for row in plan.rows]


def codes(plan: Plan, row: int = 0) -> list[str]:
    return [reason.code for reason in plan.rows[row].reasons]


def notes(plan: Plan, row: int = 0) -> list[str]:
    return [note.code for note in plan.rows[row].notes]
