from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from queries.rules.settlement import open_balances

_CENTS = st.integers(0, 1_000_000)
_NOTES = st.lists(st.tuples(_CENTS.map(lambda n: -n), _CENTS.map(lambda n: -n)), max_size=5)


@given(total=_CENTS, paid=_CENTS, notes=_NOTES)
def test_what_is_open_adds_up_and_nothing_is_owed_both_ways(total, paid, notes):
    unpaid, left = open_balances((total, paid), notes)
    assert unpaid + sum(left) == total - paid + sum(t - p for t, p in notes)
    owed = [t < p for t, p in notes]
    assert unpaid <= 0 or not any(
        cents < 0 for cents, is_owed in zip(left, owed, strict=True) if is_owed
    )


@given(total=_CENTS, paid=_CENTS)
def test_without_credit_notes_it_is_what_was_not_paid(total, paid):
    assert open_balances((total, paid), []) == (total - paid, ())


@given(total=_CENTS, paid=_CENTS, notes=_NOTES)
def test_an_overpayment_is_left_as_it_is(total, paid, notes):
    unpaid, left = open_balances((total, total + paid), notes)
    assert (unpaid, left) == (-paid, tuple(t - p for t, p in notes))
