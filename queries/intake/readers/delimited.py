"""Delimited text (CSV): its encoding and delimiter are detected, and can be set.

The danger: a quotation mark that was never closed swallows the rows after it, and no reader
complains. The principle: a record over several lines is a row only when those lines could not be
rows themselves.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass

from queries.errors import InvalidInput, UnreadableFile
from queries.intake.customers import columns
from queries.intake.readers.grid import MOST_COLUMNS, MOST_READ, MOST_ROWS, GridRow
from queries.intake.readers.text_encoding import ENCODINGS, decoded

__all__ = ["DELIMITERS", "ENCODINGS", "Delimited", "read_delimited"]

DELIMITERS = (";", ",", "\t", "|")

_TELL_EVERY = 1000
_LINE_END = re.compile(r"\r\n|\r|\n")
_SAMPLE = 65_536
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

    :raises UnreadableFile: as :func:`queries.intake.readers.text_encoding.decoded`;
        ``table_damaged`` or ``stray_quote`` (line), ``too_many_rows`` or ``too_many_columns``
        (line, most).
    :raises InvalidInput: an encoding or delimiter that is not among those known here.
    """
    text, encoding = decoded(data, encoding)
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
    lines = _Lines(text, delimiter)
    found: list[GridRow] = []
    line = 1
    try:
        for cells in reader:
            last, line = line, reader.line_num + 1
            if lines.swallowed(last, reader.line_num, len(found[0].cells) if found else 0):
                raise UnreadableFile("stray_quote", line=last + skipped)
            if not any(cell and not cell.isspace() for cell in cells):
                continue
            if len(cells) > MOST_COLUMNS:
                raise UnreadableFile("too_many_columns", line=last + skipped, most=MOST_COLUMNS)
            if len(found) == MOST_READ:
                raise UnreadableFile("too_many_rows", line=last + skipped, most=MOST_ROWS)
            found.append(GridRow(last + skipped, tuple(cells)))
            if not len(found) % _TELL_EVERY:
                tell(stream.tell() / len(text))
    except csv.Error:
        # The record began on the line after the last one that was read whole.
        raise UnreadableFile("table_damaged", line=line + skipped) from None
    if found and not text.endswith(("\n", "\r")):
        last_row = found[-1]
        found[-1] = GridRow(last_row.number, last_row.cells, ends_file=True)
    return found


class _Lines:
    """The lines of the text as they are, whatever quotation marks say."""

    def __init__(self, text: str, delimiter: str) -> None:
        self._text = text
        self._delimiter = delimiter
        self._split: list[str] | None = None

    def swallowed(self, first: int, last: int, width: int) -> bool:
        """Check if a record over several lines holds two lines that are rows themselves.

        :param width: of the table's first row.
        """
        if first == last or width < 2:  # noqa: PLR2004 - one column has no delimiter to count
            return False
        if self._split is None:
            self._split = _LINE_END.split(self._text)
        some = self._split[first - 1 : last]
        return sum(line.count(self._delimiter) == width - 1 for line in some) >= 2  # noqa: PLR2004 - one may be the row's own
