"""Phone numbers (E.164), e-mail (RFC 5322 with 6531) and web addresses, Finnish post codes.

The refusals' codes are those of :mod:`queries.rules.identifiers`.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from queries.errors import InvalidInput
from queries.rules.typed_text import is_ascii_digits, typed

_LONGEST_EMAIL = 254  # RFC 5321 4.5.3.1.3, less the angle brackets
#: The form that nearly all local parts have (dot-atom of RFC 5322 3.2.3); it is kept as it is.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL_PART = re.compile(rf"(?=.{{1,64}}\Z){_ATOM}(?:\.{_ATOM})*")
_LONGEST_WEB_ADDRESS = 200
_WEB_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_PHONE = re.compile(r"\+?[0-9 ()./-]+")


def phone(text: str | None, region: str = "FI") -> str:
    """The phone number in E.164.

    :param region: two-letter code of the country whose notation a number without ``+`` follows.
    :raises InvalidInput: ``empty``, ``too_long``, ``form`` (letters, extensions, two numbers in
        one field), ``not_in_use`` where no subscriber can have it, ``country``.

    >>> phone("040 123 4567"), phone("+358 (0)40 1234567"), phone("0046 70 174 06 05")
    ('+358401234567', '+358401234567', '+46701740605')
    >>> phone("040 123")
    Traceback (most recent call last):
        ...
    queries.errors.InvalidInput: not_in_use (field)
    """
    compact = typed(text, "phone", 60).removeprefix("tel:")
    # Letters are refused here: phonenumbers would take them for the keys they are on.
    if not _PHONE.fullmatch(compact):
        raise InvalidInput("phone", "form")
    try:
        number = phonenumbers.parse(compact, region)
    except phonenumbers.NumberParseException as error:
        foreign = error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        raise InvalidInput("phone", "country" if foreign else "form") from None
    if not phonenumbers.is_valid_number(number):
        raise InvalidInput("phone", "not_in_use")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text: str | None) -> str:
    r"""Return the e-mail address, its domain in lower case.

    The network is not used. The domains that RFC 6761 sets aside for examples and tests
    (``.example``, ``.test``) are allowed: demonstration companies live there. The part before the
    ``@`` keeps its case, as only its own server may fold it (RFC 5321 2.4); compare addresses
    with :meth:`str.casefold`.

    :raises InvalidInput: ``empty``, ``too_long`` (254 characters), ``form``.

    >>> email(" Matti.Meikalainen@Yritys.EXAMPLE ")
    'Matti.Meikalainen@yritys.example'
    >>> email("Matti <matti@yritys.example>")
    Traceback (most recent call last):
        ...
    queries.errors.InvalidInput: form (field)
    """
    typed(text, "email", _LONGEST_EMAIL)
    # Not folded: what looks alike is another mailbox. Only unseen marks from a copy go.
    raw = str(text).strip()
    if not raw.isprintable():
        raw = "".join(c for c in raw if unicodedata.category(c) != "Cf")
    local, _, domain = raw.rpartition("@")
    if len(raw) <= _LONGEST_EMAIL and domain.isascii() and _LOCAL_PART.fullmatch(local):
        return f"{local}@{_domain(domain)}"
    return _validated(raw).normalized


def _validated(address: str) -> ValidatedEmail:
    try:
        return validate_email(
            address, check_deliverability=False, test_environment=True, strict=True
        )
    except EmailNotValidError:
        raise InvalidInput("email", "form") from None


@functools.lru_cache(maxsize=1024)
def _domain(domain: str) -> str:
    """The domain of an address as it is kept; a file of customers has few of them."""
    return _validated(f"a@{domain}").domain


def web_address(text: str | None) -> str:
    """The address of a page that anybody can open: https, with a host and no password.

    :raises InvalidInput: ``empty``, ``too_long`` (200 characters), ``form``.

    >>> web_address(" https://www.yritys.example/tietosuoja?kieli=fi ")
    'https://www.yritys.example/tietosuoja?kieli=fi'
    >>> web_address("javascript:alert(1)")
    Traceback (most recent call last):
        ...
    queries.errors.InvalidInput: form (field)
    """
    compact = typed(text, "web_address", _LONGEST_WEB_ADDRESS)
    try:
        parts = urlsplit(compact)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidInput("web_address", "form") from None
    plain = compact.isascii() and not set(compact) & set(' <>"\\^`{|}') and "@" not in parts.netloc
    if parts.scheme != "https" or not plain or ".." in host or not _WEB_HOST.fullmatch(host):
        raise InvalidInput("web_address", "form")
    return compact


def post_code(text: str | None) -> str:
    """The Finnish post code, five digits.

    A code shorter than five digits is refused, not padded: only an import that knows its cell was
    a number can say that zeros were lost.

    :raises InvalidInput: ``empty``, ``too_long``, ``form``.

    >>> post_code("50100"), post_code("FI-00580"), post_code("AX-22100")
    ('50100', '00580', '22100')
    >>> post_code("580")
    Traceback (most recent call last):
        ...
    queries.errors.InvalidInput: form (field)
    """
    compact = typed(text, "post_code", 20).upper().replace(" ", "").removeprefix("FI-")
    compact = compact.removeprefix("AX-")  # Åland
    if len(compact) != 5 or not is_ascii_digits(compact) or compact == "00000":  # noqa: PLR2004 - five digits
        raise InvalidInput("post_code", "form")
    return compact
