"""Users: adding, passwords, roles, taking out of use.

There is always an active administrator: the last one can neither be given another role nor be
taken out of use (the availability of the processing, GDPR Art. 32(1)(b)).
"""

from __future__ import annotations

from dataclasses import dataclass

import bcrypt
from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.errors import InvalidInput, NotFound, RuleRefusal, StaleRecord
from queries.rules import passwords
from queries.rules.roles import Right, Role
from queries.store.sessions import Desk, actor_at, needs
from queries.store.tables import Language, User
from queries.writes.sign_ins import close_sessions

#: bcrypt's cost: 2 to this power.
ROUNDS = 12
_LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class NewUser:
    username: str
    name: str
    role: Role
    password: str
    language: str = "fi"


@dataclass(frozen=True, kw_only=True)
class NewPassword:
    """A password set by an administrator."""

    user_id: int
    password: str


@dataclass(frozen=True, kw_only=True)
class OwnPassword:
    """A password changed by its user, who knows the one before."""

    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class NewRole:
    user_id: int
    role: Role
    version: int


@dataclass(frozen=True, kw_only=True)
class InUse:
    """Whether a user may sign in."""

    user_id: int
    active: bool
    version: int


@dataclass(frozen=True, kw_only=True)
class OwnLanguage:
    language: str


@needs(Right.MANAGE_USERS)
def add_user(desk: Desk, wish: NewUser) -> int:
    """Add a user who may sign in at once.

    :raises InvalidInput: ``username_form``, ``username_taken``, ``name_missing``, ``language``, or
        what :func:`queries.rules.passwords.password` says.
    """
    username = passwords.username(wish.username)
    name = " ".join(wish.name.split())
    if not name or len(name) > _LONGEST_NAME:
        raise InvalidInput("name", "name_missing")
    if desk.session.scalar(select(User.id).where(User.username == username)) is not None:
        raise InvalidInput("username", "username_taken")
    user = User(
        username=username,
        name=name,
        role=wish.role,
        language=_language(wish.language),
        password_hash=_hashed(wish.password, username),
        created_at=desk.now,
        changed_at=desk.now,
        changed_by=desk.actor.username,
    )
    desk.session.add(user)
    desk.session.flush()
    desk.note(
        "add_user", "user", user.id, columns=("username", "name", "role", "language", "password")
    )
    return user.id


@needs(Right.MANAGE_USERS)
def set_password(desk: Desk, wish: NewPassword) -> int:
    """Give a user a new password, unlock the name and end all the user's sessions."""
    user = _user(desk.session, wish.user_id)
    _change_password(desk, user, wish.password)
    desk.note("set_password", "user", user.id, columns=("password",))
    return user.id


def change_own_password(desk: Desk, wish: OwnPassword) -> int:
    """Change one's own password; ends all one's sessions.

    Needs no right but being oneself: whoever is signed in may.

    :raises InvalidInput: ``password_wrong`` on ``old``, or as :func:`add_user`.
    """
    user = _own(desk)
    if not _matches(wish.old, user.password_hash):
        raise InvalidInput("old", "password_wrong")
    _change_password(desk, user, wish.new)
    desk.note("change_own_password", "user", user.id, columns=("password",))
    return user.id


def choose_own_language(desk: Desk, wish: OwnLanguage) -> int:
    """Choose the language of one's own pages. Needs no right but being oneself."""
    user = _own(desk)
    user.language = _language(wish.language)
    _stamp(desk, user)
    desk.note("choose_own_language", "user", user.id, columns=("language",))
    return user.id


@needs(Right.MANAGE_USERS)
def set_role(desk: Desk, wish: NewRole) -> int:
    """Give a user another role; it holds from the user's next click on.

    :raises RuleRefusal: ``last_administrator``.
    """
    user = _seen(desk.session, wish.user_id, wish.version)
    if wish.role is not Role.ADMINISTRATOR:
        _keep_an_administrator(desk.session, user)
    user.role = wish.role
    _stamp(desk, user)
    desk.note("set_role", "user", user.id, columns=("role",))
    return user.id


@needs(Right.MANAGE_USERS)
def set_in_use(desk: Desk, wish: InUse) -> int:
    """Take a user out of use, which ends all sessions, or back into use.

    :raises RuleRefusal: ``last_administrator``.
    """
    user = _seen(desk.session, wish.user_id, wish.version)
    if not wish.active:
        _keep_an_administrator(desk.session, user)
        close_sessions(desk.session, user.id, now=desk.now)
    user.active = wish.active
    _stamp(desk, user)
    action = "activate_user" if wish.active else "deactivate_user"
    desk.note(action, "user", user.id, columns=("active",))
    return user.id


def _user(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("user", user_id)
    return user


def _seen(session: Session, user_id: int, version: int) -> User:
    user = _user(session, user_id)
    if user.version != version:
        raise StaleRecord(
            "user",
            user_id,
            theirs={"role": user.role, "active": user.active},
            version=user.version,
            changed_by=user.changed_by,
            changed_at=user.changed_at,
        )
    return user


def _own(desk: Desk) -> User:
    user = desk.session.scalar(select(User).where(User.username == actor_at(desk).username))
    if user is None:
        raise NotFound("user")
    return user


def _keep_an_administrator(session: Session, user: User) -> None:
    if user.role != Role.ADMINISTRATOR or not user.active:
        return
    # Locked, so that two administrators who demote each other at once leave one.
    standing = session.scalars(
        select(User.id)
        .where(User.role == Role.ADMINISTRATOR, User.active.is_(True))
        .order_by(User.id)
        .with_for_update()
    ).all()
    if list(standing) == [user.id]:
        raise RuleRefusal("last_administrator", "GDPR 2016/679 Art. 32(1)(b)")


def _change_password(desk: Desk, user: User, new: str) -> None:
    user.password_hash = _hashed(new, user.username)
    user.failed_sign_ins = 0
    user.locked_until = None
    _stamp(desk, user)
    close_sessions(desk.session, user.id, now=desk.now)


def _stamp(desk: Desk, user: User) -> None:
    user.changed_at = desk.now
    user.changed_by = desk.actor.username


def _hashed(text: str, username: str) -> str:
    checked = passwords.password(text, user=username)
    return bcrypt.hashpw(checked.encode(), bcrypt.gensalt(ROUNDS)).decode()


def _matches(text: str, password_hash: str) -> bool:
    typed = text.strip().encode()
    return len(typed) <= passwords.MOST_BYTES and bcrypt.checkpw(typed, password_hash.encode())


def _language(code: str) -> str:
    if code not in set(Language):
        raise InvalidInput("language", "language")
    return code
