"""Posti's file of post codes (PCF): ISO-8859-1, lines of 220 characters.

One bad line refuses the file: half a list of codes would call right addresses wrong.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate, pairwise

from queries.errors import UnreadableFile
from queries.reads.notice.post_codes import PostTown

#: The fields of a line and their widths, as Posti's service description of the PCF gives them.
_WIDTHS = {
    "record": 5,
    "run_on": 8,
    "code": 5,
    "name_fi": 30,
    "name_sv": 30,
    "short_fi": 12,
    "short_sv": 12,
    "valid_from": 8,
    "type": 1,
    "region": 5,
    "region_fi": 30,
    "region_sv": 30,
    "municipality": 3,
    "municipality_fi": 20,
    "municipality_sv": 20,
    "language": 1,
}
_SPANS = dict(zip(_WIDTHS, pairwise(accumulate(_WIDTHS.values(), initial=0)), strict=True))
LINE = sum(_WIDTHS.values())
_RECORD = "PONOT"
#: Finland has some 3 500 codes; five digits allow no more than these.
_MOST = 100_000


@dataclass(frozen=True)
class PostCodeFile:
    """The contents of the file, and its day."""

    run_on: date
    places: tuple[PostTown, ...] = field(repr=False)


def is_pcf(raw: bytes) -> bool:
    """Check if a file begins as a PCF does: the name of the record and a day."""
    return raw[:5] == _RECORD.encode() and raw[5:13].isdigit()


def read_pcf(raw: bytes) -> PostCodeFile:
    """The codes of the file, in its order.

    :raises UnreadableFile: ``post_code_line`` (line) for one that is not of the form;
        ``post_code_twice`` (line); ``too_many_rows``.
    """
    lines = raw.decode("iso-8859-1").split("\n")
    if not lines[-1].strip("\r\x1a"):
        lines.pop()
    if len(lines) > _MOST:
        raise UnreadableFile("too_many_rows", line=_MOST, most=_MOST)
    found: dict[str, PostTown] = {}
    run_on = date.min
    for number, line in enumerate(lines, start=1):
        try:
            of, place = _read(line.removesuffix("\r"))
        except ValueError:
            raise UnreadableFile("post_code_line", line=number) from None
        if place.code in found:
            raise UnreadableFile("post_code_twice", line=number)
        found[place.code] = place
        run_on = max(run_on, of)
    return PostCodeFile(run_on, tuple(found.values()))


def _read(line: str) -> tuple[date, PostTown]:
    """One line; :class:`ValueError` when it is not of the form."""
    if len(line) != LINE or any(unicodedata.category(sign) == "Cc" for sign in line):
        raise ValueError
    cells = {name: line[first:last].strip() for name, (first, last) in _SPANS.items()}
    code = cells["code"]
    if cells["record"] != _RECORD or not (code.isascii() and code.isdigit() and len(code) == 5):  # noqa: PLR2004 - five digits
        raise ValueError
    if not cells["name_fi"]:
        raise ValueError
    town, municipality = _named(cells["name_fi"]), _named(cells["municipality_fi"])
    return _day(cells["run_on"]), PostTown(
        code,
        town,
        _named(cells["name_sv"]) or town,
        municipality,
        _named(cells["municipality_sv"]) or municipality,
        _day(cells["valid_from"]),
    )


def _named(text: str) -> str:
    """A name as people write it; the file has capitals: ETELÄ-VARTSALA, S:T MICHEL."""
    text = " ".join(text.split())
    return text.title().replace("S:T ", "S:t ") if text.isupper() else text


def _day(text: str) -> date:
    """CCYYMMDD."""
    if len(text) != len("20260305") or not (text.isascii() and text.isdigit()):
        raise ValueError
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))
