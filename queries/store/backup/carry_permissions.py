"""Users' permissions, carried over into a restored copy: a restore never gives one back.

**The danger.** A backup of a day before knows the administrator who was dismissed since as one in
use, and the password that leaked since as the right one; it knows a form of a web site that was
closed, and no rule that a second person has to approve disposals.

**The principle.** Of what the copy and the replaced store say, the stricter holds: out of use
before in use, the lower role before the higher, the newer password, the longer lock, the rule of
the second person before none, a closed form before an open one. Whom the replaced store does not
know is out of use. Where it cannot be read, or is not the newest, nobody knows what came since:
every user waits out of use until somebody with the command line confirms each by taking them into
use, disposals ask for a second person, and forms are closed.

Sessions and tickets of sign-ins all end (:mod:`queries.store.backup.replay`). Each change has its
trail line; a password that came along is known by its line to the next restore.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, inspect, select
from sqlalchemy.orm import Session

from queries.rules.roles import Role
from queries.store.sessions import UnitOfWork
from queries.store.tables import Base, Setting, TrailEntry, User, WebForm

#: The setting that says whether somebody other than the proposer has to approve a disposal.
SECOND_PERSON = "disposal.second_person"

_USER, _SETTING, _FORM = (
    Base.metadata.tables[model.__tablename__] for model in (User, Setting, WebForm)
)
_ROLES = list(Role)


@dataclass(frozen=True)
class Account:
    """A user as a store knew them.

    :param password_since: when the password was set, as far as the trail says.
    """

    role: Role
    active: bool
    password_hash: str
    password_since: datetime
    failed_sign_ins: int
    locked_until: datetime | None


@dataclass(frozen=True)
class Form:
    """A web form's access: what lets a web site send messages."""

    active: bool
    secret_hash: str
    origins: str
    changed_at: datetime


@dataclass(frozen=True)
class Rights:
    """The access that a store gave: users by name, forms by the key in their address."""

    accounts: Mapping[str, Account]
    forms: Mapping[str, Form]
    second_person: bool


@dataclass(frozen=True)
class RightsKept:
    """Permissions that a restore took over from the replaced store, or took away.

    :param out_of_use: users that were taken out of use since the backup.
    :param unknown: users of the copy that the replaced store did not have; out of use.
    :param roles: users whose role was a lower one, with that role.
    :param passwords: users whose password was a newer one.
    :param lacking: users of the replaced store that the copy does not have.
    :param waiting: users who wait to be confirmed, with their role: nobody knows what came since.
    :param second_person: whether the rule of the second person was brought over or set.
    :param forms: names of the forms that were closed, or given a newer secret or origin.
    """

    out_of_use: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    roles: tuple[tuple[str, Role], ...] = ()
    passwords: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    waiting: tuple[tuple[str, Role], ...] = ()
    second_person: bool = False
    forms: tuple[str, ...] = ()


def rights_of(connection: Connection) -> Rights:
    """The rights in a store, of an older version too, as far as it has them."""
    there = set(inspect(connection).get_table_names())
    accounts = {}
    if _USER.name in there:
        since = _passwords_since(connection)
        accounts = {
            row.username: Account(
                Role(row.role),
                row.active,
                row.password_hash,
                since.get(row.id, row.changed_at),
                row.failed_sign_ins,
                row.locked_until,
            )
            for row in connection.execute(select(_USER))
        }
    forms = {}
    if _FORM.name in there:
        forms = {
            row.key: Form(row.active, row.secret_hash, row.origins, row.changed_at)
            for row in connection.execute(select(_FORM))
        }
    asked = connection.scalar(select(_SETTING.c.value).where(_SETTING.c.name == SECOND_PERSON))
    return Rights(accounts, forms, asked is not None and bool(json.loads(asked)))


