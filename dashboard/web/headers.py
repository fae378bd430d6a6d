"""Headers of every answer: they close what the pages do not need, and name the language."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from pathlib import Path

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.web.doorway import Doorway, language_or_default
from dashboard.web.outside import is_outside

_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_FEATURES = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)


def page_policy() -> str:
    """The Content-Security-Policy of the pages (W3C CSP Level 3).

    No source but our own. Of inline scripts only the one in Streamlit's own page is let in, by its
    hash; styles are inline because Streamlit's front end makes them while it runs.
    """
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    hashes = [
        "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
        for script in _INLINE_SCRIPT.findall(page)
    ]
    return "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src 'self' 'wasm-unsafe-eval'", *hashes]),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            "frame-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    )


#: The frame of a component that came in a package: its own script and style, no network.
COMPONENT_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'"
)


class Answers:
    """ASGI middleware: the outermost, so that refusals carry the headers too."""

    def __init__(self, app: ASGIApp, *, doorway: Doorway) -> None:
        self.app = app
        self.doorway = doorway
        self.policy = page_policy()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        component = scope["path"].startswith("/component/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), scope, component=component)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _add(self, headers: MutableHeaders, scope: Scope, *, component: bool) -> None:
        # The pages of those who are outside close more than the others, by themselves.
        put = headers.setdefault if is_outside(scope["path"]) else headers.__setitem__
        put("Content-Security-Policy", COMPONENT_POLICY if component else self.policy)
        put("Referrer-Policy", "same-origin")
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "SAMEORIGIN" if component else "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = ", ".join(f"{feature}=()" for feature in _FEATURES)
        if self.doorway.https:
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if not scope["path"].startswith(("/static/", "/component/")):
            headers["Cache-Control"] = "no-store"
        if "server" in headers:
            del headers["server"]


class PageLanguage:
    """ASGI middleware: the page's language in its ``lang`` and the nonce that sign-in needs.

    Streamlit's page says ``lang="en"`` whatever is on it, which makes a screen reader speak
    Finnish with English sounds (WCAG 2.2, 3.1.1).
    """

    def __init__(self, app: ASGIApp, *, doorway: Doorway) -> None:
        self.app = app
        self.doorway = doorway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not _asks_for_page(scope):
            await self.app(scope, receive, send)
            return
        cookies = HTTPConnection(scope).cookies
        language = language_or_default(cookies.get(self.doorway.language_cookie))
        start: Message = {}
        body = b""

        async def hold(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._send(
                    send, start, body, language, cookies.get(self.doorway.nonce_cookie)
                )

        await self.app(_plain(scope), receive, hold)

    async def _send(
        self, send: Send, start: Message, body: bytes, language: str, nonce: str | None
    ) -> None:
        headers = MutableHeaders(scope=start)
        if headers.get("content-type", "").startswith("text/html"):
            body = body.replace(b'<html lang="en">', f'<html lang="{language}">'.encode(), 1)
            headers["Content-Length"] = str(len(body))
            for name in ("etag", "last-modified"):
                if name in headers:
                    del headers[name]
            if not nonce:
                cookie = self.doorway.set_cookie(
                    self.doorway.nonce_cookie, secrets.token_urlsafe(32)
                )
                headers.append("Set-Cookie", cookie)
        await send(start)
        await send({"type": "http.response.body", "body": body})


def _asks_for_page(scope: Scope) -> bool:
    """Check if the answer is Streamlit's page, whose every address gives the same file."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    path = scope["path"]
    files = ("/static/", "/_stcore/", "/media/", "/component/")
    return not path.startswith(files) and not is_outside(path)


def _plain(scope: Scope) -> Scope:
    """The same request, asking for the file whole and not compressed."""
    conditions = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}
    headers = [(name, value) for name, value in scope["headers"] if name not in conditions]
    return {**scope, "headers": headers}
