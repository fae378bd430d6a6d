"""The inbox under AppTest: from a web form to a customer card, or to nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape

import pytest
from sqlalchemy import text

from dashboard.ui import clock
from dashboard.words import LANGUAGES, word
from queries.reads.customers.customer_card import customer_card
from queries.reads.sign_ins import hash_of
from queries.reads.web_forms import web_form_list
from queries.rules.roles import Actor, Role
from queries.store.tables import SuppressionKind
from queries.writes.newsletter.subscriptions import suppress
from tests.conftest import NOW
from tests.factories.messages import ORIGIN, make_consent_text, make_form, make_message
from tests.factories.notices import make_controller
from tests.factories.records import TODAY, make_email, make_party, make_person
from tests.factories.requests import make_restriction
from tests.support.apps import offers, page, press, signed_in, texts
from tests.support.words import fi

MANAGER = Actor("maija", Role.MANAGER)


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def count(store, table: str) -> int:
    with store.engine.connect() as connection:
        return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - our own tables


def test_the_inbox_says_how_many_wait_and_since_when(sqlite_store):
    form = make_form(sqlite_store)
    make_message(sqlite_store, form)
    make_message(
        sqlite_store,
        form,
        name="*Bo* [x](y)",
        town="Turku",
        now=datetime(2026, 3, 1, 10, tzinfo=UTC),
    )
    app = page(signed_in(sqlite_store, "office"), "messages")
    assert f"{fi('messages.waiting', n=2)} · {fi('messages.oldest', n=4)}" in texts(app)
    (frame,) = [frame.value for frame in app.dataframe]
    assert frame[fi("messages.columns.name")].tolist() == ["*Bo* [x](y)", "Aino Esimerkki"]
    assert frame[fi("messages.columns.town")].tolist() == ["Turku", "–"]
    assert not offers(app, "messages.add_form")


def test_a_message_becomes_a_new_customer(sqlite_store):
    text_id = make_consent_text(sqlite_store)
    key = make_message(
        sqlite_store,
        make_form(sqlite_store, consent_text_id=text_id),
        consents=True,
        town="Mikkeli",
        message="Hei!\n<b>Soita</b>",
    )
    app = page(signed_in(sqlite_store, "office"), "messages", id=str(key))
    said = texts(app)
    assert fi("messages.no_match") in said
    assert "<b>Soita</b>" in unescape(said)
    assert "<b>Soita" not in said
    assert app.text_area(key=f"message-{key}-person.note").value == "Hei!\n<b>Soita</b>\nMikkeli"
    app.text_input(key=f"message-{key}-person.family_name").input("Korjattu")
    press(app, "messages.accept")
    with sqlite_store.reading(MANAGER, now=NOW) as session:
        card = customer_card(session, 1, today=TODAY)
    assert (card.name, card.status, card.origin.source) == ("Aino Korjattu", "lead", "form")
    assert (count(sqlite_store, "form_message"), count(sqlite_store, "subscription")) == (0, 1)
    assert "Aino Korjattu" in texts(app)


def test_a_message_comes_to_the_customer_that_it_is_from(sqlite_store):
    party = make_person(sqlite_store)
    make_email(sqlite_store, party)
    key = make_message(sqlite_store, make_form(sqlite_store))
    app = page(signed_in(sqlite_store), "messages", id=str(key))
    assert f"{fi('match_reasons.same_email')}, {fi('match_reasons.same_name')}" in texts(app)
    assert app.selectbox(key=f"message-{key}.target").value == party
    press(app, "messages.accept")
    assert (count(sqlite_store, "party"), count(sqlite_store, "email")) == (1, 1)
    assert count(sqlite_store, "phone") == 1


def test_another_customer_is_found_by_a_search(sqlite_store):
    party = make_party(sqlite_store, name="Ikkunat Oy")
    key = make_message(sqlite_store, make_form(sqlite_store))
    app = page(signed_in(sqlite_store), "messages", id=str(key))
    app.text_input(key=f"search.message-{key}").input("ikkunat").run()
    app.selectbox(key=f"message-{key}.target").select(party).run()
    press(app, "messages.accept")
    assert (count(sqlite_store, "party"), count(sqlite_store, "note")) == (1, 1)


def test_the_restricted_and_the_suppressed_are_said(sqlite_store):
    party = make_person(sqlite_store)
    make_email(sqlite_store, party)
    make_restriction(sqlite_store, party)
    with sqlite_store.writing(MANAGER, now=NOW) as uow:
        suppress(uow, SuppressionKind.NEWSLETTER, ["aino@esimerkki.example"])
        uow.audit("suppress", "suppression", None)
    form = make_form(sqlite_store, consent_text_id=make_consent_text(sqlite_store))
    key = make_message(sqlite_store, form, consents=True)
    app = page(signed_in(sqlite_store), "messages", id=str(key))
    said = texts(app)
    assert fi("messages.suppressed") in said
    assert fi("messages.restricted") in said
    assert not offers(app, "messages.accept")
    app.selectbox(key=f"message-{key}.target").select("person").run()
    assert f"message-{key}-person.subscribe" not in [box.key for box in app.checkbox]


def test_a_rejected_message_is_gone(sqlite_store):
    key = make_message(sqlite_store, make_form(sqlite_store))
    app = page(signed_in(sqlite_store), "messages", id=str(key))
    press(app, "messages.reject_yes")
    assert count(sqlite_store, "form_message") == 0
    assert fi("messages.none") in texts(app) + "".join(one.value for one in app.success)


def test_a_form_is_made_and_its_code_is_shown_once(sqlite_store):
    make_consent_text(sqlite_store)
    app = page(signed_in(sqlite_store), "messages")
    press(app, "messages.add_form")
    app.text_input(key="web-form-new.name").input("Yhteydenotto")
    app.text_area(key="web-form-new.origins").input("https://esimerkki.example/polku")
    press(app, "forms.save")
    assert fi("refusals.origins.form") in texts(app)
    app.text_area(key="web-form-new.origins").input(ORIGIN)
    app.selectbox(key="web-form-new.consent_text_id").select(1)
    press(app, "forms.save")
    (code,) = [code.value for code in app.code]
    with sqlite_store.engine.connect() as connection:
        key, stands = connection.execute(text("SELECT key, secret_hash FROM web_form")).one()
    secret = code.split('name="secret" value="')[1].split('"')[0]
    assert hash_of(secret) == stands
    assert f'action="http://localhost:8501/forms/{key}"' in code
    assert "Haluan uutiskirjeen" in code
    assert "<script" not in code
    used_for = fi("form_pages.used_for", house="Kixit Oy")
    ask_notice = fi("form_pages.ask_notice", email="toimisto@kixit.example")
    assert f"<p>{used_for} {ask_notice}</p>" in code
    assert fi("messages.no_address") in texts(app)
    assert fi("messages.no_notice_address") in texts(app)
    again = page(signed_in(sqlite_store, language="sv"), "messages")
    assert [element.value for element in again.code] == []


def test_a_secret_is_renewed_and_a_form_removed(sqlite_store):
    make_form(sqlite_store)
    app = page(signed_in(sqlite_store), "messages")
    press(app, "messages.new_secret_yes")
    assert len(app.code) == 1
    with sqlite_store.reading(MANAGER) as session:
        assert [row.version for row in web_form_list(session)] == [2]
    press(app, "forms.remove_yes")
    assert count(sqlite_store, "web_form") == 0


def test_the_code_leads_to_the_notice_and_keeps_the_text_that_the_form_has(sqlite_store):
    make_form(sqlite_store, consent_text_id=make_consent_text(sqlite_store))
    for language in ("fi", "sv", "en"):
        make_consent_text(sqlite_store, language, "Uudempi teksti", version=2)
    make_controller(
        sqlite_store,
        name="Ikkunat & <b> Oy",
        notice_address="https://esimerkki.example/seloste?a=1&b=2",
    )
    app = page(signed_in(sqlite_store), "messages")
    press(app, "messages.new_secret_yes")
    (code,) = [code.value for code in app.code]
    assert '<input type="checkbox" name="consent"> Haluan uutiskirjeen</label>' in code
    used_for = fi("form_pages.used_for", house="Ikkunat &amp; &lt;b&gt; Oy")
    to_notice = '<a href="https://esimerkki.example/seloste?a=1&amp;b=2">'
    assert f"<p>{used_for} {to_notice}{fi('form_pages.read_notice')}</a></p>" in code
    assert fi("messages.no_notice_address") not in texts(app)


@pytest.mark.parametrize(
    ("name", "back"), [("messages", fi("messages.back")), ("paper", fi("paper.back"))]
)
def test_from_a_record_that_is_gone_one_gets_back(sqlite_store, name, back):
    app = page(signed_in(sqlite_store), name, id="99999")
    assert [error.value for error in app.error] == [fi("refusals.not_found")]
    assert [link.proto.label for link in app.get("page_link")] == [back]


def test_a_viewer_has_no_such_page(sqlite_store):
    app = signed_in(sqlite_store, "viewer")
    app.run()
    assert "messages" not in app.session_state["pages"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_reads_in_every_language(sqlite_store, language):
    make_message(sqlite_store, make_form(sqlite_store))
    said = word("messages.waiting", language, n=1)
    assert said in texts(page(signed_in(sqlite_store, language=language), "messages"))
