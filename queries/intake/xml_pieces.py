"""Taking elements out of an XML file without trusting it.

The danger: entities that multiply, files and addresses that a document type makes the parser open.
The principle: a document type is refused before anything is parsed (the one that old Finvoice
files carry by name is passed over, never opened), and the parser opens nothing by itself. A file
may hold several documents one after another, each with an encoding of its own, and SOAP frames
between them: the wanted elements are cut out and parsed one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from queries.errors import UnreadableFile

_DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)[^>]*>?", re.IGNORECASE)
_OLD_FINVOICE_DTD = re.compile(
    rb"<!DOCTYPE\s+Finvoice\s+SYSTEM\s+[\"']Finvoice[\w.]*\.dtd[\"']\s*>"
)
_DECLARED = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([\w.-]+)[\"']", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_ENCODINGS = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "ascii": "ascii",
    "iso-8859-1": "cp1252", "latin1": "cp1252", "windows-1252": "cp1252", "cp1252": "cp1252",
    "iso-8859-15": "iso-8859-15", "latin9": "iso-8859-15",
}  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """One element of the file, parsed; ``line`` is where it begins, from 1."""

    line: int
    element: etree._Element


def pieces(raw: bytes, name: str) -> Iterator[Piece]:
    """Every element ``name`` of the file, in its order.

    :raises UnreadableFile: ``xml_entities``, ``xml_damaged`` (line), ``wrong_encoding`` (encoding).
    """
    raw = _narrow(raw)
    for found in _DTD.finditer(raw):
        if not _OLD_FINVOICE_DTD.fullmatch(found[0]):
            raise UnreadableFile("xml_entities", line=raw.count(b"\n", 0, found.start()) + 1)
    tag = name.encode("ascii")
    opening = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?" + tag + rb")(?=[\s>/])")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    at = 0
    while start := opening.search(raw, at):
        line = raw.count(b"\n", 0, start.start()) + 1
        closing = re.compile(rb"</" + re.escape(start[1]) + rb"\s*>")
        end = closing.search(raw, start.end())
        if end is None:
            raise UnreadableFile("xml_damaged", line=raw.count(b"\n") + 1)
        text = _decoded(raw[start.start() : end.end()], raw[at : start.start()])
        yield Piece(line, _parsed(text, parser, line))
        at = end.end()
    if at and not _ends_whole(raw[at:].strip()):
        raise UnreadableFile("xml_damaged", line=raw.count(b"\n") + 1)


def root_name(raw: bytes) -> str:
    """The name of the first element, at most 40 characters of it."""
    text = _narrow(raw[:65536]).decode("ascii", "replace")
    found = _ROOT.search(text)
    return found[1][:40] if found else ""


def _ends_whole(rest: bytes) -> bool:
    """Whether what follows the last element is no frame or declaration that was cut short."""
    whole = not rest or (rest.endswith(b">") and not rest.endswith(b"?>"))
    opened = re.findall(rb"<[\w:-]*Envelope[\s>]", rest)
    closed = re.findall(rb"</[\w:-]*Envelope\s*>", rest)
    return whole and len(opened) == len(closed)


def _narrow(raw: bytes) -> bytes:
    """UTF-16 as UTF-8, so that one search fits all."""
    if not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw
    try:
        text = raw[: len(raw) // 2 * 2].decode("utf-16")
    except UnicodeDecodeError:
        raise UnreadableFile("wrong_encoding", encoding="utf-16") from None
    return re.sub(r"(<\?xml\s[^>]*?)\sencoding\s*=\s*[\"'][\w.-]+[\"']", r"\1", text).encode(
        "utf-8", "replace"
    )


def _decoded(piece: bytes, before: bytes) -> str:
    declared = _DECLARED.findall(before)
    named = declared[-1].decode("ascii").lower() if declared else "utf-8"
    encoding = _ENCODINGS.get(named)
    if encoding is None:
        raise UnreadableFile("wrong_encoding", encoding=named[:20])
    try:
        return piece.decode(encoding)
    except UnicodeDecodeError:
        raise UnreadableFile("wrong_encoding", encoding=named) from None


def _parsed(text: str, parser: etree.XMLParser, line: int) -> etree._Element:
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        # No context: the parser's own message quotes the file.
        raise UnreadableFile("xml_damaged", line=line + (error.lineno or 1) - 1) from None
