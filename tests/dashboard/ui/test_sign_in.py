"""The sign-in page and what a session in the page's state is worth, without a browser."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from dashboard import runtime
from dashboard.ui import sign_in
from dashboard.ui.sign_in import COOKIE_IN_STATE
from dashboard.web.rates import Rates
from dashboard.words import word
from queries.reads.sign_ins import DOOR, IDLE_LIMIT
from queries.rules.roles import Actor, Role
from queries.store.tables import SignInSession, TrailEntry, User
from queries.writes.sign_ins import MOST_TRIES
from queries.writes.users import AddUser, SetInUse, add_user, set_in_use
from tests.support.apps import ENTRY, KEEPER, signed_in, texts
from tests.support.words import fi

PASSWORD = "neljä vahvaa sanaa tässä"
WRONG = fi("sign_in.wrong", tries=5, minutes=15)


@pytest.fixture
def olli(sqlite_store) -> int:
    inputs = AddUser(username="olli", name="Olli Oja", role=Role.OFFICE, password=PASSWORD)
    return sqlite_store.carry_out(add_user, inputs, actor=KEEPER)


def app_of(store, **state) -> AppTest:
    runtime.use_store(store)
    app = AppTest.from_file(str(ENTRY), default_timeout=20)
    for key, value in state.items():
        app.session_state[key] = value
    return app.run()


def send(app, username, password) -> AppTest:
    app.text_input[0].set_value(username)
    app.text_input[1].set_value(password)
    return app.button[0].click().run()


def actions(store) -> list[tuple]:
    with store.reading(DOOR) as session:
        rows = session.execute(
            select(TrailEntry.actor, TrailEntry.action, TrailEntry.subject_id)
            .where(TrailEntry.action.like("sign%"))
            .order_by(TrailEntry.id)
        )
        return [tuple(row) for row in rows]


def labels(app) -> list[str]:
    return [field.label for field in app.text_input]


def is_form(app) -> bool:
    return labels(app) == [fi("sign_in.username"), fi("sign_in.password")]


@pytest.mark.parametrize(
    "state",
    [
        {},
        {COOKIE_IN_STATE: "made up"},
        {COOKIE_IN_STATE: True},
        {"authentication_status": True, "username": "olli"},
    ],
)
def test_without_a_session_there_is_the_form_and_nothing_else(sqlite_store, olli, state):
    app = app_of(sqlite_store, **state)
    assert is_form(app)
    assert len(app.sidebar) == 0
    assert [button.label for button in app.button] == [fi("sign_in.submit")]
    assert app.exception == []


def test_a_wrong_password_is_counted_and_noted(sqlite_store, olli):
    app = send(app_of(sqlite_store), "olli", "väärä salasana tämä")
    assert [error.value for error in app.error] == [WRONG]
    assert actions(sqlite_store) == [("(sign-in)", "sign_in_failed", olli)]
    with sqlite_store.reading(DOOR) as session:
        assert session.scalar(select(User.failed_sign_ins)) == 1


def test_an_unknown_name_is_noted_without_itself(sqlite_store, olli):
    app = send(app_of(sqlite_store), "minun salasanani", "väärä salasana tämä")
    assert app.error[0].value == WRONG
    assert actions(sqlite_store) == [("(sign-in)", "sign_in_failed", None)]


def test_a_name_with_too_many_wrong_passwords_is_locked_for_the_right_one_too(sqlite_store, olli):
    app = app_of(sqlite_store)
    for tries in range(MOST_TRIES):
        with sqlite_store.reading(DOOR) as session:
            assert session.execute(select(User.failed_sign_ins, User.locked_until)).one() == (
                tries,
                None,
            )
        send(app, "olli", "väärä salasana tämä")
    send(app, "olli", PASSWORD)
    assert app.error[0].value == WRONG
    assert len(actions(sqlite_store)) == MOST_TRIES + 1


def test_a_user_out_of_use_cannot_sign_in(sqlite_store, olli):
    inputs = SetInUse(user_id=olli, active=False, version=1)
    sqlite_store.carry_out(set_in_use, inputs, actor=KEEPER)
    assert send(app_of(sqlite_store), "olli", PASSWORD).error[0].value == WRONG


@pytest.mark.parametrize("password", ["", "x" * 73, "ä" * 200, "\x00nolla\x00"])
def test_odd_passwords_are_wrong_and_no_failure(sqlite_store, olli, password):
    app = send(app_of(sqlite_store), "olli", password)
    assert app.error[0].value == WRONG
    assert app.exception == []


def test_nothing_typed_is_no_try(sqlite_store, olli):
    app = send(app_of(sqlite_store), "", "")
    assert is_form(app)
    assert actions(sqlite_store) == []


def test_a_right_password_in_a_browser_without_cookies_is_told_so(sqlite_store, olli):
    app = send(app_of(sqlite_store), " OLLI ", PASSWORD)
    assert [error.value for error in app.error] == [fi("sign_in.cookies_needed")]
    assert actions(sqlite_store) == []


def test_passwords_come_no_faster_than_the_process_looks_at_them(sqlite_store, olli, monkeypatch):
    monkeypatch.setattr(sign_in, "_rates", Rates(0, 60))
    app = send(app_of(sqlite_store), "olli", PASSWORD)
    assert app.error[0].value == fi("sign_in.limited")
    assert actions(sqlite_store) == []


def test_the_form_in_the_language_that_is_chosen(sqlite_store):
    app = app_of(sqlite_store)
    app.segmented_control(key="sign_in_language_switch").set_value("sv").run()
    assert labels(app) == [word(f"sign_in.{name}", "sv") for name in ("username", "password")]


def test_a_signed_in_user_sees_the_pages_and_leaves(sqlite_store):
    app = signed_in(sqlite_store, "manager").run()
    assert not is_form(app)
    assert "Terttu Testaaja" in [text.value for text in app.sidebar.text]
    app.button(key="sign_out").click().run()
    assert is_form(app)
    assert [line[1] for line in actions(sqlite_store)] == ["sign_in", "sign_out"]


def test_a_session_that_ends_elsewhere_ends_here_at_the_next_run(sqlite_store):
    app = signed_in(sqlite_store, "manager").run()
    with sqlite_store.writing(DOOR) as uow:
        user_id = uow.session.scalar(select(User.id))
    inputs = SetInUse(user_id=user_id, active=False, version=1)
    sqlite_store.carry_out(set_in_use, inputs, actor=KEEPER)
    assert is_form(app.run())


def test_what_one_user_typed_is_not_left_to_the_next(sqlite_store):
    first = signed_in(sqlite_store, "manager")
    first.session_state["half_typed"] = "Aino Esimerkki"
    first.run()
    other = signed_in(sqlite_store, "office")
    first.session_state[COOKIE_IN_STATE] = other.session_state[COOKIE_IN_STATE]
    first.run()
    assert "half_typed" not in first.session_state
    assert not is_form(first)


def test_use_is_noted_at_most_every_few_minutes(sqlite_store):
    app = signed_in(sqlite_store, "manager")

    def seen():
        with sqlite_store.reading(DOOR) as session:
            return session.scalar(select(SignInSession.seen_at))

    began = seen()
    app.run()
    assert seen() == began
    with sqlite_store.writing(Actor("talo", Role.ADMINISTRATOR)) as uow:
        uow.session.execute(update(SignInSession).values(seen_at=began - timedelta(minutes=6)))
    app.run()
    assert seen() > began
    with sqlite_store.writing(Actor("talo", Role.ADMINISTRATOR)) as uow:
        uow.session.execute(update(SignInSession).values(seen_at=began - IDLE_LIMIT))
    assert is_form(app.run())


def test_the_language_of_ones_own_pages(sqlite_store):
    app = signed_in(sqlite_store, "manager").run()
    app.segmented_control(key="sign_in_language_switch").set_value("en").run()
    with sqlite_store.reading(DOOR) as session:
        assert session.scalar(select(User.language)) == "en"
    assert app.button(key="sign_out").label == word("sign_in.sign_out", "en")
    assert texts(app)
