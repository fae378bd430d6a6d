"""The table of a text or a workbook: where its columns are named, and what each of them holds."""

from __future__ import annotations

from collections.abc import Callable

from queries.errors import UnreadableFile
from queries.intake import columns
from queries.intake.delimited import read_delimited
from queries.intake.grid import Grid, GridRow
from queries.intake.mailing_tools import is_of_a_tool
from queries.intake.plan import ImportSettings
from queries.intake.workbooks import read_workbook
from queries.rules.personal_identity import find_personal_identity_codes


def workbook_table(raw: bytes, settings: ImportSettings, tell: Callable[[float], None]) -> Grid:
    """The table of a workbook's sheet."""
    book = read_workbook(raw, sheet=settings.sheet, tell=tell)
    header, rows, names = _parted(book.rows, settings)
    return Grid(
        header,
        rows,
        _width(header, rows),
        names,
        system=columns.system(header or ()),
        sheet=book.sheet,
        sheets=book.sheets,
    )


def text_table(raw: bytes, settings: ImportSettings, tell: Callable[[float], None]) -> Grid:
    """The table of a delimited text."""
    text = read_delimited(raw, encoding=settings.encoding, delimiter=settings.delimiter, tell=tell)
    header, rows, names = _parted(text.rows, settings)
    width = _width(header, rows)
    if width <= 1 and not names and settings.delimiter is None:
        raise UnreadableFile("form_unknown")
    return Grid(
        header,
        rows,
        width,
        names,
        encoding=text.encoding,
        delimiter=text.delimiter,
        system=columns.system(header or ())
        or ("procountor" if names == columns.PROCOUNTOR else None),
    )


def _width(header: tuple[str, ...] | None, rows: tuple[GridRow, ...]) -> int:
    return max([len(header or ()), *(len(row.cells) for row in rows[:1000])], default=0)


def _parted(
    rows: tuple[GridRow, ...], settings: ImportSettings
) -> tuple[tuple[str, ...] | None, tuple[GridRow, ...], dict[int, str]]:
    """The header, the rows after it, and the fields that the columns hold."""
    if not rows:
        raise UnreadableFile("no_rows")
    for at, row in enumerate(rows[: columns.HEADER_WITHIN]):
        if is_of_a_tool(row.cells):
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
