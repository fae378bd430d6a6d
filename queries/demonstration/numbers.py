"""Made-up identifiers that are right in form and belong to nobody.

- *Business IDs* are drawn from the top of the number space (9xxxxxx, and on downwards when those
  run out): the numbers given out so far are far below. Each has its right check digit, and no
  number comes twice. 909 090 of a million numbers have a check digit (those with remainder 1 are
  never issued), so that the ranges 9, 8 and 7 alone hold 2.7 million; one million customers take
  about 0.6 million.
- *Telephone numbers* are +358 47 and +358 48 with seven digits. Finland has set no range aside for
  fiction. These two are codes of the mobile numbering plan that no operator holds: their form is
  valid wherever numbers are checked, and a call reaches nobody.
- *References* carry the check digit of the Finnish reference number (weights 7, 3, 1 from the
  right).
"""

from __future__ import annotations

from collections.abc import Iterator

_BUSINESS_WEIGHTS = (7, 9, 10, 5, 8, 4, 2)
_MILLION = 1_000_000
#: Prime to a million: stepping by it visits every number once, in no visible order.
_STRIDE = 387_421
_TEN_MILLION = 10_000_000
#: Blocks of a million above the numbers that have been given out.
_UNISSUED = (9, 8, 7, 6, 5, 4)


def business_ids(seed: int) -> Iterator[str]:
    """Business IDs that have not been issued, each once; the same for the same seed.

    The generator ends after some 5.4 million.
    """
    for block in _UNISSUED:
        for n in range(_MILLION):
            number = block * _MILLION + (n * _STRIDE + seed) % _MILLION
            check = _check_digit(number)
            if check is not None:
                yield f"{number}-{check}"


def _check_digit(number: int) -> int | None:
    digits = str(number)
    remainder = sum(int(d) * w for d, w in zip(digits, _BUSINESS_WEIGHTS, strict=True)) % 11
    if remainder == 1:
        return None
    return 11 - remainder if remainder else 0


def phone(n: int) -> str:
    """The nth made-up telephone number in E.164; after 20 million they begin again."""
    within = n * 3_141_593 % _TEN_MILLION
    code = 47 if n // _TEN_MILLION % 2 == 0 else 48
    return f"+358{code}{within:07d}"


#: What each group of three digits adds to the weighted sum; the weights repeat after three.
_GROUPS = tuple(7 * (group % 10) + 3 * (group // 10 % 10) + group // 100 for group in range(1000))


def reference(number: int) -> str:
    """The reference number of an invoice number; equal to ``make_reference(str(number))``.

    Three digits at a time by a table, for the ten million of a large demonstration.
    """
    total, left = 0, number
    while left:
        left, group = divmod(left, 1000)
        total += _GROUPS[group]
    return f"{number}{-total % 10}"
