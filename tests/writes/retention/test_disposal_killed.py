"""Kill -9 in the middle of a disposal: the store opens, is whole, and the disposal completes."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text

from queries.demonstration import build
from queries.store import derived
from queries.store.backup.ledger import ledger_of, settle
from queries.store.engine import sqlite_url
from queries.store.migrate import create_store, open_store
from queries.store.tables import DisposalItem, DisposalRun
from queries.writes.commands import Seen
from queries.writes.retention.disposal import (
    ProposeDisposal,
    approve_disposal,
    carry_on,
    propose_disposal,
)
from tests.factories.records import MAKER
from tests.support.kills import KILLS, address_of, copied, in_a_child, killed, on_postgresql, said
from tests.support.trails import everything

LATER = datetime(2031, 2, 3, 10, 0, tzinfo=UTC)
#: What differs from run to run: instants, tokens and counts of batches.
_OF_THE_RUN = {"trail_entry", "disposal_run", "setting", "ledger_mark"}
#: The table of each kind of item, and which of its rows remain: some are emptied and stay.
_TABLES = {
    "invoice": "invoice",
    "draft": "invoice",
    "order": "service_order",
    "note": "note",
    "paper": "paper_record",
    "form_message": "form_message",
    "request": "data_subject_request",
    "party": "party",
}
_STAND = {"paper_record": "disposed_on IS NULL", "data_subject_request": "anonymised_on IS NULL"}


def opened(folder):
    return open_store(address_of(folder))


def carried_on(folder):
    store = opened(folder)
    run = 1
    carry_on(store, ledger_of(store, folder), run, actor=MAKER, now=LATER, limit=25)
    store.close()


def outcome(folder):
    """Return everything in the store but what names a run's own moments."""
    store = opened(folder)
    found = {name: rows for name, rows in everything(store).items() if name not in _OF_THE_RUN}
    store.close()
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def approved(request, tmp_path_factory):
    """A folder with a store in which a disposal of a made-up company is approved."""
    folder = tmp_path_factory.mktemp("approved")
    if request.param == "postgresql":
        on_postgresql(folder, request.getfixturevalue("postgresql_address"))
        store = opened(folder)
    else:
        store = create_store(sqlite_url(folder / "register.sqlite"))
    build(store, customers=60, seed=3, today=date(2026, 3, 5))
    store.carry_out(propose_disposal, ProposeDisposal(as_of=LATER.date()), actor=MAKER, now=LATER)
    store.carry_out(approve_disposal, Seen(id=1, version=1), actor=MAKER, now=LATER)
    ledger_of(store, folder)
    store.close()
    return folder


def is_consistent(folder):
    """Check that a killed process left a sound store, and that the ledger names exactly what was
    erased."""
    store = opened(folder)
    ledger = ledger_of(store, folder)
    with store.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert connection.execute(text("SELECT * FROM disposal_gate")).all() == []
        assert derived.differences(connection) == []
        items = connection.execute(
            select(DisposalItem.kind, DisposalItem.record_id, DisposalItem.outcome)
        ).all()
        standing = {
            table: set(
                connection.execute(
                    text(
                        f"SELECT id FROM {table} WHERE {_STAND.get(table, '1 = 1')}"  # noqa: S608 - our own tables
                    )
                ).scalars()
            )
            for table in set(_TABLES.values())
        }
        status = connection.execute(select(DisposalRun.status)).scalar()
    for kind, key, decided in items:
        assert (key in standing[_TABLES[kind]]) == (decided != "gone")
    settle(ledger, store)
    named = {}
    for kind, key, decided in items:
        if decided == "gone":
            table = _TABLES[kind]
            named.setdefault(table, set()).add(ledger.pseudonym(table, key))
    assert ledger.read().erased == named
    store.close()
    return status, sum(decided is not None for _kind, _key, decided in items), len(items)


def test_killed_at_any_moment_it_is_whole_and_completes(approved, tmp_path):
    with copied(approved, tmp_path / "whole") as whole:
        took = in_a_child(carried_on, whole)
        wanted = outcome(whole)
    partly = 0
    for folder in killed(carried_on, approved, tmp_path, took):
        _status, decided, count = is_consistent(folder)
        partly += 0 < decided < count
        in_a_child(carried_on, folder)
        assert is_consistent(folder)[0] == "done"
        assert outcome(folder) == wanted
    said("disposal", partly=partly)
    assert partly >= KILLS // 4, "the moments were in the middle of it"
