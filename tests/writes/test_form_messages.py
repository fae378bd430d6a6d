"""Messages from web forms: what comes in, what a person takes, what is removed."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from queries.errors import InvalidInputs, NotAllowed, NotFound, Restricted, RuleRefusal
from queries.reads.customers.customer_card import customer_card
from queries.reads.form_messages import message_card, message_figures, waiting_messages
from queries.reads.paging import Total
from queries.reads.web_forms import LETTERBOX
from queries.store.tables import SuppressionKind
from queries.writes import form_messages
from queries.writes.form_messages import (
    AcceptMessage,
    Received,
    RejectMessage,
    accept_message,
    receive_message,
    reject_message,
)
from queries.writes.newsletter.subscriptions import suppress
from tests.factories.messages import make_consent_text, make_form, make_message
from tests.factories.records import TODAY, make_email, make_party, make_person, make_phone
from tests.factories.requests import make_restriction
from tests.support.statements import statements
from tests.support.trails import everything, trail_of

TYPED = {
    "given_name": "Aino",
    "family_name": "Esimerkki",
    "email": "aino@esimerkki.example",
    "phone": "040 123 4567",
    "street": "Kasarminkatu 10",
    "post_code": "50100",
    "town": "Mikkeli",
    "note": "Voitteko tarjota?",
}


def accept(store, actor, now, message: int, **values):
    return store.carry_out(
        accept_message, AcceptMessage(id=message, **{**TYPED, **values}), actor=actor, now=now
    )


def rows(store, query: str):
    with store.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_a_message_waits_and_the_register_stays_as_it_is(store, office, now):
    form = make_form(store)
    before = everything(store)
    key = make_message(store, form, message="Rivi 1\r\nRivi 2", town="Mikkeli")
    after = everything(store)
    assert {name for name in after if after[name] != before[name]} == {
        "form_message",
        "trail_entry",
    }
    with store.reading(office, now=now) as session, statements(store.engine) as seen:
        page = waiting_messages(session)
        assert len(seen) == 2
        figures = message_figures(session)
        assert len(seen) == 4
    (row,) = page.rows
    assert (row.id, row.received_on, row.form, row.name, row.town, row.beginning) == (
        key,
        TODAY,
        "Yhteydenotto",
        "Aino Esimerkki",
        "Mikkeli",
        "Rivi 1 Rivi 2",
    )
    assert (figures.waiting, figures.oldest) == (Total(1), TODAY)
    assert trail_of(store, "form_message") == [("receive_message", key, None, "(web form)", [])]


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"name": " "}, ("name", "required")),
        ({"name": "x" * 201}, ("name", "too_long")),
        ({"name": "Aino\x00"}, ("name", "control_character")),
        ({"name": "Aino \u202eonia"}, ("name", "control_character")),
        ({"email": "", "phone": ""}, ("email", "no_contact")),
        ({"email": "aino"}, ("email", "email.form")),
        ({"phone": "040"}, ("phone", "phone.not_in_use")),
        ({"email": "", "consents": True}, ("email", "consent_needs_email")),
        ({"post_code": "5" * 17}, ("post_code", "too_long")),
        ({"message": "y" * 5_001}, ("message", "too_long")),
        ({"message": "Hetuni on 131052-308T"}, ("message", "personal_identity_code")),
        ({"town": "131052-308U"}, ("town", "suspect_identity_code")),
        ({"phone": "131052-308T"}, ("phone", "personal_identity_code")),
        ({"language": "xx"}, ("language", "choice")),
    ],
)
def test_what_may_not_come_in_is_refused(sqlite_store, now, values, refused):
    form = make_form(sqlite_store, consent_text_id=make_consent_text(sqlite_store))
    before = everything(sqlite_store)
    with pytest.raises(InvalidInputs) as refusal:
        make_message(sqlite_store, form, **values)
    assert [(error.field, error.code) for error in refusal.value.errors] == [refused]
    assert everything(sqlite_store) == before


def test_the_inbox_is_bounded(store, monkeypatch):
    monkeypatch.setattr(form_messages, "MOST_WAITING", 2)
    form, other = make_form(store), make_form(store, name="Toinen")
    make_message(store, form)
    make_message(store, form)
    with pytest.raises(RuleRefusal) as refusal:
        make_message(store, form)
    assert refusal.value.code == "inbox_full"
    make_message(store, other)
    assert len(rows(store, "SELECT id FROM form_message")) == 3


def test_a_closed_form_takes_nothing(store, now):
    with pytest.raises(NotFound):
        make_message(store, 7)
    form = make_form(store, active=False)
    with pytest.raises(NotFound):
        store.carry_out(
            receive_message,
            Received(form_id=form, name="A", phone="0401234567"),
            actor=LETTERBOX,
            now=now,
        )


def test_a_message_becomes_a_new_party(store, office, now):
    key = make_message(store, make_form(store), language="sv")
    party = accept(store, office, datetime(2026, 3, 9, 10, tzinfo=UTC), key)
    with store.reading(office, now=now) as session:
        card = customer_card(session, party, today=TODAY)
    origins = {one.origin.source for one in (card, *card.emails, *card.phones, *card.addresses)}
    days = {one.origin.sourced_on for one in (card, *card.emails, *card.phones, *card.addresses)}
    assert (origins, days) == ({"form"}, {TODAY})
    assert (card.name, card.kind, card.status, card.language, card.roles) == (
        "Aino Esimerkki",
        "person",
        "lead",
        "sv",
        ("customer",),
    )
    assert [(row.value, row.is_primary) for row in (*card.emails, *card.phones)] == [
        ("aino@esimerkki.example", True),
        ("+358401234567", True),
    ]
    assert [row.street for row in card.addresses] == ["Kasarminkatu 10"]
    assert rows(store, "SELECT town, started_on FROM party") == [("Mikkeli", _day(store))]
    assert rows(store, "SELECT text, noted_by FROM note") == [("Voitteko tarjota?", "olli")]
    assert rows(store, "SELECT id FROM form_message") == []
    assert trail_of(store, "form_message")[1:] == [
        (
            "accept_message",
            key,
            party,
            "olli",
            [
                "address",
                "email",
                "family_name",
                "given_name",
                "kind",
                "name",
                "note",
                "phone",
                "sort_name",
            ],
        )
    ]


def _day(store):
    return "2026-03-05" if store.engine.dialect.name == "sqlite" else date(2026, 3, 5)


def test_a_message_comes_to_an_existing_party_without_doubles(store, office, now):
    party = make_person(store)
    make_email(store, party, "Aino@esimerkki.example", is_primary=True)
    make_phone(store, party, "040 765 4321", is_primary=True)
    key = make_message(store, make_form(store))
    assert (
        accept(store, office, now, key, party_id=party, street="", post_code="", town="") == party
    )
    assert rows(store, "SELECT count(*) FROM party") == [(1,)]
    assert len(rows(store, "SELECT id FROM email")) == 1
    found = rows(store, "SELECT number, is_primary, source FROM phone ORDER BY id")
    assert [(number, bool(primary), source) for number, primary, source in found] == [
        ("+358407654321", True, "phone"),
        ("+358401234567", False, "form"),
    ]
    assert trail_of(store, "form_message")[1:] == [
        ("accept_message", key, party, "olli", ["note", "phone"])
    ]


def test_a_ticked_consent_becomes_a_subscription(store, office, now):
    text_id = make_consent_text(store)
    key = make_message(store, make_form(store, consent_text_id=text_id), consents=True)
    party = accept(store, office, now, key, subscribe=True)
    assert rows(
        store, "SELECT party_id, address, basis, consent_text_id, source FROM subscription"
    ) == [(party, "aino@esimerkki.example", "consent", text_id, "form")]
    again = make_message(store, 1, consents=True)
    accept(store, office, now, again, party_id=party, subscribe=True)
    assert len(rows(store, "SELECT id FROM subscription")) == 1


def test_a_suppressed_address_stays_off_the_list(store, office, manager, now):
    with store.writing(manager, now=now) as uow:
        suppress(uow, SuppressionKind.NEWSLETTER, ["aino@esimerkki.example"])
        uow.audit("suppress", "suppression", None)
    form = make_form(store, consent_text_id=make_consent_text(store))
    key = make_message(store, form, consents=True)
    with store.reading(office, now=now) as session:
        assert message_card(session, key).is_suppressed
    before = everything(store)
    with pytest.raises(RuleRefusal) as refusal:
        accept(store, office, now, key, subscribe=True)
    assert refusal.value.code == "suppressed"
    assert everything(store) == before
    accept(store, office, now, key)
    assert rows(store, "SELECT id FROM subscription") == []


def test_without_a_ticked_box_nobody_is_subscribed(store, office, now):
    form = make_form(store)
    key = make_message(store, form, consents=True)  # the form has no consent text
    with store.reading(office, now=now) as session:
        assert not message_card(session, key).consents
    with pytest.raises(RuleRefusal) as refusal:
        accept(store, office, now, key, subscribe=True)
    assert refusal.value.code == "not_consented"


def test_a_restricted_party_takes_nothing(store, office, now):
    party = make_person(store)
    make_restriction(store, party)
    key = make_message(store, make_form(store))
    before = everything(store)
    with pytest.raises(Restricted):
        accept(store, office, now, key, party_id=party)
    assert everything(store) == before


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"family_name": ""}, ("family_name", "required")),
        ({"kind": "organisation"}, ("name", "required")),
        ({"kind": "animal", "name": "x"}, ("kind", "choice")),
        ({"email": "aino"}, ("email", "email.form")),
        ({"post_code": "5010"}, ("post_code", "post_code.form")),
        ({"street": ""}, ("street", "required")),
        ({"country": "XX"}, ("country", "country.form")),
        ({"note": "131052-308T"}, ("note", "personal_identity_code")),
    ],
)
def test_what_is_wrong_in_accepting_is_refused(sqlite_store, office, now, values, refused):
    key = make_message(sqlite_store, make_form(sqlite_store))
    before = everything(sqlite_store)
    with pytest.raises(InvalidInputs) as refusal:
        accept(sqlite_store, office, now, key, **values)
    assert [(error.field, error.code) for error in refusal.value.errors] == [refused]
    assert everything(sqlite_store) == before


def test_a_rejected_message_leaves_nothing(store, office, viewer, now):
    key = make_message(store, make_form(store))
    with pytest.raises(NotAllowed):
        store.carry_out(reject_message, RejectMessage(id=key), actor=viewer, now=now)
    store.carry_out(reject_message, RejectMessage(id=key), actor=office, now=now)
    assert rows(store, "SELECT id FROM form_message") == []
    assert "Esimerkki" not in repr(everything(store)["trail_entry"])
    for command, inputs in (
        (reject_message, RejectMessage(id=key)),
        (accept_message, AcceptMessage(id=key)),
    ):
        with pytest.raises(NotFound):
            store.carry_out(command, inputs, actor=office, now=now)


def test_who_it_may_be_from(store, office, now):
    aino = make_person(store)
    make_email(store, aino)
    make_phone(store, make_person(store, "Bertta"), "040 123 4567")
    make_party(store, name="Muu Oy")
    key = make_message(store, make_form(store))
    with store.reading(office, now=now) as session, statements(store.engine) as seen:
        card = message_card(session, key)
        assert len(seen) <= 20
    assert [(match.name, match.reasons) for match in card.matches] == [
        ("Aino Esimerkki", ("same_email", "same_name")),
        ("Bertta Esimerkki", ("same_phone",)),
    ]


def test_the_inbox_is_paged_by_key_oldest_first(store, office, now):
    form = make_form(store)
    keys = [
        make_message(store, form, now=datetime(2026, 3, day, 10, tzinfo=UTC))
        for day in (5, 3, 3, 1)
    ]
    order = [keys[3], keys[1], keys[2], keys[0]]
    with store.reading(office, now=now) as session:
        first = waiting_messages(session, size=2)
        second = waiting_messages(session, size=2, after=first.next_key)
        back = waiting_messages(session, size=2, before=second.previous_key)
    assert [row.id for row in (*first.rows, *second.rows)] == order
    assert (first.previous_key, second.next_key, back.rows) == (None, None, first.rows)
