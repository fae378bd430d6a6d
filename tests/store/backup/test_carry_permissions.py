"""A restore never gives a right back: the stricter of the copy and the replaced store holds."""

from __future__ import annotations

from datetime import date, timedelta

import bcrypt
import pytest
from sqlalchemy import select, update

from queries.reads.users import user_named, users
from queries.rules.roles import Actor, Role
from queries.store.backup.backup import back_up
from queries.store.backup.carry_permissions import SECOND_PERSON, RightsKept
from queries.store.backup.ledger import ledger_of
from queries.store.backup.restore import restore
from queries.store.migrate import open_store
from queries.store.tables import Setting, User, WebForm
from queries.writes.retention.disposal import AskSecondPerson, ask_second_person
from queries.writes.users import (
    AddUser,
    SetInUse,
    SetPassword,
    SetRole,
    add_user,
    set_in_use,
    set_password,
    set_role,
)
from queries.writes.web_forms import AmendWebForm, RenewSecret, amend_web_form, renew_secret
from tests.conftest import NOW
from tests.support.trails import trail_of

DAY = date(2026, 3, 5)
ADMINISTRATOR = Actor("ylläpito", Role.ADMINISTRATOR)
OLD, NEW = "vanha tunnettu salasana", "uusi turvallinen salasana"


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def does(store, command, inputs, *, at=NOW):
    return store.carry_out(command, inputs, actor=ADMINISTRATOR, now=at)


def make_user(store, username, role=Role.ADMINISTRATOR):
    inputs = AddUser(username=username, name="Nimi", role=role, password=OLD)
    return does(store, add_user, inputs, at=NOW - timedelta(days=9))


def backed_up(store, folder, name="copy"):
    return back_up(store, ledger_of(store, folder), folder / "backups" / name, on=DAY).path


def restored(store, folder, copy):
    store.close()
    done = restore(copy, store.engine.url, folder, now=NOW + timedelta(days=1))
    return done.replayed.rights, open_store(store.engine.url)


def seen(store):
    with store.reading(ADMINISTRATOR) as session:
        return {row.username: (row.role, row.active) for row in users(session)}


def lets_in(store, username, password):
    with store.engine.connect() as connection:
        kept = connection.scalar(select(User.password_hash).where(User.username == username))
    return bcrypt.checkpw(password.encode(), kept.encode())


def version_of(store, username):
    with store.reading(ADMINISTRATOR) as session:
        return user_named(session, username).version


def lose(store):
    """The store cannot be read any more."""
    store.close()
    path = store.engine.url.database
    with open(path, "r+b") as file:  # noqa: PTH123 - the first bytes of an existing file
        file.write(bytes(9000))


def test_what_was_taken_since_is_not_given_back(store, folder):
    make_user(store, "jaana")
    gone = make_user(store, "entinen")
    lower = make_user(store, "alennettu")
    changed = make_user(store, "maija", Role.MANAGER)
    copy = backed_up(store, folder)
    does(store, set_in_use, SetInUse(user_id=gone, active=False, version=1))
    does(store, set_role, SetRole(user_id=lower, role=Role.OFFICE, version=1))
    does(store, set_password, SetPassword(user_id=changed, password=NEW))
    make_user(store, "uusi", Role.VIEWER)
    kept, back = restored(store, folder, copy)
    assert kept == RightsKept(
        out_of_use=("entinen",),
        roles=(("alennettu", Role.OFFICE),),
        passwords=("maija",),
        lacking=("uusi",),
    )
    assert seen(back) == {
        "alennettu": (Role.OFFICE, True),
        "entinen": (Role.ADMINISTRATOR, False),
        "jaana": (Role.ADMINISTRATOR, True),
        "maija": (Role.MANAGER, True),
    }
    assert (lets_in(back, "maija", OLD), lets_in(back, "maija", NEW)) == (False, True)
    assert [line[4] for line in trail_of(back, "user")[4:]] == [["role"], ["active"], ["password"]]
    back.close()


