"""The text of a cell, however a spreadsheet or an export marked and broke it."""

from __future__ import annotations

import re
import unicodedata

from queries.intake.customers.cell_limits import PLACES
from queries.intake.plan import Reason
from queries.intake.readers.garbled_text import has_lost_letters, is_encoded_twice
from queries.rules.typed_text import has_control

#: Spreadsheets and exports mark text that would be taken for a formula with an apostrophe, and this
#: register's own also a text that begins with one.
_MARKED = re.compile(r"\A'(?=[=+\-@\t＝＋－＠'])")
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LINE_ENDS = re.compile(r"[\r\n]+")


def whole_text(cell: str, *, lines: bool) -> str:
    """The text of a cell without its mark and the space around it.

    :param lines: it may have several lines; otherwise they become one.

    >>> whole_text(" '=1+1 ", lines=False), whole_text("Käpytie 1 \\n  A 2", lines=False)
    ('=1+1', 'Käpytie 1 A 2')
    """
    text = cell.strip()
    if text.startswith("'"):
        text = _MARKED.sub("", text, count=1)
    text = unicodedata.normalize("NFC", text).strip()
    if lines or text.isprintable():
        return text
    # Parted and joined, not replaced: a cell of nothing but spaces must not cost its square.
    return " ".join(part for one in _LINE_ENDS.split(text) if (part := one.strip()))


def fault(field: str, text: str) -> Reason | None:
    """Return what is wrong with a text, whatever its field's own rules; None for a sound one.

    >>> fault("street", "aino@posti.example").code, fault("street", "Käpytie 1 @ piha")
    ('email_misplaced', None)
    """
    if has_control(text, lines=field == "note"):
        return Reason("control_character")
    if is_encoded_twice(text):
        return Reason("text_encoded_twice")
    if has_lost_letters(text):
        return Reason("text_lost")
    if field in PLACES and "@" in text and _EMAIL.fullmatch(text):
        return Reason("email_misplaced")
    return None
