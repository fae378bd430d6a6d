"""The lists of the newsletter: each right by itself, by key, in so many statements."""

from __future__ import annotations

import pytest

from queries.errors import NotAllowed, NotFound
from queries.reads.newsletter import (
    newsletter_figures,
    refused_addresses,
    refused_subscriptions,
    subscription_list,
    subscription_record,
    unlinked_subscriptions,
)
from queries.reads.paging import Total
from queries.store.tables import SuppressionKind
from queries.writes.newsletter.subscriptions import suppress
from tests.factories.newsletters import make_subscription, say_no
from tests.factories.proof_rows import put, subscriber
from tests.factories.records import MAKER, make_email, make_person
from tests.support.statements import statements, whole_tables_read


def test_a_list_is_of_one_right_and_pages_by_key(store, office):
    keys = [make_subscription(store, f"n{n}@esimerkki.example") for n in range(5)]
    with store.reading(office) as session, statements(store.engine) as seen:
        first = subscription_list(session, "consent", size=2)
        assert len(seen) == 2
        second = subscription_list(session, "consent", size=2, after=first.next_key)
        last = subscription_list(session, "consent", size=2, after=second.next_key)
        back = subscription_list(session, "consent", size=2, before=second.previous_key)
        others = subscription_list(session, "customer")
    assert [[row.id for row in page.rows] for page in (first, second, last, back)] == [
        [keys[4], keys[3]],
        [keys[2], keys[1]],
        [keys[0]],
        [keys[4], keys[3]],
    ]
    assert (first.total, first.previous_key, last.next_key) == (Total(5), None, None)
    assert (others.rows, others.total) == ((), Total(0))


def test_an_address_is_found_by_its_beginning(store, office):
    make_subscription(store, "Aino_1@esimerkki.example")
    make_subscription(store, "ainox1@esimerkki.example")
    with store.reading(office) as session:
        found = subscription_list(session, "consent", text=" AINO_ ")
    assert [row.address for row in found.rows] == ["Aino_1@esimerkki.example"]
    assert found.total == Total(1)


def test_no_list_reads_a_table_through(sqlite_store, office):
    make_subscription(sqlite_store, "aino@esimerkki.example")
    with sqlite_store.reading(office) as session, statements(sqlite_store.engine) as seen:
        subscription_list(session, "consent")
    assert whole_tables_read(sqlite_store.engine, seen) == []


def test_one_subscription_is_opened_and_that_is_noted(store, office, now):
    key = make_subscription(store, "aino@esimerkki.example", name="Aino Esimerkki")
    with store.reading(office, now=now) as session, statements(store.engine) as seen:
        row = subscription_record(session, key)
        assert len(seen) == 1
    assert (row.name, row.linked, row.stands_still) == ("Aino Esimerkki", False, None)
    with pytest.raises(NotFound), store.reading(office) as session:
        subscription_record(session, key + 1)


def test_figures_keep_the_rights_apart(store, viewer):
    make_subscription(store, "aino@esimerkki.example")
    for kind in SuppressionKind:
        with store.writing(MAKER) as uow:
            suppress(uow, kind, ["bo@esimerkki.example"])
            uow.audit("unsubscribe", "subscription", None)
    with store.reading(viewer) as session, statements(store.engine) as seen:
        figures = newsletter_figures(session)
        assert len(seen) == 2
    assert (figures.by_basis, figures.subscribers, figures.suppressed) == (
        {"consent": 1, "customer": 0, "organisation": 0},
        1,
        1,
    )


def test_who_does_not_send_the_newsletter_sees_no_list(store, viewer):
    with store.reading(viewer) as session, pytest.raises(NotAllowed):
        subscription_list(session, "consent")


def test_a_party_shows_which_of_its_addresses_said_no(store, viewer):
    party, other = make_person(store), make_person(store, "Bo")
    for address in ("Aino@esimerkki.example", "toinen@esimerkki.example"):
        make_email(store, party, address)
    make_email(store, other, "bo@esimerkki.example")
    with store.reading(viewer) as session, statements(store.engine) as seen:
        assert refused_addresses(session, party) == ()
        assert len(seen) == 1
    for kind in SuppressionKind:
        say_no(store, "aino@esimerkki.example", kind)
    with store.reading(viewer) as session, statements(store.engine) as seen:
        assert refused_addresses(session, party) == ("Aino@esimerkki.example",)
        assert len(seen) == 3
        assert refused_addresses(session, other) == ()


def test_who_has_no_link_that_works_pages_by_key(store, office):
    keys = [make_subscription(store, f"n{n}@esimerkki.example", token=f"fi-{n}") for n in range(3)]
    with store.reading(office) as session, statements(store.engine) as seen:
        first = unlinked_subscriptions(session, public="https://uusi.example", size=2)
        assert len(seen) == 3
        rest = unlinked_subscriptions(session, public=None, size=2, after=first.next_key)
    assert [[row.id for row in page.rows] for page in (first, rest)] == [keys[:0:-1], keys[:1]]
    assert (first.total, rest.total, rest.next_key) == (Total(3), Total(3), None)


def test_who_said_no_and_is_a_subscriber_all_the_same_is_listed(store, office, now):
    make_subscription(store, "aino@esimerkki.example")
    for n in range(2):
        say_no(store, f"N{n}@esimerkki.example", now=now)
    with store.reading(office) as session:
        assert refused_subscriptions(session).total == Total(0)
    # As nothing in the register does: no way in takes an address that said no.
    keys = put(store, *(subscriber(f"n{n}@esimerkki.example") for n in range(2)))
    with store.reading(office) as session, statements(store.engine) as seen:
        page = refused_subscriptions(session, size=1)
        assert len(seen) == 4
    assert ([row.id for row in page.rows], page.total) == (keys[:1], Total(2))


@pytest.mark.parametrize("read", [refused_subscriptions, unlinked_subscriptions])
def test_a_viewer_sees_no_list_of_addresses(store, viewer, read):
    more = {"public": None} if read is unlinked_subscriptions else {}
    with store.reading(viewer) as session, pytest.raises(NotAllowed):
        read(session, **more)
