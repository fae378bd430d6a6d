"""Sums of money and quantities: :class:`~decimal.Decimal` in code, integers in the store.

Money is kept in cents and quantities in thousandths, so that the database adds exactly. Floating
point is met nowhere. Halves round away from zero, so that a credit note mirrors its invoice to
the cent.

Refusals are :class:`queries.errors.InvalidInput` with the field ``amount`` or ``quantity``:

=============  ================================================================================
code           meaning
=============  ================================================================================
``empty``      nothing was typed
``too_long``   more characters than a number has
``form``       no number: other characters, groups of other than three digits, no digit
``ambiguous``  1.234 or 1,234: a thousand with its separator, or one with three decimals
``precision``  parts of a cent, or of a thousandth
``range``      larger than the store keeps (a million million euros, a thousand million pieces)
=============  ================================================================================
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from queries.errors import InvalidInput
from queries.rules.typed_text import typed

CODES = {
    "amount": ("empty", "too_long", "form", "ambiguous", "precision", "range"),
    "quantity": ("empty", "too_long", "form", "ambiguous", "precision", "range"),
}
"""Each field's codes, so that a test can ask the catalogues for every sentence."""

MOST_CENTS = 10**14
MOST_THOUSANDTHS = 10**12

_LIMIT = 40
_GROUP = r"[0-9]{1,3}(?:%s[0-9]{3})+"
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)\ ?"
    r"(?:(?P<plain>[0-9]+)"
    rf"|(?P<spaced>{_GROUP % ' '})|(?P<dotted>{_GROUP % '[.]'})|(?P<commaed>{_GROUP % ','}))"
    r"(?:(?P<point>[.,])(?P<decimals>[0-9]{1,9}))?"
)


def to_cents(amount: Decimal) -> int:
    """The sum in cents.

    :raises InvalidInput: ``precision`` where it has parts of a cent, ``range``, and ``form``
        where it is not a finite number.

    >>> to_cents(Decimal("1234.50")), to_cents(Decimal("-0.01"))
    (123450, -1)
    >>> to_cents(Decimal("0.005"))
    Traceback (most recent call last):
        ...
    queries.errors.InvalidInput: precision (field)
    """
    return _units(amount, 2, MOST_CENTS, "amount")


def from_cents(cents: int) -> Decimal:
    """The sum in euros, always with two decimals.

    >>> from_cents(123450), from_cents(-5)
    (Decimal('1234.50'), Decimal('-0.05'))
    """
    return Decimal(cents).scaleb(-2)


def to_thousandths(quantity: Decimal) -> int:
    """The quantity in thousandths; refusals as in :func:`to_cents`.

    >>> to_thousandths(Decimal("1.5"))
    1500
    """
    return _units(quantity, 3, MOST_THOUSANDTHS, "quantity")


def from_thousandths(thousandths: int) -> Decimal:
    """The quantity without zeros at its end.

    >>> from_thousandths(1500), from_thousandths(20000)
    (Decimal('1.5'), Decimal('20'))
    """
    whole, rest = divmod(abs(thousandths), 1000)
    text = f"{whole}.{rest:03d}".rstrip("0").rstrip(".")
    return Decimal(f"-{text}" if thousandths < 0 else text)


def _units(value: Decimal, places: int, most: int, field: str) -> int:
    if not value.is_finite():
        raise InvalidInput(field, "form")
    # Before 1E+999999 is written out in digits, or 1E-999999.
    if value and value.adjusted() > len(str(most)):
        raise InvalidInput(field, "range")
    if value and value.adjusted() < -places:
        raise InvalidInput(field, "precision")
    numerator, denominator = value.as_integer_ratio()
    scale: int = 10**places
    units, parts = divmod(numerator * scale, denominator)
    if parts:
        raise InvalidInput(field, "precision")
    if abs(units) > most:
        raise InvalidInput(field, "range")
    return units


