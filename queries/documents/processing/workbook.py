"""The record of processing as a workbook (XLSX): activities, recipients, and who answers.

Everything is a text: a value that begins like a formula is stored as a string and marked so that
it stays one when the cell is edited. Control characters, which the format has no way of holding,
are left out.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from queries.documents.processing import PARTS, RECIPIENT_PARTS, ProcessingRecord

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

#: Column widths in characters, of the activity's name and its parts.
_ACTIVITY_WIDTHS = (26, 34, 34, 34, 46, 34, 34, 52, 52)
_RECIPIENT_WIDTHS = (30, 24, 22, 34, 34, 18, 34, 30, 12, 12)
_CONTROLLER_WIDTHS = (30, 70)

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_TOP = Alignment(wrap_text=True, vertical="top")
_HEAD = Font(bold=True)
_SHADE = PatternFill("solid", start_color="FFE8E8E8")
_LINE = Border(bottom=Side(style="thin", color="FFBFBFBF"))
#: A sheet's name holds no more and none of these (ECMA-376, 18.2.19).
_LONGEST_NAME, _NOT_IN_NAMES = 31, "[]:*?/\\"


def as_workbook(record: ProcessingRecord) -> bytes:
    """The record as the bytes of an XLSX file."""
    book = Workbook()
    for empty in book.worksheets:
        book.remove(empty)
    _sheet(
        book,
        record.say("sheets.activities"),
        [record.say("activity"), *(record.say(f"parts.{name}") for name in PARTS)],
        [[one.title, *("\n".join(one.parts[name]) for name in PARTS)] for one in record.activities],
        _ACTIVITY_WIDTHS,
    )
    _sheet(
        book,
        record.say("sheets.recipients"),
        [record.say(f"recipient.{name}") for name in RECIPIENT_PARTS],
        record.recipients or [[record.say("none.recipients")]],
        _RECIPIENT_WIDTHS,
    )
    _sheet(
        book,
        record.say("sheets.controller"),
        [record.say("title"), record.house],
        record.controller,
        _CONTROLLER_WIDTHS,
    )
    book.properties.title = record.say("title")
    book.properties.creator = _text(record.house)
    book.properties.language = record.language
    book.properties.created = datetime.combine(record.made_on, time())
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _sheet(
    book: Workbook,
    name: str,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
) -> None:
    """A sheet with a heading row that stays in sight and is repeated on each printed page."""
    sheet: Any = book.create_sheet(_sheet_name(name))
    for column, (title, width) in enumerate(zip(head, widths, strict=True), start=1):
        cell = _put(sheet, 1, column, title)
        cell.font, cell.fill = _HEAD, _SHADE
        sheet.column_dimensions[cell.column_letter].width = width
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            _put(sheet, number, column, value)
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0


def _put(sheet: Any, row: int, column: int, value: str) -> Any:
    cell = sheet.cell(row, column)
    cell.value = _text(value)
    cell.data_type = "s"
    cell.quotePrefix = value.startswith(_FORMULA_STARTS)
    cell.alignment, cell.border = _TOP, _LINE
    return cell


def _text(value: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", value)


def _sheet_name(name: str) -> str:
    return "".join(sign for sign in name if sign not in _NOT_IN_NAMES)[:_LONGEST_NAME]
