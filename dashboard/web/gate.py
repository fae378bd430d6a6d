"""The gate: who may ask for what before any page or file answers.

A page's text comes over the websocket, and each run there asks the store who is signed in. What
answers outside a run (downloads, images, uploads, figures of the process) is let through here only
for a browser with a live session.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.web.doorway import Doorway
from dashboard.web.outside import is_outside
from queries.errors import RegisterError
from queries.reads.sign_ins import DOOR, SignedIn, signed_in
from queries.store.sessions import Store

log = logging.getLogger(__name__)

#: Answers that need a session.
GUARDED = ("/media", "/_stcore/upload_file", "/_stcore/metrics")
#: Answers that nobody needs here.
CLOSED = (
    "/_stcore/agent",
    "/_stcore/script-health-check",
    "/app/static",
    "/auth",
    "/oauth2callback",
)
#: Asked by the proxy or the process's keeper, who knows no session and no name of ours.
HEALTH = "/health"


def user_of(store: Store, cookie: str | None, *, now: datetime | None = None) -> SignedIn | None:
    """Return the user who holds this cookie now."""
    if not cookie:
        return None
    with store.reading(DOOR) as session:
        return signed_in(session, cookie, now=now or datetime.now(UTC))


class Gate:
    """ASGI middleware; the outermost but for the headers."""

    def __init__(self, app: ASGIApp, *, doorway: Doorway, store: Store) -> None:
        self.app = app
        self.doorway = doorway
        self.store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope) or await self._without_session(scope)
        if refusal is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refusal(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        """Return the refusal of a request by its addresses alone, or None."""
        path = scope["path"]
        if path == HEALTH:
            return None
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self.doorway.hosts:
            return PlainTextResponse("Unknown host", 421)
        if self.doorway.https and headers.get("x-forwarded-proto", "").lower() != "https":
            return self._to_https(scope)
        if not self._own_origin(scope, headers.get("origin")):
            return PlainTextResponse("Foreign origin", 403)
        return PlainTextResponse("Not here", 404) if _within(path, CLOSED) else None

    def _own_origin(self, scope: Scope, origin: str | None) -> bool:
        """A browser names the origin of every websocket and of every request from elsewhere."""
        if origin is None:
            return bool(scope["type"] != "websocket")
        if scope["type"] == "http" and is_outside(scope["path"]):
            return True
        return origin.lower() in self.doorway.origins

    def _to_https(self, scope: Scope) -> Response:
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}:
            return RedirectResponse(f"{self.doorway.public}{scope['path']}", 308)
        return PlainTextResponse("Only over https", 403)

    async def _without_session(self, scope: Scope) -> Response | None:
        if scope["type"] != "http" or not _within(scope["path"], GUARDED):
            return None
        cookie = HTTPConnection(scope).cookies.get(self.doorway.session_cookie)
        try:
            user = await anyio.to_thread.run_sync(user_of, self.store, cookie)
        except RegisterError as refusal:
            log.warning("the gate could not ask the store: %s", refusal.code)
            return PlainTextResponse("The store does not answer", 503)
        return None if user is not None else PlainTextResponse("Sign in first", 403)


def _within(path: str, places: tuple[str, ...]) -> bool:
    """Check if a path is one of the places or beneath it, however often a slash is doubled."""
    bare = "/" + "/".join(part for part in path.split("/") if part)
    return any(bare == place or bare.startswith(f"{place}/") for place in places)