def round_half_up(value: Decimal, places: int = 2) -> Decimal:
    """The value rounded to so many decimals, halves away from zero.

    >>> round_half_up(Decimal("0.125")), round_half_up(Decimal("-0.125"))
    (Decimal('0.13'), Decimal('-0.13'))
    """
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def divided_half_up(numerator: int, denominator: int) -> int:
    """The quotient of two integers rounded to an integer, halves away from zero.

    :param denominator: positive.

    >>> divided_half_up(5, 2), divided_half_up(-5, 2), divided_half_up(4, 3)
    (3, -3, 1)
    """
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -magnitude if numerator < 0 else magnitude


def parse_amount(text: str | None) -> Decimal:
    """The sum that a person typed, with the decimals that were typed.

    Finnish notation first: a comma before the decimals, spaces of any kind between thousands, the
    sign ``€`` or ``EUR`` before or after, a minus of any kind. A point before the decimals is
    taken too, and points or commas between thousands where the rest shows what they are:
    1.234,50 and 1,234.50 and 1.234.567. One separator with three digits after it and one to three
    before it (1.234, 12,345) can be read both ways and is refused as ``ambiguous``; 0,125 cannot,
    and is a sum that :func:`to_cents` refuses.

    :raises InvalidInput: ``empty``, ``too_long``, ``form``, ``ambiguous``, ``range``.

    >>> parse_amount("1\u00a0234,50 €"), parse_amount("\u221212.5"), parse_amount("EUR 1.234,5")
    (Decimal('1234.50'), Decimal('-12.5'), Decimal('1234.5'))
    >>> parse_amount("1.234")
    Traceback (most recent call last):
        ...
    queries.errors.InvalidInput: ambiguous (field)
    """
    compact = typed(text, "amount", _LIMIT)
    bare = re.sub(r"^(?:€|EUR) ?|(?<=[0-9]) ?(?:€|EUR)$", "", compact, count=1, flags=re.IGNORECASE)
    amount = _number(bare, "amount", comma_is_decimal=False)
    if abs(amount) > from_cents(MOST_CENTS):
        raise InvalidInput("amount", "range")
    return amount


def parse_quantity(text: str | None) -> Decimal:
    """The quantity that a person typed.

    As :func:`parse_amount`, but three decimals are as common as two here, so a comma alone is
    always the decimal comma (1,250 is one and a quarter); 1.250 stays ``ambiguous``.

    :raises InvalidInput: ``empty``, ``too_long``, ``form``, ``ambiguous``, ``range``.

    >>> parse_quantity("1,250"), parse_quantity("12"), parse_quantity("7.5")
    (Decimal('1.250'), Decimal('12'), Decimal('7.5'))
    """
    quantity = _number(typed(text, "quantity", _LIMIT), "quantity", comma_is_decimal=True)
    if abs(quantity) > Decimal(MOST_THOUSANDTHS).scaleb(-3):
        raise InvalidInput("quantity", "range")
    return quantity


def _number(text: str, field: str, *, comma_is_decimal: bool) -> Decimal:
    if re.fullmatch(r"[+-]? ?[1-9][0-9]{0,2}[.,][0-9]{3}", text):
        if not (comma_is_decimal and "," in text):
            raise InvalidInput(field, "ambiguous")
        return Decimal(text.replace(" ", "").replace(",", "."))
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise InvalidInput(field, "form")
    grouping = "." if match["dotted"] else "," if match["commaed"] else ""
    whole = match["plain"] or match["spaced"] or match["dotted"] or match["commaed"]
    # 1.234.56 and 0.123.456 are slips of the pen, not numbers.
    if match["point"] == grouping or (not match["plain"] and whole.startswith("0")):
        raise InvalidInput(field, "form")
    decimals = f".{match['decimals']}" if match["decimals"] else ""
    return Decimal(match["sign"] + re.sub(r"[ .,]", "", whole) + decimals)
