"""Requirements on a user name and a password.

Sources: NIST SP 800-63B-4 section 3.1.1.2 (a password that is the only factor has at least 15
characters; no rules of composition; compared with expected words) and the same length in the
recommendation of Traficom's Kyberturvallisuuskeskus. The upper bound is bcrypt's: 72 bytes.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

from queries.errors import InvalidInput

LEAST_CHARACTERS = 15
MOST_BYTES = 72
_LEAST_DIFFERENT = 6

_USERNAME = re.compile(r"[a-z0-9åäö][a-z0-9åäö._-]{1,63}")


def username(text: str) -> str:
    """A user name as it is stored: small letters, digits, ``.``, ``_`` and ``-``.

    :raises InvalidInput: ``username_form``.

    >>> username(" Maija.Mäki ")
    'maija.mäki'
    """
    name = unicodedata.normalize("NFC", text).strip().lower()
    if not _USERNAME.fullmatch(name):
        raise InvalidInput("username", "username_form")
    return name


def password(text: str, *, user: str) -> str:
    """A new password, in NFC.

    :param user: the user name, which the password must not contain.
    :raises InvalidInput: ``password_short``, ``password_long``, ``password_spaces`` (at an end),
        ``password_plain`` (a few characters repeated) or ``password_is_name``.

    >>> password("kolme pientä karhua", user="maija")
    'kolme pientä karhua'
    """
    new = unicodedata.normalize("NFC", text)
    if new != new.strip():
        raise InvalidInput("password", "password_spaces")
    if len(new) < LEAST_CHARACTERS:
        raise InvalidInput("password", "password_short", least=LEAST_CHARACTERS)
    if len(new.encode()) > MOST_BYTES:
        raise InvalidInput("password", "password_long", most=MOST_BYTES)
    if len(set(new)) < _LEAST_DIFFERENT:
        raise InvalidInput("password", "password_plain")
    if user and user in new.lower():
        raise InvalidInput("password", "password_is_name")
    return new


def fresh_password() -> str:
    """A password made by chance, of 123 bits, without letters that look alike.

    >>> len(fresh_password()), fresh_password() == fresh_password()
    (29, False)
    """
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    groups = ("".join(secrets.choice(letters) for _ in range(5)) for _ in range(5))
    return "-".join(groups)
