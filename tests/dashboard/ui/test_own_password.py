"""Changing one's own password, in the side menu."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dashboard.ui import own_password
from dashboard.web.rates import Rates
from dashboard.words import LANGUAGES, word
from queries.reads.sign_ins import DOOR
from queries.store.tables import TrailEntry
from tests.support.apps import press, signed_in, texts
from tests.support.words import fi

OLD, NEW = "pitkä salasana kokeisiin", "vielä pidempi uusi salasana"


@pytest.fixture(autouse=True)
def rates(monkeypatch):
    monkeypatch.setattr(own_password, "_rates", Rates(2, 60))


def is_changed(store) -> bool:
    with store.reading(DOOR) as session:
        return "change_own_password" in session.scalars(select(TrailEntry.action)).all()


def changed(app, old=OLD, password=NEW, again=NEW):
    """Fill the form in and send it."""
    for name, text in (("old", old), ("password", password), ("again", again)):
        app.text_input(key=f"own_password.{name}").set_value(text)
    return press(app, "forms.save")


def opened(store, language="fi"):
    app = press(signed_in(store, "viewer", language=language).run(), "own_password.open")
    labels = [word(f"own_password.{name}", language) for name in ("old", "password", "again")]
    assert [field.label for field in app.sidebar.text_input] == labels
    return app


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_changes_the_own_password_and_signs_in_anew(sqlite_store, language):
    app = changed(opened(sqlite_store, language))
    assert [one.value for one in app.success] == [word("own_password.done", language)]
    assert app.sidebar.text_input == []
    assert is_changed(sqlite_store)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"old": "ei tämä salasana"}, fi("refusals.password_wrong")),
        ({"again": "jokin muu salasana"}, fi("refusals.passwords_differ")),
        ({"password": "lyhyt", "again": "lyhyt"}, fi("refusals.password_short", least=15)),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(sqlite_store, typed, said):
    app = changed(opened(sqlite_store), **typed)
    assert [error.value for error in app.error] == [said]
    assert not is_changed(sqlite_store)


def test_the_present_password_is_not_guessed(sqlite_store):
    app = opened(sqlite_store)
    for _ in range(2):
        changed(app, old="ei tämä salasana")
    assert fi("refusals.passwords_too_often") in texts(changed(app))
    assert not is_changed(sqlite_store)
