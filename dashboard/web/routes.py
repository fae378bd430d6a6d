"""The routes that are not pages: health, signing in and out, choosing a language."""

from __future__ import annotations

import logging
from urllib.parse import quote

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.web.doorway import Doorway, language_or_default, own_path
from dashboard.web.gate import HEALTH, user_of
from queries.errors import RegisterError
from queries.reads.sign_ins import DOOR, LONGEST_SESSION
from queries.store.sessions import Store
from queries.writes.sign_ins import redeem_ticket

log = logging.getLogger(__name__)

_YEAR = 365 * 24 * 3600


def sign_in_path(ticket: str, to: str) -> str:
    """Return the address for a browser with a ticket."""
    return f"/sign-in/{ticket}?to={quote(own_path(to), safe='')}"


def language_path(language: str, to: str) -> str:
    """Return the address that sets the language of a browser's pages."""
    return f"/language/{language_or_default(language)}?to={quote(own_path(to), safe='')}"


#: Address at which a browser loses the cookie of a session that has ended.
SIGNED_OUT = "/signed-out"


class Routes:
    """The handlers, over one store and one doorway."""

    def __init__(self, store: Store, doorway: Doorway) -> None:
        self.store = store
        self.doorway = doorway

    def all(self) -> list[BaseRoute]:
        return [
            Route(HEALTH, self.health, methods=["GET"]),
            Route("/sign-in/{ticket}", self.sign_in, methods=["GET"]),
            Route(SIGNED_OUT, self.signed_out, methods=["GET"]),
            Route("/language/{language}", self.language, methods=["GET"]),
        ]

    async def health(self, _request: Request) -> Response:
        """200 when the store answers, else 503; says nothing more, for anyone may ask."""
        try:
            await anyio.to_thread.run_sync(self._ask_store)
        except RegisterError as refusal:
            log.warning("the store does not answer: %s", refusal.code)
            return JSONResponse({"status": "store"}, 503)
        return JSONResponse({"status": "ok"})

    async def sign_in(self, request: Request) -> Response:
        """Change a ticket for a session's cookie."""
        nonce = request.cookies.get(self.doorway.nonce_cookie)
        ticket = request.path_params["ticket"]
        try:
            cookie, language = await anyio.to_thread.run_sync(self._redeem, ticket, nonce)
        except RegisterError as refusal:
            log.warning("a ticket could not be used: %s", refusal.code)
            return RedirectResponse("/", 303)
        response = RedirectResponse(own_path(request.query_params.get("to", "/")), 303)
        if cookie is not None:
            self._set(
                response, self.doorway.session_cookie, cookie, int(LONGEST_SESSION.total_seconds())
            )
            self._set(response, self.doorway.language_cookie, language, _YEAR)
            self._set(response, self.doorway.nonce_cookie, "", 0)
        return response

    async def signed_out(self, _request: Request) -> Response:
        """Take the cookie back; the session itself was ended in the store before."""
        response = RedirectResponse("/", 303)
        self._set(response, self.doorway.session_cookie, "", 0)
        return response

    async def language(self, request: Request) -> Response:
        response = RedirectResponse(own_path(request.query_params.get("to", "/")), 303)
        language = language_or_default(request.path_params["language"])
        self._set(response, self.doorway.language_cookie, language, _YEAR)
        return response

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        cookie = self.doorway.set_cookie(name, value, seconds=seconds)
        response.headers.append("Set-Cookie", cookie)

    def _ask_store(self) -> None:
        user_of(self.store, "nobody")

    def _redeem(self, ticket: str, nonce: str | None) -> tuple[str | None, str]:
        if not nonce:
            return None, language_or_default(None)
        with self.store.writing(DOOR) as uow:
            cookie = redeem_ticket(uow, ticket, nonce)
        user = user_of(self.store, cookie)
        return cookie, language_or_default(user.language if user else None)
