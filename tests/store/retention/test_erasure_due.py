"""Files due by a request for erasure: the figures, the list and the proposal agree."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from queries.reads.retention.disposals import disposal_items
from queries.reads.retention.figures import RetentionState, retention_figures
from queries.reads.retention.forecast import retention_forecast
from queries.reads.retention.reasons import explained
from queries.reads.retention.record_list import retention_list
from queries.reads.retention.rows import RetentionFilter
from queries.store.tables import ItemKind, Restriction
from queries.writes.customers.parties import ChangeStatus, change_status
from tests.factories.disposals import DAY, OVER, hold, propose
from tests.factories.records import MAKER, make_note, make_order, make_party, make_person
from tests.factories.retention import make_year
from tests.factories.sales import make_draft, make_invoice, noon, version_of
from tests.support.filled import filled_once


def ask_erasure(store, party, since=DAY):
    """The restriction that an erasure which waits leaves (GDPR Art. 17)."""
    with store.writing(MAKER, now=OVER) as uow:
        uow.session.add(
            Restriction(
                party_id=party,
                since=since,
                basis="erasure",
                reason="Art. 17",
                changed_at=OVER,
                changed_by="x",
            )
        )
        uow.audit("restrict", "restriction", None)


@filled_once
def asked(store):
    """A person whose records no statute keeps, with one of each; another with an invoice."""
    make_year(store, date(2024, 7, 1), date(2025, 12, 31))
    person = {"given_name": "Aino", "family_name": "Esimerkki", "started_on": date(2024, 7, 1)}
    free, bound = (make_party(store, **person) for _ in range(2))
    make_note(store, free, noted_on=date(2025, 1, 2))
    make_order(store, free, status="quote", ordered_on=date(2025, 1, 3))
    make_draft(store, free, now=noon(date(2025, 1, 4)))
    make_invoice(store, bound, issued_on=date(2025, 1, 5))
    make_note(store, bound, noted_on=date(2025, 1, 6))
    make_note(store, make_person(store), noted_on=date(2025, 1, 7))
    for party in (free, bound):
        ended = ChangeStatus(
            id=party,
            version=version_of(store, "party", party),
            status="ended",
            ended_on=date(2025, 1, 8),
        )
        store.carry_out(change_status, ended, actor=MAKER, now=OVER)
    before = listed(store)
    ask_erasure(store, free)
    ask_erasure(store, bound)
    return free, bound, before


def listed(store, state=RetentionState.OVERDUE, size=50, **wanted):
    rows, after = [], None
    with store.reading(MAKER) as session:
        while True:
            page = retention_list(
                session, RetentionFilter(state=state, **wanted), today=DAY, after=after, size=size
            )
            rows += page.rows
            after = page.next_key
            if after is None:
                return rows


def figures(store):
    with store.reading(MAKER) as session:
        return retention_figures(session, today=DAY)


def proposed(store):
    run = propose(store)
    with store.reading(MAKER) as session:
        return {
            (kind, item.record_id)
            for kind in ItemKind
            for item in disposal_items(session, run, kind=kind, size=1000)
        }


def test_figures_list_and_proposal_agree(store, asked):
    free, _bound, before = asked
    assert before == []
    rows = listed(store)
    assert {(row.kind, row.id) for row in rows} == {
        ("note", 1),
        ("note", 2),
        ("order", 1),
        ("draft", 1),
        ("party", free),
    }
    assert {row.keep_until for row in rows} == {DAY - timedelta(days=1)}
    shown = figures(store)
    assert shown.of(RetentionState.OVERDUE) == len(rows)
    assert shown.oldest == DAY - timedelta(days=1)
    assert proposed(store) == {(row.kind, row.id) for row in rows}


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_lose_nothing(store, asked, size):
    make_note(store, make_person(store), noted_on=date(2020, 1, 1))
    assert listed(store, size=size) == listed(store)


def test_a_customer_chosen_shows_its_own(store, asked):
    assert {row.kind for row in listed(store, party_id=asked[1])} == {"note"}
    assert {row.kind for row in listed(store, party_id=asked[0])} == {
        "note",
        "order",
        "draft",
        "party",
    }


def test_what_is_due_now_is_not_due_later(store, asked):
    """The forecast counts what the statute keeps, and what no request is about."""
    with store.reading(MAKER) as session:
        months = retention_forecast(session, today=DAY)
    assert [(row.month, row.kind, row.count) for row in months] == [
        (date(2031, 12, 1), "invoice", 1),
        (date(2027, 1, 1), "note", 1),
        (date(2031, 12, 1), "party", 1),
    ]


def test_a_hold_keeps_it_listed_as_held(store, asked):
    hold(store, "party", asked[0])
    assert {row.party_id for row in listed(store, RetentionState.HELD)} == {asked[0]}
    assert {row.kind for row in listed(store)} == {"note"}
    assert (figures(store).of(RetentionState.HELD), figures(store).of(RetentionState.OVERDUE)) == (
        4,
        1,
    )


def test_the_explanation_knows_the_request(store, asked):
    with store.reading(MAKER) as session:
        why, keepers = explained(session, "note_days-1", today=DAY)
    assert (why.keep_until, keepers.erasing_since, keepers.keep) == (date(2027, 1, 2), DAY, False)
