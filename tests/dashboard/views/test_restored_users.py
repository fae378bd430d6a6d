"""Confirming users after a restore, on the page of disposal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from queries.errors import NotAllowed, RuleRefusal
from queries.reads.users import user_named, users_to_confirm
from queries.rules.roles import Actor, Role
from queries.store.backup.carry_permissions import Account, Rights, carry_rights
from queries.writes.users import (
    AddUser,
    ConfirmRestoredUser,
    SetRole,
    add_user,
    confirm_restored_user,
    set_role,
)
from tests.conftest import NOW
from tests.support.apps import KEEPER, page, signed_in, texts
from tests.support.trails import trail_of
from tests.support.words import fi

MANAGER = Actor("maija", Role.MANAGER)


def make_user(store, username, role):
    inputs = AddUser(
        username=username, name=f"Nimi <b>{username}</b>", role=role, password="pitkä salasana 1"
    )
    return store.carry_out(add_user, inputs, actor=KEEPER, now=NOW - timedelta(days=9))


@pytest.fixture
def restored(store):
    """A store after a restore: one user unknown to the replaced store, one with a lower role and a
    newer password there, and one as before."""
    ids = {name: make_user(store, name, Role.MANAGER) for name in ("aino", "bertta", "cecilia")}
    known = {
        "bertta": Account(Role.OFFICE, True, "uudempi", NOW, 0, None),
        "cecilia": Account(Role.MANAGER, True, "sama", NOW - timedelta(days=99), 0, None),
    }
    with store.writing(KEEPER, now=NOW) as uow:
        carry_rights(uow, Rights(known, {}, second_person=False), is_newest=True)
    return store, ids


def waiting(store):
    with store.reading(KEEPER) as session:
        return {one.user.username: one.changed for one in users_to_confirm(session)}


def confirm(store, username, *, active, actor=KEEPER):
    with store.reading(KEEPER) as session:
        user = user_named(session, username)
    inputs = ConfirmRestoredUser(user_id=user.id, active=active, version=user.version)
    return store.carry_out(confirm_restored_user, inputs, actor=actor, now=NOW)


def test_each_waits_until_somebody_decided(restored):
    store, _ids = restored
    assert waiting(store) == {"aino": ("active",), "bertta": ("password", "role")}
    confirm(store, "aino", active=True)
    with store.reading(KEEPER) as session:
        assert user_named(session, "aino").active
    assert waiting(store) == {"bertta": ("password", "role")}
    confirm(store, "bertta", active=True)
    assert waiting(store) == {}
    with pytest.raises(RuleRefusal) as refused:
        confirm(store, "bertta", active=False)
    assert refused.value.code == "restored_user_decided"
    lines = [line for line in trail_of(store, "user") if line[0] == "confirm_restored_user"]
    assert len(lines) == 2


def test_what_is_set_anew_waits_no_longer(restored):
    store, ids = restored
    with store.reading(KEEPER) as session:
        version = user_named(session, "bertta").version
    inputs = SetRole(user_id=ids["bertta"], role=Role.MANAGER, version=version)
    store.carry_out(set_role, inputs, actor=KEEPER, now=NOW)
    assert waiting(store)["bertta"] == ("password",)


def test_who_does_not_manage_users_neither_sees_nor_confirms(restored):
    store, _ids = restored
    with pytest.raises(NotAllowed):
        confirm(store, "aino", active=True, actor=MANAGER)
    with pytest.raises(NotAllowed), store.reading(MANAGER) as session:
        users_to_confirm(session)


def test_an_administrator_confirms_each_on_the_page(sqlite_store):
    aino = make_user(sqlite_store, "aino", Role.MANAGER)
    bertta = make_user(sqlite_store, "bertta", Role.OFFICE)
    with sqlite_store.writing(KEEPER, now=NOW) as uow:
        carry_rights(uow, Rights({}, {}, second_person=False), is_newest=True)
    manager = page(signed_in(sqlite_store, "manager"), "disposal")
    assert fi("restored.users_title") not in texts(manager)
    app = page(signed_in(sqlite_store, "administrator"), "disposal")
    assert fi("restored.users_title") in texts(app)
    role, state = fi("user_roles.manager"), fi("restored.out_of_use")
    assert f"Nimi &lt;b&gt;aino&lt;/b&gt; (aino), {role}, {state}" in texts(app)
    assert fi(
        "restored.user_changed", on="5.3.2026", what=fi("restored.user_changes.active")
    ) in texts(app)
    app.button(key=f"restored.user-{aino}.in").click().run()
    assert not app.exception
    assert waiting(sqlite_store) == {"bertta": ("active",)}
    app.button(key=f"restored.user-{bertta}.out").click().run()
    assert waiting(sqlite_store) == {}
    assert fi("restored.users_title") not in texts(app)
    with sqlite_store.reading(KEEPER) as session:
        assert [user_named(session, name).active for name in ("aino", "bertta")] == [True, False]
