"""Reading a posted form: so many bytes, so many fields, no files, and text in UTF-8 only."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any
from urllib.parse import parse_qsl

import anyio
from python_multipart.exceptions import FormParserError
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

#: Bytes of a whole message.
MOST_BYTES = 16_384
#: Fields of one: those of a form, and what a site adds of its own.
MOST_FIELDS = 40
#: Seconds that a body may take to come.
PATIENCE = 10

URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"


class Unreadable(Exception):
    """The posted body is not an accepted form; ``status`` is the answer's."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def posted_fields(request: Request) -> dict[str, str]:
    """The fields of a posted form by name; of two with one name the first.

    :raises Unreadable: 408 when it does not come, 413 when it is too long, 415 for another media
        type, 400 for what is not well-formed, holds a file or is not UTF-8.
    """
    kind = media_type(request)
    if kind not in {URLENCODED, MULTIPART, JSON}:
        raise Unreadable(415)
    body = await _body(request)
    try:
        if kind == JSON:
            return _of_json(body)
        if kind == MULTIPART:
            return await _of_parts(request, body)
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except (ValueError, MultiPartException, FormParserError, RecursionError):
        raise Unreadable(400) from None
    return _first(pairs)


async def _body(request: Request) -> bytes:
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or len(announced) > 12 or int(announced) > MOST_BYTES:  # noqa: PLR2004 - digits of a length
        raise Unreadable(413)
    body = bytearray()
    try:
        with anyio.fail_after(PATIENCE):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise Unreadable(413)
    except (TimeoutError, ClientDisconnect):
        raise Unreadable(408) from None
    return bytes(body)


def _of_json(body: bytes) -> dict[str, str]:
    """An object of texts; ``true`` is a ticked box, ``null`` an empty field."""
    found = json.loads(body.decode("utf-8"))
    if not isinstance(found, Mapping) or len(found) > MOST_FIELDS:
        raise ValueError("not an object of fields")
    return {str(name): _text(value) for name, value in found.items()}


def _text(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "on"
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004 - malformed like any other
    value.encode("utf-8")  # half a surrogate pair is no text
    return value


async def _of_parts(request: Request, body: bytes) -> dict[str, str]:
    async def once() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(
        request.headers, once(), max_files=0, max_fields=MOST_FIELDS, max_part_size=MOST_BYTES
    )
    parts = await parser.parse()
    return _first([(name, value) for name, value in parts.multi_items() if isinstance(value, str)])


def _first(pairs: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found
