"""The users of the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from queries.errors import NotFound
from queries.rules.roles import Permission, Role
from queries.store.sessions import needs
from queries.store.tables import User


@dataclass(frozen=True, kw_only=True)
class UserRow:
    """A user as administrators see one."""

    id: int
    username: str
    name: str
    role: Role
    language: str
    active: bool
    created_at: datetime
    last_sign_in_at: datetime | None
    locked_until: datetime | None
    version: int


@needs(Permission.MANAGE_USERS)
def users(session: Session) -> tuple[UserRow, ...]:
    """All users by name; they are the staff of one company, so not paged. One statement."""
    return tuple(_row(user) for user in session.scalars(_all()))


@needs(Permission.MANAGE_USERS)
def administrators(session: Session) -> tuple[UserRow, ...]:
    """The users in use who have every right, by name; one statement."""
    among = (User.role == Role.ADMINISTRATOR, User.active)
    return tuple(_row(user) for user in session.scalars(_all().where(*among)))


@needs(Permission.MANAGE_USERS)
def user_named(session: Session, username: str) -> UserRow:
    """One user. One statement.

    :raises NotFound: ``user``.
    """
    user = session.scalar(_all().where(User.username == username))
    if user is None:
        raise NotFound("user")
    return _row(user)


def _all() -> Select[User]:
    return select(User).order_by(User.username)


def _row(user: User) -> UserRow:
    return UserRow(
        id=user.id,
        username=user.username,
        name=user.name,
        role=Role(user.role),
        language=user.language,
        active=user.active,
        created_at=user.created_at,
        last_sign_in_at=user.last_sign_in_at,
        locked_until=user.locked_until,
        version=user.version,
    )
