"""Delimited text (CSV): its encoding and delimiter are tried out, and can be told.

Every encoding of one byte reads every file, so the choice between them goes by the bytes that
tell them apart: 0x80-0x9F are letters in Windows-1252 only; 0xA4, 0xA6, 0xA8 and 0xB8 are €, Š, š
and ž in ISO-8859-15 and signs that no name holds in Windows-1252.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from queries.errors import InvalidInput, UnreadableFile
from queries.intake import columns
from queries.intake.grid import MOST_COLUMNS, MOST_ROWS, GridRow

ENCODINGS = ("utf-8", "cp1252", "iso-8859-15", "utf-16")
DELIMITERS = (";", ",", "\t")

_MANY_CONTROLS = 0.001
_TELL_EVERY = 1000
_SAMPLE = 65_536
_WINDOWS_ONLY = re.compile(rb"[\x80-\x9f]")
_LATIN9_ONLY = re.compile(rb"[\xa4\xa6\xa8\xb8]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


@dataclass(frozen=True)
class Delimited:
    rows: tuple[GridRow, ...]
    encoding: str
    delimiter: str


def read_delimited(
    data: bytes,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    tell: Callable[[float], None] = lambda _share: None,
) -> Delimited:
    """The rows of a delimited text; empty rows are left out.

    :raises UnreadableFile: ``file_binary``, ``wrong_encoding`` (encoding), ``table_damaged``
        (line), ``too_many_rows`` or ``too_many_columns`` (line, most).
    :raises InvalidInput: an encoding or delimiter that is not among those known here.
    """
    text, encoding = decode(data, encoding)
    told = _SEPARATOR_LINE.match(text)
    skipped = 0
    if told:
        text = text[told.end() :]
        skipped = 1
        delimiter = delimiter or told[1]
    if delimiter is None:
        delimiter = _likely_delimiter(text)
    elif delimiter not in DELIMITERS:
        raise InvalidInput("delimiter", "choice")
    return Delimited(tuple(_rows(text, delimiter, skipped, tell)), encoding, delimiter)


def decode(data: bytes, encoding: str | None) -> tuple[str, str]:
    """The text of a file and the name of its encoding; a byte-order mark is left out."""
    if encoding is not None and encoding not in ENCODINGS:
        raise InvalidInput("encoding", "choice")
    encoding = encoding or _likely_encoding(data)
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        raise UnreadableFile("wrong_encoding", encoding=encoding) from None
    if "\x00" in text or len(_CONTROLS.findall(text)) > len(text) * _MANY_CONTROLS + 8:
        raise UnreadableFile("file_binary")
    return text, encoding


def _likely_encoding(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    if not _WINDOWS_ONLY.search(data):
        return "iso-8859-15" if _LATIN9_ONLY.search(data) else "cp1252"
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        raise UnreadableFile("file_binary") from None
    return "cp1252"


def _likely_delimiter(text: str) -> str:
    """The delimiter under which most columns are recognised, else that parts most evenly."""
    sample = text[:_SAMPLE]
    return max(DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _evenness(sample: str, delimiter: str) -> tuple[int, int, int]:
    rows = []
    try:
        for row in csv.reader(io.StringIO(sample), delimiter=delimiter):
            rows.append(row)
            if len(rows) == columns.HEADER_WITHIN * 2:
                break
    except csv.Error:
        pass
    if not rows:
        return 0, 0, 0
    recognised = max(len(columns.recognise(row)) for row in rows[: columns.HEADER_WITHIN])
    widths = [len(row) for row in rows if row]
    width = max(set(widths), key=widths.count) if widths else 0
    return recognised, (widths.count(width) if width > 1 else 0), width


def _rows(text: str, delimiter: str, skipped: int, tell: Callable[[float], None]) -> list[GridRow]:
    stream = io.StringIO(text, newline="")
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    found: list[GridRow] = []
    line = 1
    try:
        for cells in reader:
            if any(cell and not cell.isspace() for cell in cells):
                if len(cells) > MOST_COLUMNS:
                    raise UnreadableFile("too_many_columns", line=line + skipped, most=MOST_COLUMNS)
                if len(found) == MOST_ROWS:
                    raise UnreadableFile("too_many_rows", line=line + skipped, most=MOST_ROWS)
                found.append(GridRow(line + skipped, tuple(cells)))
                if not len(found) % _TELL_EVERY:
                    tell(stream.tell() / len(text))
            line = reader.line_num + 1
    except csv.Error:
        raise UnreadableFile("table_damaged", line=reader.line_num + skipped) from None
    if found and not text.endswith(("\n", "\r")):
        last = found[-1]
        found[-1] = GridRow(last.number, last.cells, ends_file=True)
    return found
