"""Users: who may sign in, with what, as what."""

from __future__ import annotations

from dataclasses import replace

import bcrypt
import pytest
from sqlalchemy import select

from queries.errors import InvalidInput, NotAllowed, NotFound, RuleRefusal, StaleRecord
from queries.reads.sign_ins import DOOR, signed_in
from queries.reads.users import user_named, users
from queries.rules.roles import Actor, Role
from queries.store.tables import TrailEntry, User
from queries.writes import users as module
from queries.writes.sign_ins import start_session
from queries.writes.users import (
    AddUser,
    OwnLanguage,
    OwnPassword,
    SetInUse,
    SetPassword,
    SetRole,
    add_user,
    change_own_password,
    choose_own_language,
    set_in_use,
    set_password,
    set_role,
)

ADMINISTRATOR = Actor("anna", Role.ADMINISTRATOR)
ANNA = AddUser(
    username="anna", name="Anna Aalto", role=Role.ADMINISTRATOR, password="neljä vahvaa sanaa tässä"
)
OLLI = AddUser(
    username="olli", name="Olli Oja", role=Role.OFFICE, password="toiset vahvat sanat tässä"
)


@pytest.fixture(autouse=True)
def cheap(monkeypatch) -> None:
    """bcrypt at its lowest cost: the same code, a hundred times sooner."""
    monkeypatch.setattr(module, "ROUNDS", 4)


def done(store, command, inputs, now, actor=ADMINISTRATOR):
    return store.carry_out(command, inputs, actor=actor, now=now)


def hash_of(store, username) -> bytes:
    with store.reading(ADMINISTRATOR) as session:
        found = session.scalar(select(User.password_hash).where(User.username == username))
    return found.encode()


def trail(store):
    with store.reading(ADMINISTRATOR) as session:
        lines = session.execute(
            select(
                TrailEntry.actor, TrailEntry.action, TrailEntry.subject_id, TrailEntry.columns
            ).order_by(TrailEntry.id)
        )
        return [tuple(line) for line in lines]


def session_of(store, user_id, now) -> str:
    with store.writing(DOOR, now=now) as uow:
        return start_session(uow, user_id)


def who(store, cookie, now):
    with store.reading(DOOR) as session:
        return signed_in(session, cookie, now=now)


def test_a_new_user_stands_as_given_and_in_the_trail(store, now):
    anna = done(store, add_user, replace(ANNA, username=" Anna "), now)
    with store.reading(ADMINISTRATOR) as session:
        (row,) = users(session)
    assert (row.id, row.username, row.name, row.role, row.language, row.active, row.version) == (
        anna,
        "anna",
        "Anna Aalto",
        Role.ADMINISTRATOR,
        "fi",
        True,
        1,
    )
    assert (row.created_at, row.last_sign_in_at, row.locked_until) == (now, None, None)
    assert bcrypt.checkpw(ANNA.password.encode(), hash_of(store, "anna"))
    assert trail(store) == [
        ("anna", "add_user", anna, '["language", "name", "password", "role", "username"]')
    ]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"username": "a"}, "username", "username_form"),
        ({"username": "(console)"}, "username", "username_form"),
        ({"username": "olli"}, "username", "username_taken"),
        ({"name": "  "}, "name", "name_missing"),
        ({"name": "a" * 201}, "name", "name_missing"),
        ({"language": "de"}, "language", "language"),
        ({"password": "lyhyt sana"}, "password", "password_short"),
        ({"password": "ä" * 30 + "abcdefghijklmno"}, "password", "password_long"),
        ({"password": "ababababababababab"}, "password", "password_plain"),
        ({"password": " neljä vahvaa sanaa"}, "password", "password_spaces"),
        ({"password": "minä olen anna ja muut"}, "password", "password_is_name"),
    ],
)
def test_a_wrong_new_user_is_refused_and_leaves_nothing(store, now, change, field, code):
    done(store, add_user, OLLI, now)
    before = trail(store)
    with pytest.raises(InvalidInput) as refused:
        done(store, add_user, replace(ANNA, **change), now)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert trail(store) == before


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICE, Role.MANAGER])
def test_only_administrators_see_and_change_users(store, now, role):
    actor = Actor("joku", role)
    inputs_list = [
        (add_user, ANNA),
        (set_password, SetPassword(user_id=1, password="x")),
        (set_role, SetRole(user_id=1, role=role, version=1)),
        (set_in_use, SetInUse(user_id=1, active=False, version=1)),
    ]
    for command, inputs in inputs_list:
        with pytest.raises(NotAllowed):
            done(store, command, inputs, now, actor)
    with store.reading(actor) as session:
        for query in (users, lambda place: user_named(place, "anna")):
            with pytest.raises(NotAllowed):
                query(session)
    assert trail(store) == []


