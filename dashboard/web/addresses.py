"""Addresses that no page has lead to the first page.

For those Streamlit shows a box of its own, in English whatever the page's language. The first page
has no name in the address: ``/overview`` is such an address too.
"""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send


class OwnAddresses:
    """ASGI middleware.

    :param known: the first parts of the addresses that something answers.
    """

    def __init__(self, app: ASGIApp, *, known: Iterable[str]) -> None:
        self.app = app
        self.known = frozenset(known)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._is_astray(scope):
            await RedirectResponse("/", 303)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _is_astray(self, scope: Scope) -> bool:
        """Return whether a path is wrong: a browser that opens a page names one part without a
        dot, and takes HTML."""
        if scope["type"] != "http" or scope["method"] != "GET":
            return False
        name = scope["path"].strip("/")
        wants_page = "text/html" in Headers(scope=scope).get("accept", "")
        return bool(wants_page and name and not set("/.") & set(name) and name not in self.known)
