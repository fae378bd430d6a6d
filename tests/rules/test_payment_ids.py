from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from schwifty import IBAN

from queries.errors import InvalidInput
from queries.rules.payment_ids import iban, make_reference, reference_number


def refused(function, text):
    with pytest.raises(InvalidInput) as refusal:
        function(text)
    return refusal.value.code


def test_known_references():
    assert reference_number("1234561") == "1234561"
    assert reference_number("00000000000001234561") == "1234561"
    assert reference_number("12 34561") == "1234561"
    assert reference_number("RF332348236") == "RF332348236"
    assert reference_number("RF18 5390 0754 7034") == "RF18539007547034"
    assert reference_number("rf18 5390 0754 70y") == "RF185390075470Y"
    assert reference_number("00000000000000000013") == "0013"
    assert reference_number("0013") == "0013"
    assert reference_number("0" * 30 + "1234561") == "1234561"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1234562", "check_digit"),
        ("RF332348237", "check_digit"),
        ("RF17539007547034", "check_digit"),
        ("13", "form"),
        ("0000", "form"),
        ("RF", "form"),
        ("RF33", "form"),
        ("RF330000", "form"),
        ("RF3A2348236", "form"),
        ("123-4561", "form"),
        ("1" * 21, "too_long"),
        ("RF33" + "1" * 22, "too_long"),
        ("1" * 200, "too_long"),
    ],
)
def test_reference_is_refused(text, code):
    assert refused(reference_number, text) == code


bases = st.one_of(st.integers(1, 10**19 - 1), st.integers(1, 2000))


@given(bases)
def test_a_made_reference_is_accepted_as_it_stands(number):
    reference = make_reference(number)
    assert reference_number(reference) == reference
    assert int(reference) // 10 == number
    assert 4 <= len(reference) <= 20
    weighted = sum(int(d) * w for d, w in zip(reference[-2::-1], (7, 3, 1) * 7, strict=False))
    assert (weighted + int(reference[-1])) % 10 == 0


@given(bases, st.data())
def test_one_wrong_digit_in_a_reference_is_refused(number, data):
    digits = list(make_reference(number))
    place = data.draw(st.integers(0, len(digits) - 1))
    digits[place] = str((int(digits[place]) + data.draw(st.integers(1, 9))) % 10)
    assert refused(reference_number, "".join(digits)) in {"check_digit", "form"}


@given(bases, st.text("0123456789", max_size=0) | st.just("  "))
def test_an_rf_reference_carries_a_domestic_one(number, space):
    domestic = make_reference(number).lstrip("0")
    check = 98 - int(domestic + "271500") % 97
    reference = f"RF{check:02d}{domestic}"
    assert reference_number(f"{reference[:4]}{space}{'0' * 2}{reference[4:]}") == reference
    for wrong in (check + 1, check - 1, check - 97, check + 97):
        if 0 <= wrong <= 99:
            assert refused(reference_number, f"RF{wrong:02d}{domestic}") == "check_digit"


def test_numbers_without_a_reference():
    assert refused(make_reference, 0) == "form"
    assert refused(make_reference, -1) == "form"
    assert refused(make_reference, 10**19) == "too_long"
    assert make_reference(10**19 - 1) == "99999999999999999993"


def test_known_accounts():
    assert iban("fi21 1234 5600 0007 85") == "FI2112345600000785"
    assert iban("IBAN FI21-1234-5600-0007-85") == "FI2112345600000785"
    assert iban("SE45 5000 0000 0583 9825 7466") == "SE4550000000058398257466"
    assert iban("DE89 3704 0044 0532 0130 00") == "DE89370400440532013000"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("FI9112345600000786", "check_digit"),
        ("FI2012345600000785", "check_digit"),
        ("FI211234560000078", "form"),
        ("FI21123456000007855", "form"),
        ("FI21A234560000078A", "form"),
        ("XX2112345600000785", "country"),
        ("2112345600000785", "form"),
        ("FI21", "form"),
    ],
)
def test_account_is_refused(text, code):
    assert refused(iban, text) == code


@pytest.mark.parametrize("country", ["FI", "SE", "NO", "DK", "EE", "LV", "LT", "DE", "FR", "GB"])
def test_accounts_of_every_neighbour_are_accepted_without_a_warning(country):
    seeded = random.Random(country)  # noqa: S311 - test data
    for _ in range(20):
        account = str(IBAN.random(country, random=seeded, use_registry=False))
        assert iban(account) == account
        assert iban(" ".join(account[i : i + 4] for i in range(0, len(account), 4))) == account


@given(st.integers(0, 2**32), st.data())
def test_one_wrong_digit_in_an_account_is_refused(seed, data):
    seeded = random.Random(seed)  # noqa: S311 - test data
    account = str(IBAN.random("FI", random=seeded, use_registry=False))
    place = data.draw(st.integers(2, 17))
    wrong = str((int(account[place]) + data.draw(st.integers(1, 9))) % 10)
    assert refused(iban, account[:place] + wrong + account[place + 1 :]) == "check_digit"
