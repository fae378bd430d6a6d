"""The page of the newsletter and its place on the customer card."""

from __future__ import annotations

import json

import pytest

from dashboard import runtime
from dashboard.web.doorway import Doorway
from queries.reads.newsletter import newsletter_issues, subscriptions_of
from queries.reads.recipients import disclosures_of
from queries.store.suppression import address_hash, new_key
from queries.store.tables import Setting, Suppression, SuppressionKind
from queries.writes.newsletter.subscriptions import suppress
from queries.writes.settings import ChangeSetting, change_setting
from tests.factories.newsletters import addresses, make_consent_text, make_subscription
from tests.factories.proof_rows import STAMP, put
from tests.factories.recipients import make_recipient
from tests.factories.records import MAKER, TODAY, make_email, make_order, make_party, make_person
from tests.support.apps import offers, page, press, signed_in, texts
from tests.support.words import fi, start_of


@pytest.fixture
def app(sqlite_store):
    make_consent_text(sqlite_store, "Haluan *uutiskirjeen*.", sv="Jag vill ha nyhetsbrevet.")
    make_subscription(sqlite_store, "aino@esimerkki.example", name="Aino [Esimerkki](x)")
    return signed_in(sqlite_store, "office")


@pytest.fixture
def public():
    runtime.use_doorway(Doorway(8501, "https://rekisteri.example"))
    yield
    runtime.use_doorway(Doorway(8501))


def test_each_right_has_its_own_list_and_figure(app):
    page(app, "newsletter")
    assert [metric.value for metric in app.metric] == ["1", "0", "0", "0"]
    assert app.dataframe[0].value.iloc[0, 0] == "aino@esimerkki.example"
    assert app.dataframe[0].value.iloc[0, 2] == fi("newsletter.states.sent")
    app.segmented_control(key="newsletter.list").set_value("customer").run()
    assert "917/2014 200.3 §" in texts(app)
    assert fi("newsletter.none") in texts(app)


def test_a_subscription_is_opened_and_ended(sqlite_store, app):
    key = make_subscription(sqlite_store, "bo@esimerkki.example", name="Bo <b>Ek</b>")
    page(app, "newsletter", id=str(key))
    assert "Bo &lt;b&gt;Ek&lt;/b&gt;" in texts(app)
    press(app, f"page.end-{key}")
    assert addresses(sqlite_store) == ["aino@esimerkki.example"]
    assert not app.exception


def test_a_consent_is_noted_and_its_refusals_stand_beside_the_fields(sqlite_store, app):
    page(app, "newsletter")
    press(app, "consent-new.open")
    app.text_input(key="consent-new.address").set_value("ei osoite")
    press(app, "newsletter.save")
    assert [error.value for error in app.error] == [fi("refusals.email.form")]
    app.text_input(key="consent-new.address").set_value("cia@esimerkki.example")
    press(app, "newsletter.save")
    assert addresses(sqlite_store) == ["aino@esimerkki.example", "cia@esimerkki.example"]


def test_only_a_new_consent_goes_past_a_refusal(sqlite_store, app):
    with sqlite_store.writing(MAKER) as uow:
        suppress(uow, SuppressionKind.MARKETING, ["ei@esimerkki.example"])
        uow.audit("unsubscribe", "subscription", None)
    page(app, "newsletter")
    press(app, "consent-new.open")
    app.text_input(key="consent-new.address").set_value("ei@esimerkki.example")
    press(app, "newsletter.save")
    assert start_of("refusals.suppressed") in app.error[0].value
    press(app, "forms.cancel")
    press(app, "renewal-new.open")
    app.text_input(key="renewal-new.address").set_value("ei@esimerkki.example")
    app.text_area(key="renewal-new.reason").set_value("Kirjoitti itse omasta osoitteestaan.")
    press(app, "newsletter.save")
    assert "ei@esimerkki.example" in addresses(sqlite_store)


def test_whom_a_proof_counts_is_listed_and_can_be_ended(sqlite_store, app, public):
    page(app, "newsletter", list="no_link")
    assert fi("newsletter.faults.no_no_link") in [s.value for s in app.success]
    runtime.use_doorway(Doorway(8501))
    page(app, "newsletter", list="no_link")
    assert app.dataframe[0].value.iloc[:, 0].tolist() == ["aino@esimerkki.example"]
    assert fi("newsletter.found", n=1) in texts(app)
    page(app, "newsletter", list="refused")
    assert fi("newsletter.faults.no_refused") in [s.value for s in app.success]
    key = new_key()  # as nothing in the register does: a mark beside a subscription
    hashed = address_hash(bytes.fromhex(json.loads(key["value"])), "aino@esimerkki.example")
    put(
        sqlite_store,
        Setting(**key, **STAMP),
        Suppression(kind="marketing", address_hash=hashed, since=TODAY),
    )
    page(app, "newsletter", list="refused")
    assert app.dataframe[0].value.iloc[:, 0].tolist() == ["aino@esimerkki.example"]


