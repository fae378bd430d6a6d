"""Balance of an invoice, once its payments and credit notes are counted.

An invoice and the credit notes that credit it are settled against each other: a credit note first
takes down what is unpaid; what is left of it is owed to the customer, until it is paid back. The
result depends on the sums alone, not on the order in which things happened.

All sums are in cents.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date


def open_balances(
    invoice: tuple[int, int], credit_notes: Sequence[tuple[int, int]]
) -> tuple[int, tuple[int, ...]]:
    """Return the open balance of an invoice and of each of its credit notes.

    Each is given as its total and what was paid for it; a credit note's are negative. An invoice
    that was paid too much is open by a negative sum, which its credit notes leave as it is.

    >>> open_balances((12550, 0), [(-2550, 0)])  # credited before it was paid
    (10000, (0,))
    >>> open_balances((12550, 12550), [(-2550, 0)])  # paid, then credited: owed to the customer
    (0, (-2550,))
    >>> open_balances((12550, 12550), [(-2550, -2550)])  # and paid back
    (0, (0,))
    >>> open_balances((12550, 13000), [])
    (-450, ())
    """
    unpaid = invoice[0] - invoice[1]
    left = []
    for total, paid in credit_notes:
        owed = paid - total
        used = max(0, min(unpaid, owed))
        unpaid -= used
        left.append(used - owed)
    return unpaid, tuple(left)


def left_open(balance: int, written_off: int) -> int:
    """Return what is open of a balance of which so much was written off.

    A write-off covers no more than is left: what is paid later all the same is owed to nobody.

    >>> left_open(10000, 10000), left_open(6000, 10000), left_open(-500, 10000)
    (0, 0, -500)
    >>> left_open(-2550, -2550), left_open(-3000, -2550)
    (0, -450)
    """
    if balance > 0:
        return balance - min(balance, max(written_off, 0))
    return balance - max(balance, min(written_off, 0))


def open_since(issued_on: date, due_on: date | None, events: Iterable[date]) -> date:
    """Return the day since which a balance has been open as it is, from which it counts to lapse.

    :param events: the days of its payments and credit notes. Writing it off is the company's own
        decision and does not interrupt the limitation, so it is not among them.

    >>> open_since(date(2020, 3, 5), date(2020, 3, 19), [date(2020, 3, 10)])
    datetime.date(2020, 3, 19)
    >>> open_since(date(2020, 3, 5), date(2020, 3, 19), [date(2020, 4, 1)])
    datetime.date(2020, 4, 1)
    """
    return max([due_on or issued_on, *events])
