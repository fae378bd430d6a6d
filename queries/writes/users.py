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
from queries.reads.users import CONFIRMED, users_to_confirm
from queries.rules import passwords
from queries.rules.roles import Permission, Role
from queries.store.sessions import UnitOfWork, actor_at, needs
from queries.store.tables import Language, User
from queries.writes.sign_ins import close_sessions

#: bcrypt's cost: 2 to this power.
ROUNDS = 12
_LONGEST_NAME = 200


@dataclass(frozen=True, kw_only=True)
class AddUser:
    username: str
    name: str
    role: Role
    password: str
    language: str = "fi"


@dataclass(frozen=True, kw_only=True)
class SetPassword:
    """A password set by an administrator."""

    user_id: int
    password: str


@dataclass(frozen=True, kw_only=True)
class OwnPassword:
    """A password changed by its user, who knows the one before."""

    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class SetRole:
    user_id: int
    role: Role
    version: int


@dataclass(frozen=True, kw_only=True)
class SetInUse:
    """The switch that lets a user sign in or not."""

    user_id: int
    active: bool
    version: int


@dataclass(frozen=True, kw_only=True)
class ConfirmRestoredUser:
    """The decision on a user whose rights a restore changed.

    :param active: whether the user may sign in from now on.
    """

    user_id: int
    active: bool
    version: int


@dataclass(frozen=True, kw_only=True)
class OwnLanguage:
    language: str


@needs(Permission.MANAGE_USERS)
def add_user(uow: UnitOfWork, inputs: AddUser) -> int:
    """Add a user who may sign in at once.

    :raises InvalidInput: ``username_form``, ``username_taken``, ``name_missing``, ``language``, or
        what :func:`queries.rules.passwords.password` says.
    """
    username = passwords.username(inputs.username)
    name = " ".join(inputs.name.split())
    if not name or len(name) > _LONGEST_NAME:
        raise InvalidInput("name", "name_missing")
    if uow.session.scalar(select(User.id).where(User.username == username)) is not None:
        raise InvalidInput("username", "username_taken")
    user = User(
        username=username,
        name=name,
        role=inputs.role,
        language=_language(inputs.language),
        password_hash=_hashed(inputs.password, username),
        created_at=uow.now,
        changed_at=uow.now,
        changed_by=uow.actor.username,
    )
    uow.session.add(user)
    uow.session.flush()
    uow.audit(
        "add_user", "user", user.id, columns=("username", "name", "role", "language", "password")
    )
    return user.id


@needs(Permission.MANAGE_USERS)
def set_password(uow: UnitOfWork, inputs: SetPassword) -> int:
    """Give a user a new password, unlock the name and end all the user's sessions."""
    user = _user(uow.session, inputs.user_id)
    _change_password(uow, user, inputs.password)
    uow.audit("set_password", "user", user.id, columns=("password",))
    return user.id


def change_own_password(uow: UnitOfWork, inputs: OwnPassword) -> int:
    """Change one's own password; ends all one's sessions.

    Needs no permission: every signed-in user may.

    :raises InvalidInput: ``password_wrong`` on ``old``, or as :func:`add_user`.
    """
    user = _own(uow)
    if not _matches(inputs.old, user.password_hash):
        raise InvalidInput("old", "password_wrong")
    _change_password(uow, user, inputs.new)
    uow.audit("change_own_password", "user", user.id, columns=("password",))
    return user.id


def choose_own_language(uow: UnitOfWork, inputs: OwnLanguage) -> int:
    """Choose the language of one's own pages. Needs no right but being oneself."""
    user = _own(uow)
    user.language = _language(inputs.language)
    _stamp(uow, user)
    uow.audit("choose_own_language", "user", user.id, columns=("language",))
    return user.id


@needs(Permission.MANAGE_USERS)
def set_role(uow: UnitOfWork, inputs: SetRole) -> int:
    """Give a user another role; it holds from the user's next click on.

    :raises RuleRefusal: ``last_administrator``.
    """
    user = _seen(uow.session, inputs.user_id, inputs.version)
    if inputs.role is not Role.ADMINISTRATOR:
        _keep_an_administrator(uow.session, user)
    user.role = inputs.role
    _stamp(uow, user)
    uow.audit("set_role", "user", user.id, columns=("role",))
    return user.id


@needs(Permission.MANAGE_USERS)
def set_in_use(uow: UnitOfWork, inputs: SetInUse) -> int:
    """Take a user out of use, which ends all sessions, or back into use.

    :raises RuleRefusal: ``last_administrator``.
    """
    user = _seen(uow.session, inputs.user_id, inputs.version)
    _put_in_use(uow, user, active=inputs.active)
    action = "activate_user" if inputs.active else "deactivate_user"
    uow.audit(action, "user", user.id, columns=("active",))
    return user.id


@needs(Permission.MANAGE_USERS)
def confirm_restored_user(uow: UnitOfWork, inputs: ConfirmRestoredUser) -> int:
    """Confirm what a restore made of a user's rights, in use or not.

    :raises RuleRefusal: ``restored_user_decided`` when nothing of the user waits any more;
        ``last_administrator``.
    """
    user = _seen(uow.session, inputs.user_id, inputs.version)
    if user.id not in {one.user.id for one in users_to_confirm(uow.session)}:
        raise RuleRefusal("restored_user_decided", "GDPR 2016/679 Art. 32(1)(b)")
    is_changed = user.active != inputs.active
    if is_changed:
        _put_in_use(uow, user, active=inputs.active)
    uow.audit(CONFIRMED, "user", user.id, columns=("active",) if is_changed else ())
    return user.id


def _put_in_use(uow: UnitOfWork, user: User, *, active: bool) -> None:
    if not active:
        _keep_an_administrator(uow.session, user)
        close_sessions(uow.session, user.id, now=uow.now)
    user.active = active
    _stamp(uow, user)


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


def _own(uow: UnitOfWork) -> User:
    user = uow.session.scalar(select(User).where(User.username == actor_at(uow).username))
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


def _change_password(uow: UnitOfWork, user: User, new: str) -> None:
    user.password_hash = _hashed(new, user.username)
    user.failed_sign_ins = 0
    user.locked_until = None
    _stamp(uow, user)
    close_sessions(uow.session, user.id, now=uow.now)


def _stamp(uow: UnitOfWork, user: User) -> None:
    user.changed_at = uow.now
    user.changed_by = uow.actor.username


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
