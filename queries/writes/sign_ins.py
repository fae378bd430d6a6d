"""Signing in and out.

A password is tried under a count that is kept before the check, so that guesses side by side are
all counted. A checked password becomes a ticket of seconds, good once and only in the browser
that holds its nonce; the ticket becomes a session. Of tickets, nonces and cookies only hashes are
stored.
"""

from __future__ import annotations

import dataclasses
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from queries.errors import InvalidInput
from queries.reads.sign_ins import LONGEST_SESSION, hash_of
from queries.rules.calendar_fi import day_begins
from queries.rules.retention import OwnPeriod
from queries.rules.roles import Actor, Role
from queries.store.import_details import forget_over
from queries.store.retention.series import own_months
from queries.store.sessions import UnitOfWork
from queries.store.tables import HoldScope, LegalHold, SignInSession, SignInTicket, User

#: So many wrong passwords in a row lock a user name.
MOST_TRIES = 5
#: For this long.
LOCK_TIME = timedelta(minutes=15)
#: A ticket is good for this long.
TICKET_TIME = timedelta(seconds=30)
#: The moment of last use is written at most this often.
TOUCH_EVERY = timedelta(minutes=5)
#: The class whose period, set by the company, is how long an ended session is kept, to answer
#: how a browser was signed out.
SIGN_IN_RECORD = "sign_in_record"


@dataclass(frozen=True, kw_only=True)
class Try:
    """An attempt that may continue: its user and the hash that the password must match."""

    user_id: int
    name: str
    password_hash: str


def take_try(uow: UnitOfWork, username: str) -> Try | None:
    """Count a try before the password is looked at; None for a name unknown, locked or not in use.

    Needs no right: nobody is signed in yet. Writes no trail line: the outcome writes it.
    """
    user = uow.session.execute(
        select(User.id, User.name, User.password_hash, User.failed_sign_ins, User.locked_until)
        .where(User.username == username, User.active.is_(True))
        .with_for_update()
    ).first()
    if user is None:
        return None
    if user.locked_until is not None and user.locked_until > uow.now:
        return None
    lock_is_over = user.locked_until is not None
    tries = 1 if lock_is_over else user.failed_sign_ins + 1
    uow.session.execute(
        update(User)
        .where(User.id == user.id)
        .values(
            failed_sign_ins=tries, locked_until=uow.now + LOCK_TIME if tries >= MOST_TRIES else None
        )
    )
    return Try(user_id=user.id, name=user.name, password_hash=user.password_hash)


def note_failed_sign_in(uow: UnitOfWork, username: str) -> int:
    """Write the line of a failed try; an unknown name is not written: people type passwords there.

    Needs no right: nobody is signed in.
    """
    user_id = uow.session.scalar(select(User.id).where(User.username == username))
    uow.audit("sign_in_failed", "user", user_id)
    return user_id or 0


def issue_ticket(uow: UnitOfWork, user_id: int, nonce: str) -> str:
    """A ticket for a user whose password was just found right; it takes the count back.

    Needs no right: nobody is signed in yet. The line is written when the ticket is used.
    """
    session = uow.session
    session.execute(
        update(User).where(User.id == user_id).values(failed_sign_ins=0, locked_until=None)
    )
    session.execute(delete(SignInTicket).where(SignInTicket.expires_at <= uow.now))
    ticket = secrets.token_urlsafe(32)
    session.add(
        SignInTicket(
            ticket_hash=hash_of(ticket),
            nonce_hash=hash_of(nonce),
            user_id=user_id,
            expires_at=uow.now + TICKET_TIME,
        )
    )
    return ticket


def redeem_ticket(uow: UnitOfWork, ticket: str, nonce: str) -> str | None:
    """Use a ticket up, whatever comes of it; return the cookie of the new session.

    None when the ticket is unknown, used, too old, of another browser, or its user is no longer
    in use. Needs no right: it is the ticket that gives it.
    """
    session = uow.session
    found = session.execute(
        delete(SignInTicket)
        .where(SignInTicket.ticket_hash == hash_of(ticket))
        .returning(SignInTicket.nonce_hash, SignInTicket.user_id, SignInTicket.expires_at)
    ).first()
    if found is None or found.expires_at <= uow.now:
        return None
    if not secrets.compare_digest(found.nonce_hash, hash_of(nonce)):
        return None
    return start_session(uow, found.user_id)


