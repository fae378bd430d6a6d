"""Fixtures of every test of the dashboard."""

from __future__ import annotations

import pytest

from dashboard import runtime
from queries.writes import users


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch) -> None:
    """bcrypt at its lowest cost: the same code, a hundred times sooner."""
    monkeypatch.setattr(users, "ROUNDS", 4)


@pytest.fixture(autouse=True)
def no_store_left():
    """The process forgets the store that a test served."""
    yield
    runtime.use_store(None)
