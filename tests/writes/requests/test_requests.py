from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from queries.errors import InvalidInput, InvalidInputs, NotFound, RuleRefusal, StaleRecord
from queries.reads.requests.request_card import attachment_file, request_card
from queries.rules.attachments import MOST_BYTES
from queries.store.retention.series import REQUESTS
from queries.store.tables import Registered
from queries.writes.commands import Seen
from queries.writes.requests.requests import (
    AddAttachment,
    ExtendRequest,
    IdentifyParty,
    LinkRequest,
    RecordRequest,
    add_attachment,
    close_request,
    extend_request,
    identify_party,
    link_request,
    record_request,
)
from tests.factories.records import TODAY, make_party, make_person
from tests.factories.requests import (
    RECEIVED,
    SENT,
    make_closed,
    make_identity,
    make_letter,
    make_request,
    seen,
    version_of,
)
from tests.support.trails import everything, trail_of


def _card(store, actor, request, now):
    with store.reading(actor, now=now) as session:
        return request_card(session, request, today=TODAY)


def _refused(store, command, inputs, actor, now) -> Exception:
    """Return the refusal of a command, which changes nothing."""
    before = everything(store)
    with pytest.raises((InvalidInput, InvalidInputs, NotFound, RuleRefusal, StaleRecord)) as said:
        store.carry_out(command, inputs, actor=actor, now=now)
    assert everything(store) == before
    return said.value


def _codes(refusal) -> list[tuple[str, str]]:
    return [(error.field, error.code) for error in refusal.errors]


def test_a_request_is_recorded_with_a_line_for_each_right(store, office, now):
    party = make_person(store)
    inputs = RecordRequest(
        received_on=RECEIVED,
        channel="post",
        rights=("erasure", "access"),
        claimed_name=" Aino  Esimerkki ",
        claimed_contact="Mikkeli",
        text="Poistakaa\ntietoni.",
        party_id=party,
        language="sv",
    )
    request = store.carry_out(record_request, inputs, actor=office, now=now)
    card = _card(store, office, request, now)
    assert (card.number, card.party_name, card.registered, card.channel, card.language) == (
        "2026-0001",
        "Aino Esimerkki",
        "in_register",
        "post",
        "sv",
    )
    assert [(right.kind, right.status) for right in card.rights] == [
        ("access", "open"),
        ("erasure", "open"),
    ]
    assert (card.clock.due, card.status, card.text) == (
        date(2026, 3, 20),
        "open",
        "Poistakaa\ntietoni.",
    )
    assert trail_of(store, "data_subject_request") == [
        (
            "record_request",
            request,
            party,
            "olli",
            [
                "channel",
                "claimed_contact",
                "claimed_name",
                "language",
                "linked_to",
                "number",
                "party_id",
                "received_on",
                "registered",
                "rights",
                "text",
            ],
        )
    ]


def test_numbers_count_by_the_year_of_receipt(store, office, now):
    party = make_person(store)
    numbers = [
        _card(store, office, make_request(store, party, received_on=day), now).number
        for day in (date(2026, 1, 2), date(2025, 12, 30), date(2026, 2, 2))
    ]
    assert numbers == ["2026-0001", "2025-0001", "2026-0002"]


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"received_on": TODAY + timedelta(days=1)}, [("received_on", "day_in_future")]),
        ({"rights": ()}, [("rights", "required")]),
        ({"rights": ("everything",)}, [("rights", "choice")]),
        ({"channel": "pigeon"}, [("channel", "choice")]),
        ({"text": "Tunnukseni on 131052-308T"}, [("text", "personal_identity_code")]),
        (
            {"claimed_name": "A" * 201, "language": "de"},
            [("language", "choice"), ("claimed_name", "too_long")],
        ),
    ],
)
def test_what_cannot_be_is_refused(store, office, now, values, codes):
    inputs = RecordRequest(
        **({"received_on": RECEIVED, "channel": "email", "rights": ("access",)} | values)
    )
    assert _codes(_refused(store, record_request, inputs, office, now)) == codes


