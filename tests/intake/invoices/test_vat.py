"""The VAT category of a row, where the row, the specification or only the text says it."""

from __future__ import annotations

import pytest

from queries.store.tables import InvoiceLine
from tests.factories.finvoices import bring, plan_of
from tests.factories.import_files import codes, finvoice, finvoice_row, notes, outcomes
from tests.support.trails import only


def untaxed(*stated, row_code="", text="", count=1):
    specification = "".join(
        f"<VatSpecificationDetails><VatBaseAmount>100,00</VatBaseAmount>{one}"
        "</VatSpecificationDetails>"
        for one in stated
    )
    code = f"<RowVatCode>{row_code}</RowVatCode>" if row_code else ""
    row = finvoice_row(rate="0").replace("<RowVatCode>S</RowVatCode>", code)
    net = f"{count}00,00"
    return finvoice(net=net, vat="0,00", total=net, rows=row * count, details=specification + text)


def stated(code, rate=""):
    percent = f"<VatRatePercent>{rate}</VatRatePercent>" if rate else ""
    return f"{percent}<VatCode>{code}</VatCode>"


@pytest.mark.parametrize(
    ("document", "category", "told"),
    [
        (untaxed(stated("AE")), "reverse_charge", []),
        (untaxed(stated("AE", "0")), "reverse_charge", []),
        (untaxed(stated("E", "0")), "zero", []),
        (untaxed(stated("Z", "0"), stated("E", "0"), count=2), "zero", []),
        (untaxed(stated("AE"), stated("E"), row_code="AE", count=2), "reverse_charge", []),
        (untaxed("<VatRatePercent>0</VatRatePercent>"), "zero", ["vat_reason_missing"]),
        (
            untaxed(text="<InvoiceVatFreeText>Käännetty verovelvollisuus</InvoiceVatFreeText>"),
            "reverse_charge",
            [],
        ),
        (
            untaxed(
                "<VatRatePercent>0</VatRatePercent><VatExemptionReasonCode>VATEX-EU-AE"
                "</VatExemptionReasonCode>"
            ),
            "reverse_charge",
            [],
        ),
    ],
)
def test_a_row_without_tax_by_what_the_invoice_says(sqlite_store, document, category, told):
    plan = bring(sqlite_store, document)
    assert notes(plan)[1:] == told
    assert {line.vat_category for line in only(sqlite_store, InvoiceLine)} == {category}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (untaxed(stated("AE"), stated("E"), count=2), "vat_reason_unclear"),
        (untaxed(row_code="XX"), "vat_code_unknown"),
        (untaxed(stated("XX")), "vat_code_unknown"),
        (
            finvoice(rows=finvoice_row().replace("<RowVatCode>S", "<RowVatCode>AE")),
            "vat_code_and_rate",
        ),
    ],
)
def test_what_cannot_be_told_apart_refuses(sqlite_store, document, code):
    plan = plan_of(sqlite_store, document)
    assert (outcomes(plan), codes(plan)[0]) == (["refuse"], code)


@pytest.mark.parametrize(
    ("day", "rate", "vat", "category", "told"),
    [
        ("20090615", "22", "22,00", "standard", []),
        ("20090615", "17", "17,00", "reduced", []),
        ("20100115", "12", "12,00", "reduced", []),
        ("20090615", "8", "8,00", "reduced_low", []),
        ("20120615", "9", "9,00", "reduced_low", []),
        ("20120615", "13", "13,00", "reduced", []),
        ("20260115", "24", "24,00", "standard", ["vat_rate_of_other_days"]),
        ("20260303", "14", "14,00", "reduced", []),
        ("20260615", "14", "14,00", "reduced", ["vat_rate_of_other_days", "issued_in_future"]),
        ("20260115", "14", "14,00", "reduced", []),
        ("20120615", "24", "24,00", "standard", ["vat_rate_of_other_days"]),
        ("20260115", "19", "19,00", "standard", ["vat_rate_unknown"]),
    ],
)
def test_old_rates_and_their_days(sqlite_store, day, rate, vat, category, told):
    total = f"{100 + int(rate)},00"
    plan = bring(
        sqlite_store, finvoice(day=day, due=day, vat=vat, total=total, rows=finvoice_row(rate=rate))
    )
    assert notes(plan)[1:] == told
    (line,) = only(sqlite_store, InvoiceLine)
    assert (line.vat_category, line.vat_basis_points) == (category, int(rate) * 100)
