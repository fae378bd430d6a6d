from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from queries.demonstration import build
from queries.errors import StoreRefusal
from queries.store import derived
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from queries.store.tables import FinancialYear, Invoice, Party
from tests.factories.demonstrations import OURS, TODAY, fill, fingerprint, fresh, schema


@pytest.fixture(scope="module")
def sixty(sqlite_template, tmp_path_factory) -> str:
    """The fingerprint of sixty customers in SQLite."""
    store = fill(fresh(sqlite_template, tmp_path_factory.mktemp("sixty")), 60)
    told = fingerprint(store)
    store.close()
    return told


def test_either_engine_gets_the_same_rows_and_keeps_its_schema(store, sixty):
    before = schema(store)
    fill(store, 60)
    assert fingerprint(store) == sixty
    assert schema(store) == before
    with store.engine.begin() as connection:
        assert derived.differences(connection) == []
        assert derived.is_installed(connection)


def test_keys_and_numbers_go_on_after_the_load(store):
    fill(store, 20)
    with Session(store.engine) as session:
        party_id, last = (
            session.scalar(select(Party.id).limit(1)),
            session.scalar(select(func.max(Invoice.id))),
        )
        stamp = {"changed_at": datetime(2026, 3, 5, tzinfo=UTC), "changed_by": "maija"}
        draft = Invoice(kind="invoice", status="draft", party_id=party_id, **stamp)
        session.add(draft)
        session.flush()
        assert draft.id == last + 1


def test_another_seed_size_or_day_is_another_company(sqlite_template, tmp_path, sixty):
    told = {sixty}
    for number, (customers, seed, today) in enumerate(
        [(60, 2, TODAY), (61, 1, TODAY), (60, 1, TODAY + timedelta(days=1))]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        store = fill(fresh(sqlite_template, folder), customers, seed, today)
        told.add(fingerprint(store))
        store.close()
    assert len(told) == 4


@pytest.mark.parametrize(("customers", "seed"), [(1, 1), (5, 1), (20, 1), (20, 2), (20, 3)])
def test_small_companies(sqlite_store, customers, seed):
    fill(sqlite_store, customers, seed)
    with Session(sqlite_store.engine) as session:
        assert session.scalar(select(func.count()).where(Party.is_customer)) == customers
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        empty = [t.name for t in OURS if session.execute(select(t).limit(1)).first() is None]
    if customers >= 20:
        assert empty == []


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 1, 1), date(2025, 12, 31)])
def test_other_days_to_stand_on(sqlite_store, today):
    fill(sqlite_store, 25, today=today)
    with Session(sqlite_store.engine) as session:
        assert session.scalar(select(func.max(Invoice.issued_on))) <= today
        assert session.scalar(select(func.max(FinancialYear.ends_on))) == date(today.year, 12, 31)
        assert derived.differences(session.connection()) == []


def test_no_customers_is_no_demonstration(sqlite_store):
    with pytest.raises(ValueError, match="at least one"):
        build(sqlite_store, customers=0, seed=1, today=TODAY)


def test_a_store_that_holds_something_is_refused(sqlite_store):
    fill(sqlite_store, 5)
    before = fingerprint(sqlite_store)
    with pytest.raises(StoreRefusal) as refused:
        fill(sqlite_store, 5)
    assert refused.value.code == "store_not_empty"
    assert fingerprint(sqlite_store) == before


def test_a_store_that_is_open_elsewhere_is_refused(sqlite_store, sqlite_path):
    other = open_store(sqlite_url(sqlite_path))
    with other.engine.connect() as connection:
        connection.execute(text("SELECT count(*) FROM party"))
        with pytest.raises(StoreRefusal) as refused:
            fill(sqlite_store, 5)
    other.close()
    assert refused.value.code == "store_busy"
    fill(sqlite_store, 5)


class Interrupted(Exception):
    pass


def test_an_interrupted_load_leaves_nothing(store):
    before, schema_before = fingerprint(store), schema(store)

    def interrupt(done: int, total: int) -> None:
        if done > total / 2:
            raise Interrupted

    with pytest.raises(Interrupted):
        build(store, customers=60, seed=1, today=TODAY, progress=interrupt)
    assert fingerprint(store) == before
    assert schema(store) == schema_before
    with store.engine.connect() as connection:
        assert derived.is_installed(connection)
        if store.engine.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
    fill(store, 5)


_KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from queries.demonstration import build, loading
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store

loading._CACHE_KIB = 500  # so that rows are in the file before the load is over

def end(done, total):
    if done > total / 2:
        os.kill(os.getpid(), signal.SIGKILL)

build(open_store(sqlite_url(Path(sys.argv[1]))), customers=1500, seed=1,
      today=date(2026, 3, 5), progress=end)
"""


def test_a_killed_load_leaves_nothing(sqlite_store, sqlite_path):
    before = fingerprint(sqlite_store)
    size = sqlite_path.stat().st_size
    sqlite_store.close()
    ended = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", _KILLED, str(sqlite_path)],
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert ended.returncode == -signal.SIGKILL
    assert sqlite_path.stat().st_size > 2 * size  # it was in the middle of it
    store = open_store(sqlite_url(sqlite_path))
    assert fingerprint(store) == before
    with store.engine.connect() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    fill(store, 5)
    store.close()


def test_progress_goes_up_to_the_end(sqlite_store):
    told = []
    build(sqlite_store, customers=1100, seed=1, today=TODAY, progress=lambda *at: told.append(at))
    assert told == sorted(told)
    assert told[-1] == (1100, 1100)
    assert len(set(told)) > 20  # the indexes count too
