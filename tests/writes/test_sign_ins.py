"""Sign-in: from a password to a session, and its end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from queries.reads.sign_ins import DOOR, IDLE_LIMIT, LONGEST_SESSION, signed_in
from queries.rules.roles import Role
from queries.store.tables import Setting, SignInSession, SignInTicket, TrailEntry, User
from queries.writes.sign_ins import (
    LOCK_TIME,
    MOST_TRIES,
    TICKET_TIME,
    end_session,
    issue_ticket,
    note_failed_sign_in,
    redeem_ticket,
    start_session,
    take_try,
    touch_session,
)
from tests.factories.retention import hold, period, years_from_elsewhere
from tests.support.statements import statements

#: Settings, by name, that no command would set.
BROKEN = ('"never"', "null", "-1", "{", "12000000", '{"months": 3}')
HASH = "$2b$12$not-looked-at-here"
SECOND = timedelta(seconds=1)


@pytest.fixture
def olli(store, now) -> int:
    """A user of the office, put into the store as it is kept."""
    with store.writing(DOOR, now=now) as uow:
        user = User(
            username="olli",
            name="Olli Oja",
            role=Role.OFFICE,
            password_hash=HASH,
            created_at=now,
            changed_at=now,
            changed_by="anna",
        )
        uow.session.add(user)
        uow.session.flush()
        uow.audit("add_user", "user", user.id)
        return user.id


def at(store, now, command, *arguments):
    with store.writing(DOOR, now=now) as uow:
        return command(uow, *arguments)


def who(store, cookie, now):
    with store.reading(DOOR) as session:
        return signed_in(session, cookie, now=now)


def trail(store):
    with store.reading(DOOR) as session:
        rows = session.execute(
            select(TrailEntry.actor, TrailEntry.action, TrailEntry.subject_id)
            .where(TrailEntry.action != "add_user")
            .order_by(TrailEntry.id)
        )
        return [tuple(row) for row in rows]


def everything_stored(store) -> str:
    with store.reading(DOOR) as session:
        return " ".join(
            str(value)
            for table in (SignInTicket, SignInSession, TrailEntry, User)
            for row in session.execute(select(table.__table__))
            for value in row
        )


def test_a_ticket_becomes_a_session_once(store, now, olli):
    ticket = at(store, now, issue_ticket, olli, "nonce")
    cookie = at(store, now + 29 * SECOND, redeem_ticket, ticket, "nonce")
    user = who(store, cookie, now + 30 * SECOND)
    assert (user.user_id, user.username, user.name, user.role, user.language) == (
        olli,
        "olli",
        "Olli Oja",
        Role.OFFICE,
        "fi",
    )
    assert at(store, now + 30 * SECOND, redeem_ticket, ticket, "nonce") is None
    assert trail(store) == [("olli", "sign_in", olli)]
    with store.reading(DOOR) as session:
        assert session.scalar(select(User.last_sign_in_at)) == now + 29 * SECOND


def test_neither_ticket_nonce_nor_cookie_is_stored(store, now, olli):
    ticket = at(store, now, issue_ticket, olli, "a-nonce-of-the-browser")
    assert ticket not in everything_stored(store)
    assert "a-nonce-of-the-browser" not in everything_stored(store)
    cookie = at(store, now, redeem_ticket, ticket, "a-nonce-of-the-browser")
    assert cookie not in everything_stored(store)


def test_another_browsers_nonce_uses_the_ticket_up(store, now, olli):
    ticket = at(store, now, issue_ticket, olli, "nonce")
    assert at(store, now, redeem_ticket, ticket, "another") is None
    assert at(store, now, redeem_ticket, ticket, "nonce") is None
    assert trail(store) == []


def test_a_ticket_lasts_for_seconds(store, now, olli):
    ticket = at(store, now, issue_ticket, olli, "nonce")
    assert at(store, now + TICKET_TIME, redeem_ticket, ticket, "nonce") is None


def test_old_tickets_are_swept_when_a_new_one_is_made(store, now, olli):
    at(store, now, issue_ticket, olli, "nonce")
    at(store, now + TICKET_TIME, issue_ticket, olli, "nonce")
    with store.reading(DOOR) as session:
        assert session.scalar(select(func.count()).select_from(SignInTicket)) == 1


def test_an_unknown_ticket_is_nobodys(store, now, olli):
    assert at(store, now, redeem_ticket, "made-up", "nonce") is None


def test_a_session_ends_when_it_is_not_used(store, now, olli):
    cookie = at(store, now, start_session, olli)
    assert who(store, cookie, now + IDLE_LIMIT - SECOND) is not None
    assert who(store, cookie, now + IDLE_LIMIT) is None


def test_a_session_in_use_ends_all_the_same_at_its_longest(store, now, olli):
    cookie = at(store, now, start_session, olli)
    later = now + IDLE_LIMIT - SECOND
    at(store, later, touch_session, cookie)
    assert who(store, cookie, later + timedelta(hours=1)).seen_at == later
    assert who(store, cookie, now + LONGEST_SESSION - SECOND) is not None
    assert who(store, cookie, now + LONGEST_SESSION) is None


def test_signing_out_ends_the_session_once(store, now, olli):
    cookie = at(store, now, start_session, olli)
    other = at(store, now, start_session, olli)
    assert at(store, now, end_session, cookie) == olli
    assert who(store, cookie, now) is None
    assert who(store, other, now) is not None
    assert at(store, now, end_session, cookie) == 0
    assert trail(store) == [
        ("olli", "sign_in", olli),
        ("olli", "sign_in", olli),
        ("olli", "sign_out", olli),
    ]


def test_an_ended_session_cannot_be_touched_alive(store, now, olli):
    cookie = at(store, now, start_session, olli)
    at(store, now, end_session, cookie)
    at(store, now + SECOND, touch_session, cookie)
    assert who(store, cookie, now + SECOND) is None


@pytest.mark.parametrize(
    ("months", "held", "days", "left"),
    [
        (None, False, 364, 2),
        (None, False, 368, 1),
        (1, False, 33, 1),
        (1, True, 33, 2),
        (0, False, 2, 1),
    ],
)
def test_ended_sessions_are_kept_as_long_as_the_house_has_set(
    store, now, olli, months, held, days, left
):
    if months is not None:
        period(store, "sign_in_record", months)
    if held:
        hold(store, "class", class_code="sign_in_record")
    at(store, now, start_session, olli)
    at(store, now + timedelta(days=days), start_session, olli)
    with store.reading(DOOR) as session:
        assert session.scalar(select(func.count()).select_from(SignInSession)) == left


def test_wrong_passwords_lock_the_name_for_a_while(store, now, olli):
    for _ in range(MOST_TRIES):
        assert at(store, now, take_try, "olli").user_id == olli
    assert at(store, now, take_try, "olli") is None
    assert at(store, now + LOCK_TIME - SECOND, take_try, "olli") is None
    tried = at(store, now + LOCK_TIME, take_try, "olli")
    assert (tried.user_id, tried.password_hash) == (olli, HASH)
    # and the count began anew: the next try is not locked out
    assert at(store, now + LOCK_TIME, take_try, "olli") is not None


def test_a_right_password_takes_the_count_back(store, now, olli):
    for _ in range(MOST_TRIES - 1):
        at(store, now, take_try, "olli")
    at(store, now, issue_ticket, olli, "nonce")
    for _ in range(MOST_TRIES):
        assert at(store, now, take_try, "olli") is not None


def test_a_failed_try_leaves_a_line_without_what_was_typed(store, now, olli):
    at(store, now, note_failed_sign_in, "olli")
    at(store, now, note_failed_sign_in, "minun salasanani tässä")
    assert trail(store) == [
        ("(sign-in)", "sign_in_failed", olli),
        ("(sign-in)", "sign_in_failed", None),
    ]
    assert "salasanani" not in everything_stored(store)


def test_an_unknown_name_has_no_try(store, now):
    assert at(store, now, take_try, "eikukaan") is None


def test_who_is_signed_in_costs_one_statement(store, now, olli):
    cookie = at(store, now, start_session, olli)
    with statements(store.engine) as seen, store.reading(DOOR) as session:
        signed_in(session, cookie, now=now)
    assert len(seen) == 1


@pytest.mark.parametrize("value", BROKEN)
def test_nothing_of_retention_keeps_anybody_from_signing_in(store, now, olli, value):
    years_from_elsewhere(
        store, (date(2018, 1, 1), date(2018, 12, 31)), (date(2018, 7, 1), date(2021, 6, 30))
    )
    first = at(store, now, start_session, olli)
    with store.writing(DOOR, now=now) as uow:
        for name in ("period.sign_in_record", "period.note"):
            uow.session.add(Setting(name=name, value=value, changed_at=now, changed_by="muualta"))
        uow.audit("change_setting", "setting", None)
    later = now + timedelta(days=4_000)
    second = at(store, later, start_session, olli)
    assert who(store, second, later) is not None
    with store.reading(DOOR) as session:
        kept = select(func.count()).select_from(SignInSession)
        assert (first != second, session.scalar(kept)) == (True, 2)
