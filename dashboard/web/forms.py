"""``/forms/<key>``: the route that takes the contact forms of the company's site.

The danger: a form that anybody can fill the register through, that shouts into a bound too late, or
that reveals something to a stranger's site. The principle: what comes from outside waits in an
inbox and nothing else changes; it is taken from the sites that the form names, with the form's
secret, in bounded sizes and numbers, and only where it holds what may be kept. The transaction
boundary: one message, one transaction.

A browser gets plain pages, a script JSON. Neither gets a cookie, and no answer says anything that
the message itself did not.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from dashboard.web.doorway import Doorway
from dashboard.web.form_pages import mend_page, message_of, problem_page, thanks_page
from dashboard.web.outside import preferred_language
from dashboard.web.posted_form import JSON, Unreadable, media_type, posted_fields
from dashboard.web.rates import Rates, client_of
from dashboard.words import LANGUAGES, word
from queries.documents.controller_details import Controller, controller
from queries.errors import InvalidInput, InvalidInputs, NotFound, RegisterError, RuleRefusal
from queries.reads.sign_ins import hash_of
from queries.reads.web_forms import LETTERBOX, OpenForm, open_form
from queries.rules import web_forms
from queries.store.sessions import Store
from queries.writes.form_messages import Received, receive_message

log = logging.getLogger(__name__)

FORMS = "/forms"
SECRET_HEADER = "X-Form-Secret"  # noqa: S105 - a header's name
#: Messages, and tries, of one client and of one form.
OF_CLIENT, OF_FORM = (20, 600), (120, 3600)
_PREFLIGHT_SECONDS = "600"
_PROBLEMS = {408: "slow", 413: "large", 400: "form", 415: "form"}


class _Refused(Exception):
    """The message is not taken; ``name`` is the key of the words, ``status`` the answer's."""

    def __init__(self, name: str, status: int, retry_after: int | None = None) -> None:
        super().__init__(name)
        self.name = name
        self.status = status
        self.retry_after = retry_after


