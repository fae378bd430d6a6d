from __future__ import annotations

import shutil
from datetime import date

import pytest

from queries.errors import StoreRefusal
from queries.store.backup.backup import back_up
from queries.store.backup.ledger import ledger_of
from queries.store.backup.ledger_marks import Bond, compare
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from queries.writes.retention.ledger_renewal import Renewed, renew
from tests.conftest import NOW
from tests.factories.disposals import DAY, OVER, dispose, ended_person, sold
from tests.factories.records import MAKER
from tests.support.filled import filled_once
from tests.support.trails import everything


@filled_once
def register(store):
    """A store that has disposed of a customer with all that was theirs."""
    year = AmendFinancialYear(starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
    store.carry_out(amend_financial_year, year, actor=MAKER, now=OVER)
    sold(store)
    return store


@pytest.fixture
def ledger(register, tmp_path):
    made = ledger_of(register, tmp_path)
    dispose(register, made)
    return made


def renewed(store, ledger):
    return renew(store, ledger_of(store, ledger.folder.parent), actor=MAKER, now=NOW)


def actions(store):
    return [row[4] for row in everything(store)["trail_entry"]]


def test_a_lost_ledger_gets_what_the_disposals_still_say(register, ledger):
    before = ledger.read().erased
    shutil.rmtree(ledger.folder)
    assert renewed(register, ledger) == Renewed(4, None)
    again = ledger_of(register, ledger.folder.parent)
    assert {table: len(names) for table, names in again.read().erased.items()} == {
        table: len(names) for table, names in before.items()
    }
    assert compare(register, again) == Bond.FITS
    assert actions(register).count("renew_ledger") == 1


def test_a_short_ledger_keeps_its_lines_and_gets_what_it_lacks(register, ledger):
    before = ledger.read().erased
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    ledger.path.write_bytes(b"".join(lines[:2]))
    assert renewed(register, ledger) == Renewed(3, None)
    assert ledger.read().erased == before
    assert compare(register, ledger) == Bond.FITS


def test_what_another_folder_wrote_is_completed(register, ledger, tmp_path):
    other = ledger_of(register, tmp_path / "other")
    with other.held():
        other.intend("made there", DAY, {"party": [9]}, {})
    other.confirm("made there")
    assert renewed(register, other) == Renewed(4, None)
    assert len(other.read().erased["party"]) == 2
    assert compare(register, other) == Bond.FITS
    assert compare(register, ledger) in {Bond.SHORT, Bond.ANOTHER}


@pytest.mark.parametrize("how", ["line", "key"])
def test_a_ledger_that_cannot_be_read_is_set_aside(register, ledger, how):
    if how == "line":
        ledger.path.write_bytes(b"no line\n" + ledger.path.read_bytes())
    else:
        (ledger.folder / "key").unlink()
    done = renewed(register, ledger)
    aside = ledger.folder / f"{ledger.path.stem}-replaced-20260305-100000.jsonl"
    assert done == Renewed(4, aside)
    assert aside.exists()
    assert compare(register, ledger_of(register, ledger.folder.parent)) == Bond.FITS


def test_a_sound_ledger_is_left_as_it_is(register, ledger):
    before = ledger.path.read_bytes()
    assert renewed(register, ledger) is None
    assert ledger.path.read_bytes() == before


def test_where_the_store_is_the_older_one_nothing_is_renewed(sqlite_store, tmp_path):
    ledger = ledger_of(sqlite_store, tmp_path)
    ended_person(sqlite_store)
    copy = back_up(sqlite_store, ledger, tmp_path / "copy", on=DAY).path
    dispose(sqlite_store, ledger)
    sqlite_store.close()
    shutil.copy(copy, tmp_path / "register.sqlite")
    with pytest.raises(StoreRefusal) as refusal:
        renewed(sqlite_store, ledger)
    assert refusal.value.code == "store_behind_ledger"
