"""``/unsubscribe/<token>``: the route out of the newsletter, for people and for mail programs.

The danger: a link that a scanner of mail opens must not unsubscribe anybody, and an address that
answers differently to a right and to a made-up token reveals who is a subscriber. The principle: a
GET changes nothing and asks the store nothing; a POST ends the subscription, whether its body is
our button's or the one click of a mail program (RFC 8058), and answers the same, in the same time,
whatever the token is. The transaction boundary: one command in one transaction, and the second
time there is nothing left to do.
"""

from __future__ import annotations

import logging
import re
import time

import anyio
import anyio.to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from dashboard.web.doorway import Doorway
from dashboard.web.outside import plain_page, preferred_language, too_often
from dashboard.web.rates import Rates, client_of
from dashboard.words import word
from queries.errors import RegisterError, StaleRecord
from queries.reads.newsletter import leads_out
from queries.rules.newsletter import UNSUBSCRIBE, link_language
from queries.rules.roles import Actor, Role
from queries.store.sessions import Store
from queries.writes.newsletter.newsletter import unsubscribe_by_link

log = logging.getLogger(__name__)

#: Who acts by a link: nobody that is known. No user can have this name.
LINK = Actor("(unsubscribe)", Role.VIEWER)
#: Requests of one client in a minute. A mail provider unsubscribes many people from one address.
MOST_IN_A_MINUTE = 120
#: Bytes of a body. One click is thirty, as a form of several parts two hundred.
MOST_BYTES = 4096
#: Seconds that a body may take to come.
PATIENCE = 10
#: Seconds that the answer to a POST takes at least: longer than the store needs.
AT_LEAST = 0.25
#: Tries where another write came between.
_TRIES = 3
_ONE_CLICK = ("List-Unsubscribe", "One-Click")
_MINUTE = 60


class Unsubscribing:
    """ASGI application of the route.

    :param at_least: seconds that the answer to a POST takes at least.
    """

    def __init__(
        self,
        store: Store,
        doorway: Doorway,
        *,
        rates: Rates | None = None,
        at_least: float = AT_LEAST,
    ) -> None:
        self.store = store
        self.doorway = doorway
        self.rates = Rates(MOST_IN_A_MINUTE, _MINUTE) if rates is None else rates
        self.at_least = at_least

    def routes(self) -> list[BaseRoute]:
        """Return the routes of everything beneath the address: a garbled link gets the same
        page."""
        beneath = Route(f"{UNSUBSCRIBE}/{{token:path}}", self)
        # Starlette's own expression takes no line end, and mail programs break long links.
        beneath.path_regex = re.compile(rf"\A{UNSUBSCRIBE}/(?P<token>[\s\S]*)\Z")
        return [Route(UNSUBSCRIBE, self), beneath]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        await (await self._answer(request))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        token = "".join(request.path_params.get("token", "").split())
        asked = preferred_language(request.headers.get("accept-language"))
        language = link_language(token) or asked
        if request.method not in {"GET", "HEAD", "POST"}:
            response = _page(language, "method", status=405)
            response.headers["Allow"] = "GET, HEAD, POST"
            return response
        if not self.rates.may(client_of(request, self.doorway)):
            return too_often(language, _MINUTE)
        if request.method != "POST":
            button = word("unsubscribe.button", language)
            return plain_page(
                language,
                word("unsubscribe.title", language),
                [word("unsubscribe.ask", language)],
                button=button,
                hidden=[_ONE_CLICK],
            )
        return await self._post(request, token, language)

    async def _post(self, request: Request, token: str, language: str) -> Response:
        if (refused := await _refused_body(request)) is not None:
            return _page(language, "body", status=refused)
        begun = time.monotonic()
        try:
            if link_language(token) is not None:
                await anyio.to_thread.run_sync(self._unsubscribe, token)
        except RegisterError as refusal:
            log.warning("a link could not unsubscribe: %s", refusal.code)
            return _page(language, "later", status=503, retry_after=_MINUTE)
        await anyio.sleep(max(0.0, self.at_least - (time.monotonic() - begun)))
        return _page(language, "done")

    def _unsubscribe(self, token: str) -> None:
        """End the subscription; only a real link gets to write, so made-up ones block nobody."""
        with self.store.reading(LINK) as session:
            if not leads_out(session, token):
                return
        for left in reversed(range(_TRIES)):
            try:
                with self.store.writing(LINK) as uow:
                    unsubscribe_by_link(uow, token)
            except StaleRecord:
                if not left:
                    raise
            else:
                return


async def _refused_body(request: Request) -> int | None:
    """Read the body and forget it: that it was sent to this address says all. The status of the
    refusal where it is too long or does not come."""
    size = 0
    try:
        with anyio.fail_after(PATIENCE):
            async for chunk in request.stream():
                size += len(chunk)
                if size > MOST_BYTES:
                    return 413
    except (TimeoutError, ClientDisconnect):
        return 408
    return None


def _page(
    language: str, name: str, *, status: int = 200, retry_after: int | None = None
) -> Response:
    title, text = (word(f"unsubscribe.{name}{part}", language) for part in ("_title", ""))
    return plain_page(language, title, [text], status=status, retry_after=retry_after)
