from __future__ import annotations

import pytest
from sqlalchemy import select

from dashboard.words import LANGUAGES, word
from queries.store.tables import ContactPerson, Phone, TrailEntry
from tests.factories.post_code_files import bring_codes, pcf
from tests.factories.records import (
    MAKER,
    make_address,
    make_billing,
    make_email,
    make_note,
    make_order,
    make_party,
    make_person,
    make_phone,
    make_work,
)
from tests.support.apps import offers, page, press, signed_in, texts
from tests.support.words import fi, start_of

HOSTILE = "*Ab* [x](javascript:alert(1)) :red[y] $z$ <img src=x> & Oy"


def full_person(store):
    party = make_person(store)
    make_phone(store, party)
    make_email(store, party)
    make_address(store, party)
    make_billing(store, party)
    make_note(store, party)
    make_work(store, make_order(store, party))
    return party


def names(app):
    return list(app.dataframe[0].value[fi("fields.name")])


def test_the_list_shows_customers_and_finds_one(sqlite_store):
    make_person(sqlite_store)
    make_party(sqlite_store, name=HOSTILE)
    app = page(signed_in(sqlite_store), "customers")
    assert names(app) == [HOSTILE, "Aino Esimerkki"]
    app.text_input(key="search.customers").set_value("esimer").run()
    assert names(app) == ["Aino Esimerkki"]
    app.text_input(key="search.customers").set_value("ei ketään").run()
    assert len(app.dataframe) == 0
    assert fi("customers.none") in texts(app)


def test_a_long_search_says_where_it_was_cut(sqlite_store):
    make_person(sqlite_store)
    said = fi("listing.cut", words=30, characters=300)
    app = page(signed_in(sqlite_store), "customers")
    for typed, is_cut in (("aino " * 30, False), ("aino " * 31, True), ("a" * 301, True)):
        app.text_input(key="search.customers").set_value(typed).run()
        assert (said in texts(app)) == is_cut


def test_a_filter_stands_in_the_address_and_a_search_does_not(sqlite_store):
    make_person(sqlite_store)
    make_party(sqlite_store, name="Kumppani Oy", is_customer=False, is_partner=True)
    app = page(signed_in(sqlite_store), "customers")
    app.selectbox(key="filter.role").set_value("partner").run()
    app.text_input(key="search.customers").set_value("kumppani").run()
    assert names(app) == ["Kumppani Oy"]
    assert dict(app.query_params) == {"role": "partner"}
    again = page(signed_in(sqlite_store, "office"), "customers", role="partner", town="Eiole")
    assert names(again) == ["Kumppani Oy"]


def test_what_a_callback_opens_is_opened_at_the_next_run(sqlite_store):
    party = make_person(sqlite_store)
    app = page(signed_in(sqlite_store), "customers")
    app.session_state["go"] = ("customer", {"id": str(party)})
    app.run()
    assert "Aino Esimerkki" in texts(app)


def test_the_card_shows_everything_literally(sqlite_store):
    party = make_party(sqlite_store, name=HOSTILE)
    make_note(sqlite_store, party, HOSTILE)
    app = page(signed_in(sqlite_store), "customer", id=str(party))
    escaped = "*Ab* [x](javascript:alert(1)) :red[y] $z$ &lt;img src=x&gt; &amp; Oy"
    bodies = [element.proto.body for element in app.get("html")]
    assert sum(escaped in body for body in bodies) == 3
    markdown = [
        element.value for kind in ("markdown", "title", "caption") for element in app.get(kind)
    ]
    assert not any("javascript" in str(text) for text in markdown)


def test_the_card_is_complete_in_every_language(sqlite_store):
    party = full_person(sqlite_store)
    for language in LANGUAGES:
        app = page(signed_in(sqlite_store, language=language), "customer", id=str(party))
        assert word("card.history", language) in [header.value for header in app.header]
        assert "+358 40 1234567" in texts(app)


