"""Telephone numbers as people write them in a cell."""

from __future__ import annotations

import pytest

from queries.errors import InvalidInput
from queries.intake.customers.phones import TypedPhones, phones

MOBILE, OTHER, LINE = "+358401234567", "+358509876543", "+35891234567"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("040 123 4567", (MOBILE,)),
        ("040-123 4567 / 09 123 4567", (MOBILE, LINE)),
        ("0401234567, 0509876543", (MOBILE, OTHER)),
        ("040 1234567 tai 050 9876543", (MOBILE, OTHER)),
        ("040 1234567\n050 9876543", (MOBILE, OTHER)),
        ("+358 (0)40 123 4567", (MOBILE,)),
        ("00358401234567", (MOBILE,)),
        ("(09) 123 4567", (LINE,)),
        ("040–123–4567", (MOBILE,)),
        ("'0401234567", (MOBILE,)),
        ("’040 123 4567", (MOBILE,)),
        ("'+358 40 123 4567'", (MOBILE,)),
        ("040 123 4567 & 050 9876543", (MOBILE, OTHER)),
        ("040 123 4567 + 050 9876543", (MOBILE, OTHER)),
        ("0401234567 0509876543", (MOBILE, OTHER)),
        ("0401234567 +358509876543", (MOBILE, OTHER)),
        ("+358 40 123 4567 ::: +358 50 987 6543", (MOBILE, OTHER)),
        ("puh. 040 123 4567", (MOBILE,)),
        ("Tel: 040 123 4567; gsm 0509876543", (MOBILE, OTHER)),
        ("040 123 4567; 040-1234567", (MOBILE,)),
    ],
)
def test_what_is_understood(text, numbers):
    assert phones(text) == TypedPhones(numbers)


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("040 123 4567 (Matti)", "Matti"),
        ("(töissä) 040 123 4567", "töissä"),
        ("040 123 4567 [Matti]", "Matti"),
        ("040 123 4567 alanro 12", "alanro 12"),
        ("+358 40 123 4567 ext. 5", "ext. 5"),
    ],
)
def test_a_remark_beside_the_number_is_told(text, remark):
    assert phones(text) == TypedPhones((MOBILE,), remarks=(remark,))


@pytest.mark.parametrize("text", ["401234567", "358401234567", "40 123 4567"])
def test_the_zero_or_plus_that_a_spreadsheet_took_is_given_back_and_told(text):
    assert phones(text) == TypedPhones((MOBILE,), restored=(text,))


@pytest.mark.parametrize("text", ["4.01235E+08", "kysy Matilta", "040", "040 123 4567 Matti", ""])
def test_what_is_not_understood_is_refused(text):
    with pytest.raises(InvalidInput):
        phones(text)


def test_a_number_of_a_town_without_its_zero_is_told():
    assert phones("91234567") == TypedPhones((LINE,), restored=("91234567",))
    assert phones("(09) 123 4567").restored == ()
