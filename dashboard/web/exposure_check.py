"""Exposure check: every address is requested without signing in, when the server starts.

The danger: a page or route that somebody added and that answers to anyone. The principle: what is
tried is the app that serves, with its gate and middleware, asked as a browser asks; a page is
asked over the websocket, where its text would come, and may answer with the sign-in alone.

What is open on purpose is named here; anything else that answers is reported on the page of proofs.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlsplit

from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Scope
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.TextInput_pb2 import TextInput

from dashboard.web.doorway import Doorway
from dashboard.web.gate import CLOSED, GUARDED
from queries.rules.proofs import Exposure

log = logging.getLogger(__name__)

#: The first parts of addresses that answer anybody on purpose: whoever keeps the process, signing
#: in and out, the language; the newsletter's way out and the forms of a web site.
PUBLIC = frozenset({"health", "sign-in", "signed-out", "language", "unsubscribe", "forms"})
#: An address that no page has: what it draws is the sign-in.
NOWHERE = "no-page-has-this-name"
#: Seconds that one address gets to answer.
PATIENCE = 10
_REFUSED = frozenset({303, 401, 403, 404, 405})
_SOCKET = "/_stcore/stream"


def trying(
    doorway: Doorway,
    pages: Sequence[str],
    routes: Sequence[BaseRoute],
    report: Callable[[Exposure], None],
) -> Callable[[Any], contextlib.AbstractAsyncContextManager[None]]:
    """Return a lifespan of the app that runs the exposure check once it serves, and reports the
    result."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        task = asyncio.create_task(_report(app, doorway, pages, routes, report))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    return lifespan


async def _report(
    app: ASGIApp,
    doorway: Doorway,
    pages: Sequence[str],
    routes: Sequence[BaseRoute],
    report: Callable[[Exposure], None],
) -> None:
    try:
        report(await check_exposure(app, doorway, pages, routes))
    except (
        Exception
    ):  # whatever it is, the register is served; the proof says that nothing was tried
        log.exception("the addresses could not be checked")
        report(Exposure(datetime.now(UTC), 0))


async def check_exposure(
    app: ASGIApp, doorway: Doorway, pages: Sequence[str], routes: Sequence[BaseRoute]
) -> Exposure:
    """Ask for everything without a cookie.

    :param pages: the names of the pages, which are their addresses.
    :param routes: our own, beside the pages.
    """
    asked, open_ones = 0, []
    for path, is_shut in _addresses(routes):
        asked += 1
        if not is_shut(await _get(app, doorway, path)):
            open_ones.append(path)
    foreign = _scope(doorway, _SOCKET, origin="https://elsewhere.invalid")
    async with _Browser(app, foreign) as browser:
        asked += 1
        if browser.accepted:
            open_ones.append(_SOCKET)
    async with _Browser(app, _scope(doorway, _SOCKET, origin=_own(doorway))) as browser:
        sign_in = await browser.drawn(NOWHERE)
        for name in pages:
            asked += 1
            shown = await browser.drawn(name)
            if not shown.is_sign_in or shown != sign_in:
                open_ones.append(f"/{name}")
    return Exposure(datetime.now(UTC), asked, tuple(open_ones))


def _addresses(routes: Iterable[BaseRoute]) -> list[tuple[str, Callable[[int], bool]]]:
    """The addresses beside the pages, and how each has to answer."""
    found: list[tuple[str, Callable[[int], bool]]] = []
    found += [(f"{place}/x", lambda status: status == 403) for place in GUARDED]  # noqa: PLR2004 - forbidden (RFC 9110)
    found += [(place, lambda status: status == 404) for place in CLOSED]  # noqa: PLR2004 - not found
    for route in routes:
        if isinstance(route, Route | Mount):
            first = route.path.split("/")[1]
            if first not in PUBLIC:
                found.append((route.path, lambda status: status in _REFUSED))
    return found


@dataclass(frozen=True)
class _Drawn:
    """One run of a page: kinds of messages and elements, nothing of their content."""

    kinds: tuple[str, ...]

    @property
    def is_sign_in(self) -> bool:
        return "password" in self.kinds and "navigation" not in self.kinds


class _Browser:
    """A websocket to the app in this process, without a cookie."""

    def __init__(self, app: ASGIApp, scope: Scope) -> None:
        self._app = app
        self._scope = scope
        self._to: asyncio.Queue[Message] = asyncio.Queue()
        self._from: asyncio.Queue[Message] = asyncio.Queue()
        self.accepted = False

    async def __aenter__(self) -> Self:
        self._task = asyncio.ensure_future(self._app(self._scope, self._to.get, self._from.put))
        await self._to.put({"type": "websocket.connect"})
        self.accepted = (await self._heard())["type"] == "websocket.accept"
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._to.put({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait({self._task}, timeout=PATIENCE)
        self._task.cancel()

    async def drawn(self, page: str) -> _Drawn:
        """Return what the page draws for a browser that is not signed in."""
        inputs = BackMsg()
        inputs.rerun_script.page_name = page
        inputs.rerun_script.query_string = ""
        await self._to.put({"type": "websocket.receive", "bytes": inputs.SerializeToString()})
        kinds: list[str] = []
        while True:
            heard = await self._heard()
            if heard["type"] != "websocket.send":
                return _Drawn(("closed",))
            message = ForwardMsg.FromString(heard["bytes"])
            kind = message.WhichOneof("type")
            if kind == "script_finished":
                return _Drawn(tuple(kinds))
            if kind == "delta":
                kinds += _kinds(message)
            elif kind == "navigation":
                kinds.append(kind)

    async def _heard(self) -> Message:
        return await asyncio.wait_for(self._from.get(), PATIENCE)


def _kinds(message: ForwardMsg) -> list[str]:
    delta = message.delta
    if delta.WhichOneof("type") != "new_element":
        return []
    kind = str(delta.new_element.WhichOneof("type"))
    secret = kind == "text_input" and delta.new_element.text_input.type == TextInput.PASSWORD
    return ["password" if secret else kind]


async def _get(app: ASGIApp, doorway: Doorway, path: str) -> int:
    """The status that a GET is answered with."""
    heard: asyncio.Queue[Message] = asyncio.Queue()
    said: asyncio.Queue[Message] = asyncio.Queue()
    said.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    answering = asyncio.ensure_future(app(_scope(doorway, path), said.get, heard.put))
    try:
        return int((await asyncio.wait_for(heard.get(), PATIENCE))["status"])
    except TimeoutError:  # it works at an answer: it did not refuse
        return 0
    finally:
        answering.cancel()
        await asyncio.wait({answering})


def _own(doorway: Doorway) -> str:
    return min(doorway.origins)


def _scope(doorway: Doorway, path: str, *, origin: str | None = None) -> Scope:
    """A request as a browser's: to our own name, without a cookie."""
    host = urlsplit(_own(doorway)).netloc
    headers = [(b"host", host.encode()), (b"x-forwarded-proto", b"https")]
    kind, scheme = "http", "https" if doorway.https else "http"
    if origin is not None:
        headers.append((b"origin", origin.encode()))
        kind, scheme = "websocket", "wss" if doorway.https else "ws"
    return {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": scheme,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": headers,
        "subprotocols": ["streamlit"],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", doorway.port),
        "state": {},
    }
