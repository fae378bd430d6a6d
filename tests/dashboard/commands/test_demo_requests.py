"""The demonstration's requests: answered with their letters, or open, and a hold to look at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.commands.demo_requests import ask_demonstration, hold_demonstration
from queries.reads.requests.request_card import request_card
from queries.reads.requests.request_list import closed_requests, open_requests, request_statistics
from queries.reads.retention.holds import holds, holds_to_review
from queries.rules.calendar_fi import HELSINKI
from queries.rules.requests import Asked, LetterKind
from tests.factories.demonstrations import fill
from tests.factories.records import MAKER


@pytest.fixture
def today():
    return datetime.now(UTC).astimezone(HELSINKI).date()


@pytest.fixture
def demonstration(sqlite_store, today):
    fill(sqlite_store, 40, today=today)
    ask_demonstration(sqlite_store)
    hold_demonstration(sqlite_store)
    return sqlite_store


def test_some_are_open_and_the_first_is_due_soon(demonstration, today):
    with demonstration.reading(MAKER) as session:
        rows = open_requests(session, today=today)
    assert [[right.kind for right in row.rights] for row in rows] == [
        [Asked.ERASURE],
        [Asked.ACCESS, Asked.PORTABILITY],
        [Asked.RECTIFICATION],
    ]
    assert today <= rows[0].due < today + timedelta(days=14)


def test_the_others_were_answered_in_time_and_their_letters_went(demonstration, today):
    with demonstration.reading(MAKER) as session:
        numbers = request_statistics(session, since=today - timedelta(days=500), today=today)
        closed = closed_requests(session, today=today).rows
        cards = [request_card(session, row.id, today=today) for row in closed]
    assert (len(closed), numbers.answered, numbers.in_time) == (7, 7, 7)
    assert sorted(letter.kind for card in cards for letter in card.letters) == sorted(
        [LetterKind.ACCESS, LetterKind.ACCESS_REPORT, LetterKind.ACCESS_REPORT] * 3
        + [LetterKind.WITHDRAWAL] * 2
        + [LetterKind.OBJECTION, LetterKind.NOT_IN_REGISTER]
    )
    assert all(letter.sent_on is not None for card in cards for letter in card.letters)


def test_a_hold_has_to_be_looked_at(demonstration, today):
    with demonstration.reading(MAKER) as session:
        assert holds_to_review(session, today=today) == 1
        assert [row.scope for row in holds(session, today=today)] == ["invoice"]


def test_a_register_without_such_people_gets_fewer(sqlite_store, today):
    fill(sqlite_store, 1, today=today)
    ask_demonstration(sqlite_store)
    hold_demonstration(sqlite_store)
    with sqlite_store.reading(MAKER) as session:
        assert len(closed_requests(session, today=today).rows) >= 1
