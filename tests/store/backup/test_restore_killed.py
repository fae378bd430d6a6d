"""Kill -9 in the middle of a restore: one of the two stores is there, whole, and it completes."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from queries.demonstration import build
from queries.store.backup.backup import back_up
from queries.store.backup.ledger import ledger_of
from queries.store.backup.ledger_marks import note_mark
from queries.store.backup.record_origins import origins_of
from queries.store.backup.restore import restore
from queries.store.engine import sqlite_url
from queries.store.migrate import create_store
from queries.store.retention.erasing import FILES, erase, gate_open
from tests.conftest import NOW
from tests.factories.records import MAKER, make_note, make_person
from tests.support.kills import in_a_child, killed, said, whole

DAY = date(2026, 3, 5)


def restored(folder):
    restore(folder / "copy", sqlite_url(folder / "register.sqlite"), folder, now=NOW)


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A folder with a store, an older backup of it, and an erasure in between."""
    folder = tmp_path_factory.mktemp("begun")
    store = create_store(sqlite_url(folder / "register.sqlite"))
    build(store, customers=60, seed=3, today=DAY)
    note = make_note(store, make_person(store))
    ledger, keys = ledger_of(store, folder), {"note": [note]}
    back_up(store, ledger, folder / "copy", on=DAY)
    with store.engine.connect() as connection:
        origins = {"note": origins_of(connection, "note", [note])}
    with ledger.held():
        with store.writing(MAKER, token="batch") as uow, gate_open(uow.session):
            erase(uow.session, FILES["note"], [note], on=uow.today)
            note_mark(uow.session, ledger.intend("batch", DAY, keys, {}, origins=origins))
            uow.audit("carry_out_disposal", "disposal_run", 1)
        ledger.confirm("batch")
    make_person(store, "Myöhempi")
    store.close()
    return folder


def test_killed_at_any_moment_one_store_is_there_and_it_completes(begun, tmp_path):
    done = tmp_path / "done"
    shutil.copytree(begun, done)
    before = whole(done)
    took = in_a_child(restored, done)
    wanted = whole(done)
    counts = {"before": 0, "after": 0}
    for folder in killed(restored, begun, tmp_path, took):
        found = whole(folder)
        assert found in (before, wanted)
        counts["after" if found == wanted else "before"] += 1
        in_a_child(restored, folder)
        assert whole(folder) == wanted
        kept = [path.name for path in folder.iterdir() if ".restoring" in path.name]
        assert kept == []
    said("restore", **counts)
