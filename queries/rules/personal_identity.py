"""Personal identity codes (henkilötunnus) in text: found so that they are not kept.

Tietosuojalaki 1050/2018 29 § allows handling a personal identity code only on grounds that this
register does not have, so one is refused wherever it is typed or imported. Form: DDMMYY, a
century sign, an individual number and a check character modulo 31 (Laki 661/2009 11 §,
Valtioneuvoston asetus 128/2010; the signs other than ``+ - A`` are in use from 2023). Numbers
from 900 are temporary ones, and count.

A code is looked for in folded text (:mod:`queries.rules.typed_text`): dashes of other kinds, any
case, fullwidth digits and zero-width marks do not hide it. It is not looked for inside a longer
run of letters or digits: a bank account or an order number is not a finding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from stdnum.fi import hetu

from queries.rules.typed_text import folded

_CODE = re.compile(
    r"(?<![^\W_])"
    r"(?P<day>[0-3][0-9][01][0-9]{3})(?P<gap>\ ?)(?P<sign>[-+YXWVUABCDEF])(?P<gap2>\ ?)"
    r"(?P<rest>[0-9]{3}[0-9A-FHJ-NPR-Y])"
    r"(?![^\W_])"
)
_SOFT_HYPHEN = "\u00ad"

Certainty = Literal["valid", "suspect"]


@dataclass(frozen=True)
class IdentityCodeFinding:
    """A personal identity code in a text.

    :param code: the code in its written form. Not part of ``repr``, so that it reaches no log;
        never put it in an exception or the trail.
    :param certainty: ``valid``: form, date and check character are right: refused everywhere.
        ``suspect``: it has the form only, or is part of a larger number: the form asks.
    """

    code: str = field(repr=False)
    certainty: Certainty


def find_personal_identity_codes(text: str | None) -> list[IdentityCodeFinding]:
    """The personal identity codes in a text, in its order; an empty list where there are none.

    Any length of text is searched, in one pass.

    Not reported although the form is there: six and four digits with a dash and a wrong check
    digit that begin with 0 or are no date (phone numbers are written so: 040123-4567), or that
    are joined to more digits (2025-131052-3080 is an order number). With the check digit right,
    the first is ``valid`` and the second, where only digits follow the sign, ``suspect``.

    >>> [(f.code, f.certainty) for f in find_personal_identity_codes("Synt. 131052-308t, Helsinki")]
    [('131052-308T', 'valid')]
    >>> [f.certainty for f in find_personal_identity_codes("131052-308U ja 310252-308Y")]
    ['suspect', 'suspect']
    >>> find_personal_identity_codes("FI2112345600000785, 040123-4567, 2026-03-05")
    []
    >>> find_personal_identity_codes("131052-308T")
    [IdentityCodeFinding(certainty='valid')]
    """
    if not text:
        return []
    found = _search(folded(text).upper())
    # A soft hyphen is read as a dash, and also as the unseen break that it is inside a word.
    if _SOFT_HYPHEN in text:
        known = {finding.code for finding in found}
        again = _search(folded(text.replace(_SOFT_HYPHEN, "")).upper())
        found += [finding for finding in again if finding.code not in known]
    return found


def _search(text: str) -> list[IdentityCodeFinding]:
    judged = ((_code(match), _certainty(match)) for match in _CODE.finditer(text))
    return [
        IdentityCodeFinding(code, certainty) for code, certainty in judged if certainty is not None
    ]


def _code(match: re.Match[str]) -> str:
    return match["day"] + match["sign"] + match["rest"]


def _certainty(match: re.Match[str]) -> Certainty | None:
    code = _code(match)
    right = hetu.is_valid(code, allow_temporary=True)
    if match["gap"] or match["gap2"]:  # two numbers with a dash between them, or a spaced code
        return "suspect" if right and match["sign"] in "-+" else None
    digits_only = match["sign"] in "-+" and match["rest"].isdigit()
    if not digits_only:
        return "valid" if right else "suspect"
    if _is_joined(match):
        return "suspect" if right else None
    if right:
        return "valid"
    return None if code.startswith("0") or not _is_day(match["day"]) else "suspect"


def _is_joined(match: re.Match[str]) -> bool:
    """Check if the match is one group of a larger number, such as 2025-131052-3080."""
    before, after = match.string[: match.start()][-2:], match.string[match.end() :][:2]
    return bool(re.fullmatch(r"[0-9A-Z][-./+]", before) or re.fullmatch(r"[-./+][0-9A-Z]", after))


def _is_day(digits: str) -> bool:
    """Check if the six digits are a day of some century: 29.2.00 is one, in 2000."""
    return any(hetu.is_valid(_with_check(digits, sign)) for sign in "-A")


def _with_check(digits: str, sign: str) -> str:
    return f"{digits}{sign}002{'0123456789ABCDEFHJKLMNPRSTUVWXY'[int(digits + '002') % 31]}"
