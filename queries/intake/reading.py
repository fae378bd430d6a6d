"""Reading a file that someone gave: what it is, and what stands in it.

A file is judged by its bytes; its name must not say otherwise. Nothing is written to disk, and
nothing in the file is carried out, followed or fetched. Whatever is wrong with it comes out as
:class:`queries.errors.UnreadableFile` with the line where that is known.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from queries.errors import UnreadableFile
from queries.intake import columns
from queries.intake.delimited import read_delimited
from queries.intake.finvoice import FinvoiceDocument, read_finvoice
from queries.intake.grid import Grid, GridRow
from queries.intake.plan import Form, ImportSettings
from queries.intake.postcodes import PostCodeFile, is_pcf, read_pcf
from queries.intake.workbooks import read_workbook
from queries.intake.ytj import CompanyRecord, read_ytj
from queries.rules.personal_identity import find_personal_identity_codes

#: The largest file that is read, in bytes.
MOST_BYTES = 20 * 1024 * 1024

_KINDS = {
    ".csv": "text", ".tsv": "text", ".txt": "text", ".xlsx": "zip", ".xlsm": "zip",
    ".xml": "xml", ".json": "json",
}  # fmt: skip
_SIGNATURES = (
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"%PDF", "pdf"),
    (b"PK\x05\x06", "zip"),
)
_SPACE = b" \t\r\n"


@dataclass(frozen=True)
class Intake:
    """A file that was read; what its form needs is given, and nothing else."""

    form: Form
    sha256: str
    size: int
    grid: Grid | None = field(default=None, repr=False)
    invoices: tuple[FinvoiceDocument, ...] = field(default=(), repr=False)
    companies: tuple[CompanyRecord, ...] = field(default=(), repr=False)
    post_codes: PostCodeFile | None = field(default=None, repr=False)


def read_file(name: str, data: bytes | Path, *, settings: ImportSettings | None = None) -> Intake:
    """Read a customers table or a mailing tool's list (CSV, XLSX), Finvoice invoices (XML), YTJ
    companies (JSON) or Posti's post codes (PCF).

    :param name: the file's name; only its extension is looked at.
    :param data: its bytes, or where it stands: a file is measured before it is read.
    :raises UnreadableFile: ``file_missing``, ``file_empty``, ``file_too_big`` (size, most),
        ``wrong_extension`` (extension, actual), ``file_is_pdf``, ``file_is_old_excel``,
        ``file_encrypted``, ``file_is_html``, ``bank_statement``, ``form_unknown``, and what the
        readers of each form say.
    :raises InvalidInput: a setting that is not possible.
    """
    settings = settings or ImportSettings()
    raw = _bytes_of(data)
    kind = _kind(raw)
    _check_extension(name, kind)
    sha256 = hashlib.sha256(raw).hexdigest()
    if kind == "xml":
        return Intake(Form.FINVOICE, sha256, len(raw), invoices=read_finvoice(raw))
    if kind == "json":
        return Intake(Form.YTJ, sha256, len(raw), companies=read_ytj(raw))
    if is_pcf(raw):
        return Intake(Form.POST_CODES, sha256, len(raw), post_codes=read_pcf(raw))
    grid = _workbook(raw, settings) if kind == "zip" else _text(raw, settings)
    mailing = columns.mailing_list(grid.header or ())
    form = Form.CUSTOMERS if mailing is None else Form(mailing)
    return Intake(form, sha256, len(raw), grid=grid)


def _bytes_of(data: bytes | Path) -> bytes:
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


def _kind(raw: bytes) -> str:
    for signature, kind in _SIGNATURES:
        if raw.startswith(signature):
            return _ole(raw) if kind == "ole" else kind
    start = raw[:4096].removeprefix(b"\xef\xbb\xbf").lstrip(_SPACE)
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = raw[2:4096].replace(b"\x00", b"").lstrip(_SPACE)
    if start.startswith(b"<"):
        return "html" if start[:14].lower().startswith((b"<!doctype html", b"<html")) else "xml"
    return "json" if start.startswith((b"{", b"[")) else "text"


def _ole(raw: bytes) -> str:
    """An old binary workbook, or the envelope in which a password-protected one is kept."""
    if "EncryptedPackage".encode("utf-16-le") in raw:
        raise UnreadableFile("file_encrypted")
    raise UnreadableFile("file_is_old_excel")


def _check_extension(name: str, kind: str) -> None:
    if kind == "pdf":
        raise UnreadableFile("file_is_pdf")
    if kind == "html":
        raise UnreadableFile("file_is_html")
    extension = Path(name).suffix.lower()
    expected = _KINDS.get(extension)
    if expected is not None and expected != kind:
        raise UnreadableFile("wrong_extension", extension=extension, actual=kind)


def _workbook(raw: bytes, settings: ImportSettings) -> Grid:
    book = read_workbook(raw, sheet=settings.sheet)
    header, rows, names = _parted(book.rows, settings)
    return Grid(
        header, rows, _width(header, rows), names, system=columns.system(header or ()),
        sheet=book.sheet, sheets=book.sheets,
    )  # fmt: skip


def _text(raw: bytes, settings: ImportSettings) -> Grid:
    text = read_delimited(raw, encoding=settings.encoding, delimiter=settings.delimiter)
    header, rows, names = _parted(text.rows, settings)
    width = _width(header, rows)
    if width <= 1 and not names and settings.delimiter is None:
        raise UnreadableFile("form_unknown")
    return Grid(
        header, rows, width, names, encoding=text.encoding, delimiter=text.delimiter,
        system=columns.system(header or ()) or ("procountor" if names == columns.PROCOUNTOR
                                                else None),
    )  # fmt: skip


def _width(header: tuple[str, ...] | None, rows: tuple[GridRow, ...]) -> int:
    return max([len(header or ()), *(len(row.cells) for row in rows[:1000])], default=0)


def _parted(
    rows: tuple[GridRow, ...], settings: ImportSettings
) -> tuple[tuple[str, ...] | None, tuple[GridRow, ...], dict[int, str]]:
    """The header, the rows after it, and the fields that the columns hold."""
    if not rows:
        raise UnreadableFile("no_rows")
    for at, row in enumerate(rows[: columns.HEADER_WITHIN]):
        if columns.mailing_list(row.cells) is not None:
            return tuple(_shown(name) for name in row.cells), rows[at + 1 :], {}
        if (other := columns.other_form(row.cells)) is not None:
            raise UnreadableFile(other)
    if settings.has_header is False:
        return None, rows, _by_position(rows)
    at = _header_at(rows) if settings.has_header is None else max(_header_at(rows), 0)
    if at < 0:
        return None, rows, _by_position(rows)
    header = tuple(_shown(name) for name in rows[at].cells)
    return header, rows[at + 1 :], columns.recognise(header)


def _shown(name: str) -> str:
    """A column's name as it can be shown: one holding a personal identity code cannot."""
    name = " ".join(name.replace("\ufeff", "").split())[:80]
    return "" if find_personal_identity_codes(name) else name


def _header_at(rows: tuple[GridRow, ...]) -> int:
    """Where the row of names stands; -1 when there is none."""
    known = [len(columns.recognise(row.cells)) for row in rows[: columns.HEADER_WITHIN]]
    best = max(known)
    if best >= 2:  # noqa: PLR2004 - one word alone may be a value
        return known.index(best)
    if known[0] == 1 and not any(character.isdigit() for character in rows[0].cells[0]):
        return 0
    return -1


def _by_position(rows: tuple[GridRow, ...]) -> dict[int, str]:
    """Procountor's partner file by its known columns, where the rows look like it."""
    last = max(columns.PROCOUNTOR)
    wide = [row for row in rows[:50] if len(row.cells) > last]
    return dict(columns.PROCOUNTOR) if len(wide) * 2 > len(rows[:50]) else {}
