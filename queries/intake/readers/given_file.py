"""A file that someone gave, and what is known of it before its format is.

A file is judged by its bytes; its name must not say otherwise. Nothing is written to disk, and
nothing in the file is carried out, followed or fetched.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from queries.errors import UnreadableFile
from queries.intake.plan import ImportSettings
from queries.intake.readers.grid import Grid
from queries.intake.readers.tables import text_table, workbook_table

#: The largest file that is read, in bytes.
MOST_BYTES = 20 * 1024 * 1024


class Content(enum.StrEnum):
    """Kind of the bytes of a file."""

    TEXT = "text"
    WORKBOOK = "zip"
    XML = "xml"
    JSON = "json"


_EXTENSIONS = {
    ".csv": Content.TEXT,
    ".tsv": Content.TEXT,
    ".txt": Content.TEXT,
    ".xlsx": Content.WORKBOOK,
    ".xlsm": Content.WORKBOOK,
    ".xltx": Content.WORKBOOK,
    ".xltm": Content.WORKBOOK,
    ".xml": Content.XML,
    ".json": Content.JSON,
}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
#: The first bytes of Excel's forms before 1997, which are without an envelope.
_BIFF = (
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08\x08\x00",
    b"\x09\x08\x10\x00",
)
_SPREADSHEET_2003 = b"urn:schemas-microsoft-com:office:spreadsheet"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_SPACE = b" \t\r\n"


@dataclass(frozen=True)
class GivenFile:
    """A file to be read.

    :param name: its name as given; it is compared with the content, and never opened.
    :param tell: called from time to time with the share of the file is read, from 0 to 1.
    """

    name: str
    raw: bytes = field(repr=False)
    settings: ImportSettings
    content: Content
    tell: Callable[[float], None] = field(default=lambda _share: None, repr=False, compare=False)

    def table(self) -> Grid:
        """The table that a text or a workbook holds; read once.

        :raises UnreadableFile: as :mod:`queries.intake.readers.delimited` and
            :mod:`queries.intake.readers.workbooks` say; ``no_rows``, ``bank_statement``,
                ``form_unknown``.
        """
        return self._table

    @functools.cached_property
    def _table(self) -> Grid:
        read = workbook_table if self.content is Content.WORKBOOK else text_table
        return read(self.raw, self.settings, self.tell)


def given_file(
    name: str,
    data: bytes | Path,
    settings: ImportSettings,
    tell: Callable[[float], None] = lambda _share: None,
) -> GivenFile:
    """Look at a file's size, first bytes and name.

    :raises UnreadableFile: ``file_missing``, ``file_empty``, ``file_too_big`` (most),
        ``wrong_extension`` (extension, actual), ``file_is_pdf``, ``file_is_old_excel``,
        ``file_encrypted``, ``file_is_html``, ``file_is_xml_excel``, ``text_named_xls``.
    """
    raw = bytes_of(data)
    content = _content_of(raw)
    extension = Path(name).suffix.lower()
    if extension == ".xls" and content is Content.TEXT:
        raise UnreadableFile("text_named_xls")
    if _EXTENSIONS.get(extension, content) is not content:
        raise UnreadableFile("wrong_extension", extension=extension, actual=content.value)
    return GivenFile(name, raw, settings, content, tell)


def bytes_of(data: bytes | Path) -> bytes:
    """The bytes of a file that may be read.

    :raises UnreadableFile: ``file_missing``, ``file_empty``, ``file_too_big`` (most).
    """
    if isinstance(data, Path):
        try:
            size = data.stat().st_size
            if data.is_dir():
                raise UnreadableFile("file_missing")
            _check_size(size)
            with data.open("rb") as file:
                raw = file.read(MOST_BYTES + 1)  # it may be growing, or be no file at all
        except OSError:
            raise UnreadableFile("file_missing") from None
    else:
        raw = data
    _check_size(len(raw))
    if not raw.strip(b" \t\r\n\xef\xbb\xbf"):
        raise UnreadableFile("file_empty")
    return raw


def _check_size(size: int) -> None:
    if size > MOST_BYTES:
        raise UnreadableFile("file_too_big", most=MOST_BYTES // (1024 * 1024))


def _content_of(raw: bytes) -> Content:
    if raw.startswith(_ZIP):
        return Content.WORKBOOK
    if raw.startswith(_OLE):
        # An old binary workbook, or the envelope of a password-protected one.
        encrypted = "EncryptedPackage".encode("utf-16-le") in raw
        raise UnreadableFile("file_encrypted" if encrypted else "file_is_old_excel")
    if raw.startswith(_BIFF):
        raise UnreadableFile("file_is_old_excel")
    if raw.startswith(b"%PDF"):
        raise UnreadableFile("file_is_pdf")
    start = raw[:4096].removeprefix(b"\xef\xbb\xbf").lstrip(_SPACE)
    if raw.startswith(_WIDE):
        start = raw[2:4096].replace(b"\x00", b"").lstrip(_SPACE)
    if start[:14].lower().startswith((b"<!doctype html", b"<html")):
        raise UnreadableFile("file_is_html")
    if start.startswith(b"<") and _SPREADSHEET_2003 in start:
        raise UnreadableFile("file_is_xml_excel")
    if start.startswith(b"<"):
        return Content.XML
    return Content.JSON if start.startswith((b"{", b"[")) else Content.TEXT
