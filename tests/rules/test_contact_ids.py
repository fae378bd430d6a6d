from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from queries.errors import InvalidInput
from queries.rules.contact_ids import _validated, email, phone, post_code, web_address


def refused(function, *arguments):
    with pytest.raises(InvalidInput) as refusal:
        function(*arguments)
    return refusal.value.code


@pytest.mark.parametrize(
    "text",
    [
        "040 1234567",
        "0401234567",
        "040-123 4567",
        "(040) 123.4567",
        "+358 40 123 4567",
        "+358 (0)40 1234567",
        "00358401234567",
        "tel:+358401234567",
        "+358\u00a040\u00a01234567",
        "\u202a+358401234567\u202c",
        "０４０１２３４５６７",
        "040\u20131234567",
    ],
)
def test_one_number_in_every_notation(text):
    assert phone(text) == "+358401234567"


def test_numbers_of_other_countries_and_regions():
    assert phone("+46 70 174 06 05") == "+46701740605"
    assert phone("070-174 06 05", region="SE") == "+46701740605"
    assert phone("09 123 4567") == "+35891234567"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0401", "not_in_use"),
        ("112", "not_in_use"),
        ("+358 40 123 456 789 01", "not_in_use"),
        ("040-VESSA", "form"),
        ("0401234567 / 0501234567", "form"),
        ("+358401234567 ext. 12", "form"),
        ("131052-308T", "form"),
        ("+210 123 4567", "country"),
        ("+", "form"),
        ("--", "form"),
    ],
)
def test_phone_is_refused(text, code):
    assert refused(phone, text) == code


def test_an_unknown_region_is_refused():
    assert refused(phone, "040 1234567", "XX") == "country"


@given(st.integers(1_000_000, 9_999_999))
def test_a_number_and_its_normal_form_are_one(tail):
    number = f"+35840{tail}"
    assert phone(f"040 {tail}") == number
    assert phone(number) == number


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("matti@yritys.example", "matti@yritys.example"),
        (" Matti@YRITYS.Example\u200b", "Matti@yritys.example"),
        ("a.b+c_d-e@alue.yritys.example", "a.b+c_d-e@alue.yritys.example"),
        ("liisa@koe.test", "liisa@koe.test"),
        ("ääkkö@esimerkki.example", "ääkkö@esimerkki.example"),
        ("x@xn--pivkoti-5wac.example", "x@päiväkoti.example"),
    ],
)
def test_addresses(text, address):
    assert email(text) == address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("matti", "form"),
        ("matti@", "form"),
        ("@yritys.example", "form"),
        ("matti@yritys", "form"),
        ("matti@localhost", "form"),
        ("matti@yritys..example", "form"),
        ("ma tti@yritys.example", "form"),
        ("matti@yritys.example, liisa@yritys.example", "form"),
        ("Matti <matti@yritys.example>", "form"),
        ('"matti m"@yritys.example', "form"),
        ("matti@[127.0.0.1]", "form"),
        ("matti@yritys.example\nBcc: x@y.example", "form"),
        ("a" * 65 + "@yritys.example", "form"),
        ("a@" + "b" * 260 + ".example", "too_long"),
    ],
)
def test_email_is_refused(text, code):
    assert refused(email, text) == code


def test_post_codes():
    assert post_code("00580") == "00580"
    assert post_code(" 50 100 ") == "50100"
    assert post_code("fi-50100") == "50100"


@pytest.mark.parametrize("text", ["580", "005800", "0058O", "00000", "FI50100", "-5010"])
def test_post_code_is_refused(text):
    assert refused(post_code, text) == "form"


@pytest.mark.parametrize(
    "text",
    [
        "https://www.yritys.example/tietosuoja",
        "https://yritys.example",
        "https://a-b.example:8443/x",
        "https://yritys.example/t?kieli=fi#osa",
        "https://xn--yritys-xya.example/%C3%A4",
    ],
)
def test_a_web_address_is_kept_as_it_is(text):
    assert web_address(f" {text}\n") == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("yritys.example", "form"),
        ("http://yritys.example", "form"),
        ("javascript:alert(1)", "form"),
        ("https://", "form"),
        ("https:///tietosuoja", "form"),
        ("https://a..example", "form"),
        ("https://nimi:sana@yritys.example", "form"),
        ('https://yritys.example/"><b>', "form"),
        ("https://yritys.example/a b", "form"),
        ("https://yritys.example:port/", "form"),
        ("https://[::1", "form"),
        ("https://yritys.example/ä", "form"),
        ("https://yritys.example/" + "x" * 180, "too_long"),
    ],
)
def test_what_is_no_public_page_is_refused(text, code):
    assert refused(web_address, text) == code


_PIECES = ["a", "Z", "9", ".", "..", "@", "+", "-", "_", "!", "'", '"', " ", "<", ">", "ä", ".fi"]
_PIECES += ["example.com", "xn--", "posti.example", "[127.0.0.1]", "b" * 63, "c" * 64, "\u00ad"]


@given(st.lists(st.sampled_from(_PIECES), max_size=9).map("".join))
@example("a@" + ".".join(["d" * 60] * 4) + ".fi")
@example("e" * 64 + "@posti.example")
@example("e" * 65 + "@posti.example")
@example("Aino.Esimerkki+posti@POSTI.Example")
def test_the_short_way_for_plain_addresses_ends_where_the_long_one_does(text):
    try:
        expected = _validated("".join(one for one in text.strip() if one != "\u00ad")).normalized
    except InvalidInput:
        expected = None
    try:
        assert email(text) == expected
    except InvalidInput:
        assert expected is None or len(text) > 254
