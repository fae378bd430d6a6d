from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.errors import InvalidInput
from queries.rules.company_ids import business_id, e_invoice_address, vat_number

WEIGHTS = (7, 9, 10, 5, 8, 4, 2)


def check_digit(body):
    """Computed the other way round: the digit that makes the whole sum divisible by 11."""
    total = sum(w * int(d) for w, d in zip(WEIGHTS, body, strict=True))
    return next((d for d in range(10) if (total + d) % 11 == 0), None)


bodies = st.integers(1, 9_999_999).map(lambda n: f"{n:07d}")
issued = bodies.filter(lambda body: check_digit(body) is not None).map(
    lambda body: f"{body}-{check_digit(body)}"
)


def refused(function, text):
    with pytest.raises(InvalidInput) as refusal:
        function(text)
    return refusal.value.code


@pytest.mark.parametrize(
    "text",
    [
        "0112038-9",
        "01120389",
        "112038-9",
        "1120389",
        " 0112038 - 9 ",
        "0112038\u20139",
        "0112038\u22129",
        "0112038\u20119",
        "FI01120389",
        "fi 0112038-9",
        "FI-01120389",
        "０１１２０３８－９",
        "0112\u200b038-9",
        "0112038\u00a0-\u00a09",
    ],
)
def test_one_business_id_in_every_notation(text):
    assert business_id(text) == "0112038-9"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1234567-8", "check_digit"),
        ("0112038-8", "check_digit"),
        ("0000000-0", "never_issued"),
        ("0112038", "check_digit"),
        ("12038-9", "form"),
        ("00112038-9", "form"),
        ("0112038-X", "form"),
        ("0112038--9", "form"),
        ("SE0112038-9", "form"),
        ("131052-308T", "form"),
        ("0112038/9", "form"),
        ("0112038-9 0112038-9", "form"),
    ],
)
def test_business_id_is_refused(text, code):
    assert refused(business_id, text) == code


@given(issued)
def test_issued_ids_are_accepted_in_both_forms(number):
    assert business_id(number) == number
    assert business_id(number.replace("-", "")) == number
    assert vat_number(number) == "FI" + number.replace("-", "")


NEVER = [f"{n:07d}" for n in range(9_000_000, 9_002_000) if check_digit(f"{n:07d}") is None]


@given(st.sampled_from(NEVER), st.integers(0, 9))
def test_remainder_one_is_never_issued(body, digit):
    assert refused(business_id, f"{body}-{digit}") == "never_issued"


@given(issued, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_refused(number, place, step):
    digits = list(number.replace("-", ""))
    digits[place] = str((int(digits[place]) + step) % 10)
    assert refused(business_id, "".join(digits)) in {"check_digit", "never_issued"}


def test_vat_numbers():
    assert vat_number("FI02459747") == "FI02459747"
    assert vat_number("fi 0245974-7") == "FI02459747"
    assert vat_number("EE 100594102") == "EE100594102"
    assert vat_number("EL 094259216") == "EL094259216"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FI12345678", "check_digit"),
        ("SE556042722002", "form"),
        ("EE100594103", "check_digit"),
        ("US123456789", "country"),
        ("EU372022452", "country"),
        ("XX", "country"),
        ("FI", "form"),
        ("DE", "form"),
        ("ÄÄ1", "form"),
        ("DE13669597Ä", "form"),
    ],
)
def test_vat_number_is_refused(text, code):
    assert refused(vat_number, text) == code


def test_e_invoice_addresses():
    assert e_invoice_address("003702459747234") == "003702459747234"
    assert e_invoice_address("0037 02459747") == "003702459747"
    assert e_invoice_address("003702459747ab123") == "003702459747AB123"
    assert e_invoice_address("te003702459747") == "TE003702459747"
    assert e_invoice_address("0216:003702459747") == "0216:003702459747"
    assert e_invoice_address("FI21 1234 5600 0007 85") == "FI2112345600000785"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("003702459748", "check_digit"),
        ("0037024597472345678", "form"),
        ("00370245974", "form"),
        ("0216:003702459748", "check_digit"),
        ("FI9112345600000786", "check_digit"),
        ("FI21", "form"),
        ("ZZ2112345600000785", "country"),
        ("laskut@yritys.example", "form"),
        ("A" * 36, "too_long"),
    ],
)
def test_e_invoice_address_is_refused(text, code):
    assert refused(e_invoice_address, text) == code
