from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.errors import InvalidInput
from queries.rules import money
from queries.rules.money import (
    divided_half_up,
    from_cents,
    from_thousandths,
    parse_amount,
    parse_quantity,
    round_half_up,
    to_cents,
    to_thousandths,
)
from tests.support.work import calls_of

#: What is refused is refused at once, however long or large it is.
MOST_CALLS = 1000

cents = st.integers(-money.MOST_CENTS, money.MOST_CENTS)


def refused(function, value):
    with pytest.raises(InvalidInput) as refusal:
        function(value)
    assert refusal.value.code in money.CODES[refusal.value.field]
    assert refusal.value.facts == {"field": refusal.value.field}
    return refusal.value.code


@given(cents)
def test_cents_go_out_and_come_back(value):
    amount = from_cents(value)
    assert to_cents(amount) == value
    assert amount.as_tuple().exponent == -2
    assert Fraction(amount) == Fraction(value, 100)


@given(st.integers(-money.MOST_THOUSANDTHS, money.MOST_THOUSANDTHS))
def test_thousandths_go_out_and_come_back(value):
    quantity = from_thousandths(value)
    assert to_thousandths(quantity) == value
    assert "E" not in str(quantity)
    assert not str(quantity).endswith(".0")


@given(cents, st.integers(1, 9))
def test_parts_of_a_cent_are_refused(value, part):
    exact = Decimal(f"{from_cents(value)}{part}")
    assert refused(to_cents, exact) == "precision"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("NaN", "form"),
        ("Infinity", "form"),
        ("-Infinity", "form"),
        ("1E+999999", "range"),
        ("-1E+15", "range"),
        ("1000000000000.01", "range"),
        ("1E-999999", "precision"),
        ("0.001", "precision"),
    ],
)
def test_cents_are_refused(value, code):
    assert refused(to_cents, Decimal(value)) == code
    assert calls_of(lambda: refused(to_cents, Decimal(value))) < MOST_CALLS


def test_quantities_are_refused():
    assert refused(to_thousandths, Decimal("0.0001")) == "precision"
    assert refused(to_thousandths, Decimal("1000000000.001")) == "range"


def finnish(value, space="\u00a0", comma=",", minus="\u2212"):
    """The sum as Finnish text, written without the code under test."""
    euros, rest = divmod(abs(value), 100)
    whole = f"{euros:,}".replace(",", space)
    return f"{minus if value < 0 else ''}{whole}{comma}{rest:02d}"


@given(
    cents,
    st.sampled_from([" ", "\u00a0", "\u202f", "\u2009", ""]),
    st.sampled_from([",", "."]),
    st.sampled_from(["-", "\u2212", "\u2013"]),
    st.sampled_from(["", " €", "€", "\u00a0EUR", " eur"]),
)
def test_written_sums_are_read_exactly(value, space, comma, minus, currency):
    text = finnish(value, space, comma, minus) + currency
    assert to_cents(parse_amount(text)) == value


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1 234,50", "1234.50"),
        ("1\u00a0234,50 €", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1234.50", "1234.50"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1,234,567.8", "1234567.8"),
        ("1 234.567", "1234.567"),
        ("1234,567", "1234.567"),
        ("0,125", "0.125"),
        ("1 234", "1234"),
        ("-5", "-5"),
        ("\u22125,5", "-5.5"),
        ("+5", "5"),
        ("€ 12", "12"),
        ("EUR 12", "12"),
        ("007", "7"),
        ("０,５", "0.5"),
        ("0", "0"),
    ],
)
def test_notations(text, amount):
    assert parse_amount(text) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.234", "ambiguous"),
        ("1,234", "ambiguous"),
        ("-12.345", "ambiguous"),
        ("999,999 €", "ambiguous"),
        ("", "empty"),
        (None, "empty"),
        ("€", "form"),
        ("abc", "form"),
        ("1,2,3", "form"),
        ("1.234.56", "form"),
        ("1,234,56", "form"),
        ("1 23,40", "form"),
        ("12 34", "form"),
        ("0.123.456", "form"),
        ("0 123,40", "form"),
        ("1e5", "form"),
        ("1_000", "form"),
        ("NaN", "form"),
        ("Infinity", "form"),
        ("12 $", "form"),
        ("€ 12 €", "form"),
        ("--5", "form"),
        ("5-", "form"),
        (",5", "form"),
        ("5,", "form"),
        ("½", "form"),
        ("=1+1", "form"),
        ("1000000000000,01", "range"),
        ("9" * 41, "too_long"),
        ("9" * 1_000_000, "too_long"),
        (1234.5, "form"),
    ],
)
def test_amount_is_refused(text, code):
    assert refused(parse_amount, text) == code
    assert calls_of(lambda: refused(parse_amount, text)) < MOST_CALLS


def test_quantities():
    assert parse_quantity("1,250") == Decimal("1.250")
    assert parse_quantity("-1,5") == Decimal("-1.5")
    assert parse_quantity("1 234,5") == Decimal("1234.5")
    assert refused(parse_quantity, "1.250") == "ambiguous"
    assert refused(parse_quantity, "5 €") == "form"
    assert refused(parse_quantity, "1000000001") == "range"


@given(st.text("0123456789.,  -+€EUR\u00a0", max_size=20) | st.text(max_size=20))
def test_any_text_is_a_number_or_refused(text):
    try:
        amount = parse_amount(text)
    except InvalidInput as refusal:
        code = refusal.code
    else:
        code = None
        assert amount.is_finite()
    assert code is None or code in money.CODES["amount"]


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_halves_round_away_from_zero(numerator, denominator):
    quotient = divided_half_up(numerator, denominator)
    error = Fraction(quotient) - Fraction(numerator, denominator)
    assert abs(error) <= Fraction(1, 2)
    if abs(error) == Fraction(1, 2):
        assert abs(quotient) > abs(Fraction(numerator, denominator))
    assert divided_half_up(-numerator, denominator) == -quotient


@given(st.integers(-(10**9), 10**9))
def test_decimals_and_integers_round_alike(thousandths):
    rounded = round_half_up(Decimal(thousandths).scaleb(-3))
    assert to_cents(rounded) == divided_half_up(thousandths, 10)
