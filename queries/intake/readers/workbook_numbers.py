"""Numbers of a workbook as its sheet shows them.

The danger: a workbook keeps ``00007`` as the number 7 and a day as 45356; read without its number
format, a customer gets another's number. The principle: the text is what the sheet shows, as long
as it says the whole value; where the sheet rounds, groups or hides, the value itself is read and
the cell is named; what the workbook no longer knows is not read at all.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

#: Spreadsheets keep so many digits; those after them were lost when the number was typed.
KEPT_DIGITS = 15
_TOO_LONG = 10**KEPT_DIGITS

#: Parts of a number format: text in quotation marks, an escaped character, the width of one, a
#: fill, a currency, any other bracket, exponents, and what is shown as it is.
_PART = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]-]*)[^\]]*\]'
    r"|\[(?P<bracket>[^\]]*)\]|(?P<general>General|@)|(?P<exponent>E[+-]0+)"
    r"|(?P<digit>[0#?])|(?P<sign>[.,%;])|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)
_CONDITION = ("<", ">", "=")


@dataclass(frozen=True)
class Shown:
    """A number as text.

    :param is_plain: the sheet shows it otherwise (rounded, grouped, hidden): this is its value.
    :param problem: ``number_cut`` or ``day_unclear``, when it cannot be read.
    """

    text: str
    is_plain: bool = False
    problem: str | None = None


@dataclass(frozen=True)
class _Section:
    """One section of a number format: its pieces, ``0``, ``#`` and ``?`` being digits."""

    pieces: tuple[tuple[str, str], ...]
    is_odd: bool = False

    def kinds(self) -> list[str]:
        return [kind for kind, _text in self.pieces]


def shown_number(number: str, code: str, *, from_1904: bool) -> Shown:
    """A number of a cell under its number format.

    >>> shown_number("7", "00000", from_1904=False).text
    '00007'
    >>> shown_number("23456780", "0000000-0", from_1904=False).text
    '2345678-0'
    >>> shown_number("45356", "d.m.yyyy", from_1904=False).text
    '2024-03-05'
    """
    try:
        value = Decimal(number)
    except InvalidOperation:
        return Shown(number, problem="number_cut")
    if not value.is_finite():
        return Shown(number, problem="number_cut")
    if _is_day(code):
        return _day(float(value), code, from_1904=from_1904)
    if abs(value) >= _TOO_LONG:
        return Shown(_plain(value), problem="number_cut")
    value = Decimal(f"{value:.{KEPT_DIGITS}g}")  # what a binary number adds is not of the sheet
    text = _formatted(value, code)
    return Shown(_plain(value), is_plain=True) if text is None else Shown(text)


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",") or "0"


@functools.lru_cache(maxsize=1024)
def _is_day(code: str) -> bool:
    bare = re.sub(r'\\.|_.|\*.|"[^"]*"', "", code)
    return bare.lower() != "general" and bool(is_date_format(bare))


def _day(value: float, code: str, *, from_1904: bool) -> Shown:
    epoch = MAC_EPOCH if from_1904 else WINDOWS_EPOCH
    plain = _plain(Decimal(repr(value)))
    has_day = bool(re.search("[dy]", re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", code.lower())))
    if value < 0 or (has_day and value < 1 and not from_1904):
        return Shown(plain, problem="day_unclear")
    try:
        found = from_excel(value, epoch)
    except (OverflowError, ValueError):
        return Shown(plain, problem="day_unclear")
    if isinstance(found, time):
        return Shown(found.isoformat(timespec="seconds"))
    if not has_day and "h" in code.lower():
        return Shown(plain, is_plain=True)  # hours that go over a day
    return Shown(written(found + timedelta(milliseconds=500)))


def written(moment: datetime) -> str:
    """A day, with its time where it has one.

    >>> written(datetime(2024, 3, 5)), written(datetime(2024, 3, 5, 12, 30))
    ('2024-03-05', '2024-03-05 12:30:00')
    """
    moment = moment.replace(microsecond=0, tzinfo=None)
    whole = moment.time() == time()
    return moment.date().isoformat() if whole else moment.isoformat(sep=" ")


def _formatted(value: Decimal, code: str) -> str | None:
    """The text that a sheet shows; None when it does not say the whole value."""
    sections = _sections(code)
    if sections is None:
        return None
    if value < 0 and len(sections) > 1:
        section, sign = sections[1], ""
    elif value == 0 and len(sections) > 2:  # noqa: PLR2004 - positive; negative; zero; text
        section, sign = sections[2], ""
    else:
        section, sign = sections[0], "-" if value < 0 else ""
    if section.is_odd:
        return None
    kinds = section.kinds()
    if "general" in kinds:
        filled = [
            _plain(abs(value)) if kind == "general" else text
            for kind, text in section.pieces
            if kind in {"general", "literal"}
        ]
        return (sign + "".join(filled)).strip()
    value = abs(value) * 100 ** kinds.count("percent")
    decimals = _placeholders_after_point(section)
    if "digit" not in kinds or value != round(value, decimals):
        return None
    return (sign + _filled(section, f"{value:.{decimals}f}")).strip()


@functools.lru_cache(maxsize=1024)
def _sections(code: str) -> tuple[_Section, ...] | None:
    """The sections of a number format; None where they hold conditions."""
    found: list[_Section] = []
    pieces: list[tuple[str, str]] = []
    is_odd = False
    for part in _PART.finditer(code):
        kind = part.lastgroup
        text = part[kind] if kind else ""
        if kind == "bracket" and text.startswith(_CONDITION):
            return None
        if kind == "sign" and text == ";":
            found.append(_Section(tuple(pieces), is_odd))
            pieces, is_odd = [], False
        elif kind == "exponent" or text == "/" or (kind == "sign" and text == ","):
            is_odd = True  # powers, fractions and thousands
        elif kind in {"general", "digit"}:
            pieces.append((kind, text))
        elif kind == "sign":
            pieces.append(("point" if text == "." else "percent", text))
        elif kind in {"quoted", "escaped", "currency", "other"}:
            pieces.append(("literal", text))
    return (*found, _Section(tuple(pieces), is_odd))


def _placeholders_after_point(section: _Section) -> int:
    kinds = section.kinds()
    return kinds[kinds.index("point") :].count("digit") if "point" in kinds else 0


def _filled(section: _Section, number: str) -> str:
    """The digits of a number put in the places of a section."""
    whole, _, part = number.partition(".")
    kinds = section.kinds()
    point = kinds.index("point") if "point" in kinds else len(kinds)
    front: list[str] = []
    left = whole.lstrip("0")
    first = kinds.index("digit")
    for at in range(point - 1, -1, -1):
        kind, text = section.pieces[at]
        if kind != "digit":
            front.append(text)
            continue
        digits = left if at == first else left[-1:]
        front.append(digits or ("0" if text == "0" else ""))
        left = "" if at == first else left[:-1]
    if left:  # a format without places before its point
        front.append(left)
    back: list[str] = []
    for kind, text in section.pieces[point + 1 :]:
        if kind != "digit":
            back.append(text)
            continue
        digit, part = part[:1], part[1:]
        is_needed = text == "0" or digit.strip("0") or part.strip("0")
        back.append(digit if is_needed else "")
    return "".join([*reversed(front), *(["," + "".join(back)] if any(back) else [])])