def test_a_request_of_before_the_register_keeps_its_day_of_receipt(store, office, now):
    party = make_party(store)  # the register began on 15.1.2024
    request = make_request(store, party, received_on=date(2024, 1, 14))
    assert _card(store, office, request, now).received_on == date(2024, 1, 14)


def test_a_request_of_somebody_who_was_erased_is_not_lost(store, office, now):
    inputs = RecordRequest(
        received_on=RECEIVED, channel="email", rights=("access",), party_id=7_000
    )
    assert _refused(store, record_request, inputs, office, now).facts["subject"] == "party"
    request = store.carry_out(record_request, replace(inputs, party_id=None), actor=office, now=now)
    inputs = IdentifyParty(id=request, version=1, registered=Registered.NOT_IN_REGISTER)
    store.carry_out(identify_party, inputs, actor=office, now=now)
    assert _card(store, office, request, now).registered == "not_in_register"


def test_the_same_asked_twice_is_linked(store, office, now):
    party = make_person(store)
    first = make_request(store, party, ("access", "erasure"))
    second = make_request(store, party, ("erasure",))
    other = make_request(store, party, ("portability",))
    cards = {key: _card(store, office, key, now) for key in (first, second, other)}
    assert cards[second].others == ((first, "2026-0001"),)
    assert cards[first].others == ((second, "2026-0002"),)
    assert cards[other].others == ()
    inputs = LinkRequest(id=other, version=1, linked_to=other)
    assert _codes(_refused(store, link_request, inputs, office, now)) == [
        ("linked_to", "link_to_itself")
    ]
    store.carry_out(link_request, replace(inputs, linked_to=first), actor=office, now=now)
    assert _card(store, office, other, now).others == ((first, "2026-0001"),)


def test_who_turns_out_to_be_the_same_is_linked_too(store, office, now):
    party = make_person(store)
    first = make_request(store, party, ("access",))
    second = make_request(store, None, ("access", "erasure"))
    third = make_request(store, None, ("portability",))
    for request in (second, third):
        inputs = IdentifyParty(id=request, version=1, party_id=party)
        store.carry_out(identify_party, inputs, actor=office, now=now)
    assert _card(store, office, second, now).linked_to == first
    card = _card(store, office, third, now)
    assert (card.linked_to, card.others) == (None, ())
    assert card.alike == ((second, "2026-0002"), (first, "2026-0001"))


def test_a_complaint_says_what_it_is_about(store, office, now):
    about = make_closed(store, make_person(store))
    request = make_request(store, None, ("complaint",), linked_to=about)
    assert _card(store, office, request, now).others == ((about, "2026-0001"),)
    inputs = RecordRequest(
        received_on=RECEIVED, channel="post", rights=("complaint",), linked_to=77
    )
    assert _refused(store, record_request, inputs, office, now).facts["id"] == 77


def test_another_party_takes_the_identity_check_along(store, office, now):
    first, second = make_person(store), make_person(store, "Bertta")
    request = make_request(store, first)
    make_identity(store, request)
    make_letter(store, request, "access_report", "access")
    inputs = IdentifyParty(id=request, version=version_of(store, request), party_id=second)
    store.carry_out(identify_party, inputs, actor=office, now=now)
    card = _card(store, office, request, now)
    assert (card.party_name, card.checks, card.letters) == ("Bertta Esimerkki", (), ())
    assert trail_of(store, "data_subject_request")[-1][4] == ["identity_check", "party_id"]


def test_who_was_answered_stays_who_it_is(store, office, manager, now):
    request = make_closed(store, make_person(store))
    inputs = IdentifyParty(
        id=request, version=version_of(store, request), party_id=None, registered="unknown"
    )
    assert _refused(store, identify_party, inputs, office, now).code == "request_closed"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "content.empty"),
        (b"MZ\x90\x00 kirje.pdf", "content.program"),
        (b"#!/bin/sh\nrm", "content.program"),
        (b"<html><script>alert(1)</script>", "content.program"),
        (b"PK\x03\x04 zip\x00", "content.type"),
        (b"%PDF" + b"0" * MOST_BYTES, "content.too_large"),
        (b"Hei, 131052-308T", "personal_identity_code"),
    ],
)
def test_an_attachment_is_told_by_its_content(store, office, now, content, code):
    request = make_request(store)
    inputs = AddAttachment(**seen(store, request), name="kirje.pdf", content=content)
    assert _codes(_refused(store, add_attachment, inputs, office, now)) == [("content", code)]


