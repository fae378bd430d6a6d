"""Telephone numbers as people write them in a cell: several, with a remark, without the first zero.

What is understood is returned; what is left out is named; the rest is refused by the rule of the
register (:func:`queries.rules.identifiers.phone`), never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from queries.rules import identifiers

_BETWEEN = re.compile(
    r"\s*(?::::|[/,;|&\n]|\s\+\s|(?<=\d{7})\s+(?=(?:0|\+)\d{8})|\b(?:tai|ja|or|and|och|eller|und|oder)\b)\s*",
    re.IGNORECASE,
)
#: Words before a number that say only that it is one.
_LABEL = re.compile(
    r"^(?:puh(?:elin)?(?:nro|numero)?|matkapuh(?:elin)?|gsm|tel(?:efon|ephone)?|tfn|mob(?:il|ile)?"
    r"|phone|handy|kännykkä|lankapuhelin|työ|koti|work|home)\b\.?\s*:?\s*",
    re.IGNORECASE,
)
#: A remark in brackets that holds letters, or an extension after the number.
_REMARK = re.compile(
    r"[(\[]([^()\[\]]*[^\W\d_][^()\[\]]*)[)\]]|\b((?:ext|alanumero|alanro|alan|ankn|anknytning|x)\.?\s*\d+)$",
    re.IGNORECASE,
)
#: Apostrophes, straight and typographic, that keep a spreadsheet from reckoning.
_MARKS = "'`´‘’\u02bc"
#: A Finnish mobile or national number whose first zero a spreadsheet took away.
_WITHOUT_ZERO = re.compile(r"(?:4\d|50)\d{6,8}")
_WITHOUT_PLUS = re.compile(r"358[1-9]\d{5,10}")


@dataclass(frozen=True)
class TypedPhones:
    """The numbers of a cell in E.164.

    :param remarks: what else was in the cell and is left out.
    :param restored: the numbers, as they were, to which a zero or a plus was given back.
    """

    numbers: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()


def phones(text: str) -> TypedPhones:
    """The numbers of a cell.

    :raises InvalidInput: as :func:`queries.rules.identifiers.phone`, where a part is not a number.

    >>> phones("040-123 4567 / 09 123 4567").numbers
    ('+358401234567', '+35891234567')
    >>> phones("puh. 040 123 4567 (Matti)")
    TypedPhones(numbers=('+358401234567',), remarks=('Matti',), restored=())
    >>> phones("401234567").restored
    ('401234567',)
    """
    found: dict[str, None] = {}
    remarks: list[str] = []
    restored: list[str] = []

    def remark(match: re.Match[str]) -> str:
        remarks.append((match[1] or match[2]).strip())
        return " "

    rest = _REMARK.sub(remark, text.strip().strip(_MARKS))
    for part in [one for one in _BETWEEN.split(rest) if one.strip()] or [rest]:
        bare = _LABEL.sub("", part.strip().strip(_MARKS)).strip(" .:")
        digits = re.sub(r"[\s\u00a0-]", "", bare)
        if _WITHOUT_ZERO.fullmatch(digits):
            restored.append(bare)
            bare = f"0{digits}"
        elif _WITHOUT_PLUS.fullmatch(digits):
            restored.append(bare)
            bare = f"+{digits}"
        elif not digits.lstrip("(").startswith(("0", "+")):
            restored.append(bare)  # read as a number of Finland that lost its zero
        found[identifiers.phone(bare)] = None
    return TypedPhones(tuple(found), tuple(remarks), tuple(restored))