def test_correcting_a_phone_number_in_place(sqlite_store):
    party = full_person(sqlite_store)
    app = page(signed_in(sqlite_store), "customer", id=str(party))
    app.button(key="phone-1.open").click().run()
    app.text_input(key="phone-1.number").set_value("050 123 4567")
    app.text_input(key="phone-1.sourced_on").set_value("1.3.2026")
    save(app)
    assert not app.exception
    assert phones(sqlite_store) == ["+358501234567"]
    assert "+358 50 1234567" in texts(app)
    assert writes(sqlite_store)[-1] == ("amend_phone", "manager-fi", '["number", "sourced_on"]')


def test_what_is_refused_stays_as_it_was_typed(sqlite_store):
    party = full_person(sqlite_store)
    app = page(signed_in(sqlite_store), "customer", id=str(party))
    app.button(key="phone-1.open").click().run()
    app.text_input(key="phone-1.number").set_value("ei numero")
    app.text_input(key="phone-1.sourced_on").set_value("31.2.2026")
    save(app)
    assert app.text_input(key="phone-1.number").value == "ei numero"
    assert [error.value for error in app.error] == [fi("refusals.day_form")]
    app.text_input(key="phone-1.sourced_on").set_value("1.3.2026")
    save(app)
    assert app.text_input(key="phone-1.number").value == "ei numero"
    assert [error.value for error in app.error] == [fi("refusals.phone.form")]
    assert phones(sqlite_store) == ["+358401234567"]


def test_the_second_of_two_saves_is_refused_and_compared(sqlite_store):
    party = full_person(sqlite_store)
    mine = page(signed_in(sqlite_store), "customer", id=str(party))
    theirs = page(signed_in(sqlite_store, "office"), "customer", id=str(party))
    for app, number in ((mine, "045 123 4567"), (theirs, "050 123 4567")):
        app.button(key="phone-1.open").click().run()
        app.text_input(key="phone-1.number").set_value(number)
    save(theirs)
    save(mine)
    assert phones(sqlite_store) == ["+358501234567"]
    assert mine.text_input(key="phone-1.number").value == "045 123 4567"
    assert start_of("forms.conflict_by", by="office-fi") in texts(mine)
    assert f"<td>{fi('fields.number')}</td><td>045 123 4567</td><td>+358 50 1234567</td>" in texts(
        mine
    )
    assert f"<td>{fi('fields.is_primary')}</td>" not in texts(mine)
    press(mine, "forms.save_over")
    assert phones(sqlite_store) == ["+358451234567"]


@pytest.mark.parametrize("drawn_again", ["by a refusal", "by something else on the page"])
def test_a_save_that_came_in_between_is_not_taken_for_seen(sqlite_store, drawn_again):
    party = full_person(sqlite_store)
    mine = page(signed_in(sqlite_store), "customer", id=str(party))
    theirs = page(signed_in(sqlite_store, "office"), "customer", id=str(party))
    for app, number in ((mine, "ei numero"), (theirs, "050 123 4567")):
        app.button(key="phone-1.open").click().run()
        app.text_input(key="phone-1.number").set_value(number)
    save(theirs)
    if drawn_again == "by a refusal":
        save(mine)
    else:
        mine.run()
    mine.text_input(key="phone-1.number").set_value("045 123 4567")
    save(mine)
    assert phones(sqlite_store) == ["+358501234567"]
    assert start_of("forms.conflict_by", by="office-fi") in texts(mine)
    press(mine, "forms.cancel")
    mine.button(key="phone-1.open").click().run()
    mine.text_input(key="phone-1.number").set_value("045 123 4567")
    save(mine)
    assert phones(sqlite_store) == ["+358451234567"]


def test_a_viewer_sees_and_edits_nothing(sqlite_store):
    party = full_person(sqlite_store)
    app = page(signed_in(sqlite_store, "viewer"), "customer", id=str(party))
    assert "Aino Esimerkki" in texts(app)
    assert not offers(app, "forms.edit")


def test_a_card_of_nobody_says_so(sqlite_store):
    app = page(signed_in(sqlite_store), "customer", id="4711")
    assert [error.value for error in app.error] == [fi("refusals.not_found")]
    assert fi("card.none_chosen") in texts(page(signed_in(sqlite_store, "office"), "customer"))


