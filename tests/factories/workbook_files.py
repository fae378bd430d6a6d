"""Made-up workbooks of the forms that come in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

_STRICT = (
    (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    ),
    (
        "http://schemas.openxmlformats.org/officeDocument/2006/",
        "http://purl.oclc.org/ooxml/officeDocument/",
    ),
)


def book_of(
    *sheets: tuple[str, Callable[[Any, Worksheet], None]], from_1904: bool = False
) -> bytes:
    """A workbook; each sheet is drawn by its own function of the workbook and the sheet."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"date_1904": from_1904})
    for name, draw in sheets:
        draw(book, book.add_worksheet(name))
    book.close()
    return data.getvalue()


def rows(*lines: Iterable[Any], first: int = 0) -> Callable[[Any, Worksheet], None]:
    """Draws rows of values as they are, texts as texts."""

    def draw(_book: Any, sheet: Worksheet) -> None:
        for at, line in enumerate(lines, start=first):
            for column, value in enumerate(line):
                if isinstance(value, str):
                    sheet.write_string(at, column, value)
                elif value is not None:
                    sheet.write(at, column, value)

    return draw


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zip_of(parts: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return data.getvalue()


def strict(data: bytes) -> bytes:
    """The same workbook as Excel saves it under "Strict Open XML"."""
    parts = parts_of(data)
    for old, new in _STRICT:
        parts = {name: one.replace(old.encode(), new.encode()) for name, one in parts.items()}
    return zip_of(parts)


def with_sheet(xml: bytes) -> bytes:
    """A workbook whose only sheet is this XML within ``<worksheet>``."""
    parts = parts_of(book_of(("Taul1", rows(("Nimi",)))))
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    parts["xl/worksheets/sheet1.xml"] = start + xml + b"</worksheet>"
    return zip_of(parts)
