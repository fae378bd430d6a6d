"""Rows as the sender meant them: units, prices for a thousand, sums with VAT, other currencies."""

from __future__ import annotations

import pytest

from queries.store.tables import Invoice, InvoiceLine
from tests.factories.finvoices import bring, plan_of
from tests.factories.import_files import codes, finvoice, notes, outcomes
from tests.support.trails import only


def row(quantity="", price="", more="", net="", rate="25,5"):
    found = f"<RowVatExcludedAmount>{net}</RowVatExcludedAmount>" if net else ""
    return (
        f"<InvoiceRow><ArticleName>Nastat</ArticleName>{quantity}{price}{more}"
        f"<RowVatRatePercent>{rate}</RowVatRatePercent>{found}</InvoiceRow>"
    )


def counted(value, unit="kpl", name="InvoicedQuantity"):
    return f'<{name} QuantityUnitCode="{unit}">{value}</{name}>'


def priced(value, unit="", name="UnitPriceAmount"):
    return f'<{name} UnitPriceUnitCode="{unit}">{value}</{name}>'


def lines_of(store, rows, net="12,30", vat="3,14", total="15,44"):
    plan = bring(store, finvoice(net=net, vat=vat, total=total, rows=rows))
    (invoice,) = only(store, Invoice)
    assert invoice.open_cents == int(total.replace(",", ""))
    return notes(plan)[1:], [
        (line.quantity_thousandths, line.unit, line.unit_price_cents, line.net_cents)
        for line in only(store, InvoiceLine)
    ]


BASE = "<UnitPriceBaseQuantity>1000</UnitPriceBaseQuantity>"


@pytest.mark.parametrize("net", ["", "12,30"])
def test_a_price_for_a_thousand(store, net):
    rows = row(counted("10000"), priced("1,23"), BASE, net)
    assert lines_of(store, rows) == ([], [(10_000, "1000 kpl", 123, 1230)])


def test_a_thousand_in_the_code_of_the_unit(sqlite_store):
    price = '<UnitPriceAmount QuantityUnitCodeUN="MIL">1,23</UnitPriceAmount>'
    quantity = '<InvoicedQuantity QuantityUnitCodeUN="H87">10000</InvoicedQuantity>'
    told, lines = lines_of(sqlite_store, row(quantity, price))
    assert (told, lines) == ([], [(10_000, "1000", 123, 1230)])


def test_a_base_that_the_rows_own_sum_does_not_have_is_not_used(sqlite_store):
    rows = row(counted("10"), priced("1,23"), BASE, "12,30")
    assert lines_of(sqlite_store, rows) == ([], [(10_000, "piece", 123, 1230)])


@pytest.mark.parametrize("net", ["", "12,30"])
def test_the_quantity_in_the_unit_of_the_price(sqlite_store, net):
    rows = row(counted("4", "ltk") + counted("10", "kg"), priced("1,23", "kg"), "", net)
    assert lines_of(sqlite_store, rows) == ([], [(10_000, "kg", 123, 1230)])


def test_what_was_delivered_counts_where_nothing_else_makes_the_sum(sqlite_store):
    rows = row(counted("10", "kpl", "DeliveredQuantity"), priced("1,23", "kpl"))
    assert lines_of(sqlite_store, rows) == ([], [(10_000, "piece", 123, 1230)])
    ordered = row(counted("99", "kpl", "OrderedQuantity"), priced("1,23", "kpl"), "", "12,30")
    plan = plan_of(
        sqlite_store, finvoice("9", net="12,30", vat="3,14", total="15,44", rows=ordered)
    )
    (line,) = plan.rows[0].invoice.lines
    assert (dict(line)["quantity_thousandths"], dict(line)["unit_price_cents"]) == (1000, 1230)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (row(counted("500", "g"), priced("1,23", "kg")), "row_units_differ"),
        (row(counted("10"), priced("9,99")), "rows_not_understood"),
        (row(counted("10"), priced("1,00"), "<RowAmount>15,44</RowAmount>"), "row_sums_unclear"),
        (
            row(counted("10"), priced("1,23"), "", "12,30").replace(
                "<RowVatExcludedAmount>", '<RowVatExcludedAmount AmountCurrencyIdentifier="SEK">'
            ),
            "currency",
        ),
        (row(counted("10"), priced("1,23"), "", "1.230"), "element_unreadable"),
    ],
)
def test_rows_that_are_not_understood_refuse(sqlite_store, rows, code):
    plan = plan_of(sqlite_store, finvoice(net="12,30", vat="3,14", total="15,44", rows=rows))
    assert (outcomes(plan), codes(plan)[:1]) == (["refuse"], [code])