def test_a_password_that_is_set_ends_the_sessions_and_unlocks(store, now):
    olli = done(store, add_user, OLLI, now)
    cookie = session_of(store, olli, now)
    assert who(store, cookie, now).username == "olli"
    done(store, set_password, SetPassword(user_id=olli, password="aivan uudet sanat nyt"), now)
    assert who(store, cookie, now) is None
    assert bcrypt.checkpw(b"aivan uudet sanat nyt", hash_of(store, "olli"))
    assert trail(store)[-1] == ("anna", "set_password", olli, '["password"]')


def test_ones_own_password_needs_the_one_before(store, now):
    olli = done(store, add_user, OLLI, now)
    actor = Actor("olli", Role.OFFICE)
    wrong = OwnPassword(old="ei ollut tämä sana", new="aivan uudet sanat nyt")
    with pytest.raises(InvalidInput) as refused:
        done(store, change_own_password, wrong, now, actor)
    assert (refused.value.field, refused.value.code) == ("old", "password_wrong")
    cookie = session_of(store, olli, now)
    done(store, change_own_password, replace(wrong, old=OLLI.password), now, actor)
    assert who(store, cookie, now) is None
    assert trail(store)[-1] == ("olli", "change_own_password", olli, '["password"]')


def test_ones_own_language(store, now):
    olli = done(store, add_user, OLLI, now)
    actor = Actor("olli", Role.OFFICE)
    done(store, choose_own_language, OwnLanguage(language="sv"), now, actor)
    cookie = session_of(store, olli, now)
    assert who(store, cookie, now).language == "sv"
    with pytest.raises(NotFound):
        done(store, choose_own_language, OwnLanguage(language="sv"), now, Actor("muu", Role.VIEWER))


def test_a_role_holds_at_once_in_the_sessions_that_stand(store, now):
    done(store, add_user, ANNA, now)
    olli = done(store, add_user, OLLI, now)
    cookie = session_of(store, olli, now)
    done(store, set_role, SetRole(user_id=olli, role=Role.MANAGER, version=1), now)
    assert who(store, cookie, now).role is Role.MANAGER


def test_a_user_out_of_use_is_signed_out_and_may_come_back(store, now):
    done(store, add_user, ANNA, now)
    olli = done(store, add_user, OLLI, now)
    cookie = session_of(store, olli, now)
    done(store, set_in_use, SetInUse(user_id=olli, active=False, version=1), now)
    assert who(store, cookie, now) is None
    assert session_of(store, olli, now) is None
    done(store, set_in_use, SetInUse(user_id=olli, active=True, version=2), now)
    assert who(store, cookie, now) is None
    assert session_of(store, olli, now) is not None
    assert [line[1] for line in trail(store)][-3:] == [
        "deactivate_user",
        "activate_user",
        "sign_in",
    ]


def test_the_last_administrator_stays_one(store, now):
    anna = done(store, add_user, ANNA, now)
    inputs_list = [
        (set_role, SetRole(user_id=anna, role=Role.MANAGER, version=1)),
        (set_in_use, SetInUse(user_id=anna, active=False, version=1)),
    ]
    for command, inputs in inputs_list:
        with pytest.raises(RuleRefusal) as refused:
            done(store, command, inputs, now)
        assert refused.value.code == "last_administrator"
    other = replace(ANNA, username="aino", name="Aino Aro")
    done(store, add_user, other, now)
    done(store, set_role, SetRole(user_id=anna, role=Role.MANAGER, version=1), now)
    with store.reading(ADMINISTRATOR) as session:
        assert [(row.username, row.role) for row in users(session)] == [
            ("aino", Role.ADMINISTRATOR),
            ("anna", Role.MANAGER),
        ]


def test_a_stale_version_is_refused(store, now):
    done(store, add_user, ANNA, now)
    olli = done(store, add_user, OLLI, now)
    done(store, set_role, SetRole(user_id=olli, role=Role.MANAGER, version=1), now)
    with pytest.raises(StaleRecord) as refused:
        done(store, set_role, SetRole(user_id=olli, role=Role.VIEWER, version=1), now)
    assert (refused.value.theirs, refused.value.version, refused.value.changed_by) == (
        {"role": "manager", "active": True},
        2,
        "anna",
    )


def test_an_unknown_user_is_not_found(store, now):
    with pytest.raises(NotFound):
        done(store, set_password, SetPassword(user_id=99, password="x"), now)
    with store.reading(ADMINISTRATOR) as session, pytest.raises(NotFound):
        user_named(session, "eikukaan")
