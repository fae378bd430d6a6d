"""The cells of one worksheet, read in one pass with what the sheet says of how they are shown."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from openpyxl.styles.numbers import BUILTIN_FORMATS

from queries.errors import UnreadableFile
from queries.intake.customers.columns import letters
from queries.intake.readers.grid import MOST_COLUMNS, MOST_ROWS, GridRow
from queries.intake.readers.workbook_numbers import Shown, shown_number, written
from queries.intake.readers.workbook_parts import Attributes, WorkbookPackage, is_true, local_names

#: Cells that hold something: more are no table of customers.
MOST_CELLS = 10_000_000
#: Merged cells that are remembered, and columns that the standard has.
_MOST_MERGED = 10_000
_STANDARD_COLUMNS = 16_384
#: The longest text that a cell can hold.
_LONGEST = 32_767

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TEXTS = local_names("si", "t", "rPh")
_STYLES = local_names("numFmt", "cellXfs", "xf")
_SHEET = local_names(
    "sheetData", "row", "c", "v", "f", "t", "rPh", "col", "mergeCell", "autoFilter", "sheetFormatPr"
)
_COMMENTS = frozenset({"comments", "threadedComment"})


def shared_texts(package: WorkbookPackage) -> list[str]:
    """The texts that cells name by their number; how they are pronounced is left out."""
    part = package.part_of("sharedStrings")
    reader = _SharedTexts()
    if part is not None:
        for _share in package.parse(part, reader.start, reader.end, reader.text):
            pass
    return reader.found


class _SharedTexts:
    """Gathers the texts, each of which may be in pieces."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._spoken = 0
        self._in_text = False

    def start(self, element: str, _attributes: Attributes) -> None:
        name = _TEXTS.get(element)
        if name == "si":
            self._pieces.clear()
        elif name == "rPh":
            self._spoken += 1
        elif name == "t":
            self._in_text = not self._spoken

    def end(self, element: str) -> None:
        name = _TEXTS.get(element)
        if name == "si":
            self.found.append(_unescaped("".join(self._pieces)))
        elif name == "rPh":
            self._spoken -= 1
        elif name == "t":
            self._in_text = False

    def text(self, some: str) -> None:
        if self._in_text:
            self._pieces.append(some)


def styles(package: WorkbookPackage) -> list[str]:
    """The number format of each style that cells name by its number."""
    part = package.part_of("styles")
    own: dict[str, str] = {}
    found: list[str] = []
    in_cells = False

    def start(element: str, attributes: Attributes) -> None:
        nonlocal in_cells
        name = _STYLES.get(element)
        if name == "numFmt":
            own[attributes.get("numFmtId", "")] = attributes.get("formatCode", "General")
        elif name == "cellXfs":
            in_cells = True
        elif name == "xf" and in_cells:
            number = attributes.get("numFmtId", "0")
            known = BUILTIN_FORMATS.get(int(number), "General")
            found.append(own.get(number, known))

    def end(element: str) -> None:
        nonlocal in_cells
        if _STYLES.get(element) == "cellXfs":
            in_cells = False

    if part is not None:
        for _share in package.parse(part, start, end):
            pass
    return found