def test_a_new_customer_opens_on_its_card(sqlite_store):
    app = page(signed_in(sqlite_store), "new_customer")
    app.text_input(key="party-new-organisation.name").set_value("Uusi Yritys Oy")
    save(app)
    assert not app.exception
    assert "Uusi Yritys Oy" in texts(app)


def test_the_trail_tells_who_did_what(sqlite_store):
    full_person(sqlite_store)
    app = page(signed_in(sqlite_store), "trail")
    names = ("is_primary", "number", "purpose", "source", "sourced_on")
    columns = ", ".join(fi(f"fields.{name}") for name in names)
    assert f"{fi('actions.add_phone')} ({columns})" in list(
        app.dataframe[0].value[fi("fields.action")]
    )


def save(app):
    press(app, "forms.save")


def phones(store):
    with store.engine.connect() as connection:
        return connection.execute(select(Phone.number)).scalars().all()


def writes(store):
    with store.engine.connect() as connection:
        query = select(TrailEntry.action, TrailEntry.actor, TrailEntry.columns)
        return [tuple(row) for row in connection.execute(query.order_by(TrailEntry.id))]


def test_an_order_and_a_work_entry_are_corrected_on_the_card(sqlite_store):
    party = full_person(sqlite_store)
    app = page(signed_in(sqlite_store), "customer", id=str(party))
    app.button(key="order-1.open").click().run()
    app.text_input(key="order-1.title").set_value("Keskuksen uusiminen")
    save(app)
    app.button(key="work-1.open").click().run()
    app.text_area(key="work-1.description").set_value("Uusi keskus asennettu")
    save(app)
    assert not app.exception
    assert "Keskuksen uusiminen" in texts(app)
    assert "Uusi keskus asennettu" in texts(app)
    changes = [action for action, *_more in writes(sqlite_store) if action.startswith("amend")]
    assert changes == ["amend_order", "amend_work_entry"]


@pytest.mark.parametrize(
    ("town", "warned"),
    [
        ("Mikkeli", []),
        ("S:t Michel", []),
        ("Juva", [fi("card.post_code_of_other_town", code="50100", town="Mikkeli")]),
    ],
)
def test_a_post_code_of_another_town_is_told_and_not_refused(sqlite_store, town, warned):
    party = make_party(sqlite_store)
    make_address(sqlite_store, party, post_code="50100", town=town)
    bring_codes(sqlite_store, pcf())
    app = page(signed_in(sqlite_store), "customer", id=str(party))
    assert [one.value for one in app.warning] == warned


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_of_the_register_becomes_a_contact_person(sqlite_store, language):
    person = make_person(sqlite_store)
    organisation = make_party(sqlite_store)
    app = signed_in(sqlite_store, "office", language=language)
    press(page(app, "customer", id=str(organisation)), "card.link")
    search = app.text_input(key=f"search.link-{organisation}")
    assert search.label == word("card.find_person", language)
    search.set_value("ei ketään").run()
    assert word("card.no_person_found", language) in texts(app)
    app.text_input(key=f"search.link-{organisation}").set_value("esimer").run()
    form = f"link-{organisation}"
    assert app.selectbox(key=f"{form}.person_id").options == ["Aino Esimerkki"]
    app.text_input(key=f"{form}.title").set_value("Isännöitsijä")
    press(app, "forms.save")
    with sqlite_store.reading(MAKER) as session:
        found = session.execute(
            select(ContactPerson.organisation_id, ContactPerson.person_id, ContactPerson.title)
        ).all()
    assert [tuple(row) for row in found] == [(organisation, person, "Isännöitsijä")]
    assert "Isännöitsijä" in texts(app)
    press(app, "card.link")
    app.text_input(key=f"search.link-{organisation}").set_value("esimer").run()
    assert word("card.no_person_found", language) in texts(app)
    press(app, "forms.cancel")
    assert f"search.link-{organisation}" not in [one.key for one in app.text_input]


def test_who_may_only_look_links_nobody(sqlite_store):
    organisation = make_party(sqlite_store)
    app = page(signed_in(sqlite_store, "viewer"), "customer", id=str(organisation))
    assert not offers(app, "card.link")