def test_an_issue_is_exported_and_offered(sqlite_store, app, public):
    page(app, "newsletter")
    press(app, "newsletter.export")
    assert [error.value for error in app.error] == [fi("refusals.required")]
    app.text_input(key="newsletter.issue_name").set_value("Kevätkirje")
    press(app, "newsletter.export")
    with sqlite_store.reading(MAKER) as session:
        (issue,) = newsletter_issues(session)
    assert (issue.name, issue.recipients) == ("Kevätkirje", 1)
    content = app.session_state["newsletter!file"]["content"]
    assert b"<https://rekisteri.example/unsubscribe/fi-" in content
    assert "Kevätkirje" in texts(app)
    # The form gives way to its file, so that a second click makes no second issue.
    assert not offers(app, "newsletter.export")
    press(app, "newsletter.another")
    assert offers(app, "newsletter.export")
    assert app.session_state["newsletter!file"] == {}


def test_the_tool_that_gets_the_file_is_chosen_and_noted(sqlite_store, app, public):
    make_recipient(sqlite_store, name="Postittaja *Oy*", kind="mailing_tool")
    party = make_person(sqlite_store)
    make_email(sqlite_store, party, "oma@esimerkki.example")
    make_subscription(sqlite_store, "oma@esimerkki.example", party_id=party)
    page(app, "newsletter")
    chosen = app.selectbox(key="newsletter.issue_tool")
    assert (chosen.options, chosen.value) == (["Postittaja *Oy*", fi("newsletter.no_tool")], 1)
    app.text_input(key="newsletter.issue_name").set_value("Kevätkirje")
    press(app, "newsletter.export")
    with sqlite_store.reading(MAKER) as session:
        assert [row.recipient for row in disclosures_of(session, party)] == ["Postittaja *Oy*"]
    press(app, "newsletter.another")
    app.selectbox(key="newsletter.issue_tool").select_index(1)
    app.text_input(key="newsletter.issue_name").set_value("Syyskirje")
    press(app, "newsletter.export")
    assert "Syyskirje" in texts(app)


def test_without_a_public_address_no_issue_is_offered_but_in_a_demonstration(sqlite_store, app):
    page(app, "newsletter")
    assert "--public-address" in texts(app)
    mark = ChangeSetting(name="demonstration", value={"complete": True})
    sqlite_store.carry_out(change_setting, mark, actor=MAKER)
    app.run()
    app.text_input(key="newsletter.issue_name").set_value("Kevätkirje")
    press(app, "newsletter.export")
    assert (
        b"<http://localhost:8501/unsubscribe/fi-" in app.session_state["newsletter!file"]["content"]
    )


def test_a_manager_writes_the_consent_text_and_the_office_does_not(sqlite_store, app):
    page(app, "newsletter")
    assert "Haluan *uutiskirjeen*." in texts(app)
    assert "consent-text-new.open" not in {button.key for button in app.button}
    boss = page(signed_in(sqlite_store, "manager"), "newsletter")
    press(boss, "consent-text-new.open")
    boss.text_area(key="consent-text-new.fi").set_value("Haluan kirjeen neljästi vuodessa.")
    press(boss, "forms.save")
    assert "Haluan kirjeen neljästi vuodessa." in texts(boss)
    assert start_of("newsletter.text_line", n=2) in texts(boss)


def test_a_viewer_sees_the_right_on_the_card_and_ends_nothing(sqlite_store, app):
    party = make_person(sqlite_store)
    make_email(sqlite_store, party, "oma@esimerkki.example")
    key = make_subscription(sqlite_store, "oma@esimerkki.example")
    viewer = page(signed_in(sqlite_store, "viewer"), "customer", id=str(party))
    assert fi("newsletter.by_text", n=1) in texts(viewer)
    keys = {button.key for button in viewer.button}
    assert {f"card.end-{key}", f"consent-{party}.open"} & keys == set()


def test_the_card_says_by_what_right_and_ends_it_there(sqlite_store, app):
    party = make_person(sqlite_store)
    make_email(sqlite_store, party, "oma@esimerkki.example")
    make_order(sqlite_store, party)
    page(app, "customer", id=str(party))
    assert fi("newsletter.card_none") in texts(app)
    press(app, f"relation-{party}.open")
    press(app, "newsletter.save")
    assert fi("newsletter.rights.customer") in texts(app)
    with sqlite_store.reading(MAKER) as session:
        (row,) = subscriptions_of(session, party)
    press(app, f"card.end-{row.id}")
    assert addresses(sqlite_store) == ["aino@esimerkki.example"]
    assert "oma@esimerkki.example" in texts(app)
    assert fi("newsletter.card_refused") in texts(app)
    assert f"relation-{party}.open" not in {button.key for button in app.button}


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_page_and_the_card_speak_every_language(sqlite_store, app, language):
    party = make_party(sqlite_store)
    make_email(sqlite_store, party, "info@sahko.example")
    other = signed_in(sqlite_store, "manager", language=language)
    page(other, "newsletter")
    page(other, "customer", id=str(party))
    press(other, f"relation-{party}.open")
    assert "917/2014" in texts(other)


def test_a_page_after_the_first_is_reached_by_key(sqlite_store, app):
    for n in range(55):
        make_subscription(sqlite_store, f"n{n}@esimerkki.example")
    page(app, "newsletter")
    assert len(app.dataframe[0].value) == 50
    press(app, "listing.next")
    assert len(app.dataframe[0].value) == 6
    assert not app.exception
