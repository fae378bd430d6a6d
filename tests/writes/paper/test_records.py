from __future__ import annotations

from datetime import date, timedelta

import pytest

from queries.errors import InvalidInputs, NotAllowed, NotFound, Restricted, RuleRefusal, StaleRecord
from queries.reads.paper.records import LoanRow
from queries.writes.paper.records import (
    AmendPaper,
    LendPaper,
    MovePaper,
    PartyLink,
    ReturnPaper,
    amend_paper,
    lend_paper,
    link_party,
    move_paper,
    return_paper,
    unlink_party,
)
from tests.factories.disposals import restrict
from tests.factories.papers import card, lend, make_paper, make_room, seen
from tests.factories.records import MAKER, TODAY, make_party
from tests.factories.requests import make_request
from tests.factories.retention import hold
from tests.support.trails import everything, trail_of

BINDER = {
    "kind": "binder",
    "title": "Palkat 2020",
    "class_code": "payroll_ledger",
    "starts_on": date(2020, 1, 1),
    "ends_on": date(2020, 12, 31),
}


def test_records_are_numbered_without_a_gap_and_corrected(store, office, now):
    room = make_room(store)
    first = make_paper(store, room_id=room, shelf="A 1")
    with pytest.raises(InvalidInputs):
        store.carry_out(amend_paper, AmendPaper(**BINDER | {"title": ""}), actor=office, now=now)
    second = store.carry_out(amend_paper, AmendPaper(**BINDER), actor=office, now=now)
    assert [card(store, key).row.number for key in (first, second)] == ["M-0001", "M-0002"]
    box = AmendPaper(**BINDER | {"id": second, "version": 1, "kind": "box"})
    assert store.carry_out(amend_paper, box, actor=office, now=now) == second
    assert (card(store, second).row.kind, card(store, second).version) == ("box", 2)
    assert trail_of(store, "paper_record") == [
        (
            "add_paper",
            first,
            None,
            "tekija",
            [
                "class_code",
                "ends_on",
                "kind",
                "number",
                "paper_title",
                "room_id",
                "shelf",
                "starts_on",
            ],
        ),
        (
            "add_paper",
            second,
            None,
            "olli",
            [
                "class_code",
                "ends_on",
                "kind",
                "number",
                "paper_title",
                "room_id",
                "shelf",
                "starts_on",
            ],
        ),
        ("amend_paper", second, None, "olli", ["kind"]),
    ]


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"kind": "scroll"}, ("kind", "choice")),
        ({"class_code": "newsletter"}, ("class_code", "choice")),
        ({"title": "131052-308T"}, ("title", "personal_identity_code")),
        ({"starts_on": None}, ("starts_on", "required")),
        ({"ends_on": date(2019, 12, 31)}, ("ends_on", "period_ends_first")),
        ({"shelf": "x" * 101}, ("shelf", "too_long")),
    ],
)
def test_a_record_is_checked_field_by_field(sqlite_store, office, now, values, refused):
    before = everything(sqlite_store)
    with pytest.raises(InvalidInputs) as refusal:
        sqlite_store.carry_out(amend_paper, AmendPaper(**BINDER | values), actor=office, now=now)
    assert [(error.field, error.code) for error in refusal.value.errors] == [refused]
    assert everything(sqlite_store) == before


def test_a_record_is_moved_but_not_into_a_closed_room(store, office, now):
    one, other = make_room(store), make_room(store, "Kaappi")
    closed = make_room(store, "Vanha", closed_on=date(2026, 3, 4))
    paper = make_paper(store, room_id=one)
    inputs = MovePaper(id=paper, version=1, room_id=other, shelf="B 2")
    store.carry_out(move_paper, inputs, actor=office, now=now)
    assert (card(store, paper).row.room, card(store, paper).row.shelf) == ("Kaappi", "B 2")
    with pytest.raises(InvalidInputs) as refusal:
        store.carry_out(
            move_paper, MovePaper(id=paper, version=2, room_id=closed), actor=office, now=now
        )
    assert refusal.value.errors[0].code == "room_closed"
    with pytest.raises(StaleRecord):
        store.carry_out(move_paper, inputs, actor=office, now=now)
    with pytest.raises(NotFound):
        store.carry_out(
            move_paper, MovePaper(id=paper, version=2, room_id=99), actor=office, now=now
        )
    store.carry_out(move_paper, MovePaper(id=paper, version=2, room_id=None), actor=office, now=now)
    assert card(store, paper).row.is_nowhere
    assert trail_of(store, "paper_record")[-1][0] == "move_paper"