def test_the_stricter_holds_whichever_store_is_the_newer_one(sqlite_store, folder):
    """A later backup in the place of a store that an earlier one was restored to."""
    user = make_user(sqlite_store, "maija")
    make_user(sqlite_store, "jaana")
    earlier = backed_up(sqlite_store, folder, "earlier")
    does(sqlite_store, set_password, SetPassword(user_id=user, password=NEW))
    lowered = SetRole(user_id=user, role=Role.VIEWER, version=version_of(sqlite_store, "maija"))
    does(sqlite_store, set_role, lowered)
    later = backed_up(sqlite_store, folder, "later")
    lose(sqlite_store)
    _kept, first = restored(sqlite_store, folder, earlier)
    for username in ("jaana", "maija"):
        key, version = (1 if username == "maija" else 2), version_of(first, username)
        does(first, set_in_use, SetInUse(user_id=key, active=True, version=version))
    assert (seen(first)["maija"], lets_in(first, "maija", OLD)) == (
        (Role.ADMINISTRATOR, True),
        True,
    )
    _kept, second = restored(first, folder, later)
    assert seen(second) == {"jaana": (Role.ADMINISTRATOR, True), "maija": (Role.VIEWER, True)}
    assert lets_in(second, "maija", NEW)
    second.close()


def test_whom_the_replaced_store_does_not_know_is_out_of_use(store, folder):
    make_user(store, "jaana")
    copy_without = backed_up(store, folder, "without")
    make_user(store, "uusi")
    copy_with = backed_up(store, folder, "with")
    _kept, first = restored(store, folder, copy_without)
    kept, second = restored(first, folder, copy_with)
    assert kept == RightsKept(unknown=("uusi",))
    assert seen(second)["uusi"] == (Role.ADMINISTRATOR, False)
    second.close()


def test_a_lock_holds_as_long_as_the_longer_one(store, folder):
    user = make_user(store, "jaana")
    copy = backed_up(store, folder)
    until = NOW + timedelta(days=3)
    with store.engine.begin() as connection:
        connection.execute(
            update(User).where(User.id == user).values(locked_until=until, failed_sign_ins=9)
        )
    _kept, back = restored(store, folder, copy)
    with back.engine.connect() as connection:
        locked = connection.execute(select(User.locked_until, User.failed_sign_ins)).one()
    assert tuple(locked) == (until, 9)
    back.close()


def test_the_second_person_is_asked_for_still(store, folder):
    copy = backed_up(store, folder)
    does(store, ask_second_person, AskSecondPerson(asked=True))
    kept, back = restored(store, folder, copy)
    assert kept == RightsKept(second_person=True)
    with back.engine.connect() as connection:
        asked = connection.scalar(select(Setting.value).where(Setting.name == SECOND_PERSON))
    assert asked == "true"
    back.close()


def test_nobody_signs_in_where_the_replaced_store_is_lost(sqlite_store, folder):
    make_user(sqlite_store, "jaana")
    office = make_user(sqlite_store, "olli", Role.OFFICE)
    make_user(sqlite_store, "ville", Role.VIEWER)
    does(sqlite_store, set_in_use, SetInUse(user_id=office, active=False, version=1))
    copy = backed_up(sqlite_store, folder)
    lose(sqlite_store)
    kept, back = restored(sqlite_store, folder, copy)
    assert kept == RightsKept(
        waiting=(("jaana", Role.ADMINISTRATOR), ("ville", Role.VIEWER)), second_person=True
    )
    assert [active for _role, active in seen(back).values()] == [False, False, False]
    inputs = SetInUse(user_id=1, active=True, version=version_of(back, "jaana"))
    does(back, set_in_use, inputs)
    assert seen(back)["jaana"] == (Role.ADMINISTRATOR, True)
    back.close()


def test_a_form_that_was_closed_or_has_a_newer_secret_stays_so(store, folder):
    def make_form(name):
        inputs = AmendWebForm(name=name, origins="https://www.esimerkki.example", secret="a1" * 20)
        return does(store, amend_web_form, inputs, at=NOW - timedelta(days=9))

    make_form("Pysyvä")
    closed, renewed = make_form("Suljettu"), make_form("Vuotanut")
    copy = backed_up(store, folder)
    does(
        store,
        amend_web_form,
        AmendWebForm(
            id=closed,
            version=1,
            name="Suljettu",
            origins="https://www.esimerkki.example",
            active=False,
        ),
    )
    does(store, renew_secret, RenewSecret(id=renewed, version=1, secret="b2" * 20))
    wanted = forms_in(store)
    kept, back = restored(store, folder, copy)
    assert kept == RightsKept(forms=("Suljettu", "Vuotanut"))
    assert forms_in(back) == wanted
    back.close()


def forms_in(store):
    with store.engine.connect() as connection:
        rows = connection.execute(select(WebForm.name, WebForm.active, WebForm.secret_hash))
        return sorted(tuple(row) for row in rows)