def test_a_sum_in_another_currency_beside_that_in_euros_is_named(sqlite_store):
    other = "OtherCurrencyAmountVatIncludedAmount"
    details = f'<{other} AmountCurrencyIdentifier="SEK">1400,00</{other}>'
    plan = plan_of(sqlite_store, finvoice(details=details))
    assert (outcomes(plan), notes(plan)[0]) == (["create"], "elements_left_out")


@pytest.mark.parametrize(
    "rows",
    [
        row(
            counted("1"),
            priced("15,44", "", "UnitPriceVatIncludedAmount"),
            "<RowAmount>15,44</RowAmount>",
        ),
        row(counted("1"), priced("15,44", "", "UnitPriceVatIncludedAmount")),
        row("", "", "<RowAmount>15,44</RowAmount>"),
        row(counted("1"), "", "<RowVatAmount>3,14</RowVatAmount><RowAmount>15,44</RowAmount>"),
        row(counted("1"), priced("12,30"), "<RowAmount>15,44</RowAmount>"),
    ],
)
def test_rows_and_totals_that_are_given_with_tax_only(sqlite_store, rows):
    plan = bring(sqlite_store, finvoice(net=None, vat=None, total="15,44", rows=rows))
    assert notes(plan)[1:3] == ["sum_reckoned", "sum_reckoned"]
    (invoice,) = only(sqlite_store, Invoice)
    assert (invoice.net_cents, invoice.vat_cents, invoice.open_cents) == (1230, 314, 1544)
    assert [line.net_cents for line in only(sqlite_store, InvoiceLine)] == [1230]


def test_a_total_alone_is_parted_by_the_specification(sqlite_store):
    details = (
        "<VatSpecificationDetails><VatBaseAmount>100,00</VatBaseAmount><VatRatePercent>25,5"
        "</VatRatePercent><VatRateAmount>25,50</VatRateAmount></VatSpecificationDetails>"
    )
    plan = plan_of(sqlite_store, finvoice(net=None, vat=None, details=details))
    values = dict(plan.rows[0].invoice.values)
    assert (values["net_cents"], values["vat_cents"]) == (10000, 2550)


def test_the_net_price_after_a_discount_of_the_price(sqlite_store):
    prices = priced("2,00") + priced("1,23", "", "UnitPriceNetAmount")
    rows = row(counted("10"), prices, "<RowDiscountPercent>38,5</RowDiscountPercent>", "12,30")
    assert lines_of(sqlite_store, rows)[1] == [(10_000, "piece", 200, 1230)]
    net_only = row(counted("10"), priced("1,23", "", "UnitPriceNetAmount"))
    plan = plan_of(
        sqlite_store, finvoice("9", net="12,30", vat="3,14", total="15,44", rows=net_only)
    )
    assert dict(plan.rows[0].invoice.lines[0])["unit_price_cents"] == 123


SUB = """<SubInvoiceRow><SubArticleName>Osa</SubArticleName>
<SubInvoicedQuantity QuantityUnitCode="kpl">10</SubInvoicedQuantity>
<SubUnitPriceAmount>1,23</SubUnitPriceAmount><SubRowVatRatePercent>25,5</SubRowVatRatePercent>
<SubRowVatExcludedAmount>12,30</SubRowVatExcludedAmount></SubInvoiceRow>"""


def test_sub_rows_are_the_lines_of_a_row_without_a_sum_of_its_own(sqlite_store):
    rows = f"<InvoiceRow><ArticleName>Paketti</ArticleName>{SUB}</InvoiceRow>"
    assert lines_of(sqlite_store, rows) == ([], [(10_000, "piece", 123, 1230)])
    assert only(sqlite_store, Invoice)[0].free_text == "Paketti"
    whole = row(counted("10"), priced("1,23"), SUB, "12,30")
    plan = plan_of(sqlite_store, finvoice("9", net="12,30", vat="3,14", total="15,44", rows=whole))
    assert notes(plan)[1:] == ["sub_rows_left_out"]
    assert len(plan.rows[0].invoice.lines) == 1
