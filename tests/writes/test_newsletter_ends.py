"""What an erasure on request and a disposal make of the newsletter."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert, select

from queries.rules.requests import LetterKind
from queries.store.ledger import ledger_of
from queries.store.suppressing import is_suppressed
from queries.store.tables import Subscription, SuppressionKind
from queries.writes.erasure import Erasing, fulfil_erasure
from queries.writes.financial_years import FinancialYearWish, amend_financial_year
from queries.writes.identity import IdentityWish, note_identity
from tests.disposals import SOLD, dispose, sold
from tests.makers import MAKER
from tests.newsletters import addresses, make_subscription
from tests.requests import make_letter, make_request, seen
from tests.trails import trail_of

THEN = datetime(2020, 1, 10, 10, 0, tzinfo=UTC)
ASKED_ON = date(2020, 1, 10)


@pytest.fixture
def party(store):
    """Who bought in 2018 and is a customer no more, with a consent and an own customer's address;
    and a neighbour."""
    wish = FinancialYearWish(starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
    store.carry_out(amend_financial_year, wish, actor=MAKER, now=SOLD)
    party, _order, _bill = sold(store)
    make_subscription(store, "suostui@esimerkki.example", party_id=party)
    make_subscription(store, "naapuri@esimerkki.example")
    with store.engine.begin() as connection:
        connection.execute(insert(Subscription), {
            "party_id": party, "address": "osti@esimerkki.example", "language": "fi",
            "address_key": "osti@esimerkki.example", "basis": "customer", "source": "phone",
            "sourced_on": date(2018, 3, 5), "version": 1, "changed_at": SOLD, "changed_by": "x",
        })  # fmt: skip
    return party


def test_a_disposal_keeps_the_consent_and_ends_what_the_relation_gave(store, tmp_path, party):
    dispose(store, ledger_of(store, tmp_path))
    with store.reading(MAKER) as session:
        rows = session.execute(select(Subscription.address, Subscription.party_id)).all()
    assert sorted(tuple(row) for row in rows) == [
        ("naapuri@esimerkki.example", None), ("suostui@esimerkki.example", None),
    ]  # fmt: skip


def test_an_erasure_on_request_ends_every_subscription_and_no_file_brings_it_back(store, party):
    request = make_request(store, party, ("erasure",), received_on=ASKED_ON, now=THEN)
    identity = IdentityWish(**seen(store, request), method="signature", checked_on=ASKED_ON)
    store.carry_out(note_identity, identity, actor=MAKER, now=THEN)
    make_letter(store, request, LetterKind.ERASED, "erasure", now=THEN)
    wish = Erasing(**seen(store, request), sent_on=ASKED_ON, channel="post")
    store.carry_out(fulfil_erasure, wish, actor=MAKER, now=THEN)
    assert addresses(store) == ["naapuri@esimerkki.example"]
    assert "subscription" in trail_of(store, "data_subject_request")[-1][-1]
    with store.reading(MAKER) as session:
        marked = [
            name for name in ("suostui", "osti", "naapuri")
            if is_suppressed(session, SuppressionKind.NEWSLETTER, f"{name}@esimerkki.example")
        ]  # fmt: skip
    assert marked == ["suostui", "osti"]