def test_a_letter_is_kept_as_it_came(store, office, now):
    request = make_request(store)
    content = b"From: aino@esimerkki.example\r\nSubject: Tiedot\r\n\r\nHei"
    inputs = AddAttachment(**seen(store, request), name="viesti.eml", content=content)
    store.carry_out(add_attachment, inputs, actor=office, now=now)
    (row,) = _card(store, office, request, now).attachments
    assert (row.name, row.media_type, row.size, row.added_by) == (
        "viesti.eml",
        "message/rfc822",
        len(content),
        "olli",
    )
    with store.reading(office, now=now) as session:
        assert attachment_file(session, row.id).content == content
    assert _refused(store, add_attachment, inputs, office, now).code == "stale_record"


def test_more_time_is_taken_within_the_first_month_with_a_letter(store, manager, now):
    request = make_request(store)
    inputs = ExtendRequest(**seen(store, request), **SENT, reason="Laaja pyyntö")
    assert _refused(store, extend_request, inputs, manager, now).facts["kind"] == "extension"
    make_letter(store, request, "extension", None)
    inputs = replace(inputs, version=version_of(store, request))
    late = now + timedelta(days=16)  # 21.3.: the first month ended on the 20th
    refusal = _refused(
        store, extend_request, replace(inputs, sent_on=date(2026, 3, 21)), manager, late
    )
    assert (refusal.code, refusal.facts["ends"]) == ("after_first_month", date(2026, 3, 20))
    store.carry_out(extend_request, inputs, actor=manager, now=now)
    card = _card(store, manager, request, now)
    assert (card.extended_on, card.clock.due) == (date(2026, 3, 5), date(2026, 5, 20))
    make_letter(store, request, "extension", None)
    again = replace(inputs, version=version_of(store, request))
    assert _refused(store, extend_request, again, manager, now).code == "extended_already"


def test_nothing_is_closed_without_its_answers(store, manager, now):
    request = make_request(store, make_person(store), ("access", "erasure"))
    inputs = Seen(id=request, version=1)
    refusal = _refused(store, close_request, inputs, manager, now)
    assert (refusal.code, refusal.facts["n"]) == ("answers_missing", 2)
    closed = make_closed(store, make_person(store))
    inputs = Seen(id=closed, version=version_of(store, closed))
    assert _refused(store, close_request, inputs, manager, now).code == "request_closed"


def test_a_file_whose_time_is_up_only_counts(store, office, now):
    party = make_person(store)
    closed, standing = make_closed(store, party), make_request(store, party)
    with store.engine.connect() as connection:
        before = connection.execute(text("SELECT count(*) FROM request_right")).scalar_one()
    with store.writing(office, now=now) as uow:
        gone = REQUESTS.emptied.empty(uow.session, [closed, standing], on=TODAY)
        uow.audit("anonymise_requests", "data_subject_request", None)
    assert gone == {"request_letter": 1, "identity_check": 1, "data_subject_request": 1}
    card = _card(store, office, closed, now)
    assert (card.party_id, card.claimed_name, card.text, card.letters, card.checks) == (
        None,
        None,
        None,
        (),
        (),
    )
    assert (card.anonymised_on, card.closed_on, card.rights[0].status) == (
        TODAY,
        TODAY,
        "fulfilled",
    )
    assert _card(store, office, standing, now).claimed_name == "Aino Esimerkki"
    with store.engine.connect() as connection:
        after = connection.execute(text("SELECT count(*) FROM request_right")).scalar_one()
    assert after == before
