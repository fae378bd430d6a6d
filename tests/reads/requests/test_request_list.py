from __future__ import annotations

from datetime import date, timedelta

from queries.reads.requests.request_card import corrected_at, request_card
from queries.reads.requests.request_list import (
    closed_requests,
    open_requests,
    request_figures,
    request_statistics,
    who_is_this,
)
from tests.conftest import NOW
from tests.factories.records import (
    MAKER,
    TODAY,
    business_id,
    make_address,
    make_email,
    make_party,
    make_person,
    make_phone,
)
from tests.factories.requests import make_closed, make_identity, make_request
from tests.support.statements import statements


def test_what_is_due_first_comes_first(store, now):
    party = make_person(store)
    later = make_request(store, party, received_on=date(2026, 3, 4))
    overdue = make_request(store, None, ("erasure",), received_on=date(2026, 1, 31))
    soon = make_request(store, party, ("portability",), received_on=date(2026, 2, 10))
    with store.reading(MAKER, now=now) as session, statements(store.engine) as seen:
        rows = open_requests(session, today=TODAY)
        assert len(seen) == 4
        figures = request_figures(session, today=TODAY)
        assert len(seen) == 6
    assert [(row.id, row.due, row.days_left) for row in rows] == [
        (overdue, date(2026, 3, 2), -3),
        (soon, date(2026, 3, 10), 5),
        (later, date(2026, 4, 7), 33),
    ]
    assert (figures.open, figures.soon, figures.overdue) == (3, 1, 1)


def test_closed_requests_page_by_key(store, now):
    party = make_person(store)
    keys = [make_closed(store, party) for _ in range(3)]
    with store.reading(MAKER, now=now) as session:
        first = closed_requests(session, today=TODAY, size=2)
        second = closed_requests(session, today=TODAY, after=first.next_key, size=2)
        back = closed_requests(session, today=TODAY, before=second.previous_key, size=2)
    assert [row.id for row in first.rows] == keys[:0:-1]
    assert ([row.id for row in second.rows], second.next_key) == (keys[:1], None)
    assert back.rows == first.rows


def test_who_it_may_be_has_its_reasons(store, now):
    aino = make_person(store)
    make_email(store, aino, "aino@esimerkki.example")
    make_phone(store, aino, "040 123 4567")
    namesake = make_person(store)
    make_address(store, namesake, town="Savonlinna")
    firm = make_party(store, business_id=business_id(1))

    def found(name: str = "", contact: str = "") -> list[tuple[int, tuple[str, ...]]]:
        with store.reading(MAKER, now=now) as session, statements(store.engine) as seen:
            matches = who_is_this(session, name=name, contact=contact)
            assert len(seen) <= 5
        return [(match.party_id, match.reasons) for match in matches]

    assert found("esimerkki aino", "Aino@esimerkki.example") == [
        (aino, ("same_email", "same_name")),
        (namesake, ("same_name",)),
    ]
    assert found("Aino Esimerkki", "Kotikatu 1, 57130 SAVONLINNA") == [
        (namesake, ("same_name_and_town",)),
        (aino, ("same_name",)),
    ]
    assert found(contact="+358 40 1234567") == [(aino, ("same_phone",))]
    assert found(contact=business_id(1)) == [(firm, ("same_business_id",))]
    assert found("Joku Muu", "muu@muualla.example") == []
    assert found() == []


def test_numbers_only_count(store, now):
    party = make_person(store)
    make_closed(store, party)  # received 20.2., answered 5.3.: 13 days
    make_request(store, party, ("access", "erasure"), received_on=date(2026, 1, 2))
    with store.reading(MAKER, now=now) as session, statements(store.engine) as seen:
        told = request_statistics(session, since=date(2026, 1, 1), today=TODAY)
        assert len(seen) <= 3
    assert [(row.month, row.kind, row.count) for row in told.asked] == [
        (date(2026, 1, 1), "access", 1),
        (date(2026, 1, 1), "erasure", 1),
        (date(2026, 2, 1), "access", 1),
    ]
    assert (told.answered, told.in_time, told.median_days) == (1, 1, 13)


def test_a_card_is_read_in_ten_statements(store, now):
    request = make_closed(store, make_person(store))
    with store.reading(MAKER, now=now) as session, statements(store.engine) as seen:
        card = request_card(session, request, today=TODAY)
        assert len(seen) <= 10
    assert [line.action for line in card.happenings] == [
        "record_request",
        "note_identity",
        "file_letter",
        "fulfil_export",
        "close_request",
    ]


def test_a_correction_by_hand_is_known_by_its_instant(store, now):
    made = NOW - timedelta(hours=2)
    party = make_party(store, given_name="Aino", family_name="Esimerkki", now=made)
    make_identity(store, make_request(store, party))  # what is done to the file corrects nothing
    with store.reading(MAKER, now=now) as session, statements(store.engine) as seen:
        assert corrected_at(session, party) == made
        assert len(seen) == 1
        assert corrected_at(session, party + 1) is None
    make_phone(store, party)
    with store.reading(MAKER, now=now) as session:
        assert corrected_at(session, party) == NOW
