from __future__ import annotations

from datetime import date

import pytest

from queries.errors import NotFound
from queries.reads.paper.records import PaperFilter, PaperRow, paper_card, paper_list, papers_of
from queries.reads.requests.erasure_plan import erasure_plan
from queries.store.tables import TrailEntry
from tests.conftest import NOW
from tests.factories.papers import lend, make_paper, make_room
from tests.factories.records import MAKER, TODAY, make_party
from tests.factories.retention import make_year
from tests.support.filled import filled_once
from tests.support.statements import statements


@filled_once
def world(store):
    """Five records: in a room, lent, nowhere, in a closed room, of a year that is not recorded."""
    make_year(store, date(2018, 1, 1), date(2018, 12, 31))
    room, closed = make_room(store), make_room(store, "Vanha")
    party = make_party(store)
    make_paper(store, party, room_id=room, shelf="A 1")
    lend(store, make_paper(store, room_id=room, title="Palkat ÄÖ", class_code="payroll_ledger"))
    make_paper(store)
    make_paper(store, room_id=closed)
    make_paper(store, room_id=room, starts_on=date(2017, 1, 1), ends_on=date(2017, 12, 31))
    make_room(store, "Vanha", id=closed, version=1, closed_on=date(2026, 3, 4))
    return store


def listed(store, **wanted):
    with store.reading(MAKER, now=NOW) as session:
        return [
            row.number[-1] for row in paper_list(session, PaperFilter(**wanted), today=TODAY).rows
        ]


def test_the_list_is_narrowed_by_what_one_knows(world):
    assert listed(world) == ["1", "2", "3", "4", "5"]
    assert listed(world, text="äö PALK") == ["2"]
    assert listed(world, text="m-0003") == ["3"]
    assert listed(world, class_code="payroll_ledger") == ["2"]
    assert listed(world, room_id=1) == ["1", "2", "5"]
    assert listed(world, state="overdue") == ["1", "3", "4"]
    assert listed(world, state="lent") == ["2"]
    assert listed(world, state="nowhere") == ["3", "4"]
    assert listed(world, state="destroyed") == []


def test_a_row_tells_where_and_until_when(world):
    with world.reading(MAKER, now=NOW) as session, statements(world.engine) as sent:
        rows = paper_list(session, PaperFilter(), today=TODAY).rows
        assert len(sent) == 3
    assert rows[0] == PaperRow(
        1,
        "M-0001",
        "binder",
        "Tositteet 2018",
        "voucher",
        date(2018, 1, 1),
        date(2018, 12, 31),
        date(2024, 12, 31),
        "Arkisto",
        "A 1",
        is_nowhere=False,
        lent_until=None,
        destroyed_on=None,
        disposed_on=None,
    )
    assert (rows[1].lent_until, rows[1].keep_until) == (date(2026, 3, 19), date(2028, 12, 31))
    assert [row.is_nowhere for row in rows] == [False, False, True, True, False]
    assert rows[4].keep_until is None


def test_pages_follow_each_other_by_key(world):
    with world.reading(MAKER, now=NOW) as session:
        first = paper_list(session, PaperFilter(), today=TODAY, size=2)
        second = paper_list(session, PaperFilter(), today=TODAY, size=2, after=first.next_key)
        back = paper_list(session, PaperFilter(), today=TODAY, size=2, before=second.previous_key)
    assert (first.total.n, first.previous_key) == (5, None)
    assert [row.id for row in (*first.rows, *second.rows)] == [1, 2, 3, 4]
    assert back.rows == first.rows


def test_a_card_leaves_a_read_line(world):
    with world.reading(MAKER, now=NOW) as session, statements(world.engine) as sent:
        card = paper_card(session, 1, today=TODAY)
        assert len(sent) == 5
    assert (card.version, card.room_id, card.key, card.run_id, card.is_paper, card.out) == (
        1,
        1,
        "paper_voucher-1",
        None,
        True,
        None,
    )
    with world.engine.connect() as connection:
        line = connection.execute(
            TrailEntry.__table__.select().where(
                TrailEntry.action == "open", TrailEntry.subject_id == 1
            )
        ).one()
    assert (line.subject, line.kind) == ("paper_record", "read")
    with world.reading(MAKER) as session, pytest.raises(NotFound):
        paper_card(session, 99, today=TODAY)


def test_a_customers_paper_is_found(world):
    with world.reading(MAKER, now=NOW) as session, statements(world.engine) as sent:
        assert [row.number for row in papers_of(session, 1, today=TODAY)] == ["M-0001"]
        assert len(sent) == 2
        assert papers_of(session, 99, today=TODAY) == ()


def test_an_erasure_tells_of_the_paper_that_stays(store):
    make_year(store, date(2018, 1, 1), date(2018, 12, 31))
    party = make_party(store, status="ended", ended_on=date(2025, 1, 1))
    make_paper(store, party, class_code="payroll_ledger")
    make_paper(store, party, class_code="quote_or_lead", ends_on=date(2026, 1, 31))
    make_paper(store, party, class_code="note")
    with store.reading(MAKER, now=NOW) as session:
        plan = erasure_plan(session, party, today=TODAY)
    assert [(line.code, line.goes_now, line.keep_until, line.citation) for line in plan.lines] == [
        ("payroll_ledger", False, date(2028, 12, 31), "OVML 768/2016 28.3 §"),
        ("quote_or_lead", False, date(2028, 1, 31), "GDPR Art. 5(1)(e)"),
        ("note", True, None, "GDPR Art. 17(1)"),
        ("follows_party", False, date(2028, 12, 31), "GDPR Art. 17(3)(b)"),
    ]
    assert (plan.completes_on, plan.in_force) == (date(2028, 12, 31), False)
