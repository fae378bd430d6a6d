"""XLSX workbooks, transitional and strict: one sheet as rows of texts, as the sheet shows them.

The danger: a formula's value read as no value, a hidden row filed that nobody saw, a cover sheet
taken for the table. The principle: one pass over a sheet's part gives values and how they are
shown (number formats, what is hidden, what is merged); whatever is not as it seems is named.

The libraries in use read either formulas or their values, no hidden rows and no strict workbooks,
so the sheet is read here, by expat, after :mod:`queries.intake.readers.workbook_parts` has looked
the archive through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from queries.errors import InvalidInput, UnreadableFile
from queries.intake.customers import columns
from queries.intake.customers.columns import letters
from queries.intake.mailing.tools import is_of_a_tool
from queries.intake.plan import Reason
from queries.intake.readers.grid import MOST_READ, MOST_ROWS, GridRow
from queries.intake.readers.workbook_parts import Sheet, WorkbookPackage
from queries.intake.readers.workbook_sheets import SheetReader, Style, shared_texts, styles

#: What a note names at most; the rest is counted.
_MOST_NAMED = 20


@dataclass(frozen=True)
class Workbook:
    """One sheet of a workbook.

    :param sheets: every sheet that may be chosen, the hidden ones last.
    :param notes: what of the workbook is left out, or is not as the sheet shows it.
    :param merged: the cells that are one on the sheet, and the last of their rows.
    """

    rows: tuple[GridRow, ...]
    sheet: str
    sheets: tuple[str, ...]
    notes: tuple[Reason, ...] = ()
    merged: tuple[tuple[str, int], ...] = ()


def read_workbook(
    data: bytes, *, sheet: str | None = None, tell: Callable[[float], None] = lambda _share: None
) -> Workbook:
    """The rows of one sheet; empty rows are left out.

    Without a ``sheet``, that of the visible ones whose first rows hold most names of columns, else
    the first with rows in it; hidden ones only where no other has rows.

    :raises UnreadableFile: as :class:`queries.intake.readers.workbook_parts.WorkbookPackage`;
        ``too_many_rows``, ``too_many_columns``, ``no_rows``.
    :raises InvalidInput: ``sheet`` that is not there.
    """
    package = WorkbookPackage(data)
    try:
        return _read(package, sheet, tell)
    except (UnreadableFile, InvalidInput):
        raise
    except (ValueError, KeyError, IndexError) as error:
        raise UnreadableFile("workbook_damaged") from error


def _read(package: WorkbookPackage, wanted: str | None, tell: Callable[[float], None]) -> Workbook:
    found, from_1904 = package.sheets()
    sheets = sorted(found, key=lambda one: one.is_hidden)
    if wanted is not None and wanted not in [one.name for one in sheets]:
        raise InvalidInput("sheet", "choice")
    texts = shared_texts(package)
    style = Style(styles(package), from_1904=from_1904)

    def reader(sheet: Sheet) -> SheetReader:
        return SheetReader(package, sheet.part, texts, style)

    tables = {one: _likeness(reader(one)) for one in sheets}
    with_rows = [one for one in sheets if tables[one] is not None]
    if not with_rows:
        raise UnreadableFile("no_rows")
    if wanted is None:
        seen = [one for one in with_rows if not one.is_hidden] or with_rows
        chosen = max(seen, key=lambda one: tables[one] or 0)
    else:
        chosen = next(one for one in sheets if one.name == wanted)
    reading = reader(chosen)
    rows: list[GridRow] = []
    for some, share in reading.pieces():
        rows += some
        if len(rows) > MOST_READ:
            raise UnreadableFile("too_many_rows", line=rows[MOST_READ].number, most=MOST_ROWS)
        tell(share)
    others = [one for one in with_rows if one is not chosen]
    notes = (*_left_sheets(others), *_notes(reading))
    names = tuple(one.name for one in sheets)
    return Workbook(tuple(rows), chosen.name, names, notes, tuple(reading.merged))


def _likeness(reader: SheetReader) -> int | None:
    """Count the names of columns in a row at the head of the sheet; None without rows."""
    head: list[GridRow] = []
    try:
        for some, _share in reader.pieces():
            head += some
            if len(head) >= columns.HEADER_WITHIN:
                break
    except UnreadableFile as error:
        if error.code not in {"too_many_columns", "too_many_rows"}:
            raise
        return 0  # a sheet of something else; it is refused when it is the one to be read
    if not head:
        return None
    known = [
        len(row.cells) if is_of_a_tool(row.cells) else len(columns.recognise(row.cells))
        for row in head[: columns.HEADER_WITHIN]
    ]
    return max(known)


def _left_sheets(others: list[Sheet]) -> Iterator[Reason]:
    for code, is_hidden in (("sheets_left", False), ("sheets_hidden", True)):
        names = [one.name for one in others if one.is_hidden is is_hidden]
        if names:
            yield Reason(code, {"names": _named(names)})


def _notes(reading: SheetReader) -> Iterator[Reason]:
    if reading.hidden_rows:
        code = "rows_filtered" if reading.has_filter else "rows_hidden"
        yield Reason(code, {"rows": _named(ranges(reading.hidden_rows))})
    for code, positions in (
        ("columns_hidden", reading.hidden_columns),
        ("numbers_plain", reading.plain_columns),
    ):
        if positions:
            yield Reason(code, {"columns": _named([letters(at) for at in sorted(positions)])})
    if reading.has_comments:
        yield Reason("comments_left")


def ranges(numbers: list[int]) -> list[str]:
    """Numbers in their order, those that follow each other as one.

    >>> ranges([2, 3, 4, 7])
    ['2–4', '7']
    """
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return [str(first) if first == last else f"{first}–{last}" for first, last in found]


def _named(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" (+{more})" if more > 0 else "")


def merged_after(book: Workbook, number: int) -> tuple[Reason, ...]:
    """``cells_merged``: the cells below the heading of which only the first one holds the value."""
    names = [name for name, last in book.merged if last > number]
    return (Reason("cells_merged", {"cells": _named(names)}),) if names else ()