def carry_rights(uow: UnitOfWork, replaced: Rights | None, *, is_newest: bool) -> RightsKept:
    """Let the stricter of the copy and the replaced store hold in the copy.

    :param replaced: None where no store was replaced, or it could not be read.
    :param is_newest: whether nothing happened since that the replaced store does not know.
    """
    known = replaced or Rights({}, {}, second_person=False)
    users = uow.session.scalars(select(User).order_by(User.username)).all()
    since = _passwords_since(uow.session.connection())
    lowered, renewed, ended, unknown, waiting = [], [], [], [], []
    for user in users:
        account, changed = known.accounts.get(user.username), []
        was_active = user.active
        if account is not None:
            changed = _stricter(user, account, since.get(user.id, user.changed_at))
        if "role" in changed:
            lowered.append((user.username, Role(user.role)))
        if "password" in changed:
            renewed.append(user.username)
        if was_active and (not user.active or account is None or not is_newest):
            user.active = False
            changed = [*changed, "active"]
            if account is not None and not account.active:
                ended.append(user.username)
            elif is_newest:
                unknown.append(user.username)
            else:
                waiting.append((user.username, Role(user.role)))
        _note(uow, user, changed, "user", user.id)
    lacking = known.accounts.keys() - {user.username for user in users}
    return RightsKept(
        tuple(ended),
        tuple(unknown),
        tuple(lowered),
        tuple(renewed),
        tuple(sorted(lacking)),
        tuple(waiting),
        second_person=_ask_second_person(uow, asked=known.second_person or not is_newest),
        forms=tuple(_close_forms(uow, known.forms, is_newest=is_newest)),
    )


def _stricter(user: User, account: Account, since: datetime) -> list[str]:
    """Let the stricter hold; return what changed. Taking out of use is left to the caller to
    name."""
    changed = []
    if _ROLES.index(account.role) < _ROLES.index(Role(user.role)):
        user.role = account.role
        changed.append("role")
    if account.password_hash != user.password_hash and account.password_since > since:
        user.password_hash = account.password_hash
        changed.append("password")
    user.failed_sign_ins = max(user.failed_sign_ins, account.failed_sign_ins)
    if account.locked_until and (not user.locked_until or account.locked_until > user.locked_until):
        user.locked_until = account.locked_until
    user.active = user.active and account.active
    return changed


def _ask_second_person(uow: UnitOfWork, *, asked: bool) -> bool:
    """Set the rule of the second person where the copy lacks it; return whether it was set here."""
    setting = uow.session.get(Setting, SECOND_PERSON)
    if not asked or (setting is not None and json.loads(setting.value)):
        return False
    if setting is None:
        setting = Setting(name=SECOND_PERSON)
        uow.session.add(setting)
    setting.value = json.dumps(True)
    _note(uow, setting, (SECOND_PERSON,), "setting", None)
    return True


def _close_forms(uow: UnitOfWork, known: Mapping[str, Form], *, is_newest: bool) -> Iterator[str]:
    for form in uow.session.scalars(select(WebForm).order_by(WebForm.id)).all():
        stood, changed = known.get(form.key), []
        if stood is not None and stood.changed_at > form.changed_at:
            for name in ("secret_hash", "origins"):
                if getattr(form, name) != getattr(stood, name):
                    setattr(form, name, getattr(stood, name))
                    changed.append(name)
        if form.active and (not is_newest or stood is None or not stood.active):
            form.active = False
            changed.append("active")
        if changed:
            _note(uow, form, changed, "web_form", form.id)
            yield form.name


def _note(
    uow: UnitOfWork,
    record: User | WebForm | Setting,
    changed: Iterable[str],
    subject: str,
    key: int | None,
) -> None:
    columns = tuple(changed)
    if not columns:
        return
    record.changed_at, record.changed_by = uow.now, uow.actor.username
    uow.audit("carry_rights", subject, key, columns=columns)


def _passwords_since(place: Connection | Session) -> dict[int, datetime]:
    """Return when the password of each user was last set, by the trail lines that name that
    column."""
    found = place.execute(
        select(TrailEntry.subject_id, func.max(TrailEntry.at))
        .where(TrailEntry.subject == "user", TrailEntry.columns.contains('"password"'))
        .group_by(TrailEntry.subject_id)
    )
    return {key: at for key, at in found if key is not None}
