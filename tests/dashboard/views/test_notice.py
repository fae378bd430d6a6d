"""The page of the notice, under AppTest."""

from __future__ import annotations

import pytest

from dashboard.ui import clock
from queries.documents.words import phrase
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
from tests.support.words import fi, start_of


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
    assert fi("notice.never") in said
    assert f"<h3>{phrase('notice.sections.controller', 'fi')}</h3>" in said
    identity = phrase("notice.controller.identity", "fi")
    assert identity.format(name="Kixit Oy", address="Kasarminkatu 10, 50100 Mikkeli") in said
    assert start_of("proofs.counted.transfers_have_basis") in said
    assert fi("notice.unset") in said


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_notice_is_shown_in_the_chosen_language(sqlite_store, language):
    title = phrase("notice.sections.controller", language)
    app = page(signed_in(sqlite_store), "notice")
    app.segmented_control(key="notice.language").set_value(language).run()
    assert f'lang="{language}"><h3>{title}</h3>' in texts(app)
    app = page(signed_in(sqlite_store, "office", language=language), "notice")
    app.session_state["language"] = language
    assert title in texts(app.run())


def test_the_examples_controller_is_refused_and_ones_own_is_published(sqlite_store):
    app = open_form(page(signed_in(sqlite_store), "notice"), "notice-publish")
    press(app, "notice.publish")
    assert fi("refusals.controller_unset") in texts(app)
    open_form(app, "notice-controller")
    app.text_input(key="notice-controller.name").set_value("Malli Oy")
    app.text_input(key="notice-controller.business_id").set_value("1234567-8")
    press(app, "forms.save")
    assert read(sqlite_store, controller_row).version is None
    app.text_input(key="notice-controller.business_id").set_value("")
    press(app, "forms.save")
    assert read(sqlite_store, controller).name == "Malli Oy"
    open_form(app, "notice-publish")
    app.text_input(key="notice-publish.summary").set_value("Ensimmäinen")
    press(app, "notice.publish")
    (version,) = read(sqlite_store, notice_versions)
    assert (version.number, version.summary) == (1, "Ensimmäinen")
    assert "Malli Oy" in read(sqlite_store, notice_version).sv
    assert fi("notice.current", number=1, on="5.3.2026") in [each.value for each in app.success]
    assert "notice-publish.open" not in keys(app)


def test_what_changed_since_is_counted_and_shown(sqlite_store):
    make_controller(sqlite_store)
    publish(sqlite_store)
    period(sqlite_store, "note", 7)
    app = page(signed_in(sqlite_store), "notice")
    said = texts(app)
    assert fi("notice.differs", n=1, number=1, on="5.3.2026") in said
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
    press(app, "notice.publish")
    assert read(sqlite_store, notice_versions) == ()
    assert fi("forms.conflict") in texts(app)
    press(app, "notice.publish")
    assert phrase("notice.time.months", "fi").format(n=7) in read(sqlite_store, notice_version).fi


def test_safeguards_and_own_words_are_set_on_the_page(sqlite_store):
    app = open_form(page(signed_in(sqlite_store), "notice"), "notice-safeguards")
    app.checkbox(key="notice-safeguards.backups").check()
    press(app, "forms.save")
    open_form(app, "notice-words-protection")
    app.text_area(key="notice-words-protection.fi").set_value("Ovella on vartija.")
    press(app, "forms.save")
    assert fi("refusals.all_languages") in texts(app)
    for language in ("sv", "en"):
        app.text_area(key=f"notice-words-protection.{language}").set_value("En vakt")
    press(app, "forms.save")
    found = read(sqlite_store, notice_settings)
    assert found.safeguards == (Safeguard.BACKUPS,)
    assert found.words("protection", "fi") == "Ovella on vartija."
    assert "<p>Ovella on vartija.</p>" in texts(app)


def test_a_viewer_sees_it_all_and_changes_nothing(sqlite_store):
    make_controller(sqlite_store)
    app = page(signed_in(sqlite_store, "viewer"), "notice")
    opens = {key for key in keys(app) if key and key.endswith(".open")}
    assert opens == {"own_password.open"}
    assert phrase("processing.activities.customer_relation", "fi") in texts(app)


def test_hostile_names_are_shown_as_they_are(sqlite_store):
    make_controller(sqlite_store, name=HOSTILE)
    publish(sqlite_store)
    make_recipient(sqlite_store, name=HOSTILE)
    app = page(signed_in(sqlite_store), "notice")
    shown = "=1+1 *Ab* [x](javascript:alert(1)) :red[y] $z$ #let &lt;img src=x&gt; &amp; Oy"
    assert f"<ins>{shown} (tilitoimisto)" in texts(app)
    assert "<img" not in texts(app)
    assert not [each for each in app.markdown if "Ab" in each.value]
