"""Rows of cells, whatever file they came from."""

from __future__ import annotations

from dataclasses import dataclass, field

from queries.intake.customers.columns import HEADER_WITHIN
from queries.intake.plan import Reason

#: More than this is not a customer table of an office; a register of that size is loaded in parts.
MOST_ROWS = 100_000
#: So many rows are read: those of the table, and what may stand above it.
MOST_READ = MOST_ROWS + HEADER_WITHIN
MOST_COLUMNS = 300


@dataclass(frozen=True)
class GridRow:
    """One row of a table.

    :param number: its line or row in the file, from 1.
    :param unread: cells of a workbook that cannot be read: the position, why (``formula``,
        ``cell_error``, ``number_cut``, ``day_unclear``), and the cell's name on the sheet.
    :param ends_file: the file ends within this row, without a line end.
    """

    number: int
    cells: tuple[str, ...]
    unread: tuple[tuple[int, str, str], ...] = ()
    ends_file: bool = False


@dataclass(frozen=True)
class Grid:
    """A table as it was read.

    :param header: the names of the columns, None where the file has none.
    :param columns: the field that each recognised column holds.
    :param memory: what was worked out of the rows, so that the command need not do what the
        preview did; it is removed with the table.
    :param encoding, delimiter: of a delimited text; ``sheet`` and ``sheets`` are of a workbook.
    :param notes: what of the whole file was left out, or was read otherwise than it is shown.
    """

    header: tuple[str, ...] | None
    rows: tuple[GridRow, ...] = field(repr=False)
    width: int
    columns: dict[int, str]
    system: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | None = None
    sheets: tuple[str, ...] = ()
    notes: tuple[Reason, ...] = ()
    memory: dict[object, object] = field(default_factory=dict, repr=False, compare=False)
