"""The place where the register is served: its addresses, and the cookies of those."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from dashboard.words import LANGUAGES

DEFAULT_LANGUAGE = "fi"
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Doorway:
    """The address that browsers know.

    :param port: the port of the loopback address that the server listens on.
    :param public: ``https://name[:port]`` when a proxy with a certificate is in front of it; None
        when it is reached on this machine alone.
    """

    port: int
    public: str | None = None

    @property
    def https(self) -> bool:
        return self.public is not None

    @property
    def hosts(self) -> frozenset[str]:
        """The values of ``Host`` that are answered; anything else is another site's name for us
        (DNS rebinding)."""
        if self.public is not None:
            return frozenset({urlsplit(self.public).netloc})
        hosts = {f"{name}:{self.port}" for name in _LOOPBACK}
        return frozenset(hosts | set(_LOOPBACK) if self.port == 80 else hosts)  # noqa: PLR2004 - http's own

    @property
    def origins(self) -> frozenset[str]:
        scheme = "https" if self.https else "http"
        return frozenset(f"{scheme}://{host}" for host in self.hosts)

    @property
    def session_cookie(self) -> str:
        """The cookie of a signed-in browser.

        ``__Host-`` (RFC 6265bis section 4.1.3.2) keeps other names of the domain from setting it.
        Without a certificate that prefix is not allowed; the port then keeps two registers on one
        machine apart, because cookies know no ports.
        """
        return "__Host-register" if self.https else f"register-{self.port}"

    @property
    def nonce_cookie(self) -> str:
        """The cookie that ties a ticket to the browser that typed the password."""
        return "__Host-register-nonce" if self.https else f"register-nonce-{self.port}"

    @property
    def language_cookie(self) -> str:
        return "__Host-register-language" if self.https else f"register-language-{self.port}"

    def set_cookie(self, name: str, value: str, *, seconds: int | None = None) -> str:
        """The value of a ``Set-Cookie`` header; without ``seconds`` it lasts as long as the browser
        runs, with zero it is taken back."""
        parts = [f"{name}={value}", "Path=/", "HttpOnly", "SameSite=Strict"]
        if self.https:
            parts.append("Secure")
        if seconds is not None:
            parts.append(f"Max-Age={seconds}")
        return "; ".join(parts)


def language_or_default(code: str | None) -> str:
    return code if code in LANGUAGES else DEFAULT_LANGUAGE


def own_path(text: str) -> str:
    """Return a path of this site; ``/`` for anything that could lead elsewhere.

    >>> own_path("/customers?status=active")
    '/customers?status=active'
    >>> own_path("//evil.example"), own_path("https://x.example")
    ('/', '/')
    """
    if not text.startswith("/") or text.startswith("//"):
        return "/"
    if any(character in text for character in "\\\r\n\t") or not text.isascii():
        return "/"
    return text
