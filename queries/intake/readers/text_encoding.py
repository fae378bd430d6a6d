"""Encoding of a text, judged by evidence: which letters are beside each other.

Every encoding of single bytes reads every file, and most readings are wrong without an error. So
each reading is scored by the signs beyond ASCII in it and their neighbours: letters of Finnish and
Swedish weigh most, a capital in the middle of a word or a drawing character speaks against. A
reading wins by a clear lead; otherwise nothing is guessed, and the person chooses.
"""

from __future__ import annotations

import codecs
import contextlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from queries.errors import InvalidInput, UnreadableFile

#: What can be chosen. Windows-1252 holds ISO-8859-1; code page 850 is that of DOS programs and of
#: some bookkeeping programs still, Mac Roman that of old Macintosh exports.
ENCODINGS = ("utf-8", "cp1252", "iso-8859-15", "cp850", "mac-roman", "utf-16")

_SINGLE_BYTE = ("cp1252", "iso-8859-15", "cp850", "mac-roman")
#: The more common of two equally good readings.
_PRIOR = {"cp1252": 1.0, "iso-8859-15": 0.5}
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OWN = frozenset("åäöÅÄÖ")
_SIGNS = frozenset("€§°–—’‘“”„…®©™´`²³µ·«»•£\xa0")
_BEYOND = re.compile(r"[^\x00-\x7f]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MANY_CONTROLS = 0.001
#: So many signs are evidence enough.
_MOST_SIGNS = 20_000
#: By how much the best reading leads the next different one: less is a guess.
_LEAD = 2.0
#: UTF-8 of two bytes, as it is in a file of mixed encodings.
_UTF8_PAIR = re.compile(rb"[\xc3-\xc5][\x80-\xbf]")


@dataclass(frozen=True)
class _Reading:
    encoding: str
    text: str
    score: float


def decoded(data: bytes, encoding: str | None) -> tuple[str, str]:
    """The text of a file, without its byte-order mark, and the name of its encoding.

    :param encoding: one of :data:`ENCODINGS`; None is "find it out".
    :raises UnreadableFile: ``file_binary`` (line); ``wrong_encoding`` (encoding) where the chosen
        one does not read the file; ``encodings_mixed`` (line); ``encoding_unclear`` (line).
    :raises InvalidInput: ``encoding`` that is not among those known here.
    """
    if encoding is not None and encoding not in ENCODINGS:
        raise InvalidInput("encoding", "choice")
    if encoding is None and not data.startswith(_WIDE_MARKS):
        if _is_wide(data):
            encoding = "utf-16"
        else:
            _check_is_text(data.decode("latin-1"))
    text, found = _read_as(data, encoding) if encoding else _found(data)
    _check_is_text(text)
    return text, found


def _check_is_text(text: str) -> None:
    if "\x00" in text or len(_CONTROLS.findall(text)) > len(text) * _MANY_CONTROLS + 8:
        found = re.search("\x00", text) or _CONTROLS.search(text)
        at = found.start() if found else 0
        raise UnreadableFile("file_binary", line=text.count("\n", 0, at) + 1)


def _is_wide(data: bytes) -> bool:
    """Check if this is UTF-16 without a mark: every other byte of its beginning is empty."""
    return _wide_form(data) is not None


def _wide_form(data: bytes) -> str | None:
    """Return the order of bytes of UTF-16 without a mark."""
    some = data[:1000]
    if len(some) <= 2:  # noqa: PLR2004 - one sign and a half
        return None
    if not any(some[1::2]) and all(some[::2]):
        return "utf-16-le"
    return "utf-16-be" if not any(some[::2]) and all(some[1::2]) else None


def _read_as(data: bytes, encoding: str) -> tuple[str, str]:
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    if encoding == "utf-16" and not data.startswith(_WIDE_MARKS):
        codec = _wide_form(data) or codec
    try:
        return data.decode(codec), encoding
    except UnicodeDecodeError:
        raise UnreadableFile("wrong_encoding", encoding=encoding) from None


def _found(data: bytes) -> tuple[str, str]:
    if data.startswith(_WIDE_MARKS):
        return _read_as(data, "utf-16")
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError as error:
        if data.startswith(codecs.BOM_UTF8) or _UTF8_PAIR.search(data):
            _refuse_mixed(data, error.start)
    readings = sorted(_readings(data), key=lambda one: -one.score)
    best = readings[0]
    rival = next((one for one in readings if one.text != best.text), None)
    if best.score <= 0 or (rival is not None and best.score - rival.score < _LEAD):
        raise UnreadableFile("encoding_unclear", line=_first_line(data))
    return best.text, best.encoding


def _refuse_mixed(data: bytes, at: int) -> None:
    """Refuse a text that is UTF-8 in most places and something else in one.

    A pair of bytes that is a letter of UTF-8 is two signs in an encoding of single bytes, and no
    word has them: a capital with a tilde and then a sign. One such pair among many other letters
    can be chance; a quarter of them is not.
    """
    pairs = len(_UTF8_PAIR.findall(data))
    alone = len(re.findall(rb"[\x80-\xff]", _UTF8_PAIR.sub(b"", data)))
    if data.startswith(codecs.BOM_UTF8) or pairs * 4 >= alone:
        raise UnreadableFile("encodings_mixed", line=data.count(b"\n", 0, at) + 1)


def _first_line(data: bytes) -> int:
    found = re.search(rb"[\x80-\xff]", data)
    return data.count(b"\n", 0, found.start() if found else 0) + 1


def _readings(data: bytes) -> Iterator[_Reading]:
    for encoding in _SINGLE_BYTE:
        with contextlib.suppress(UnicodeDecodeError):
            text = data.decode(encoding)
            yield _Reading(encoding, text, _PRIOR.get(encoding, 0) + _score(text))


def _score(text: str) -> float:
    total = 0.0
    for n, found in enumerate(_BEYOND.finditer(text)):
        if n == _MOST_SIGNS:
            break
        at = found.start()
        before = text[at - 1] if at else " "
        after = text[at + 1] if at + 1 < len(text) else " "
        total += _weight(found[0], before, after)
    return total


def _weight(sign: str, before: str, after: str) -> float:
    """Return the weight of one sign between two others for the reading; negative is against it."""
    if sign in _SIGNS:
        return _sign_weight(sign, before, after)
    category = unicodedata.category(sign)
    if category not in {"Lu", "Ll"}:
        return 1.5 if sign in "½¼¾" and not (before.isalpha() or after.isalpha()) else -4.0
    if before.isdigit() or after.isdigit():
        return -1.0
    if not before.isalpha() and not after.isalpha():
        return -0.5  # a word of one such letter
    weight = 3.0 if sign in _OWN else 1.0
    return (
        _capital_weight(weight, before, after)
        if category == "Lu"
        else _small_weight(weight, before, after)
    )


def _capital_weight(weight: float, before: str, after: str) -> float:
    """A capital begins a word, or is among capitals."""
    if not before.isalpha():
        return weight + 0.5
    return weight + 0.5 if before.isupper() and not after.islower() else -3.0


def _small_weight(weight: float, before: str, after: str) -> float:
    if not before.isalpha():
        return -3.0 if after.isupper() else weight / 2 - 0.5
    return weight if before.islower() or after.islower() or not after.isalpha() else -3.0


def _sign_weight(sign: str, before: str, after: str) -> float:
    if sign == "€":
        beside = before.isdigit() or after.isdigit() or before in " \xa0"
        return 1.5 if beside else -0.5
    if sign in "’´`" and before.isalpha() and after.isalpha():
        return 2.0
    if sign in "’´`–—\xa0":
        return 0.5
    return -2.0 if before.isalpha() and after.isalpha() else 0.3
