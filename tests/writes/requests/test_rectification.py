"""The data before a rectification are kept until its answer, and no longer."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from queries.errors import RuleRefusal
from queries.reads.requests.request_card import details_before, request_card
from queries.store.tables import RequestLetter, TrailEntry
from queries.writes.requests.answers import (
    FulfilRectification,
    RefuseRight,
    fulfil_rectification,
    refuse_right,
)
from queries.writes.requests.rectification import BeginRectification, begin_rectification
from queries.writes.requests.requests import IdentifyParty, identify_party
from tests.factories.records import MAKER, TODAY, make_person, make_phone
from tests.factories.requests import SENT, make_letter, make_request, seen, version_of


@pytest.fixture
def begun(store, now):
    """A request whose rectification was begun with b"[1]"."""
    request = make_request(store, make_person(store), ("rectification",))
    begin(store, request, now)
    return request


def begin(store, request, now, content=b"[1]"):
    inputs = BeginRectification(**seen(store, request), content=content)
    store.carry_out(begin_rectification, inputs, actor=MAKER, now=now)


def before(store, request):
    with store.reading(MAKER) as session:
        return details_before(session, request)


def test_what_was_kept_first_stays_and_is_no_letter(store, now, begun):
    begin(store, begun, now, b"[2]")
    assert before(store, begun) == b"[1]"
    with store.reading(MAKER) as session:
        assert request_card(session, begun, today=TODAY).letters == ()
        lines = session.execute(
            select(TrailEntry.columns).where(TrailEntry.action == "begin_rectification")
        ).all()
    assert len(lines) == 1


def test_it_goes_with_the_answer(store, now, begun):
    with store.reading(MAKER) as session:
        party = request_card(session, begun, today=TODAY).party_id
    make_phone(store, party)
    make_letter(store, begun, "rectified", "rectification")
    assert before(store, begun) == b"[1]"
    inputs = FulfilRectification(**seen(store, begun), **SENT)
    store.carry_out(fulfil_rectification, inputs, actor=MAKER, now=now)
    assert before(store, begun) is None
    with store.reading(MAKER) as session:
        assert session.scalars(select(RequestLetter.kind)).all() == ["rectified"]


def test_it_goes_with_a_refusal_and_with_another_party(store, now, begun):
    other = make_request(store, make_person(store), ("rectification",))
    begin(store, other, now)
    make_letter(store, begun, "refused", "rectification")
    inputs = RefuseRight(
        **seen(store, begun),
        **SENT,
        asked="rectification",
        ground="accurate",
        reason="Tiedot ovat oikein.",
    )
    store.carry_out(refuse_right, inputs, actor=MAKER, now=now)
    assert before(store, begun) is None
    inputs = IdentifyParty(id=other, version=version_of(store, other), registered="unknown")
    store.carry_out(identify_party, inputs, actor=MAKER, now=now)
    assert before(store, other) is None


def test_there_is_somebody_whose_data_are_corrected(store, now):
    request = make_request(store, None, ("rectification",))
    with pytest.raises(RuleRefusal) as refused:
        begin(store, request, now)
    assert refused.value.code == "request_without_party"
