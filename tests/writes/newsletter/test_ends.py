"""Effects of an erasure on request and of a disposal on the newsletter."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, insert, select, text

from queries.errors import RuleRefusal
from queries.reads.newsletter import subscriptions_against_suppression, subscriptions_of
from queries.rules.requests import ANSWERED_BY, Asked, LetterKind
from queries.store.backup.ledger import ledger_of
from queries.store.suppression import is_suppressed
from queries.store.tables import Subscription, Suppression, SuppressionKind
from queries.writes.commands import Seen
from queries.writes.customers.contacts import remove_email
from queries.writes.newsletter.newsletter import (
    RelationSubscription,
    subscribe,
    subscribe_organisation,
)
from queries.writes.requests.answers import RightAnswer
from queries.writes.requests.erasure import FulfilErasure, fulfil_erasure
from queries.writes.requests.identity import NoteIdentity, note_identity
from queries.writes.requests.restrictions import fulfil_objection
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from tests.factories.disposals import SOLD, dispose, sold
from tests.factories.newsletters import (
    AINO,
    addresses,
    consent,
    email_of,
    make_consent_text,
    make_subscription,
    refused,
    say_no,
)
from tests.factories.records import MAKER, make_email, make_party, make_person
from tests.factories.requests import SENT, make_letter, make_request, seen
from tests.support.filled import filled_once
from tests.support.trails import trail_of

THEN = datetime(2020, 1, 10, 10, 0, tzinfo=UTC)
ASKED_ON = date(2020, 1, 10)


@filled_once
def party(store):
    """Make a former customer who bought in 2018, with a consent and an own customer's address;
    and a neighbour."""
    inputs = AmendFinancialYear(starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
    store.carry_out(amend_financial_year, inputs, actor=MAKER, now=SOLD)
    party, _order, _bill = sold(store)
    make_subscription(store, "suostui@esimerkki.example", party_id=party)
    make_subscription(store, "naapuri@esimerkki.example")
    with store.engine.begin() as connection:
        connection.execute(
            insert(Subscription),
            {
                "party_id": party,
                "address": "osti@esimerkki.example",
                "language": "fi",
                "address_key": "osti@esimerkki.example",
                "basis": "customer",
                "source": "phone",
                "sourced_on": date(2018, 3, 5),
                "version": 1,
                "changed_at": SOLD,
                "changed_by": "x",
            },
        )
    return party


def test_a_disposal_keeps_the_consent_and_ends_what_the_relation_gave(store, tmp_path, party):
    dispose(store, ledger_of(store, tmp_path))
    with store.reading(MAKER) as session:
        rows = session.execute(select(Subscription.address, Subscription.party_id)).all()
    assert sorted(tuple(row) for row in rows) == [
        ("naapuri@esimerkki.example", None),
        ("suostui@esimerkki.example", None),
    ]


def test_an_erasure_on_request_ends_every_subscription_and_no_file_brings_it_back(store, party):
    request = make_request(store, party, ("erasure",), received_on=ASKED_ON, now=THEN)
    identity = NoteIdentity(**seen(store, request), method="signature", checked_on=ASKED_ON)
    store.carry_out(note_identity, identity, actor=MAKER, now=THEN)
    make_letter(store, request, LetterKind.ERASED, "erasure", now=THEN)
    inputs = FulfilErasure(**seen(store, request), sent_on=ASKED_ON, channel="post")
    store.carry_out(fulfil_erasure, inputs, actor=MAKER, now=THEN)
    assert addresses(store) == ["naapuri@esimerkki.example"]
    assert "subscription" in trail_of(store, "data_subject_request")[-1][-1]
    with store.reading(MAKER) as session:
        marked = [
            name
            for name in ("suostui", "osti", "naapuri")
            if is_suppressed(session, SuppressionKind.NEWSLETTER, f"{name}@esimerkki.example")
        ]
    assert marked == ["suostui", "osti"]


@pytest.mark.parametrize("asked", ["objection", "withdrawal"])
def test_an_objection_ends_every_subscription_of_the_party_at_once(store, now, asked):
    party = make_person(store)
    make_email(store, party, AINO)
    make_subscription(store, AINO)
    make_subscription(store, "toinen@esimerkki.example", party_id=party)
    make_subscription(store, "naapuri@esimerkki.example")
    request = make_request(store, party, (asked,), claimed_contact="kolmas@esimerkki.example")
    make_letter(store, request, ANSWERED_BY[Asked(asked)], asked)
    inputs = RightAnswer(**seen(store, request), **SENT, asked=asked)
    store.carry_out(fulfil_objection, inputs, actor=MAKER, now=now)
    assert addresses(store) == ["naapuri@esimerkki.example"]
    text_id = make_consent_text(store, "Toinen teksti")
    for address in (AINO, "toinen@esimerkki.example", "kolmas@esimerkki.example"):
        inputs = consent(text_id, address)
        assert refused(store, subscribe, inputs, now=now) == "suppressed"


def test_an_objection_of_nobody_known_leaves_the_others_alone(store, now):
    """A request without a party is about the address that it came from, never about everybody."""
    make_subscription(store, AINO)
    make_subscription(store, "bo@esimerkki.example")
    request = make_request(store, None, ("objection",), claimed_contact="bo@esimerkki.example")
    make_letter(store, request, ANSWERED_BY[Asked.OBJECTION], "objection")
    inputs = RightAnswer(**seen(store, request), **SENT, asked="objection")
    store.carry_out(fulfil_objection, inputs, actor=MAKER, now=now)
    assert addresses(store) == [AINO]


def test_a_removed_address_is_no_address_of_the_customer(store, office, now):
    party = make_party(store)
    make_email(store, party, "info@sahko.example")
    email = email_of(store, party)
    own = RelationSubscription(party_id=party, email_id=email)
    store.carry_out(subscribe_organisation, own, actor=office, now=now)
    store.carry_out(remove_email, Seen(id=email, version=1), actor=office, now=now)
    with store.reading(office) as session:
        (row,) = subscriptions_of(session, party)
    assert row.stands_still == "address_changed"


def test_an_organisation_that_becomes_a_person_gets_no_letter_by_the_right_of_organisations(
    store, office, now
):
    party = make_party(store, name="Toiminimi Esimerkki")
    make_email(store, party, "info@sahko.example")
    own = RelationSubscription(party_id=party, email_id=email_of(store, party))
    store.carry_out(subscribe_organisation, own, actor=office, now=now)
    make_party(store, given_name="Aino", family_name="Esimerkki", id=party, version=1)
    with store.reading(office) as session:
        (row,) = subscriptions_of(session, party)
    assert row.stands_still == "became_person"


def test_a_party_that_goes_takes_the_rights_of_the_relation_with_it(store, office, now):
    """The way does not matter: by its foreign key, or released by the eraser first."""
    party = make_party(store)
    make_email(store, party, "info@sahko.example")
    own = RelationSubscription(party_id=party, email_id=email_of(store, party))
    store.carry_out(subscribe_organisation, own, actor=office, now=now)
    make_subscription(store, "suostunut@sahko.example", party_id=party)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE subscription SET party_id = NULL"))
    assert addresses(store) == ["suostunut@sahko.example"]


def test_two_ways_at_once_never_leave_a_subscription_against_a_mark(store, now):
    """A subscribing and an objection of the same address, ten times at once."""
    text_id = make_consent_text(store)
    refusals: list[str] = []
    for n in range(10):
        address = f"samaan-aikaan-{n}@esimerkki.example"
        barrier = threading.Barrier(2)

        def join(address=address, barrier=barrier) -> None:
            barrier.wait()
            try:
                store.carry_out(subscribe, consent(text_id, address), actor=MAKER, now=now)
            except RuleRefusal as refusal:
                refusals.append(refusal.code)

        def leave(address=address, barrier=barrier) -> None:
            barrier.wait()
            say_no(store, address, now=now)

        threads = [threading.Thread(target=each) for each in (join, leave)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(refusals) <= {"suppressed"}
    with store.reading(MAKER) as session:
        assert subscriptions_against_suppression(session) == 0
        assert session.scalar(select(func.count()).select_from(Suppression)) == 10
        assert session.scalar(select(func.count()).select_from(Subscription)) == 0


def test_a_mark_beside_a_subscription_is_counted(store, now):
    """The proof counts it, should a way in ever be forgotten."""
    make_subscription(store, "bo@esimerkki.example")
    with store.reading(MAKER) as session:
        assert subscriptions_against_suppression(session) == 0
    say_no(store, AINO, SuppressionKind.MARKETING, now)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE subscription SET address = 'Aino@Esimerkki.example'"))
    with store.reading(MAKER) as session:
        assert subscriptions_against_suppression(session) == 1
