"""Every identifier: hostile input is refused with a documented code, quickly and silently."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.errors import InvalidInput
from queries.rules import identifiers
from tests.support.work import calls_of

FUNCTIONS = {
    "business_id": identifiers.business_id,
    "vat_number": identifiers.vat_number,
    "e_invoice_address": identifiers.e_invoice_address,
    "reference_number": identifiers.reference_number,
    "iban": identifiers.iban,
    "phone": identifiers.phone,
    "email": identifiers.email,
    "post_code": identifiers.post_code,
    "web_address": identifiers.web_address,
}

#: What is refused is refused at once, however long it is.
MOST_CALLS = 5000


def refused(field, hostile):
    with pytest.raises(InvalidInput) as refusal:
        FUNCTIONS[field](hostile)
    return refusal.value


def test_each_field_has_its_function_and_codes():
    assert set(FUNCTIONS) == set(identifiers.CODES)


@pytest.mark.parametrize("field", FUNCTIONS)
@pytest.mark.parametrize("nothing", ["", "   ", "\t\n", "\u00a0", None])
def test_nothing_is_empty(field, nothing):
    with pytest.raises(InvalidInput) as refusal:
        FUNCTIONS[field](nothing)
    assert (refusal.value.field, refusal.value.code) == (field, "empty")
    assert refusal.value.facts == {"field": field}


@pytest.mark.parametrize("field", FUNCTIONS)
@pytest.mark.parametrize(
    "hostile",
    [
        "x" * 200,
        "1" * 1_000_000,
        " " * 1_000_000 + "1",
        "a@" * 500_000,
        "🙂",
        "\x00\x01",
        "01120\x0038-9",
        "\u200b",
        "\u202e9-830",
        "=cmd|' /C calc'!A0",
        "<img src=x>",
        "[x](javascript:alert(1))",
        "\ud800",
        "ﷺ" * 100,
        "²³¹",
        "None",
        "nan",
        1120389,
        float("nan"),
        b"0112038-9",
    ],
    ids=lambda value: repr(value)[:24],
)
def test_hostile_input_is_refused_quickly(field, hostile):
    refusal = refused(field, hostile)
    assert calls_of(lambda: refused(field, hostile)) < MOST_CALLS
    assert refusal.code in identifiers.CODES[field]
    assert refusal.facts == {"field": field}
    assert refusal.__suppress_context__ or refusal.__context__ is None


LIKELY = st.text("0123456789RFIBANTE:+-() .@ax\u00a0\u2011", max_size=24)


def outcome(field, text):
    """The normal form, or the refusal's field and code."""
    try:
        return FUNCTIONS[field](text)
    except InvalidInput as refusal:
        return refusal.field, refusal.code


@given(field=st.sampled_from(sorted(FUNCTIONS)), text=st.text(max_size=60) | LIKELY)
def test_any_text_is_normalised_or_refused(field, text):
    once = outcome(field, text)
    if isinstance(once, tuple):
        assert once in {(field, code) for code in identifiers.CODES[field]}
    else:
        assert outcome(field, once) == once
