"""The table of a text or a workbook: where its columns are named, and what each of them holds."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from queries.errors import UnreadableFile
from queries.intake.customers import columns
from queries.intake.mailing.tools import is_of_a_tool
from queries.intake.plan import ImportSettings, Reason
from queries.intake.readers.delimited import read_delimited
from queries.intake.readers.grid import MOST_ROWS, Grid, GridRow
from queries.intake.readers.workbooks import merged_after, ranges, read_workbook
from queries.rules.personal_identity import find_personal_identity_codes

#: So many names of columns are a heading: one word alone may be a value.
_SURE = 2


@dataclass(frozen=True)
class _Parted:
    """Rows parted into the names of the columns and the rows below them.

    :param above: the number of the last row of the heading, 0 where there is none.
    """

    header: tuple[str, ...] | None
    rows: tuple[GridRow, ...]
    names: dict[int, str]
    notes: tuple[Reason, ...] = ()
    above: int = 0


def workbook_table(raw: bytes, settings: ImportSettings, tell: Callable[[float], None]) -> Grid:
    """The table of a workbook's sheet."""
    book = read_workbook(raw, sheet=settings.sheet, tell=tell)
    parted = _parted(book.rows, settings)
    return Grid(
        parted.header,
        parted.rows,
        _width(parted),
        parted.names,
        system=columns.system(parted.header or ()),
        sheet=book.sheet,
        sheets=book.sheets,
        notes=(*book.notes, *merged_after(book, parted.above), *parted.notes),
    )


def text_table(raw: bytes, settings: ImportSettings, tell: Callable[[float], None]) -> Grid:
    """The table of a delimited text."""
    text = read_delimited(raw, encoding=settings.encoding, delimiter=settings.delimiter, tell=tell)
    parted = _parted(text.rows, settings)
    width = _width(parted)
    if width <= 1 and not parted.names and settings.delimiter is None:
        raise UnreadableFile("form_unknown")
    return Grid(
        parted.header,
        parted.rows,
        width,
        parted.names,
        encoding=text.encoding,
        delimiter=text.delimiter,
        system=columns.system(parted.header or ())
        or ("procountor" if parted.names == columns.PROCOUNTOR else None),
        notes=(*parted.notes, *_open_end(parted.rows)),
    )


def _open_end(rows: tuple[GridRow, ...]) -> tuple[Reason, ...]:
    """Name the row on which the file ends without a line end: many programs write none, but the
    last value of a file that was cut short looks the same."""
    last = rows[-1] if rows else None
    return (Reason("end_open", {"row": last.number}),) if last and last.ends_file else ()


def _width(parted: _Parted) -> int:
    widths = (len(row.cells) for row in parted.rows[:1000])
    return max([len(parted.header or ()), *widths], default=0)


def _parted(rows: tuple[GridRow, ...], settings: ImportSettings) -> _Parted:
    """The header, the rows after it, and the fields that the columns hold.

    :raises UnreadableFile: ``too_many_rows`` (line, most): the heading is not counted.
    """
    found = _with_header(rows, settings)
    if len(found.rows) > MOST_ROWS:
        raise UnreadableFile("too_many_rows", line=found.rows[MOST_ROWS].number, most=MOST_ROWS)
    return found


def _with_header(rows: tuple[GridRow, ...], settings: ImportSettings) -> _Parted:
    if not rows:
        raise UnreadableFile("no_rows")
    for at, row in enumerate(rows[: columns.HEADER_WITHIN]):
        if is_of_a_tool(row.cells):
            return _below(rows, at, at, row.cells, {})
        if (other := columns.other_form(row.cells)) is not None:
            raise UnreadableFile(other)
    if settings.has_header is False:
        return _Parted(None, rows, _by_position(rows))
    first, last, cells = _heading(rows)
    if last < 0 and settings.has_header:
        first, last, cells = 0, 0, rows[0].cells
    if last < 0:
        return _Parted(None, rows, _by_position(rows))
    return _below(rows, first, last, cells, columns.recognise([_shown(one) for one in cells]))


def _below(
    rows: tuple[GridRow, ...], first: int, last: int, cells: Sequence[str], names: dict[int, str]
) -> _Parted:
    """Part the rows below a heading of the rows ``first`` to ``last``; name the rows above it."""
    notes = []
    if first:
        numbers = ranges([row.number for row in rows[:first]])
        notes.append(Reason("rows_above_heading", {"rows": ", ".join(numbers)}))
    if first < last:
        facts = {"rows": f"{rows[first].number}, {rows[last].number}"}
        notes.append(Reason("heading_of_two_rows", facts))
    header = tuple(_shown(name) for name in cells)
    return _Parted(header, rows[last + 1 :], names, tuple(notes), rows[last].number)


def _shown(name: str) -> str:
    """A column's name as it can be shown: one holding a personal identity code cannot."""
    name = " ".join(name.replace("\ufeff", "").split())[:80]
    return "" if find_personal_identity_codes(name) else name


def _heading(rows: tuple[GridRow, ...]) -> tuple[int, int, tuple[str, ...]]:
    """The first and the last row of the names, and the names; -1 where there are none."""
    head = rows[: columns.HEADER_WITHIN]
    known = [len(columns.recognise(row.cells)) for row in head]
    best = max(known)
    at = known.index(best)
    found = (at, at, head[at].cells)
    for upper in range(len(head) - 1):
        both = _joined(head[upper].cells, head[upper + 1].cells)
        if (more := len(columns.recognise(both))) > best:
            best, found = more, (upper, upper + 1, both)
    if best >= _SURE:
        return found
    if known[0] == 1 and not any(character.isdigit() for character in rows[0].cells[0]):
        return 0, 0, rows[0].cells
    return -1, -1, ()


def _joined(upper: tuple[str, ...], lower: tuple[str, ...]) -> tuple[str, ...]:
    """The names of a heading in two rows, groups above and columns below; empty when the lower row
    looks like anything else than names."""
    cells = [cell for cell in (*upper, *lower) if cell.strip()]
    known = [cell for cell in lower if columns.field_of(cell)]
    names = [cell for cell in lower if cell.strip()]
    if any(mark in cell for cell in cells for mark in "@0123456789"):
        return ()
    if len(known) < min(_SURE, len(names)) or not known:
        return ()
    taken = {columns.field_of(cell) for cell in known}
    pairs = itertools.zip_longest(upper, lower, fillvalue="")
    return tuple(_name_of(up, low, taken) for up, low in pairs)


def _name_of(up: str, low: str, taken: set[str | None]) -> str:
    """The name of a column below its group: "Asiakas" above "Numero" is "Asiakas Numero". A group
    alone names no column whose field another one below holds."""
    if columns.field_of(low) or not up.strip():
        return low
    both = f"{up} {low}"
    if columns.field_of(both):
        return both
    return low if columns.field_of(up) in taken else up


def _by_position(rows: tuple[GridRow, ...]) -> dict[int, str]:
    """Procountor's partner file by its known columns, where the rows look like it."""
    last = max(columns.PROCOUNTOR)
    wide = [row for row in rows[:50] if len(row.cells) > last]
    return dict(columns.PROCOUNTOR) if len(wide) * 2 > len(rows[:50]) else {}
