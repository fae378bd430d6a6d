"""Limits on how often a stranger may do something, in bounded memory."""

from __future__ import annotations

import doctest

from dashboard.web import rates
from dashboard.web.rates import Rates


def test_the_examples_hold():
    assert doctest.testmod(rates).failed == 0
    assert doctest.testmod(rates).attempted == 8


def test_a_key_waits_until_its_time_is_over():
    now = [0.0]
    limit = Rates(3, 60, clock=lambda: now[0])
    assert [limit.may("a") for _ in range(5)] == [True, True, True, False, False]
    now[0] = 59.9
    assert (limit.may("a"), limit.may("b")) == (False, True)
    now[0] = 60.0
    assert [limit.may("a") for _ in range(4)] == [True, True, True, False]


def test_a_hundred_thousand_strangers_take_no_more_room_than_a_hundred():
    limit = Rates(2, 60, keys=100, clock=lambda: 0.0)
    for stranger in range(100_000):
        assert limit.may(stranger)
    assert limit.remembered == 100
    assert limit.may(99_999)
    assert not limit.may(99_999)
