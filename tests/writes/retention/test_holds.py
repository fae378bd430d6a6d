from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.errors import InvalidInputs, NotAllowed, NotFound, StaleRecord
from queries.reads.retention.blocked_by import keepers_of_party
from queries.reads.retention.holds import holds, holds_to_review
from queries.store.retention.blocks import Standing, held_parties, held_targets, read_standing
from queries.store.tables import HoldScope, ServiceOrder
from queries.writes.commands import Seen
from queries.writes.retention.holds import release_hold
from tests.conftest import NOW
from tests.factories.records import MAKER, TODAY, make_note, make_order, make_party
from tests.factories.retention import REVIEW, hold
from tests.factories.sales import make_invoice
from tests.support.statements import statements
from tests.support.trails import everything, trail_of


def shown(store, party=None, today=TODAY):
    with store.reading(MAKER) as session:
        if party is None:
            return holds(session, today=today)
        return keepers_of_party(session, party, today=today).holds


def test_a_hold_is_placed_on_each_scope_with_whose_record_it_is(store):
    party = make_party(store)
    order, invoice = make_order(store, party), make_invoice(store, party)
    keys = [
        hold(store, "party", party),
        hold(store, "order", order),
        hold(store, "invoice", invoice),
        hold(store, "class", class_code="voucher"),
    ]
    with statements(store.engine) as seen:
        rows = shown(store)
    assert len(seen) == 1
    name = "Mäntyharjun Sähköasennus Oy"
    assert [
        (row.id, row.scope, row.party_id, row.party, row.number, row.class_code) for row in rows
    ] == [
        (keys[0], "party", party, name, None, None),
        (keys[1], "order", party, name, "1001", None),
        (keys[2], "invoice", party, name, "1001", None),
        (keys[3], "class", None, None, None, "voucher"),
    ]
    with Session(store.engine) as session:
        assert session.scalars(held_parties()).all() == [party]
        assert session.scalars(held_targets(HoldScope.ORDER)).all() == [order]
        assert read_standing(session) == Standing(True, frozenset({"voucher"}), {})


def test_the_trail_has_whose_record_and_no_reason(store):
    party = make_party(store)
    key = hold(store, "party", party)
    store.carry_out(release_hold, Seen(id=key, version=1), actor=MAKER, now=NOW)
    lines = trail_of(store, "legal_hold")
    assert [line[:3] for line in lines] == [
        ("place_hold", key, party),
        ("release_hold", key, party),
    ]
    assert "Oikeudenkäynti" not in str(lines)


def test_a_released_hold_holds_nothing_and_is_released_once(store):
    party = make_party(store)
    key = hold(store, "party", party)
    for _twice in range(2):
        with Session(store.engine) as session:
            version = 1 if session.scalars(held_parties()).all() else 2
        store.carry_out(release_hold, Seen(id=key, version=version), actor=MAKER, now=NOW)
    assert shown(store) == ()
    assert [line[0] for line in trail_of(store, "legal_hold")] == ["place_hold", "release_hold"]
    with pytest.raises(InvalidInputs) as refusal:
        hold(store, id=key, version=2, reason="Uusi syy")
    assert [error.code for error in refusal.value.errors] == ["hold_released"]


def test_reason_and_review_day_are_amended(store):
    key = hold(store, "party", make_party(store))
    hold(store, id=key, version=1, reason="Sovinto auki", review_on=date(2026, 6, 1))
    (row,) = shown(store)
    assert (row.reason, row.review_on, row.version) == ("Sovinto auki", date(2026, 6, 1), 2)
    with pytest.raises(StaleRecord):
        hold(store, id=key, version=1, reason="Vanha näkymä")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"reason": " "}, [("reason", "required")]),
        ({"review_on": None}, [("review_on", "required")]),
        ({"review_on": TODAY - timedelta(days=1)}, [("review_on", "review_passed")]),
        ({"scope": "all"}, [("scope", "choice")]),
        ({"scope": "class", "class_code": "nothing"}, [("class_code", "choice")]),
        ({"target_id": None}, [("target_id", "required")]),
        ({"reason": "131052-308T"}, [("reason", "personal_identity_code")]),
    ],
)
def test_what_is_no_hold_is_refused_and_leaves_nothing(store, values, expected):
    party = make_party(store)
    before = everything(store)
    with pytest.raises(InvalidInputs) as refusal:
        hold(store, **{"scope": "party", "target_id": party, **values})
    assert [(error.field, error.code) for error in refusal.value.errors] == expected
    assert everything(store) == before


def test_what_is_not_there_is_not_held(store):
    for scope in ("party", "order", "invoice"):
        with pytest.raises(NotFound):
            hold(store, scope, 99)


def test_the_office_places_no_holds(store, office):
    with pytest.raises(NotAllowed):
        hold(store, "party", make_party(store), actor=office)


def test_a_customers_holds_are_its_own_and_those_on_the_classes_of_its_records(store):
    party, other = make_party(store), make_party(store, name="Toinen Oy")
    own = hold(store, "order", make_order(store, party))
    hold(store, "party", other)
    kind = hold(store, "class", class_code="note")
    assert [row.id for row in shown(store, party)] == [own]
    make_note(store, party)
    assert [row.id for row in shown(store, party)] == [own, kind]


def test_a_hold_is_reviewed_from_its_day_on(store):
    hold(store, "party", make_party(store))

    def due(today):
        with store.reading(MAKER) as session:
            return holds_to_review(session, today=today)

    assert [due(REVIEW - timedelta(days=1)), due(REVIEW)] == [0, 1]
    assert [row.is_due for row in shown(store, today=REVIEW)] == [True]


def test_an_order_and_an_invoice_of_one_number_are_told_apart(store):
    """The joins are by scope: the order's key is not looked up among the invoices."""
    party = make_party(store)
    make_order(store, party)
    order = make_order(store, party)
    make_invoice(store, party)
    invoice = make_invoice(store, party)
    assert order == invoice
    hold(store, "order", order)
    (row,) = shown(store)
    with store.engine.connect() as connection:
        number = connection.scalar(select(ServiceOrder.number).where(ServiceOrder.id == order))
    assert row.number == number
