"""Rows of a table that are not records: the heading once more, totals, lines of a printed report.

They are left out and named. A row counts as one of them only when nothing in it is a record's: no
number, identifier, address, e-mail or telephone, so that a company called Summa Oy stays one.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from queries.intake.customers.columns import plain
from queries.intake.plan import Reason
from queries.intake.readers.grid import GridRow

#: What only a record has.
_OF_A_RECORD = frozenset(
    {
        "customer_number",
        "business_id",
        "vat_number",
        "foreign_id",
        "street",
        "post_code",
        "town",
        "email",
        "phone",
        "given_name",
        "family_name",
        "iban",
        "contact_email",
        "contact_phone",
        "company_phone",
        "home_street",
    }
)
_TOTAL = re.compile(
    r"(?:(?:väli|loppu)?summa|yhteensä|yht\.?|total|totals|subtotal|totalt|sammanlagt|summe|gesamt)"
    r"(?:\s*[:=]?\s*-?\d[\d\s.,€]*(?:\s*\w+){0,2}|\s*[:=])?",
    re.IGNORECASE,
)
_PRINTED = re.compile(
    r"(?:tulostettu|tulostuspäivä|tulostusaika|raportti (?:luotu|ajettu)|printed|print date"
    r"|utskriven|utskriftsdatum|gedruckt)\b.*"
    r"|(?:sivu|page|sida|seite)\s*:?\s*\d+(?:\s*(?:/|of|av|von)\s*\d+)?"
    r"|(?:rivejä|asiakkaita|rows|records|rader)\s*(?:yhteensä)?\s*:?\s*\d+",
    re.IGNORECASE,
)
#: No total and no line of a printed report is longer; the expressions cost the square of a text.
_LONGEST = 200
_AMOUNT = re.compile(r"[-+]?[\d\s.,\u00a0]+\s*(?:€|eur|kpl|st|%)?", re.IGNORECASE)


def left_out(
    row: GridRow, columns: Mapping[int, str], header: tuple[str, ...] | None
) -> Reason | None:
    """Return why a row is not a record; None for one that is.

    The reasons: ``heading_again``, ``totals_row``, ``print_line``.
    """
    cells = {at: cell.strip() for at, cell in enumerate(row.cells) if cell.strip()}
    if header is not None and _is_heading(cells, header):
        return Reason("heading_again")
    if any(len(text) > _LONGEST for text in cells.values()):
        return None
    if any(_is_of_a_record(field, cells[at]) for at, field in columns.items() if at in cells):
        return None
    texts = [text for text in cells.values() if not _AMOUNT.fullmatch(text)]
    if len(texts) != 1:
        return None
    if _TOTAL.fullmatch(texts[0]):
        return Reason("totals_row")
    return _print_line(texts[0]) if len(cells) == 1 else None


def _print_line(text: str) -> Reason | None:
    """Return the reason for a line that a printed report has between its rows."""
    is_ruled = not any(character.isalnum() for character in text)
    return Reason("print_line") if is_ruled or _PRINTED.fullmatch(text) else None


def _is_of_a_record(field: str, text: str) -> bool:
    """Check if a cell is what only a record has; a count may be in the column of numbers."""
    if field not in _OF_A_RECORD or _TOTAL.fullmatch(text) or _PRINTED.fullmatch(text):
        return False
    return field != "customer_number" or not _AMOUNT.fullmatch(text)


def _is_heading(cells: Mapping[int, str], header: tuple[str, ...]) -> bool:
    """Check if every cell that is not empty repeats its column's name, two of them at least."""
    names = _compared(header)
    return len(cells) >= 2 and all(  # noqa: PLR2004 - one alone may be a value
        at < len(header) and header[at] and plain(cell) == names[at] for at, cell in cells.items()
    )


@functools.lru_cache(maxsize=16)
def _compared(header: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the columns as they are compared, worked out once for all rows of a table."""
    return tuple(plain(name) for name in header)
