"""The text of a cell, however a spreadsheet or an export marked and broke it."""

from __future__ import annotations

import re
import unicodedata

#: Spreadsheets and exports mark text that would be taken for a formula with an apostrophe.
_MARKED = re.compile(r"\A'(?=[=+\-@\t])")
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
