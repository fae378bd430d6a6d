from __future__ import annotations

from datetime import date

import pytest

from queries.errors import NotAllowed, NotFound
from queries.reads.customers.customer_card import Origin, ReachRow, customer_card
from queries.reads.customers.customer_list import (
    CustomerFilter,
    CustomerRow,
    CustomerSort,
    customer_list,
    towns,
)
from queries.reads.customers.timeline import timeline
from queries.reads.paging import Total
from queries.store.search import fold
from queries.store.search_query import found_parties
from tests.conftest import NOW
from tests.factories.records import (
    business_id,
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
from tests.support.statements import statements

TODAY = date(2026, 3, 5)


def listed(store, actor, **wanted):
    marks = {name: wanted.pop(name) for name in ("after", "before", "size") if name in wanted}
    with store.reading(actor) as session:
        return customer_list(session, CustomerFilter(**wanted), **marks)


def names(page):
    return [row.name for row in page.rows]


def test_a_line_has_what_the_list_shows(store, viewer):
    party = make_party(store, name="Malliyritys Oy", business_id=business_id(7), started_on=TODAY)
    make_phone(store, party, "040 111 1111")
    make_phone(store, party, "040 123 4567", is_primary=True)
    make_email(store, party, "info@malli.example")
    make_address(store, party, town="Juva")
    page = listed(store, viewer)
    assert page.rows == (
        CustomerRow(
            id=party,
            name="Malliyritys Oy",
            kind="organisation",
            status="active",
            roles=("customer",),
            town="Juva",
            language="fi",
            business_id=business_id(7),
            email="info@malli.example",
            phone="+358401234567",
            started_on=TODAY,
            ended_on=None,
            open_cents=0,
        ),
    )
    assert (page.total, page.next_key, page.previous_key) == (Total(1), None, None)


def test_names_are_in_the_order_of_the_finnish_alphabet(store, viewer):
    for family in ("Öhman", "Zetterberg", "Äijälä", "Åberg", "aalto"):
        make_person(store, "Aino", family)
    assert names(listed(store, viewer)) == [
        "Aino aalto",
        "Aino Zetterberg",
        "Aino Åberg",
        "Aino Äijälä",
        "Aino Öhman",
    ]


@pytest.mark.parametrize("sort", list(CustomerSort))
def test_paging_forth_and_back_shows_every_line_once(store, viewer, sort):
    for number in range(7):
        make_party(store, name=f"Yritys {number % 3} Oy")  # namesakes on purpose
    whole = [row.id for row in listed(store, viewer, sort=sort).rows]
    first = listed(store, viewer, sort=sort, size=3)
    second = listed(store, viewer, sort=sort, size=3, after=first.next_key)
    third = listed(store, viewer, sort=sort, size=3, after=second.next_key)
    forth = [row.id for page in (first, second, third) for row in page.rows]
    assert forth == whole
    assert (first.previous_key, third.next_key) == (None, None)
    back = listed(store, viewer, sort=sort, size=3, before=third.previous_key)
    assert back.rows == second.rows
    assert listed(store, viewer, sort=sort, size=3, before=back.previous_key).rows == first.rows


def test_a_page_after_someone_who_is_gone_is_the_first_one(store, viewer):
    make_person(store)
    assert names(listed(store, viewer, after=4711)) == ["Aino Esimerkki"]


def test_each_filter_lets_its_own_through(store, viewer):
    make_party(store, name="Asiakas Oy", language="sv")
    make_party(store, name="Kumppani Oy", is_customer=False, is_partner=True)
    ended = make_party(store, name="Entinen Oy", status="ended", ended_on=date(2025, 12, 31))
    make_address(store, ended, town="Juva")
    make_person(store, "Yrjö", "Yhteinen")
    assert names(listed(store, viewer, role="partner")) == ["Kumppani Oy"]
    assert names(listed(store, viewer, role=None, kind="person")) == ["Yrjö Yhteinen"]
    assert names(listed(store, viewer, status="ended")) == ["Entinen Oy"]
    assert names(listed(store, viewer, language="sv")) == ["Asiakas Oy"]
    assert names(listed(store, viewer, town="Juva")) == ["Entinen Oy"]
    assert names(listed(store, viewer, ended_month="2025-12")) == ["Entinen Oy"]
    assert names(listed(store, viewer, started_month="2024-02")) == []
    for no_month in ("0000-01", "2024-13", "2024", "x", "2024-00"):
        assert names(listed(store, viewer, started_month=no_month)) == []
    assert names(listed(store, viewer, started_month="9999-12")) == []


@pytest.mark.parametrize(
    "typed",
    [
        "ähtituu",
        "TÄHTITUULI",
        "tahti.ex",
        "info@tahti.example",
        "040 123 4567",
        "+358401234567",
        "040-1234567",
        "1234567",
        "00358 40 1234567",
        "9000007",
        business_id(7),
        business_id(7).replace("-", ""),
        business_id(7)[-4:],
        "tähti oy",
        "oy tähti",
        "T",
    ],
)
def test_found_by_any_part(store, viewer, typed):
    party = make_party(store, name="Tähtituuli Oy", business_id=business_id(7))
    make_email(store, party, "info@tahti.example")
    make_phone(store, party)
    make_person(store, "Kaisa", "Muukalainen")
    assert names(listed(store, viewer, text=typed)) == ["Tähtituuli Oy"]


@pytest.mark.parametrize("typed", ["100%", "_", "%", "'", '"', "\\", "*ab*", "[x]", "NEAR(", "OR"])
def test_a_sign_that_means_something_to_the_database_means_itself(store, viewer, typed):
    make_person(store)
    make_party(store, name="100% *Ab* [x] _alku 'lai\"naus\\ NEAR( OR Oy")
    assert "Aino Esimerkki" not in names(listed(store, viewer, text=typed))


@pytest.mark.parametrize("typed", ["", "  ", "\u00a0", "\0", "\udfff"])
def test_an_empty_search_is_no_search(store, viewer, typed):
    make_person(store)
    with store.reading(viewer) as session:
        assert found_parties(session, typed) is None
    assert names(listed(store, viewer, text=typed)) == ["Aino Esimerkki"]


def test_the_card_shows_each_datum_with_its_origin(store, manager):
    party = make_person(store)
    make_phone(store, party)
    make_email(store, party)
    make_address(store, party)
    make_billing(store, party)
    with statements(store.engine) as sent, store.reading(manager, now=NOW) as session:
        card = customer_card(session, party, today=TODAY)
        assert len(sent) == 5
    assert card.phones == (
        ReachRow(
            card.phones[0].id,
            1,
            "phone",
            "+358401234567",
            "contact",
            False,
            Origin("phone", date(2026, 2, 2)),
        ),
    )
    assert [row.value for row in card.emails] == ["aino@esimerkki.example"]
    assert [(row.street, row.post_code, row.town) for row in card.addresses] == [
        ("Kasarminkatu 10", "50100", "Mikkeli")
    ]
    assert [row.payment_days for row in card.billing] == [14]
    assert (card.open_cents, card.overdue_cents, card.linked) == (0, 0, ())


def test_contact_persons_are_seen_from_both_sides(store, manager):
    organisation = make_party(store, name="Malliyritys Oy")
    person = make_party(
        store,
        given_name="Kaisa",
        family_name="Kontakti",
        is_customer=False,
        is_contact=True,
        contact_of=organisation,
    )
    with store.reading(manager, now=NOW) as session:
        ours = customer_card(session, organisation, today=TODAY).linked
        theirs = customer_card(session, person, today=TODAY).linked
    assert [(linked.party_id, linked.name) for linked in ours] == [(person, "Kaisa Kontakti")]
    assert [(linked.party_id, linked.name) for linked in theirs] == [
        (organisation, "Malliyritys Oy")
    ]


def test_a_card_of_nobody(store, manager):
    with pytest.raises(NotFound), store.reading(manager) as session:
        customer_card(session, 4711, today=TODAY)


def test_the_timeline_pages_through_every_happening_once(store, viewer):
    party = make_person(store)
    other = make_person(store, "Toinen", "Henkilö")
    for owner in (party, other):
        for month in (1, 2):
            order = make_order(store, owner, ordered_on=date(2026, month, 2))
            for day in (2, 3, 3):
                make_work(store, order, done_on=date(2026, month, day))
            make_note(store, owner, noted_on=date(2026, month, 3))
    with store.reading(viewer) as session:
        whole = timeline(session, party).rows
        assert len(whole) == 10
        assert [row.day for row in whole] == sorted((row.day for row in whole), reverse=True)
        pieces, after = [], None
        while True:
            with statements(store.engine) as sent:
                page = timeline(session, party, after=after, size=3)
            assert len(sent) == 1
            pieces += page.rows
            after = page.next_key
            if after is None:
                break
    assert tuple(pieces) == whole


def test_towns_are_each_told_once(store, viewer):
    for town in ("Mikkeli", "Juva", "Mikkeli", None):
        make_address(store, make_person(store), town=town)
    with store.reading(viewer) as session, statements(store.engine) as sent:
        assert towns(session) == ("Juva", "Mikkeli")
    assert len(sent) == 1


def test_nobody_reads_without_the_right(store):
    with pytest.raises(NotAllowed), store.reading(None) as session:  # type: ignore[arg-type]
        customer_list(session, CustomerFilter())


def test_folding():
    assert fold("ÄÄNI\u00a0 Oy") == "ääni oy"
