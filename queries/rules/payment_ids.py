"""Payment references (viitenumero, RF) and bank accounts (IBAN).

Domestic reference: 4 to 20 digits of which the last is a check digit, by the weights 7, 3, 1 from
the right (Finance Finland, "Suomalainen viitenumero"). RF reference: ISO 11649, modulo 97; one
with digits only carries a domestic reference. IBAN: ISO 13616, and the national check digit of
the countries that have one, Finland's among them.

The refusals' codes are those of :mod:`queries.rules.identifiers`.
"""

from __future__ import annotations

import re

from schwifty import IBAN
from schwifty.checksum import algorithms
from schwifty.exceptions import (
    InvalidBBANChecksum,
    InvalidChecksumDigits,
    InvalidCountryCode,
    SchwiftyException,
)
from stdnum.iso7064 import mod_97_10

from queries.errors import InvalidInput
from queries.rules.typed_text import is_ascii_digits, typed

_LIMIT = 60
_SHORTEST, _LONGEST = 4, 20
_LARGEST_BASE = 10**19 - 1


def _check_digit(base: str) -> int:
    """The digit that makes the weighted sum (7, 3, 1 from the right) a multiple of ten."""
    total = sum(int(d) * (7, 3, 1)[i % 3] for i, d in enumerate(reversed(base)))
    return -total % 10


def reference_number(text: str | None) -> str:
    """The reference as it is compared and stored: no spaces, no leading zeros.

    Banks pad references with zeros and leave them out again, so both forms are one reference. A
    domestic one keeps at least four digits. An RF reference keeps its letters and loses the zeros
    behind its check digits (the check allows for them).

    :raises InvalidInput: ``empty``, ``too_long``, ``form``, ``check_digit``.

    >>> reference_number("123 4561"), reference_number("0000 0123 4561")
    ('1234561', '1234561')
    >>> reference_number("RF33 2348 236"), reference_number("rf33 0000 2348 236")
    ('RF332348236', 'RF332348236')
    >>> reference_number("1234562")
    Traceback (most recent call last):
        ...
    queries.errors.InvalidInput: check_digit (field)
    """
    field = "reference_number"
    compact = typed(text, field, _LIMIT).upper().replace(" ", "")
    if compact.startswith("RF"):
        return _rf_reference(compact)
    if not is_ascii_digits(compact) or len(compact) < _SHORTEST:
        raise InvalidInput(field, "form")
    digits = compact.lstrip("0")
    if len(digits) > _LONGEST:
        raise InvalidInput(field, "too_long")
    if not digits:
        raise InvalidInput(field, "form")
    if _check_digit(digits[:-1]) != int(digits[-1]):
        raise InvalidInput(field, "check_digit")
    return digits.zfill(_SHORTEST)


def _rf_reference(compact: str) -> str:
    if not re.fullmatch(r"RF[0-9]{2}[0-9A-Z]+", compact):
        raise InvalidInput("reference_number", "form")
    check, body = compact[2:4], compact[4:]
    if is_ascii_digits(body):
        body = body.lstrip("0")
    if not body:
        raise InvalidInput("reference_number", "form")
    if len(body) > 21:  # noqa: PLR2004 - ISO 11649: 25 characters in all
        raise InvalidInput("reference_number", "too_long")
    # Computed rather than tested modulo 97, which would also take 00, 01 and 99 for 97, 98 and 02.
    if check != mod_97_10.calc_check_digits(body + "RF"):
        raise InvalidInput("reference_number", "check_digit")
    return f"RF{check}{body}"


def make_reference(number: int) -> str:
    """The domestic reference of a number, such as an invoice's: the number and its check digit.

    A number under 100 is padded to three digits, as a reference has at least four.

    :raises InvalidInput: ``form`` where the number is not positive, ``too_long`` where it has more
        than 19 digits.

    >>> make_reference(123456), make_reference(1)
    ('1234561', '0013')
    """
    if number < 1:
        raise InvalidInput("reference_number", "form")
    if number > _LARGEST_BASE:
        raise InvalidInput("reference_number", "too_long")
    return f"{number:03d}{_check_digit(str(number))}"


def iban(text: str | None) -> str:
    """The account number in capitals and without spaces.

    :raises InvalidInput: ``empty``, ``too_long``, ``form``, ``check_digit`` (also the national
        one), ``country``.

    >>> iban("FI21 1234 5600 0007 85")
    'FI2112345600000785'
    >>> iban("FI9112345600000786")
    Traceback (most recent call last):
        ...
    queries.errors.InvalidInput: check_digit (field)
    """
    compact = re.sub(r"[ -]", "", typed(text, "iban", _LIMIT)).upper().removeprefix("IBAN")
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{8,}", compact):
        raise InvalidInput("iban", "form")
    try:
        account = IBAN(compact)
        # Elsewhere there is nothing to check with, and asking gives a warning for every account.
        if account.country_code == "DE" or f"{account.country_code}:default" in algorithms:
            account.bban.validate_national_checksum()
    except InvalidCountryCode:
        raise InvalidInput("iban", "country") from None
    except (InvalidChecksumDigits, InvalidBBANChecksum):
        raise InvalidInput("iban", "check_digit") from None
    except SchwiftyException:
        raise InvalidInput("iban", "form") from None
    return str(account)