def start_session(uow: UnitOfWork, user_id: int) -> str | None:
    """Begin the session of a user who has proved to be one; return its cookie.

    Needs no right: who may begin a session is what :func:`redeem_ticket` checked.
    """
    session = uow.session
    user = session.execute(
        select(User.username, User.role).where(User.id == user_id, User.active.is_(True))
    ).first()
    if user is None:
        return None
    cookie = secrets.token_urlsafe(32)
    _forget_sessions(uow)
    forget_over(session, uow.today)
    session.add(
        SignInSession(
            cookie_hash=hash_of(cookie),
            user_id=user_id,
            started_at=uow.now,
            seen_at=uow.now,
            expires_at=uow.now + LONGEST_SESSION,
        )
    )
    session.execute(update(User).where(User.id == user_id).values(last_sign_in_at=uow.now))
    _as_user(uow, user.username, user.role).audit("sign_in", "user", user_id)
    return cookie


def _forget_sessions(uow: UnitOfWork) -> None:
    """Remove the sessions of all users whose period is over, counted from the day on which they
    could last be used; a hold on the class keeps them.

    Nothing here may keep anybody from signing in: it asks for this one period and this one hold,
    and where the period cannot be read, sessions stay until it is set again.
    """
    session = uow.session
    held = select(LegalHold.id).where(
        LegalHold.scope == HoldScope.CLASS,
        LegalHold.class_code == SIGN_IN_RECORD,
        LegalHold.released_at.is_(None),
    )
    if session.scalar(held.limit(1)) is not None:
        return
    try:
        own = OwnPeriod(own_months(session, SIGN_IN_RECORD))
    except (InvalidInput, TypeError, ValueError):
        return
    last = own.last_event_disposable(uow.today)
    if last is not None:
        session.execute(
            delete(SignInSession).where(
                SignInSession.expires_at < day_begins(last + timedelta(days=1))
            )
        )


def touch_session(uow: UnitOfWork, cookie: str) -> int:
    """Write that a session is in use. Needs no right and writes no line: nothing is decided."""
    uow.session.execute(
        update(SignInSession)
        .where(SignInSession.cookie_hash == hash_of(cookie), SignInSession.ended_at.is_(None))
        .values(seen_at=uow.now)
    )
    return 0


def end_session(uow: UnitOfWork, cookie: str) -> int:
    """Sign out: the session of the cookie, and so every copy of the cookie. Zero if there was
    none.

    Needs no permission: whoever holds a session may end it.
    """
    found = uow.session.execute(
        select(User.id, User.username, User.role)
        .join(SignInSession, SignInSession.user_id == User.id)
        .where(SignInSession.cookie_hash == hash_of(cookie), SignInSession.ended_at.is_(None))
    ).first()
    if found is None:
        return 0
    uow.session.execute(
        update(SignInSession)
        .where(SignInSession.cookie_hash == hash_of(cookie))
        .values(ended_at=uow.now)
    )
    _as_user(uow, found.username, found.role).audit("sign_out", "user", found.id)
    return int(found.id)


def close_sessions(session: Session, user_id: int, *, now: datetime) -> None:
    """End all sessions and tickets of a user, inside the command that gives the reason."""
    session.execute(delete(SignInTicket).where(SignInTicket.user_id == user_id))
    session.execute(
        update(SignInSession)
        .where(SignInSession.user_id == user_id, SignInSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def _as_user(uow: UnitOfWork, username: str, role: str) -> UnitOfWork:
    """Return the same unit of work with the user as its actor: the line of a sign-in names the
    user."""
    return dataclasses.replace(uow, actor=Actor(username, Role(role)))
