"""The file of a request passes through the one disposal service: emptied, and emptied again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from queries.documents.certificate import as_json
from queries.reads.retention.disposals import disposal_review
from queries.reads.retention.figures import RetentionState, retention_figures
from queries.reads.retention.reasons import explained
from queries.reads.retention.record_list import retention_list
from queries.reads.retention.rows import RetentionFilter
from queries.store.backup.backup import back_up
from queries.store.backup.ledger import ledger_of
from queries.store.backup.restore import restore
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from queries.store.tables import DataSubjectRequest, RequestRight
from queries.writes.commands import Seen
from queries.writes.requests.requests import LinkRequest, link_request
from queries.writes.retention.disposal import (
    ProposeDisposal,
    approve_disposal,
    carry_on,
    propose_disposal,
    withdraw_disposal,
)
from tests.factories.disposals import hold, reasons
from tests.factories.records import MAKER, TODAY, make_person
from tests.factories.requests import make_closed, make_request, version_of

#: A request that was closed on 5.3.2026 is kept for 36 months.
OVER = date(2029, 3, 6)
NOW = datetime(2029, 3, 6, 10, tzinfo=UTC)
LAST = date(2029, 3, 5)


def disposed(store, folder, day=OVER, now=NOW):
    run = store.carry_out(propose_disposal, ProposeDisposal(as_of=day), actor=MAKER, now=now)
    store.carry_out(approve_disposal, Seen(id=run, version=1), actor=MAKER, now=now)
    carry_on(store, ledger_of(store, folder), run, actor=MAKER, now=now)
    with store.reading(MAKER) as session:
        return disposal_review(session, run)


def files(store):
    """Each request: whom it names, and from when on it only counts."""
    with store.engine.connect() as connection:
        return [
            tuple(row)
            for row in connection.execute(
                select(
                    DataSubjectRequest.id,
                    DataSubjectRequest.claimed_name,
                    DataSubjectRequest.anonymised_on,
                ).order_by(DataSubjectRequest.id)
            )
        ]


def state(store, today):
    """Counts of request files that are overdue, held and due within a month."""
    with store.reading(MAKER) as session:
        figures = retention_figures(session, today=today)
    return next(
        (count.overdue, count.held, count.within[30])
        for count in figures.counts
        if count.kind == "request"
    )


def listed(store, today, wanted=RetentionState.OVERDUE):
    with store.reading(MAKER) as session:
        page = retention_list(session, RetentionFilter(state=wanted, kind="request"), today=today)
    return [(row.key, row.number, row.keep_until, row.party) for row in page.rows]


def test_a_request_file_is_counted_listed_and_explained_from_its_closing(store):
    closed = make_closed(store, make_person(store))
    make_request(store, make_person(store))
    assert state(store, LAST) == (0, 0, 1)
    assert state(store, OVER) == (1, 0, 0)
    row = (f"request_days-{closed}", "2026-0001", LAST, "Aino Esimerkki")
    assert listed(store, LAST, RetentionState.DAYS_30) == [row]
    assert listed(store, OVER) == [row]
    with store.reading(MAKER) as session:
        why, keepers = explained(session, row[0], today=OVER)
    assert (why.kind, why.number, why.event, why.event_on, why.keep_until, keepers.keep) == (
        "request",
        "2026-0001",
        "answered",
        TODAY,
        LAST,
        False,
    )


def test_it_is_emptied_counted_and_certified_and_never_twice(store, tmp_path):
    party = make_person(store)
    closed = make_closed(store, party)
    early = datetime(2029, 3, 5, 10, tzinfo=UTC)
    assert disposed_nothing(store, LAST, early)
    found = disposed(store, tmp_path)
    assert (found.gone, found.stayed, reasons(found)) == (1, 0, {})
    assert found.run.rows == {"data_subject_request": 1, "identity_check": 1, "request_letter": 1}
    assert files(store) == [(closed, None, OVER)]
    assert b'"retention_class": "request_file"' in as_json(found)
    with store.engine.connect() as connection:
        assert len(connection.execute(select(RequestRight.id)).all()) == 1
    assert state(store, OVER) == (0, 0, 0)
    assert disposed_nothing(store, OVER, NOW)


def disposed_nothing(store, day, now):
    run = store.carry_out(propose_disposal, ProposeDisposal(as_of=day), actor=MAKER, now=now)
    with store.reading(MAKER) as session:
        count = disposal_review(session, run).count
    store.carry_out(withdraw_disposal, Seen(id=run, version=1), actor=MAKER, now=now)
    return count == 0


@pytest.mark.parametrize("by", ["party", "class", "open", "linked"])
def test_a_hold_an_open_request_and_a_later_one_about_the_same_keep_it(store, tmp_path, by):
    party = make_person(store)
    closed = make_closed(store, party)
    if by in {"party", "class"}:
        hold(store, by, party if by == "party" else "request_file")
    else:
        later = make_request(store, party if by == "open" else None)
    if by == "linked":
        inputs = LinkRequest(id=later, version=version_of(store, later), linked_to=closed)
        store.carry_out(link_request, inputs, actor=MAKER)
    assert state(store, OVER) == (0, 1, 0)
    assert listed(store, OVER) == []
    assert [row[0] for row in listed(store, OVER, RetentionState.HELD)] == [
        f"request_days-{closed}"
    ]
    found = disposed(store, tmp_path)
    reason = {
        "party": "hold",
        "class": "class_hold:request_file",
        "open": "request",
        "linked": "hold",
    }[by]
    assert reasons(found) == {("request", reason): 1}
    assert files(store)[0] == (closed, "Aino Esimerkki", None)


@pytest.mark.parametrize("was", ["closed", "open"])
def test_a_restore_takes_the_person_out_again(sqlite_store, sqlite_path, tmp_path, was):
    """A file that is still open in the copy cannot be counted: it is erased whole."""
    folder = tmp_path / "data"
    party = make_person(sqlite_store)
    copy = tmp_path / "copies" / "one"
    copy.parent.mkdir()
    if was == "closed":
        closed = make_closed(sqlite_store, party)
        back_up(sqlite_store, ledger_of(sqlite_store, folder), copy, on=TODAY)
    else:
        closed = make_request(sqlite_store, party)
        back_up(sqlite_store, ledger_of(sqlite_store, folder), copy, on=TODAY)
        with sqlite_store.writing(MAKER) as uow:
            request = uow.session.get(DataSubjectRequest, closed)
            request.status, request.closed_on = "closed", TODAY
            uow.audit("close_request", "data_subject_request", closed)
    disposed(sqlite_store, folder)
    sqlite_store.close()
    done = restore(copy, sqlite_url(sqlite_path), folder, now=NOW)
    assert done.replayed.erased["data_subject_request"] == 1
    back = open_store(sqlite_url(sqlite_path))
    try:
        found = files(back)
    finally:
        back.close()
    assert [row[:2] for row in found] == ([(closed, None)] if was == "closed" else [])
