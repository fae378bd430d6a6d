"""Preparation of typed text for a rule.

Text reaches the register from keyboards, spreadsheets, letters and web pages. It carries no-break
spaces, fullwidth digits, dashes of other kinds and invisible marks, none of which the person
meant. The rules see the folded text; what is stored as free text is never folded.

Every function runs in time linear to the text, and text over a rule's limit is refused before it
is folded.
"""

from __future__ import annotations

import unicodedata

from queries.errors import InvalidInput

# Dashes outside the category Pd that people see as a hyphen: modifier minus, soft hyphen,
# hyphen bullet, minus, superscript and subscript minus, heavy minus.
_MORE_DASHES = "\u02d7\u00ad\u2043\u2212\u207b\u208b\u2796"
_MORE_PLUSES = "\u02d6\u2795"
# Text in every script of the world must not fill the memory.
_MOST_LEARNED = 0x10000
_INVISIBLE = frozenset({"Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me"})
# What turns the direction of the text after it (Unicode UAX 9): a name that hides another.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class _Folding(dict[int, str]):
    """A translation table that learns each character once; characters are the only keys."""

    def __missing__(self, point: int) -> str:
        folded = "".join(_fold_one(c) for c in unicodedata.normalize("NFKC", chr(point)))
        if len(self) < _MOST_LEARNED:
            self[point] = folded
        return folded


def _fold_one(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Pd" or character in _MORE_DASHES:
        return "-"
    if character in _MORE_PLUSES:
        return "+"
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category[0] == "Z" or character in "\t\n\v\f\r":
        return " "
    return "" if category in _INVISIBLE else character


_FOLDING = _Folding()


def folded(text: str) -> str:
    r"""The text with compatibility forms, digits, dashes and spaces folded to ASCII ones.

    Marks that are not seen (zero-width characters, controls, combining marks) are left out.

    >>> folded("131052\u2011308T"), folded("\uff11\uff12\u200b3\u00a0\u20134")
    ('131052-308T', '123 -4')
    """
    return text.translate(_FOLDING)


def has_control(text: str, *, lines: bool = False) -> bool:
    r"""Check if a text holds control characters, or marks that turn its direction.

    :param lines: it may have line ends and tabs.

    >>> has_control("a\nb"), has_control("a\nb", lines=True), has_control("a\u202eb", lines=True)
    (True, False, True)
    """
    if text.isprintable():
        return False
    allowed = "\n\r\t" if lines else ""
    return any(
        (unicodedata.category(one) in {"Cc", "Cs"} or one in _TURNING) and one not in allowed
        for one in text
    )


def typed(text: str | None, field: str, limit: int) -> str:
    r"""The text of one field, folded and stripped.

    :param field: the kind of the value, named in the refusal.
    :param limit: the most characters that are looked at.
    :raises InvalidInput: ``empty``, ``too_long``, or ``form`` where it is not text or holds
        control characters.

    >>> typed(" 0112038\u20139 ", "business_id", 20)
    '0112038-9'
    >>> typed("  ", "business_id", 20)
    Traceback (most recent call last):
        ...
    queries.errors.InvalidInput: empty (field)
    """
    if text is None:
        raise InvalidInput(field, "empty")
    if not isinstance(text, str):  # a spreadsheet's number, a library's missing value
        raise InvalidInput(field, "form")
    if len(text) > 2 * limit + 64:  # no surrounding space or invisible mark explains this
        raise InvalidInput(field, "too_long")
    stripped = text.strip()
    if not stripped.isprintable() and any(unicodedata.category(one) == "Cc" for one in stripped):
        raise InvalidInput(field, "form")
    result = folded(stripped).strip()
    if not result:
        raise InvalidInput(field, "form" if stripped else "empty")
    if len(result) > limit:
        raise InvalidInput(field, "too_long")
    return result


def is_ascii_digits(text: str) -> bool:
    """Check if the text is ASCII digits only, and not empty.

    >>> is_ascii_digits("0123"), is_ascii_digits(""), is_ascii_digits("12a")
    (True, False, False)
    """
    return text.isascii() and text.isdigit()