class Forms:
    """ASGI application of the routes."""

    def __init__(
        self,
        store: Store,
        doorway: Doorway,
        *,
        of_client: Rates | None = None,
        of_form: Rates | None = None,
    ) -> None:
        self.store = store
        self.doorway = doorway
        self.of_client = of_client or Rates(*OF_CLIENT)
        self.of_form = of_form or Rates(*OF_FORM)

    def routes(self) -> list[BaseRoute]:
        return [
            Route(f"{FORMS}/{{key}}", self),
            Route(f"{FORMS}/{{key}}/thanks", self.thanks, methods=["GET"]),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = _Answer(request)
        if request.method not in {"POST", "OPTIONS"}:
            response = answer.problem("method", 405)
            response.headers["Allow"] = "POST, OPTIONS"
        else:
            response = await self._answer(request, answer)
        await response(scope, receive, send)

    async def thanks(self, request: Request) -> Response:
        """The page after a message; it knows nothing of the message."""
        form = await anyio.to_thread.run_sync(self._form, request.path_params["key"])
        language = _language(request.query_params.get("language"), form)
        if form is None:
            return problem_page(language, word("form_pages.problems.gone", language), 404)
        house = await anyio.to_thread.run_sync(self._house)
        return thanks_page(language, house.name)

    async def _answer(self, request: Request, answer: _Answer) -> Response:
        typed: Mapping[str, str] = {}
        try:
            form = await self._known(request, answer)
            if request.method == "OPTIONS":
                return answer.preflight()
            typed = await self._fields(request, form, answer)
            # A program that fills in what people do not see gets the answer that all is well.
            if not typed.get(web_forms.HONEYPOT):
                await self._take(form, typed, answer)
        except _Refused as refusal:
            return answer.problem(refusal.name, refusal.status, retry_after=refusal.retry_after)
        except InvalidInputs as refusal:
            house = await anyio.to_thread.run_sync(self._house)
            return answer.mend(form, typed, refusal.errors, house)
        return answer.received(form)

    async def _known(self, request: Request, answer: _Answer) -> OpenForm:
        """The form of the address, if this is one of the sites that it may come from."""
        try:
            form = await anyio.to_thread.run_sync(self._form, request.path_params["key"])
        except RegisterError as refusal:
            log.warning("a form could not be asked for: %s", refusal.code)
            raise _Refused("later", 503, 60) from None
        if form is None:
            raise _Refused("gone", 404)
        answer.language = form.language
        origin = web_forms.named_origin(
            request.headers.get("origin"), request.headers.get("referer")
        )
        if origin is None or origin not in {*form.origins, *self.doorway.origins}:
            raise _Refused("foreign", 403)
        answer.origin = origin
        return form

    async def _fields(self, request: Request, form: OpenForm, answer: _Answer) -> Mapping[str, str]:
        """Return what was typed, if it comes with the form's secret and not too often."""
        if not self.of_client.may(client_of(request, self.doorway)):
            raise _Refused("too_often", 429, int(self.of_client.seconds))
        try:
            typed = await posted_fields(request)
        except Unreadable as refusal:
            raise _Refused(_PROBLEMS[refusal.status], refusal.status) from None
        answer.language = _language(typed.get(web_forms.LANGUAGE), form)
        secret = request.headers.get(SECRET_HEADER) or typed.get(web_forms.SECRET, "")
        if not hmac.compare_digest(hash_of(secret), form.secret_hash):
            raise _Refused("foreign", 403)
        return typed

    async def _take(self, form: OpenForm, typed: Mapping[str, str], answer: _Answer) -> None:
        if not self.of_form.may(form.id):
            raise _Refused("too_often", 429, int(self.of_form.seconds))
        texts = {name: typed.get(name, "").replace("\r\n", "\n") for name in web_forms.FIELDS}
        inputs = Received(
            form_id=form.id,
            language=answer.language,
            **texts,
            consents=bool(typed.get(web_forms.CONSENT)),
        )
        try:
            await anyio.to_thread.run_sync(self._receive, inputs)
        except InvalidInputs:
            raise
        except NotFound:
            raise _Refused("gone", 404) from None
        except RuleRefusal as refusal:
            log.warning("a message was not taken: %s", refusal.code)
            raise _Refused("full", 503, 3600) from None
        except RegisterError as refusal:
            log.warning("a message could not be kept: %s", refusal.code)
            raise _Refused("later", 503, 60) from None

    def _form(self, key: str) -> OpenForm | None:
        with self.store.reading(LETTERBOX) as session:
            return open_form(session, key)

    def _house(self) -> Controller:
        with self.store.reading(LETTERBOX) as session:
            return controller(session)

    def _receive(self, inputs: Received) -> int:
        with self.store.writing(LETTERBOX) as uow:
            return receive_message(uow, inputs)


class _Answer:
    """Answers one request in its own way: pages to a browser's form, JSON to a script.

    :ivar origin: the site that may read the answer; none until it is known to be one of the form's.
    """

    def __init__(self, request: Request) -> None:
        self.language = preferred_language(request.headers.get("accept-language"))
        self.origin: str | None = None
        accepts = request.headers.get("accept", "")
        self._json = media_type(request) == JSON or (JSON in accepts and "text/html" not in accepts)

    def preflight(self) -> Response:
        """The answer to a browser's question whether a script may send (Fetch Standard, CORS)."""
        return self._open(
            Response(
                status_code=204,
                headers={
                    "Access-Control-Allow-Methods": "POST",
                    "Access-Control-Allow-Headers": f"Content-Type, {SECRET_HEADER}",
                    "Access-Control-Max-Age": _PREFLIGHT_SECONDS,
                },
            )
        )

    def received(self, form: OpenForm) -> Response:
        if self._json:
            return self._open(JSONResponse({"status": "received"}))
        language = "" if self.language == form.language else f"?language={self.language}"
        return RedirectResponse(f"{FORMS}/{form.key}/thanks{language}", 303)

    def mend(
        self,
        form: OpenForm,
        typed: Mapping[str, str],
        errors: list[InvalidInput],
        house: Controller,
    ) -> Response:
        if not self._json:
            return mend_page(form, typed, errors, self.language, house)
        listed = [
            {
                "field": error.field,
                "code": error.code.rsplit(".", 1)[-1],
                "message": message_of(error, self.language),
            }
            for error in errors
        ]
        return self._open(JSONResponse({"status": "mend", "errors": listed}, 422))

    def problem(self, name: str, status: int, *, retry_after: int | None = None) -> Response:
        key = "outside.too_often" if name == "too_often" else f"form_pages.problems.{name}"
        message = word(key, self.language)
        if not self._json:
            return problem_page(self.language, message, status, retry_after=retry_after)
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        body = {"status": "refused", "code": name, "message": message}
        return self._open(JSONResponse(body, status, headers))

    def _open(self, response: Response) -> Response:
        """Allow the script of an allowed site, and of no other, to read the answer."""
        response.headers["Vary"] = "Origin"
        if self.origin is not None:
            response.headers["Access-Control-Allow-Origin"] = self.origin
        return response


def _language(asked: str | None, form: OpenForm | None) -> str:
    if asked in LANGUAGES:
        return str(asked)
    return form.language if form is not None else LANGUAGES[0]
