from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.errors import InvalidInput
from queries.rules import vat
from queries.rules.vat import (
    RateTotal,
    VatLine,
    invoice_totals,
    line_total,
    vat_basis_points,
    vat_of,
)


def refused(category, on):
    with pytest.raises(InvalidInput) as refusal:
        vat_basis_points(category, on)
    return refusal.value.code


@pytest.mark.parametrize(
    ("category", "first_day", "rate", "before"),
    [
        ("standard", date(1994, 6, 1), "22", None),
        ("standard", date(2010, 7, 1), "23", "22"),
        ("standard", date(2013, 1, 1), "24", "23"),
        ("standard", date(2024, 9, 1), "25.5", "24"),
        ("reduced", date(1998, 1, 1), "17", None),
        ("reduced", date(2009, 10, 1), "12", "17"),
        ("reduced", date(2010, 7, 1), "13", "12"),
        ("reduced", date(2013, 1, 1), "14", "13"),
        ("reduced", date(2026, 1, 1), "13.5", "14"),
        ("reduced_low", date(1998, 1, 1), "8", None),
        ("reduced_low", date(2010, 7, 1), "9", "8"),
        ("reduced_low", date(2013, 1, 1), "10", "9"),
        ("zero", date(2026, 1, 1), "0", "0"),
        ("reverse_charge", date(2011, 4, 1), "0", None),
    ],
)
def test_rates_change_on_their_day(category, first_day, rate, before):
    assert vat_basis_points(category, first_day) == Decimal(rate) * 100
    day_before = first_day - timedelta(days=1)
    if before is None:
        assert refused(category, day_before) == "not_in_force"
    else:
        assert vat_basis_points(category, day_before) == Decimal(before) * 100


def test_unknown_categories_are_refused():
    assert refused("", date(2026, 1, 1)) == "unknown"
    assert refused("Standard", date(2026, 1, 1)) == "unknown"


def test_rates_are_in_the_order_of_their_days():
    for category in vat.CATEGORIES:
        days = [rate.valid_from for rate in vat.RATES if rate.category == category]
        assert days == sorted(set(days))
    assert all(rate.citation.startswith("AVL 1501/1993 ") for rate in vat.RATES)


def exact(numerator, places):
    """An independent rounding, by the decimal module, far from any precision's end."""
    return int(Decimal(numerator).scaleb(-places).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@given(st.integers(-(10**6), 10**6), st.integers(0, 10**7), st.integers(0, 10_000))
def test_a_line_is_rounded_once(quantity, price, discount):
    assert line_total(quantity, price, discount) == exact(quantity * price * (10_000 - discount), 7)


@given(st.integers(-(10**12), 10**12), st.sampled_from([0, 1000, 1350, 1400, 2400, 2550]))
def test_tax_of_a_credit_mirrors_that_of_the_sale(net, rate):
    assert vat_of(net, rate) == exact(net * rate, 4)
    assert vat_of(-net, rate) == -vat_of(net, rate)


lines = st.builds(
    VatLine,
    net_cents=st.integers(-(10**7), 10**7),
    vat_category=st.sampled_from(["standard", "reduced"]),
    vat_basis_points=st.sampled_from([1350, 2550]),
)


@given(st.lists(lines, max_size=30))
def test_totals_are_those_of_their_lines(invoice):
    totals = invoice_totals(invoice)
    assert totals.net_cents == sum(line.net_cents for line in invoice)
    assert totals.total_cents == totals.net_cents + totals.vat_cents
    assert totals.vat_cents == sum(row.vat_cents for row in totals.by_rate)
    assert all(
        row.vat_cents == vat_of(row.net_cents, row.vat_basis_points) for row in totals.by_rate
    )
    rates = [(row.vat_category, row.vat_basis_points) for row in totals.by_rate]
    assert set(rates) == {(line.vat_category, line.vat_basis_points) for line in invoice}
    assert len(rates) == len(set(rates))


@given(st.lists(lines, max_size=10), st.randoms())
def test_the_order_of_lines_does_not_matter(invoice, random):
    shuffled = list(invoice)
    random.shuffle(shuffled)
    assert invoice_totals(shuffled) == invoice_totals(invoice)


def test_an_invoice_of_several_rates():
    totals = invoice_totals(
        [
            VatLine(333, "standard", 2550),
            VatLine(333, "standard", 2550),
            VatLine(1000, "reduced", 1350),
            VatLine(5000, "reverse_charge", 0),
            VatLine(700, "zero", 0),
        ]
    )
    assert totals.by_rate == (
        RateTotal("standard", 2550, 666, 170),
        RateTotal("reduced", 1350, 1000, 135),
        RateTotal("reverse_charge", 0, 5000, 0),
        RateTotal("zero", 0, 700, 0),
    )
    assert (totals.net_cents, totals.vat_cents, totals.total_cents) == (7366, 305, 7671)


def test_an_invoice_without_lines():
    assert invoice_totals([]) == vat.InvoiceTotals(0, 0, 0, ())
