"""Papers of the company as tagged PDF (PDF/UA-1, ISO 14289-1).

Values travel to the typesetter as data and are shown as text; no value is ever part of a layout's
source, so a name holding markup reads back literally. The fonts are those in the typesetter's
wheel, nothing is fetched, and the same data gives the same bytes: the day in the document is its
data's, not the clock's.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

import typst

from queries.documents.glyphs import FONTS, writable, written_out

STANDARD: Final = "ua-1"


def typeset(layout: str, data: Mapping[str, Any], *, language: str) -> bytes:
    """A layout of ``queries/documents/layouts`` filled with data, as PDF/UA-1.

    The layout ``document`` takes what :func:`paper` makes.

    :param data: strings, whole numbers, lists and dictionaries of them.
    :param language: ``fi``, ``sv`` or ``en``: the language that a screen reader speaks.
    """
    try:
        return _compiled(layout, _each_text(data, writable), language)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        # Characters that the fonts have one by one and not together.
        return _compiled(layout, _each_text(data, written_out), language)


def paper(
    *,
    title: str,
    author: str,
    made_on: str,
    footer: str,
    blocks: Sequence[Mapping[str, Any]],
    sender: Sequence[str] = (),
    head: Sequence[str] = (),
    addressee: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the data of the layout ``document``.

    :param made_on: ISO 8601.
    :param sender: the letterhead's lines, on the left; ``head`` is on the right of it.
    :param blocks: what :func:`heading`, :func:`text`, :func:`items`, :func:`facts`,
        :func:`table` and :func:`records` make, in their order.
    """
    return {
        "title": title,
        "author": author,
        "made_on": made_on,
        "footer": footer,
        "sender": list(sender),
        "head": list(head),
        "addressee": list(addressee),
        "blocks": list(blocks),
    }


def heading(text: str, level: int = 1) -> dict[str, Any]:
    return {"kind": "heading", "text": text, "level": level}


def text(text: str) -> dict[str, Any]:
    return {"kind": "text", "text": text}


def items(each: Sequence[str]) -> dict[str, Any]:
    return {"kind": "list", "items": list(each)}


def facts(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Labels with their values, one in a line."""
    return {"kind": "facts", "pairs": [list(pair) for pair in pairs]}


def table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int] = ()
) -> dict[str, Any]:
    """A table with a heading row; ``widths`` are shares, equal where none are given."""
    return {
        "kind": "table",
        "columns": list(columns),
        "rows": [list(row) for row in rows],
        "widths": list(widths) or [1] * len(columns),
    }


def records(each: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Records one after another, each a paragraph: a title and what there is of it."""
    return {"kind": "records", "records": [list(pair) for pair in each]}


def _compiled(layout: str, data: Any, language: str) -> bytes:
    made: bytes = typst.compile(
        _source(layout),
        font_paths=FONTS,
        pdf_standards=STANDARD,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False), "language": language},
    )
    return made


@functools.cache
def _source(layout: str) -> bytes:
    return (files("queries.documents") / "layouts" / f"{layout}.typ").read_bytes()


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _each_text(part, change) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(part, change) for part in value]
    return value
