"""The link out of the newsletter: its address, its token and the two headers that carry it.

RFC 2369 section 3.2 (``List-Unsubscribe``) and RFC 8058 (``List-Unsubscribe-Post``): an https
address that takes a POST without sign-in, with a token that nobody guesses.
"""

from __future__ import annotations

import re
import secrets

#: The address beneath which the links lead.
UNSUBSCRIBE = "/unsubscribe"
#: The value of the header that says that one click is enough (RFC 8058 section 3.1).
ONE_CLICK = "List-Unsubscribe=One-Click"

_BYTES = 16
_LINK = re.compile(r"(fi|sv|en)-[A-Za-z0-9_-]{22}", re.ASCII)


def new_token(language: str) -> str:
    """A fresh token: the language in which the person is answered, and 128 random bits (RFC 8058
    asks for what is hard to forge; base64url, RFC 4648 section 5).

    >>> len(new_token("sv")), new_token("sv")[:3]
    (25, 'sv-')
    """
    return f"{language}-{secrets.token_urlsafe(_BYTES)}"


def link_language(token: str) -> str | None:
    """The language of what has the form of a token; None for anything else.

    >>> link_language("en-AAAAAAAAAAAAAAAAAAAAAA"), link_language("en-short"), link_language("")
    ('en', None, None)
    """
    found = _LINK.fullmatch(token)
    return None if found is None else found[1]


def link(base: str, token: str) -> str:
    """A person's own link.

    >>> link("https://rekisteri.example", "fi-AAAAAAAAAAAAAAAAAAAAAA")
    'https://rekisteri.example/unsubscribe/fi-AAAAAAAAAAAAAAAAAAAAAA'
    """
    return f"{base}{UNSUBSCRIBE}/{token}"


def header(address: str) -> str:
    """The value of ``List-Unsubscribe``.

    >>> header("https://rekisteri.example/unsubscribe/x")
    '<https://rekisteri.example/unsubscribe/x>'
    """
    return f"<{address}>"


def plain_address(address: str) -> str:
    """An address that no spreadsheet takes for a formula, and that is the same mailbox: what begins
    with a sign is written as a quoted string (RFC 5321 section 4.1.2).

    >>> plain_address("aino@posti.example"), plain_address("+358@posti.example")
    ('aino@posti.example', '"+358"@posti.example')
    """
    local, at, domain = address.rpartition("@")
    if not local or local.startswith('"') or local[0].isalnum():
        return address
    return f'"{local}"{at}{domain}'
