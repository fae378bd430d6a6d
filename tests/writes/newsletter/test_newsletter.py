"""Subscriptions with their legal basis, and refusals that hold for every way in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from queries.errors import NotAllowed, NotFound, Restricted
from queries.reads.newsletter import ConsentTextRow, consent_texts, subscriptions_of
from queries.store.tables import SuppressionKind
from queries.writes.customers.parties import ChangeStatus, change_status
from queries.writes.newsletter.newsletter import (
    EndSubscription,
    RelationSubscription,
    WriteConsentText,
    end_subscription,
    renew_consent,
    subscribe,
    subscribe_customer,
    subscribe_organisation,
    unsubscribe_by_link,
    write_consent_text,
)
from queries.writes.requests.restrictions import Restrict, restrict
from tests.factories.newsletters import (
    addresses,
    consent,
    email_of,
    make_consent_text,
    make_subscription,
    marked,
    refused,
    renewal,
    say_no,
)
from tests.factories.records import MAKER, TODAY, make_email, make_order, make_party, make_person
from tests.factories.requests import make_request, seen
from tests.factories.sales import make_draft, make_invoice
from tests.support.trails import everything, trail_of

AINO = "aino@esimerkki.example"
TOKEN = "fi-" + "A" * 22


def restricted(store, party, now) -> None:
    request = make_request(store, party, ("restriction",))
    inputs = Restrict(**seen(store, request), reason="Kiistää tietojen oikeellisuuden")
    store.carry_out(restrict, inputs, actor=MAKER, now=now)


def test_a_consent_text_has_versions_that_stay(store, manager, now):
    first = WriteConsentText(fi="Haluan uutiskirjeen.", sv="Jag vill ha nyhetsbrevet.")
    assert store.carry_out(write_consent_text, first, actor=manager, now=now) == 1
    assert refused(store, write_consent_text, first, manager, now) == "consent_text_same"
    second = WriteConsentText(fi="Haluan uutiskirjeen kerran kuussa.")
    assert store.carry_out(write_consent_text, second, actor=manager, now=now) == 2
    with store.reading(manager) as session:
        rows = consent_texts(session)
    assert [replace(row, id=0) for row in rows] == [
        ConsentTextRow(0, 2, "fi", "Haluan uutiskirjeen kerran kuussa.", TODAY, "maija"),
        ConsentTextRow(0, 1, "fi", "Haluan uutiskirjeen.", TODAY, "maija"),
        ConsentTextRow(0, 1, "sv", "Jag vill ha nyhetsbrevet.", TODAY, "maija"),
    ]
    assert trail_of(store, "consent_text") == [
        ("write_consent_text", 1, None, "maija", ["fi", "sv", "text"]),
        ("write_consent_text", 2, None, "maija", ["fi", "text"]),
    ]
    empty = WriteConsentText(fi=" ", en="I want the newsletter.")
    assert refused(store, write_consent_text, empty, manager, now) == "required"


def test_a_consent_is_kept_with_its_text_source_and_day(store, office, now):
    party = make_person(store)
    make_email(store, party, AINO)
    text_id = make_consent_text(store)
    inputs = consent(text_id, "Aino@Esimerkki.Example", language="sv")
    key = store.carry_out(subscribe, inputs, actor=office, now=now)
    with store.reading(office) as session:
        (row,) = subscriptions_of(session, party)
    assert (
        row.id,
        row.address,
        row.name,
        row.language,
        row.basis,
        row.source,
        row.sourced_on,
        row.consent_version,
        row.stands_still,
    ) == (
        key,
        "Aino@esimerkki.example",
        "Aino Esimerkki",
        "sv",
        "consent",
        "email",
        date(2026, 3, 1),
        1,
        None,
    )
    assert trail_of(store, "subscription") == [
        (
            "subscribe",
            key,
            party,
            "olli",
            ["address", "basis", "consent_text_id", "language", "name", "source", "sourced_on"],
        )
    ]
    again = consent(text_id, "AINO@esimerkki.example")
    assert refused(store, subscribe, again, office, now) == "subscribed_already"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"address": "ei osoite"}, "email.form"),
        ({"address": ""}, "required"),
        ({"consent_text_id": None}, "required"),
        ({"consent_text_id": 77}, "choice"),
        ({"source": "third_party"}, "choice"),
        ({"source": "ytj"}, "choice"),
        ({"language": "de"}, "choice"),
        ({"sourced_on": date(2026, 3, 6)}, "day_in_future"),
        ({"name": "Aino 131052-308T"}, "personal_identity_code"),
    ],
)
def test_a_consent_that_proves_nothing_is_refused(sqlite_store, office, now, values, code):
    text_id = make_consent_text(sqlite_store)
    inputs = replace(consent(text_id), **values)
    assert refused(sqlite_store, subscribe, inputs, office, now) == code


def test_who_may_not_send_the_newsletter_adds_and_ends_nothing(store, viewer, now):
    key = make_subscription(store)
    for command, inputs in (
        (subscribe, consent(1)),
        (end_subscription, EndSubscription(id=key)),
        (renew_consent, renewal(1)),
        (write_consent_text, WriteConsentText(fi="x")),
    ):
        with pytest.raises(NotAllowed):
            store.carry_out(command, inputs, actor=viewer, now=now)


@pytest.mark.parametrize("kind", list(SuppressionKind))
def test_who_said_no_gets_it_by_no_way_in_but_a_new_consent(store, office, now, kind):
    party = make_person(store)
    make_email(store, party, "Aino@esimerkki.example")
    make_order(store, party)
    text_id = make_consent_text(store)
    say_no(store, "aino@ESIMERKKI.example", kind, now)
    assert refused(store, subscribe, consent(text_id), office, now) == "suppressed"
    own = RelationSubscription(party_id=party, email_id=email_of(store, party))
    assert refused(store, subscribe_customer, own, office, now) == "suppressed"
    early = renewal(text_id, sourced_on=date(2026, 3, 4))
    assert refused(store, renew_consent, early, office, now) == "consent_before_suppression"
    no_reason = renewal(text_id, reason=" ")
    assert refused(store, renew_consent, no_reason, office, now) == "required"
    key = store.carry_out(renew_consent, renewal(text_id), actor=office, now=now)
    assert addresses(store) == [AINO]
    assert not marked(store, kind=kind)
    with store.reading(office) as session:
        (row,) = subscriptions_of(session, party)
    assert row.renewal_reason == "Soitti ja pyysi kirjettä uudelleen."
    assert trail_of(store, "subscription")[-1][:2] == ("renew_consent", key)
    assert trail_of(store, "subscription")[-1][-1][-2:] == ["sourced_on", "suppression"]


def test_a_renewal_without_a_suppression_is_no_renewal(store, office, now):
    assert refused(store, renew_consent, renewal(make_consent_text(store)), office, now) == (
        "not_suppressed"
    )


def test_an_own_customer_has_bought_and_the_address_is_its_own(store, office, now):
    party, other = make_person(store), make_person(store, "Bo")
    make_email(store, party, AINO, source="form", sourced_on=date(2026, 1, 9))
    make_email(store, other, "bo@esimerkki.example")
    own = RelationSubscription(party_id=party, email_id=email_of(store, party))
    assert refused(store, subscribe_customer, own, office, now) == "not_own_customer"
    make_order(store, party, status="quote")
    make_order(store, party, status="cancelled")
    make_draft(store, party)
    assert refused(store, subscribe_customer, own, office, now) == "not_own_customer"
    make_invoice(store, party)
    theirs = RelationSubscription(party_id=party, email_id=email_of(store, other))
    assert refused(store, subscribe_customer, theirs, office, now) == "not_own_address"
    assert refused(store, subscribe_organisation, own, office, now) == "not_organisation"
    key = store.carry_out(subscribe_customer, own, actor=office, now=now)
    with store.reading(office) as session:
        (row,) = subscriptions_of(session, party)
    assert (row.basis, row.source, row.sourced_on, row.consent_version) == (
        "customer",
        "form",
        date(2026, 1, 9),
        None,
    )
    assert refused(store, subscribe_customer, own, office, now) == "subscribed_already"
    assert trail_of(store, "subscription")[-1][:3] == ("subscribe_customer", key, party)


def test_an_order_in_force_makes_an_own_customer_and_the_end_of_the_relation_ends_that(
    store, office, now
):
    party = make_person(store)
    make_email(store, party, AINO)
    make_order(store, party, status="open")
    own = RelationSubscription(party_id=party, email_id=email_of(store, party))
    store.carry_out(subscribe_customer, own, actor=office, now=now)
    ended = make_party(store, given_name="Bo", family_name="Ek")
    make_email(store, ended, "bo@esimerkki.example")
    make_order(store, ended, status="done")
    over = ChangeStatus(id=ended, version=1, status="ended", ended_on=date(2026, 3, 1))
    store.carry_out(change_status, over, actor=office, now=now)
    gone = RelationSubscription(party_id=ended, email_id=email_of(store, ended))
    assert refused(store, subscribe_customer, gone, office, now) == "not_own_customer"


def test_an_organisation_gets_it_until_it_opts_out(store, office, now):
    party = make_party(store)
    make_email(store, party, "info@sahko.example")
    own = RelationSubscription(party_id=party, email_id=email_of(store, party))
    assert refused(store, subscribe_customer, own, office, now) == "not_own_customer"
    key = store.carry_out(subscribe_organisation, own, actor=office, now=now)
    store.carry_out(end_subscription, EndSubscription(id=key, version=1), actor=office, now=now)
    assert refused(store, subscribe_organisation, own, office, now) == "suppressed"


def test_a_consent_takes_the_place_of_another_right_and_outlives_it(store, office, now):
    party = make_party(store)
    make_email(store, party, "info@sahko.example")
    own = RelationSubscription(party_id=party, email_id=email_of(store, party))
    key = store.carry_out(subscribe_organisation, own, actor=office, now=now)
    inputs = consent(make_consent_text(store), "Info@sahko.example", language="en")
    assert store.carry_out(subscribe, inputs, actor=office, now=now) == key
    with store.reading(office) as session:
        (row,) = subscriptions_of(session, party)
    assert (row.basis, row.language, row.consent_version, row.version) == ("consent", "en", 1, 2)
    assert refused(store, subscribe_organisation, own, office, now) == "subscribed_already"


def test_a_restricted_party_gets_nothing_added_and_may_always_leave(store, office, now):
    party = make_person(store)
    make_email(store, party, AINO)
    make_order(store, party)
    own = RelationSubscription(party_id=party, email_id=email_of(store, party))
    key = store.carry_out(subscribe_customer, own, actor=office, now=now)
    restricted(store, party, now)
    text_id = make_consent_text(store)
    make_subscription(store, "muu@esimerkki.example")
    for command, inputs in ((subscribe, consent(text_id)), (subscribe_customer, own)):
        with pytest.raises(Restricted):
            store.carry_out(command, inputs, actor=office, now=now)
    store.carry_out(end_subscription, EndSubscription(id=key), actor=office, now=now)
    assert addresses(store) == ["muu@esimerkki.example"]


def test_the_end_leaves_a_mark_and_nothing_else(store, office, now):
    key = make_subscription(store, AINO, token=TOKEN)
    store.carry_out(end_subscription, EndSubscription(id=key), actor=office, now=now)
    assert addresses(store) == []
    assert marked(store, "AINO@esimerkki.example")
    kept = str(everything(store)).casefold()
    assert AINO not in kept
    assert TOKEN.casefold() not in kept
    assert trail_of(store, "subscription")[-1] == (
        "end_subscription",
        key,
        None,
        "olli",
        ["suppression"],
    )
    with pytest.raises(NotFound):
        store.carry_out(end_subscription, EndSubscription(id=key), actor=office, now=now)


def test_a_link_ends_one_subscription_once(store, now):
    make_subscription(store, AINO, token=TOKEN)
    make_subscription(store, "bo@esimerkki.example")
    with store.writing(MAKER, now=now) as uow:
        assert unsubscribe_by_link(uow, TOKEN) > 0
    after = everything(store)
    with store.writing(MAKER, now=now) as uow:
        assert unsubscribe_by_link(uow, TOKEN) == 0
    assert everything(store) == after
    assert addresses(store) == ["bo@esimerkki.example"]
