"""Contact forms of a web site: where one may come from, and what it may hold.

An origin is a scheme, a host and a port (RFC 6454): compared letter by letter with what a browser
names (``Origin``, or the beginning of ``Referer``), never by a beginning or an ending.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from queries.errors import InvalidInput

CODES = {"origins": ("form", "scheme", "too_many"), "secret": ("too_short",)}
"""Each field's codes, so that a test can ask the catalogues for every sentence."""

MOST_ORIGINS = 20
#: Characters of a secret: 32 of base 64 are 192 random bits.
SHORTEST_SECRET = 32

LONGEST_NAME = 200
LONGEST_STREET = 200
LONGEST_POST_CODE = 16
LONGEST_TOWN = 100
LONGEST_MESSAGE = 5_000

#: The fields that a form sends: those of the notice. Anything else that comes along is left out.
FIELDS = ("name", "email", "phone", "street", "post_code", "town", "message")
CONSENT = "consent"
LANGUAGE = "language"
SECRET = "secret"  # noqa: S105 - a field's name
#: A field that people do not see and programs fill in; whatever is in it, nothing is kept.
HONEYPOT = "website"

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[::1\]")
_OWN_MACHINE = {"localhost", "127.0.0.1", "::1"}
_PORTS = {"http": 80, "https": 443}


def origin(text: str) -> str:
    """The origin of an address, as a browser writes it.

    :raises InvalidInput: ``origins.form``; ``origins.scheme`` for http, which is for one's own
        machine only.

    >>> origin("https://WWW.Esimerkki.example/"), origin("https://esimerkki.example:443")
    ('https://www.esimerkki.example', 'https://esimerkki.example')
    >>> origin("http://localhost:8080")
    'http://localhost:8080'
    >>> origin("http://esimerkki.example")
    Traceback (most recent call last):
        ...
    queries.errors.InvalidInput: scheme (field)
    """
    try:
        parts = urlsplit(text.strip().lower())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise InvalidInput("origins", "form") from None
    plain = (
        parts.path in {"", "/"} and not parts.query and not parts.fragment and not parts.username
    )
    if parts.scheme not in _PORTS or not host or not plain:
        raise InvalidInput("origins", "form")
    shown = f"[{host}]" if ":" in host else _ascii(host)
    if not _HOST.fullmatch(shown) or ".." in shown:
        raise InvalidInput("origins", "form")
    if parts.scheme == "http" and host not in _OWN_MACHINE:
        raise InvalidInput("origins", "scheme")
    return f"{parts.scheme}://{shown}" + (
        f":{port}" if port not in {None, _PORTS[parts.scheme]} else ""
    )


def origins(text: str) -> tuple[str, ...]:
    """The origins of a text, one a line, each once.

    :raises InvalidInput: as :func:`origin`; ``origins.too_many``.

    >>> origins("https://a.example\\n\\nhttps://A.example/\\nhttps://b.example")
    ('https://a.example', 'https://b.example')
    """
    found = dict.fromkeys(origin(line) for line in text.splitlines() if line.strip())
    if len(found) > MOST_ORIGINS:
        raise InvalidInput("origins", "too_many", most=MOST_ORIGINS)
    return tuple(found)


def named_origin(origin_header: str | None, referer: str | None) -> str | None:
    """Return the origin that a browser names; None where it names none that can be known.

    >>> named_origin("https://a.example", "https://b.example/x"), named_origin(None, None)
    ('https://a.example', None)
    >>> named_origin(None, "https://a.example/yhteys?x=1")
    'https://a.example'
    >>> named_origin("null", "https://a.example/") is None
    True
    """
    if origin_header is not None:
        return None if origin_header == "null" else origin_header
    try:
        parts = urlsplit(referer or "")
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else None


def _ascii(host: str) -> str:
    """The host as browsers send it: other letters than ASCII as IDNA writes them."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        raise InvalidInput("origins", "form") from None