def test_it_tells_of_parties_each_once(store, office, now):
    party, other = make_party(store), make_party(store, name="Aamu Oy")
    paper = make_paper(store, party, other)
    store.carry_out(
        link_party, PartyLink(**seen(store, paper), party_id=party), actor=office, now=now
    )
    assert card(store, paper).parties == (
        (other, "Aamu Oy"),
        (party, "Mäntyharjun Sähköasennus Oy"),
    )
    later = now + timedelta(hours=1)
    inputs = PartyLink(**seen(store, paper), party_id=party)
    store.carry_out(unlink_party, inputs, actor=office, now=later)
    assert card(store, paper).parties == ((other, "Aamu Oy"),)
    with pytest.raises(StaleRecord):
        store.carry_out(unlink_party, inputs, actor=office, now=later)
    with pytest.raises(NotFound):
        store.carry_out(
            link_party, PartyLink(**seen(store, paper), party_id=99), actor=office, now=now
        )
    lines = [line for line in trail_of(store, "paper_record") if line[0] != "add_paper"]
    assert lines == [
        ("link_paper", paper, party, "tekija", ["party"]),
        ("link_paper", paper, other, "tekija", ["party"]),
        ("unlink_paper", paper, party, "olli", ["party"]),
    ]


def test_whom_a_hold_a_request_or_a_restriction_keeps_is_not_unlinked(store, now):
    held, asked, restricted = (make_party(store, name=f"Oy {n}") for n in range(3))
    paper = make_paper(store, held, asked, restricted)
    hold(store, "party", held)
    make_request(store, asked)
    restrict(store, restricted)
    for party, refusal in ((held, RuleRefusal), (asked, RuleRefusal), (restricted, Restricted)):
        with pytest.raises(refusal):
            store.carry_out(
                unlink_party, PartyLink(**seen(store, paper), party_id=party), actor=MAKER, now=now
            )
    assert len(card(store, paper).parties) == 3
    with pytest.raises(Restricted):
        lend(store, paper)


def test_it_is_lent_and_comes_back(store, office, now):
    paper = make_paper(store)
    lend(store, paper)
    out = card(store, paper).out
    assert out == LoanRow(
        out.id, "Tilitoimisto Esimerkki", "Tilintarkastus", TODAY, date(2026, 3, 19), None, "tekija"
    )
    with pytest.raises(InvalidInputs) as refusal:
        lend(store, paper, lent_to="Toinen")
    assert refusal.value.errors[0].code == "lent_already"
    later = now + timedelta(days=1)
    lend(store, paper, loan_id=out.id, due_on=date(2026, 4, 2), now=later)
    assert card(store, paper).row.lent_until == date(2026, 4, 2)
    back = ReturnPaper(**seen(store, paper), returned_on=date(2026, 3, 6))
    store.carry_out(return_paper, back, actor=office, now=later)
    assert (card(store, paper).out, card(store, paper).loans[0].returned_on) == (
        None,
        date(2026, 3, 6),
    )
    with pytest.raises(InvalidInputs):
        store.carry_out(
            return_paper,
            ReturnPaper(**seen(store, paper), returned_on=TODAY),
            actor=office,
            now=later,
        )
    with pytest.raises(NotFound):
        lend(store, paper, loan_id=out.id)
    assert [line[0] for line in trail_of(store, "paper_record")] == [
        "add_paper",
        "lend_paper",
        "amend_loan",
        "return_paper",
    ]


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"lent_to": ""}, ("lent_to", "required")),
        ({"reason": ""}, ("reason", "required")),
        ({"lent_on": date(2026, 3, 6)}, ("lent_on", "day_in_future")),
        ({"due_on": date(2026, 3, 4)}, ("due_on", "due_before_loan")),
    ],
)
def test_a_loan_is_checked_field_by_field(sqlite_store, values, refused):
    paper = make_paper(sqlite_store)
    with pytest.raises(InvalidInputs) as refusal:
        lend(sqlite_store, paper, **values)
    assert [(error.field, error.code) for error in refusal.value.errors] == [refused]
    assert card(sqlite_store, paper).out is None


def test_it_does_not_come_back_before_it_went(sqlite_store, office, now):
    paper = make_paper(sqlite_store)
    lend(sqlite_store, paper)
    for day, code in ((date(2026, 3, 4), "returned_before_loan"), (None, "required")):
        with pytest.raises(InvalidInputs) as refusal:
            sqlite_store.carry_out(
                return_paper,
                ReturnPaper(**seen(sqlite_store, paper), returned_on=day),
                actor=office,
                now=now,
            )
        assert refusal.value.errors[0].code == code


def test_a_viewer_changes_nothing(sqlite_store, viewer, now):
    paper = make_paper(sqlite_store)
    before = everything(sqlite_store)
    for command, inputs in (
        (amend_paper, AmendPaper(**BINDER)),
        (move_paper, MovePaper(id=paper, version=1, room_id=None)),
        (link_party, PartyLink(id=paper, version=1, party_id=1)),
        (
            lend_paper,
            LendPaper(id=paper, version=1, lent_to="a", reason="b", lent_on=TODAY, due_on=TODAY),
        ),
    ):
        with pytest.raises(NotAllowed):
            sqlite_store.carry_out(command, inputs, actor=viewer, now=now)
    assert everything(sqlite_store) == before
