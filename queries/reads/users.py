"""The users of the register."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from queries.errors import NotFound
from queries.rules.calendar_fi import helsinki_day
from queries.rules.roles import Permission, Role
from queries.store.sessions import needs
from queries.store.tables import TrailEntry, User

#: The actions of the trail that say what a restore changed of a user, and that it was decided on.
CARRIED, CONFIRMED = "carry_rights", "confirm_restored_user"


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


@dataclass(frozen=True)
class RestoredUser:
    """A user whose rights a restore took away or replaced, until somebody decided on each.

    :param changed: what the restore changed and nobody has set or confirmed since: ``active``,
        ``role``, ``password``.
    :param on: the day of the restore.
    """

    user: UserRow
    changed: tuple[str, ...]
    on: date


@needs(Permission.MANAGE_USERS)
def users_to_confirm(session: Session) -> tuple[RestoredUser, ...]:
    """The users that wait since a restore, by name; two statements.

    The trail has it: each change of a restore left its line, and each decision on a user a later
    one.
    """
    at_restore = (TrailEntry.subject == "user", TrailEntry.action == CARRIED)
    first = select(func.min(TrailEntry.id)).where(*at_restore).scalar_subquery()
    lines = session.execute(
        select(TrailEntry.subject_id, TrailEntry.action, TrailEntry.columns, TrailEntry.at)
        .where(TrailEntry.subject == "user", TrailEntry.id >= first)
        .order_by(TrailEntry.id)
    )
    waiting: dict[int | None, dict[str, date]] = {}
    for key, action, columns, at in lines:
        changed = json.loads(columns or "[]")
        if action == CARRIED:
            waiting.setdefault(key, {}).update(dict.fromkeys(changed, helsinki_day(at)))
        elif action == CONFIRMED:
            waiting.pop(key, None)
        else:
            for name in changed:
                waiting.get(key, {}).pop(name, None)
    left = {key: changes for key, changes in waiting.items() if changes}
    if not left:
        return ()
    found = session.scalars(_all().where(User.id.in_(left)))
    return tuple(
        RestoredUser(_row(user), tuple(sorted(left[user.id])), max(left[user.id].values()))
        for user in found
    )


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
