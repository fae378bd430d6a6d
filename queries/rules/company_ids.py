"""Business ID (Y-tunnus), VAT number (ALV-numero) and e-invoice address (verkkolaskuosoite).

Business ID: seven digits and a check digit (Yritys- ja yhteisötietolaki 244/2001; the check digit
by the weights 7, 9, 10, 5, 8, 4, 2 modulo 11).
VAT number: FI and the eight digits of the business ID; those of other member states by their
own rules (python-stdnum). E-invoice address: OVT (ISO 6523 code 0037), IBAN, or a Peppol address.

The refusals' codes are those of :mod:`queries.rules.identifiers`.
"""

from __future__ import annotations

import re

from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, ValidationError

from queries.errors import InvalidInput
from queries.rules.payment_ids import iban
from queries.rules.typed_text import is_ascii_digits, typed

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2)
_LIMIT = 40
_OVT = re.compile(r"0037([0-9]{8})([0-9A-Z]{0,5})")
_SCHEME = re.compile(r"([0-9]{4}):([0-9A-Z._-]{1,30})")
#: Prefixes of the VAT numbers of the Union, with EL (Greece) and XI (Northern Ireland).
MEMBER_STATES = frozenset({state.upper() for state in eu_vat.MEMBER_STATES} - {"GR"} | {"EL"})


def business_id(text: str | None) -> str:
    """The business ID in its written form.

    Accepts spaces, a missing dash, dashes of other kinds, the VAT number's form, and the old form
    with six digits before the check digit, which is padded with a zero.

    :raises InvalidInput: ``empty``, ``too_long``, ``form``, ``check_digit``, or ``never_issued``
        where the digits give the remainder 1, for which no ID is issued.

    >>> business_id("0112038-9"), business_id("112038-9"), business_id("fi 0245 9747")
    ('0112038-9', '0112038-9', '0245974-7')
    >>> business_id("1234567-8")
    Traceback (most recent call last):
        ...
    queries.errors.InvalidInput: check_digit (field)
    """
    return _business_id(typed(text, "business_id", _LIMIT), "business_id")


def _business_id(text: str, field: str) -> str:
    compact = text.replace(" ", "").upper()
    digits = re.fullmatch(r"(?:FI)?-?([0-9]{6,7})-?([0-9])", compact)
    if digits is None:
        raise InvalidInput(field, "form")
    body, check = digits[1].zfill(7), int(digits[2])
    remainder = sum(w * int(d) for w, d in zip(_WEIGHTS, body, strict=True)) % 11
    if remainder == 1 or body == "0000000":
        raise InvalidInput(field, "never_issued")
    if check != -remainder % 11:
        raise InvalidInput(field, "check_digit")
    return f"{body}-{check}"


def vat_number(text: str | None) -> str:
    """The VAT number with its country code, without spaces.

    Eight digits without a country are Finnish, as is a business ID. Numbers of other member
    states (and XI, Northern Ireland; EL, Greece) are checked by their own rules; whether one is
    in force is for VIES to say, not for arithmetic.

    :raises InvalidInput: ``empty``, ``too_long``, ``form``, ``check_digit``, ``never_issued``, or
        ``country`` where the code is no member state's.

    >>> vat_number("FI02459747"), vat_number("0245974-7"), vat_number("SE 556042 722001")
    ('FI02459747', 'FI02459747', 'SE556042722001')
    >>> vat_number("FI12345678")
    Traceback (most recent call last):
        ...
    queries.errors.InvalidInput: check_digit (field)
    """
    compact = typed(text, "vat_number", _LIMIT).upper().replace(" ", "")
    country = compact[:2]
    if compact[0].isdigit() or country == "FI":
        return "FI" + _business_id(compact, "vat_number").replace("-", "")
    if not (country.isascii() and country.isalpha()):
        raise InvalidInput("vat_number", "form")
    if country not in MEMBER_STATES:
        raise InvalidInput("vat_number", "country")
    if not compact.isascii():
        raise InvalidInput("vat_number", "form")
    try:
        return str(eu_vat.validate(compact))
    except InvalidChecksum:
        raise InvalidInput("vat_number", "check_digit") from None
    except ValidationError:
        raise InvalidInput("vat_number", "form") from None


def vat_number_of(business_id: str | None, foreign_id: str | None) -> str | None:
    """The VAT number of a buyer by the IDs that the register has; None where neither is one.

    Who owes the tax in the seller's place (AVL 1501/1993 8 c §) has one, and the invoice names it
    (209 e §).

    >>> vat_number_of("0245974-7", None), vat_number_of(None, "SE556042722001")
    ('FI02459747', 'SE556042722001')
    >>> vat_number_of(None, "HRB 12345")
    """
    for known in (business_id, foreign_id):
        try:
            if known is not None:
                return vat_number(known)
        except InvalidInput:
            continue
    return None


def e_invoice_address(text: str | None) -> str:
    """The electronic invoicing address, in capitals and without spaces.

    One of: OVT, ``0037`` with the eight digits of a business ID and a suffix of at most five
    letters or digits, also behind the ``TE`` that one operator puts before it; an IBAN; a Peppol
    address with its scheme, such as ``0216:003702459747`` (0216 is the Finnish OVT's).

    :raises InvalidInput: ``empty``, ``too_long`` (Finvoice allows 35 characters), ``form``,
        ``check_digit``, ``never_issued``, ``country``.

    >>> e_invoice_address("0037 0245 9747 234"), e_invoice_address("fi21 1234 5600 0007 85")
    ('003702459747234', 'FI2112345600000785')
    >>> e_invoice_address("003712345678")
    Traceback (most recent call last):
        ...
    queries.errors.InvalidInput: check_digit (field)
    """
    field = "e_invoice_address"
    compact = typed(text, field, 60).upper().replace(" ", "")
    if len(compact) > 35:  # noqa: PLR2004 - Finvoice 3.0, EInvoiceAddress
        raise InvalidInput(field, "too_long")
    scheme = _SCHEME.fullmatch(compact)
    if scheme is not None:
        if scheme[1] == "0216" or scheme[1] == "0037":
            _ovt(scheme[2] if scheme[2].startswith("0037") else "0037" + scheme[2], field)
        return compact
    if compact.startswith("TE") and is_ascii_digits(compact[2:6]) and compact[2:6] == "0037":
        return "TE" + _ovt(compact[2:], field)
    if compact.startswith("0037"):
        return _ovt(compact, field)
    if re.match(r"[A-Z]{2}[0-9]{2}", compact):
        try:
            return iban(compact)
        except InvalidInput as refusal:
            raise InvalidInput(field, refusal.code) from None
    raise InvalidInput(field, "form")


def _ovt(compact: str, field: str) -> str:
    parts = _OVT.fullmatch(compact)
    if parts is None:
        raise InvalidInput(field, "form")
    _business_id(parts[1], field)
    return compact
