"""Users who are signed in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.rules.roles import Actor, Role
from queries.store.tables import SignInSession, User

#: A session ends this long after it was last used.
IDLE_LIMIT = timedelta(hours=8)
#: A session ends this long after it began, used or not.
LONGEST_SESSION = timedelta(hours=12)

#: Who acts before anybody is known: the form of the sign-in. No user can have this name.
DOOR = Actor("(sign-in)", Role.VIEWER)


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """A user with a live session."""

    user_id: int
    username: str
    name: str
    role: Role
    language: str
    seen_at: datetime

    @property
    def actor(self) -> Actor:
        return Actor(self.username, self.role)


def hash_of(secret: str) -> str:
    """Return what is stored of a cookie, ticket or nonce: its SHA-256, for they are 256 random
    bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def signed_in(session: Session, cookie: str, *, now: datetime) -> SignedIn | None:
    """The user of a cookie; None when its session is unknown, ended or too old. One statement.

    Needs no right: it is how the rights of a browser come to be known.
    """
    found = session.execute(
        select(User.id, User.username, User.name, User.role, User.language, SignInSession.seen_at)
        .join(SignInSession, SignInSession.user_id == User.id)
        .where(
            SignInSession.cookie_hash == hash_of(cookie),
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > now,
            SignInSession.seen_at > now - IDLE_LIMIT,
            User.active.is_(True),
        )
    ).first()
    if found is None:
        return None
    return SignedIn(
        user_id=found.id,
        username=found.username,
        name=found.name,
        role=Role(found.role),
        language=found.language,
        seen_at=found.seen_at,
    )
