"""XLSX workbooks: looked at as an archive before anything in them is parsed.

The danger: a few kilobytes that unpack to gigabytes, entities, a sheet that claims a million rows.
The principle: the archive's own list is compared with limits, then every part is unpacked once,
counted and thrown away; only then does the reader see it.
"""

from __future__ import annotations

import contextlib
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import openpyxl

from queries.errors import InvalidInput, UnreadableFile
from queries.intake.grid import MOST_COLUMNS, MOST_ROWS, GridRow

#: What a workbook may unpack to, in bytes, and by what factor.
MOST_UNPACKED = 200 * 1024 * 1024
MOST_FACTOR = 200
MOST_PARTS = 2_000
#: Cells with nothing in them cost too: rows times the widest column.
MOST_CELLS = 10_000_000

_SMALL = 1024 * 1024
_CHUNK = 1024 * 1024
_DTD = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_OVERLAP = 16
_TELL_EVERY = 1000
_XML = (".xml", ".rels", ".vml")


@dataclass(frozen=True)
class Workbook:
    rows: tuple[GridRow, ...]
    sheet: str
    sheets: tuple[str, ...]


def read_workbook(
    data: bytes,
    *,
    sheet: str | None = None,
    tell: Callable[[float], None] = lambda _share: None,
) -> Workbook:
    """The rows of one sheet (the first visible one with rows in it); empty rows are left out.

    :raises UnreadableFile: ``zip_bomb``, ``workbook_damaged``, ``file_encrypted``,
        ``xml_entities``, ``not_a_workbook``, ``too_many_rows``, ``too_many_columns``, ``no_rows``.
    :raises InvalidInput: ``sheet`` that is not there.
    """
    _look_through(data)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that are not read here
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            with contextlib.closing(book):
                return _read(book, sheet, tell)
    except (UnreadableFile, InvalidInput):
        raise
    except Exception as error:
        # The reader raises whatever a damaged part leads it to.
        raise UnreadableFile("workbook_damaged") from error


def _look_through(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _check_list(parts, len(data))
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
                raise UnreadableFile("not_a_workbook")
            left = MOST_UNPACKED
            for part in parts:
                left = _unpack(archive, part, left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError,
            RuntimeError) as error:  # fmt: skip
        raise UnreadableFile("workbook_damaged") from error


def _check_list(parts: list[zipfile.ZipInfo], size: int) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise UnreadableFile("file_encrypted")
    claimed = sum(part.file_size for part in parts)
    too_much = claimed > MOST_UNPACKED or (claimed > _SMALL and claimed > size * MOST_FACTOR)
    if too_much or len(parts) > MOST_PARTS:
        raise UnreadableFile("zip_bomb")


def _unpack(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Unpack one part to nowhere; the zip's own checksum is compared at its end."""
    is_xml = part.filename.lower().endswith(_XML)
    tail = b""
    with archive.open(part) as stream:
        first = True
        while chunk := stream.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise UnreadableFile("zip_bomb")
            if is_xml and (_DTD.search(tail + chunk) or (first and _is_wide(chunk))):
                raise UnreadableFile("xml_entities")
            tail = chunk[-_OVERLAP:]
            first = False
    return left


def _is_wide(start: bytes) -> bool:
    """UTF-16 or UTF-32, in which a document type could hide; no workbook is written in it."""
    return start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in start[:64]


def _read(book: Any, sheet: str | None, tell: Callable[[float], None]) -> Workbook:
    shown = [one for one in book.worksheets if one.sheet_state == "visible"] or book.worksheets
    names = tuple(one.title for one in shown)
    if sheet is not None:
        if sheet not in names:
            raise InvalidInput("sheet", "choice")
        shown = [one for one in shown if one.title == sheet]
    for one in shown:
        rows = tuple(_rows(one, tell))
        if rows or sheet is not None:
            return Workbook(rows, one.title, names)
    raise UnreadableFile("no_rows")


def _rows(sheet: Any, tell: Callable[[float], None]) -> Iterator[GridRow]:
    claimed = sheet.max_row or MOST_ROWS
    sheet.reset_dimensions()  # what the file claims of its size may be wrong
    cells_read = found = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells_read += len(row) + 1
        if not number % _TELL_EVERY:
            tell(min(number / claimed, 1))
        if cells_read > MOST_CELLS:
            raise UnreadableFile("too_many_rows", line=number, most=MOST_ROWS)
        texts = [_text(cell.value) for cell in row]
        while texts and not texts[-1].strip():
            texts.pop()
        if not texts:
            continue
        if len(texts) > MOST_COLUMNS:
            raise UnreadableFile("too_many_columns", line=number, most=MOST_COLUMNS)
        found += 1
        if found > MOST_ROWS:
            raise UnreadableFile("too_many_rows", line=number, most=MOST_ROWS)
        formulas = frozenset(i for i, cell in enumerate(row) if cell.data_type in {"f", "e"})
        yield GridRow(number, tuple(texts), formulas)


def _text(value: Any) -> str:
    """A cell's value as a person would type it; numbers without a needless decimal."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value).replace(".", ",")
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
