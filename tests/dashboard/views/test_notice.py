"""The page of the notice, under AppTest."""

from __future__ import annotations

import pytest

from dashboard.ui import clock
from queries.reads.notice.controller import controller, controller_row
from queries.reads.notice.notice import notice_version, notice_versions
from queries.reads.notice.settings import notice_settings
from queries.rules.notice import Safeguard
from tests.conftest import NOW
from tests.factories.notices import HOSTILE, make_controller, publish
from tests.factories.recipients import make_recipient
from tests.factories.records import MAKER
from tests.factories.retention import period
from tests.support.apps import page, press, signed_in, texts


@pytest.fixture(autouse=True)
def world(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def read(store, query, *args):
    with store.reading(MAKER) as session:
        return query(session, *args)


def keys(app) -> set[str]:
    return {button.key for button in app.button}


def open_form(app, form: str):
    app.button(key=f"{form}.open").click().run()
    return app


def test_the_draft_stands_with_its_proofs_before_anything_is_published(sqlite_store):
    app = page(signed_in(sqlite_store), "notice")
    said = texts(app)
    assert "Selostetta ei ole vielä julkaistu" in said
    assert "<h3>Kuka vastaa tiedoistasi</h3>" in said
    assert "Rekisterinpitäjä on Kixit Oy, Kasarminkatu 10, 50100 Mikkeli." in said
    assert "Vastaanottajia EU:n ja ETA:n ulkopuolella ilman perustetta" in said
    assert "Tiedot ovat esimerkin." in said


@pytest.mark.parametrize(
    ("language", "title"),
    [("sv", "Vem ansvarar för dina uppgifter"), ("en", "Who is responsible for your data")],
)
def test_the_notice_is_shown_in_the_chosen_language(sqlite_store, language, title):
    app = page(signed_in(sqlite_store), "notice")
    app.segmented_control(key="notice.language").set_value(language).run()
    assert f'lang="{language}"><h3>{title}</h3>' in texts(app)
    app = page(signed_in(sqlite_store, "office", language=language), "notice")
    app.session_state["language"] = language
    assert title in texts(app.run())


def test_the_examples_controller_is_refused_and_ones_own_is_published(sqlite_store):
    app = open_form(page(signed_in(sqlite_store), "notice"), "notice-publish")
    press(app, "Julkaise seloste")
    assert "Rekisterinpitäjän tiedot ovat esimerkin." in texts(app)
    open_form(app, "notice-controller")
    app.text_input(key="notice-controller.name").set_value("Malli Oy")
    app.text_input(key="notice-controller.business_id").set_value("1234567-8")
    press(app, "Tallenna")
    assert read(sqlite_store, controller_row).version is None
    app.text_input(key="notice-controller.business_id").set_value("")
    press(app, "Tallenna")
    assert read(sqlite_store, controller).name == "Malli Oy"
    open_form(app, "notice-publish")
    app.text_input(key="notice-publish.summary").set_value("Ensimmäinen")
    press(app, "Julkaise seloste")
    (version,) = read(sqlite_store, notice_versions)
    assert (version.number, version.summary) == (1, "Ensimmäinen")
    assert "Malli Oy" in read(sqlite_store, notice_version).sv
    assert "Versio 1, julkaistu 5.3.2026, vastaa rekisteriä." in [
        each.value for each in app.success
    ]
    assert "notice-publish.open" not in keys(app)


def test_what_changed_since_is_counted_and_shown(sqlite_store):
    make_controller(sqlite_store)
    publish(sqlite_store)
    period(sqlite_store, "note", 7)
    app = page(signed_in(sqlite_store), "notice")
    said = texts(app)
    assert "Julkaistu versio 1 (5.3.2026) poikkeaa rekisteristä yhdessä kohdassa." in said
    assert "<del>muistiinpanot: 2 vuotta kirjaamisesta" in said
    assert "<ins>muistiinpanot: 7 kuukautta kirjaamisesta" in said
    app.selectbox(key="notice.newer").set_value(1).run()
    assert "<ins>" not in texts(app)
    app.selectbox(key="notice.shown").set_value(1).run()
    assert "<li>muistiinpanot: 7 kuukautta kirjaamisesta" not in texts(app)
    assert "<li>muistiinpanot: 2 vuotta kirjaamisesta" in texts(app)


def test_a_colleagues_change_after_the_drawing_is_not_published_unseen(sqlite_store):
    make_controller(sqlite_store)
    app = open_form(page(signed_in(sqlite_store), "notice"), "notice-publish")
    period(sqlite_store, "note", 7)
    press(app, "Julkaise seloste")
    assert read(sqlite_store, notice_versions) == ()
    assert "omaasi tallennettu" in texts(app)
    press(app, "Julkaise seloste")
    assert "7 kuukautta" in read(sqlite_store, notice_version).fi


def test_safeguards_and_own_words_are_set_on_the_page(sqlite_store):
    app = open_form(page(signed_in(sqlite_store), "notice"), "notice-safeguards")
    app.checkbox(key="notice-safeguards.backups").check()
    press(app, "Tallenna")
    open_form(app, "notice-words-protection")
    app.text_area(key="notice-words-protection.fi").set_value("Ovella on vartija.")
    press(app, "Tallenna")
    assert "Kirjoita teksti kaikilla kolmella kielellä tai jätä kaikki tyhjiksi." in texts(app)
    for language in ("sv", "en"):
        app.text_area(key=f"notice-words-protection.{language}").set_value("En vakt")
    press(app, "Tallenna")
    found = read(sqlite_store, notice_settings)
    assert found.safeguards == (Safeguard.BACKUPS,)
    assert found.words("protection", "fi") == "Ovella on vartija."
    assert "<p>Ovella on vartija.</p>" in texts(app)


def test_a_viewer_sees_it_all_and_changes_nothing(sqlite_store):
    make_controller(sqlite_store)
    app = page(signed_in(sqlite_store, "viewer"), "notice")
    opens = {key for key in keys(app) if key and key.endswith(".open")}
    assert opens == {"own_password.open"}
    assert "Asiakassuhteet" in texts(app)


def test_hostile_names_are_shown_as_they_are(sqlite_store):
    make_controller(sqlite_store, name=HOSTILE)
    publish(sqlite_store)
    make_recipient(sqlite_store, name=HOSTILE)
    app = page(signed_in(sqlite_store), "notice")
    shown = "=1+1 *Ab* [x](javascript:alert(1)) :red[y] $z$ #let &lt;img src=x&gt; &amp; Oy"
    assert f"<ins>{shown} (tilitoimisto)" in texts(app)
    assert "<img" not in texts(app)
    assert not [each for each in app.markdown if "Ab" in each.value]
