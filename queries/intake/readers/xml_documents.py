"""The XML documents of a file, parsed as untrusted.

The danger: entities that multiply, files and addresses that a document type makes the parser open,
and a file that is cheap to send and dear to search. The principle: expat reads the file once and
finds where each document ends; a document type is refused as soon as it is met (the one that old
Finvoice files carry by name is passed over, never opened). Only a document that was found whole is
built into a tree, by a parser that opens nothing. A file may hold several documents one after
another, each with its own declaration and encoding.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat

from lxml import etree

from queries.errors import UnreadableFile

#: Documents in one file; frames between the invoices are documents too.
MOST_DOCUMENTS = 20_000

_CHUNK = 64 * 1024
_OLD_FINVOICE_DTD = re.compile(r"Finvoice[\w.]*\.dtd")
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: Characters allowed between two documents.
_BETWEEN = re.compile(rb"(?:[ \t\r\n]|\xef\xbb\xbf)*")
#: Latin-1 in name, Windows-1252 in fact: most programs that say the first write the second.
_READ_AS = {"iso-8859-1": "cp1252", "latin1": "cp1252", "us-ascii": "ascii"}
_ERRORS = expat.errors.codes
#: What expat says of the beginning of another document after the first.
_NEXT_DOCUMENT = {
    _ERRORS[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT],
    _ERRORS[expat.errors.XML_ERROR_MISPLACED_XML_PI],
}
_INVALID_TOKEN = _ERRORS[expat.errors.XML_ERROR_INVALID_TOKEN]
_NO_SUCH_ENCODING = {
    _ERRORS[expat.errors.XML_ERROR_UNKNOWN_ENCODING],
    _ERRORS[expat.errors.XML_ERROR_INCORRECT_ENCODING],
}


@dataclass(frozen=True)
class XmlDocument:
    """One document of the file, parsed.

    :param line: the line of the file on which it begins, from 1.
    :param end: the byte of the file after it.
    :param declared: the encoding that it declares, where it was read as another: its bytes show
        that the declaration is not true.
    """

    line: int
    root: etree._Element
    end: int
    declared: str | None = None

    @property
    def name(self) -> str:
        """The name of the root element, without its namespace."""
        return etree.QName(self.root).localname

    @property
    def namespace(self) -> str:
        return etree.QName(self.root).namespace or ""

    def elements(self, name: str) -> Iterator[etree._Element]:
        """The outermost elements of this name, in any namespace, in the order of the document."""
        inside = None
        for element in self.root.iter(etree.Element):
            if etree.QName(element).localname != name:
                continue
            if inside is not None and inside in element.iterancestors():
                continue
            inside = element
            yield element

    def line_of(self, element: etree._Element) -> int:
        """The line of the file on which an element begins."""
        line = element.sourceline
        return self.line + (line if isinstance(line, int) else 1) - 1


def documents(raw: bytes) -> Iterator[XmlDocument]:
    """Yield every document of the file, in order.

    Comments and processing instructions are left out; what is in a CDATA section is text.

    :raises UnreadableFile: ``xml_entities`` (line), ``xml_damaged`` (line), ``wrong_encoding``
        (encoding), ``too_many_rows`` (line, most).
    """
    at, line, n = 0, 1, 0
    while True:
        start = _next_start(raw, at)
        if start is None:
            return
        line += raw.count(b"\n", at, start)
        if n == MOST_DOCUMENTS:
            raise UnreadableFile("too_many_rows", line=line, most=MOST_DOCUMENTS)
        found = _Bounds(raw, start, line)
        yield _parsed(raw, start, found, line)
        line += raw.count(b"\n", start, found.end)
        at = found.end
        n += 1


def _next_start(raw: bytes, at: int) -> int | None:
    """Find where the next document begins; None when only space is left."""
    found = _BETWEEN.match(raw, at)
    start = at if found is None else found.end()
    return start if start < len(raw) else None


class _Bounds:
    """Finder of the end of the document that begins at ``start``, and its encoding; reads it
    once."""

    def __init__(self, raw: bytes, start: int, line: int) -> None:
        self._start = start
        self._line = line
        self._raw = raw
        self._declared: str | None = None
        self._wide = raw.startswith(_WIDE, start)
        self.end = self._find_end()
        self.encoding = "utf-16" if self._wide else self._declared

    def _find_end(self) -> int:
        parser = expat.ParserCreate("UTF-16" if self._wide else None)
        parser.XmlDeclHandler = self._note_declaration
        parser.StartDoctypeDeclHandler = self._check_doctype(parser)
        view = memoryview(self._raw)
        try:
            at, size = self._start, _CHUNK
            while at < len(view):
                parser.Parse(bytes(view[at : at + size]), False)
                # Expat begins a token anew with each piece: pieces that grow keep the time linear.
                at, size = at + size, size * 2
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            end = self._next_document(error.code, self._start + parser.ErrorByteIndex)
            if end is not None:
                return end
            raise self._refusal(error) from None
        except (LookupError, ValueError):
            # Python's codec of that name is not one of single bytes, or there is none.
            raise UnreadableFile("wrong_encoding", encoding=_short(self._declared)) from None
        return len(view)

    def _next_document(self, code: int, stopped: int) -> int | None:
        """Find where another document begins, when that is why expat stopped."""
        if code in _NEXT_DOCUMENT and stopped > self._start:
            return stopped
        if code != _INVALID_TOKEN:
            return None
        # In an encoding of single bytes the first byte of a byte-order mark may be a letter.
        places = (stopped, stopped - 1)
        marks = (codecs.BOM_UTF8, *_WIDE)
        return next(
            (at for at in places if at > self._start and self._raw.startswith(marks, at)), None
        )

    def _note_declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self._declared = None if encoding is None else encoding.lower()

    def _check_doctype(self, parser: Any) -> Any:
        def check(name: str, system: str | None, public: str | None, internal: int) -> None:
            old = name == "Finvoice" and public is None and not internal
            if not (old and system is not None and _OLD_FINVOICE_DTD.fullmatch(system)):
                line = self._line + parser.CurrentLineNumber - 1
                raise UnreadableFile("xml_entities", line=line)

        return check

    def _refusal(self, error: expat.ExpatError) -> UnreadableFile:
        named = "utf-16" if self._wide else self._declared or "utf-8"
        if error.code in _NO_SUCH_ENCODING or not _decodes(self._raw, self._start, named):
            return UnreadableFile("wrong_encoding", encoding=_short(named))
        return UnreadableFile("xml_damaged", line=self._line + error.lineno - 1)


def _decodes(raw: bytes, start: int, encoding: str) -> bool:
    """Check if the rest of the file is of this encoding; a torn last character counts as whole."""
    try:
        decoder = codecs.getincrementaldecoder(_READ_AS.get(encoding, encoding))()
        decoder.decode(raw[start:], False)
    except (UnicodeDecodeError, LookupError):
        return False
    return True


def _short(encoding: str | None) -> str:
    return (encoding or "utf-8")[:20]


def _parsed(raw: bytes, start: int, found: _Bounds, line: int) -> XmlDocument:
    data = raw[start : found.end]
    named = found.encoding or "utf-8"
    declared = None
    if named not in {"utf-8", "utf8", "utf-16"} and _is_utf8(data):
        # No text of one byte a letter looks like UTF-8 by chance: the declaration was left behind.
        declared, named = named, "utf-8"
    try:
        text = data.decode(_READ_AS.get(named, named))
    except (UnicodeDecodeError, LookupError):
        raise UnreadableFile("wrong_encoding", encoding=_short(named)) from None
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "surrogatepass"), parser)
    except etree.XMLSyntaxError as error:
        # No context: the parser's own message quotes the file.
        raise UnreadableFile("xml_damaged", line=line + (error.lineno or 1) - 1) from None
    return XmlDocument(line, root, found.end, declared)


def _is_utf8(data: bytes) -> bool:
    """Check if the bytes hold letters beyond ASCII, and all of them are UTF-8."""
    if data.isascii():
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