def _unescaped(text: str) -> str:
    """Characters that XML cannot hold are written as their numbers."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


@dataclass(frozen=True)
class Style:
    """Display of numbers."""

    codes: list[str]
    from_1904: bool

    def shown(self, number: str, style: str) -> Shown:
        at = int(style)
        code = self.codes[at] if at < len(self.codes) else "General"
        if code == "General" and number.isdigit() and len(number) <= 9:  # noqa: PLR2004 - most cells
            return Shown(number)
        return shown_number(number, code, from_1904=self.from_1904)


class SheetReader:
    """Reads one sheet; what it says of the whole sheet is known once every piece was read.

    :ivar hidden_rows: rows with something in them that the sheet does not show.
    :ivar hidden_columns, plain_columns: positions of columns with something in them that are not
        shown, and with numbers that the sheet rounds or groups.
    :ivar merged: cells that are one on the sheet, with the last of their rows.
    """

    def __init__(self, package: WorkbookPackage, part: str, texts: list[str], style: Style) -> None:
        self._package = package
        self._part = part
        self._texts = texts
        self._style = style
        self.hidden_rows: list[int] = []
        self.hidden_columns: set[int] = set()
        self.plain_columns: set[int] = set()
        self.merged: list[tuple[str, int]] = []
        self.has_filter = False
        kinds = {one.kind for one in package.relations(part).values()}
        self.has_comments = bool(kinds & _COMMENTS)
        self._rows: list[GridRow] = []
        self._hidden_from = [0] * (MOST_COLUMNS + 1)
        self._hidden: frozenset[int] = frozenset()
        self._in_data = False
        self._hidden_by_default = False
        self._number = 0
        self._is_hidden = False
        self._cells: dict[int, str] = {}
        self._unread: dict[int, str] = {}
        self._at = -1
        self._type = "n"
        self._of_style = "0"
        self._value: list[str] | None = None
        self._formula: list[str] | None = None
        self._into: list[str] | None = None
        self._spoken = 0
        self._n_cells = 0

    def pieces(self) -> Iterator[tuple[list[GridRow], float]]:
        """The rows with something in them, piece by piece, and which share of the part is read.

        :raises UnreadableFile: ``too_many_columns`` or ``too_many_rows`` (line, most);
            ``workbook_damaged``, ``xml_entities``.
        """
        for share in self._package.parse(self._part, self._start, self._end, self._text):
            some, self._rows = self._rows, []
            yield some, share

    def _start(self, element: str, attributes: Attributes) -> None:
        name = _SHEET.get(element)
        if name is None:
            return
        if not self._in_data:
            self._around(name, attributes)
        elif name == "c":
            self._start_cell(attributes)
        elif name in {"v", "t"}:
            if not self._spoken:
                self._value = self._into = [] if self._value is None else self._value
        elif name == "row":
            self._start_row(attributes)
        elif name == "f":
            self._formula = self._into = []
        elif name == "rPh":
            self._spoken += 1

    def _around(self, name: str, attributes: Attributes) -> None:
        """Read what is before and after the cells."""
        if name == "sheetData":
            self._in_data = True
            depths = itertools.accumulate(self._hidden_from)
            self._hidden = frozenset(at for at, depth in enumerate(depths) if depth > 0)
        elif name == "sheetFormatPr":
            self._hidden_by_default = is_true(attributes.get("zeroHeight"))
        elif name == "autoFilter":
            self.has_filter = True
        elif name == "col":
            if is_true(attributes.get("hidden")) or _is_nought(attributes.get("width")):
                first, last = int(attributes["min"]) - 1, int(attributes["max"])
                self._hidden_from[min(max(first, 0), MOST_COLUMNS)] += 1
                self._hidden_from[min(max(last, 0), MOST_COLUMNS)] -= 1
        elif name == "mergeCell" and len(self.merged) < _MOST_MERGED:
            reference = attributes.get("ref", "")
            self.merged.append((reference, _position(reference.rsplit(":", 1)[-1])[1]))

    def _start_row(self, attributes: Attributes) -> None:
        number = int(attributes["r"]) if "r" in attributes else self._number + 1
        if number <= self._number:
            raise UnreadableFile("workbook_damaged")  # rows out of their order: which is meant?
        self._number = number
        hidden = attributes.get("hidden")
        self._is_hidden = (
            self._hidden_by_default if hidden is None else is_true(hidden)
        ) or _is_nought(attributes.get("ht"))
        self._at = -1
        if self._cells:
            self._cells = {}
        if self._unread:
            self._unread = {}

    def _start_cell(self, attributes: Attributes) -> None:
        reference = attributes.get("r")
        self._at = self._at + 1 if reference is None else self._column(reference)
        self._type = attributes.get("t", "n")
        self._of_style = attributes.get("s", "0")
        self._value = self._formula = self._into = None

    def _column(self, reference: str) -> int:
        """Return the position of a cell's column; the cell must be of the row that it is in."""
        at = _POSITIONS.get(reference.removesuffix(str(self._number)))
        if at is None:
            raise UnreadableFile("workbook_damaged")
        return at

    def _text(self, some: str) -> None:
        if self._into is not None:
            self._into.append(some)

    def _end(self, element: str) -> None:
        name = _SHEET.get(element)
        if name is None or not self._in_data:
            return
        if name == "c":
            if self._value is not None or self._formula is not None:
                self._end_cell()
        elif name == "row":
            if self._cells:
                self._end_row()
        elif name == "sheetData":
            self._in_data = False
        elif name == "rPh":
            self._spoken -= 1
        elif name in {"v", "t", "f"}:
            self._into = None

    def _end_cell(self) -> None:
        self._n_cells += 1
        if self._n_cells > MOST_CELLS:
            raise UnreadableFile("too_many_rows", line=self._number, most=MOST_ROWS)
        text, problem = self._shown()
        if not text.strip():
            return
        if self._at >= MOST_COLUMNS:
            raise UnreadableFile("too_many_columns", line=self._number, most=MOST_COLUMNS)
        if self._at in self._cells or len(text) > _LONGEST:
            raise UnreadableFile("workbook_damaged")
        self._cells[self._at] = text
        if problem is not None:
            self._unread[self._at] = problem

    def _shown(self) -> tuple[str, str | None]:
        """Return what the cell shows, and why it cannot be read."""
        value = None if self._value is None else "".join(self._value)
        if self._formula is not None and (value is None or (not value and self._type != "str")):
            return "=" + "".join(self._formula), "formula"
        if not value:
            return "", None
        if self._type == "n":
            shown = self._style.shown(value.strip(), self._of_style)
            if shown.is_plain:
                self.plain_columns.add(self._at)
            return shown.text, shown.problem
        return self._typed(value)

    def _typed(self, value: str) -> tuple[str, str | None]:
        """A value that is not a number."""
        if self._type == "s":
            return self._texts[int(value)], None
        if self._type == "d":
            return _written_day(value)
        if self._type == "e":
            return value, "cell_error"
        return (value if self._type == "b" else _unescaped(value)), None

    def _end_row(self) -> None:
        width = max(self._cells) + 1
        cells = tuple(self._cells.get(at, "") for at in range(width))
        unread = tuple(
            (at, self._unread[at], f"{letters(at)}{self._number}") for at in sorted(self._unread)
        )
        self._rows.append(GridRow(self._number, cells, unread))
        if self._is_hidden:
            self.hidden_rows.append(self._number)
        if self._hidden:
            self.hidden_columns.update(self._hidden & self._cells.keys())


def _is_nought(size: str | None) -> bool:
    return size is not None and float(size) == 0


def _written_day(value: str) -> tuple[str, str | None]:
    """A day as strict workbooks write it."""
    try:
        found = datetime.fromisoformat(value.strip())
    except ValueError:
        return value, "day_unclear"
    return written(found), None


_POSITIONS = {letters(at): at for at in range(_STANDARD_COLUMNS)}


def _position(reference: str) -> tuple[int, int]:
    """The position of the column and the row of a cell.

    :raises UnreadableFile: ``workbook_damaged``, where it is none.
    """
    found = _REFERENCE.fullmatch(reference.replace("$", ""))
    if found is None or found[1] not in _POSITIONS:
        raise UnreadableFile("workbook_damaged")
    return _POSITIONS[found[1]], int(found[2])
