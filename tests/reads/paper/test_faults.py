from __future__ import annotations

from datetime import date

from queries.reads.paper import faults
from queries.reads.paper.faults import Faults, LentRow, PaperFigures
from tests.conftest import NOW
from tests.factories.papers import lend, make_key, make_paper, make_room
from tests.factories.records import MAKER, TODAY
from tests.factories.users import make_user
from tests.support.filled import filled_once
from tests.support.statements import statements

READS = (
    "rooms_without_lock",
    "holders_without_reason_or_user",
    "papers_nowhere",
    "papers_outside_locked_room",
    "overdue_loans",
)


def read(store, name, **more):
    with store.reading(MAKER, now=NOW) as session:
        return getattr(faults, name)(session, today=TODAY, **more)


def test_in_an_empty_house_nothing_is_wrong(store):
    assert [read(store, name) for name in READS] == [Faults(0, 0, (), None)] * len(READS)
    assert read(store, "paper_figures") == PaperFigures(0, 0, 0, 0, 0)


@filled_once
def right(store):
    """Make a register in which everything is as the notice says."""
    make_user(store)
    room = make_room(store)
    make_key(store, room, username="olli")
    lend(store, make_paper(store, room_id=room))
    return store


def test_where_all_is_right_all_are_counted_and_none_is_listed(right):
    assert [read(right, name) for name in READS] == [Faults(0, 1, (), None)] * len(READS)
    assert read(right, "paper_figures") == PaperFigures(1, 1, 1, 0, 0)


def test_each_fault_is_counted_and_listed(right):
    unlocked = make_room(right, "Kaappi", lock=None)
    closed = make_room(right, "Vanha", lock=None)
    make_key(right, 1, name="A", reason=None, username="olli")
    make_key(right, 1, name="B")
    make_key(right, 1, name="C", held_until=date(2026, 3, 4))
    make_key(right, closed, name="D")
    make_key(right, 1, name="E")
    with right.engine.begin() as connection:  # as a version before could write it
        connection.exec_driver_sql(
            "UPDATE key_holder SET held_from = '2026-04-01' WHERE name = 'E'"
        )
    make_paper(right, room_id=unlocked)
    make_paper(right, room_id=closed)
    make_paper(right)
    make_room(right, "Vanha", id=closed, version=1, closed_on=date(2026, 3, 4), lock=None)
    lend(right, 2, lent_on=date(2026, 2, 2), due_on=date(2026, 3, 4))
    locks = read(right, "rooms_without_lock")
    assert (locks.faulty, locks.of, [row.name for row in locks.rows]) == (1, 2, ["Kaappi"])
    keys = read(right, "holders_without_reason_or_user")
    assert (keys.faulty, keys.of, [row.name for row in keys.rows]) == (2, 3, ["A", "B"])
    nowhere = read(right, "papers_nowhere")
    assert (nowhere.faulty, nowhere.of, [row.id for row in nowhere.rows]) == (2, 4, [3, 4])
    outside = read(right, "papers_outside_locked_room")
    assert (outside.faulty, outside.of, [row.id for row in outside.rows]) == (3, 4, [2, 3, 4])
    late = read(right, "overdue_loans")
    assert late == Faults(
        1,
        2,
        (
            LentRow(
                2,
                2,
                "M-0002",
                "Tositteet 2018",
                "Tilitoimisto Esimerkki",
                "Tilintarkastus",
                date(2026, 2, 2),
                date(2026, 3, 4),
                is_late=True,
            ),
        ),
        None,
    )
    assert [row.is_late for row in read(right, "loans_out").rows] == [False, True]
    assert read(right, "paper_figures") == PaperFigures(4, 2, 2, 1, 5)


def test_a_key_of_somebody_who_may_not_sign_in_any_more_is_listed(right):
    with right.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE user_account SET active = NOT active")
    keys = read(right, "holders_without_reason_or_user")
    assert (keys.faulty, keys.rows[0].is_user) == (1, False)


def test_pages_follow_each_other_and_statements_do_not_grow(right):
    for _n in range(5):
        make_paper(right)
    first = read(right, "papers_nowhere", size=3)
    rest = read(right, "papers_nowhere", size=3, after=first.next_key)
    assert [row.id for row in (*first.rows, *rest.rows)] == [2, 3, 4, 5, 6]
    assert (first.faulty, rest.next_key) == (5, None)
    for name in READS:
        with right.reading(MAKER, now=NOW) as session, statements(right.engine) as sent:
            getattr(faults, name)(session, today=TODAY)
        assert len(sent) == (3 if name.startswith("papers") else 2), name
    with right.reading(MAKER, now=NOW) as session, statements(right.engine) as sent:
        faults.paper_figures(session, today=TODAY)
    assert len(sent) == 4
