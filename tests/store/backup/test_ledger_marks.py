from __future__ import annotations

import shutil
from datetime import date

import pytest

from queries.errors import StoreRefusal
from queries.store.backup.backup import back_up
from queries.store.backup.ledger import Ledger, Mark, ledger_of, settle
from queries.store.backup.ledger_marks import Bond, compare, mark_of, note_mark, unless_folder_apart
from queries.store.retention.erasing import FILES, erase, gate_open
from queries.store.sessions import Store
from queries.writes.retention.disposal import carry_on
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from tests.factories.disposals import DAY, OVER, approve, dispose, ended_person, propose
from tests.factories.records import MAKER


@pytest.fixture
def register(store):
    year = AmendFinancialYear(starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
    store.carry_out(amend_financial_year, year, actor=MAKER, now=OVER)
    ended_person(store)
    return store


@pytest.fixture
def ledger(register, tmp_path):
    return ledger_of(register, tmp_path)


def code_of(call):
    with pytest.raises(StoreRefusal) as refusal:
        call()
    return refusal.value.code


def mark(store):
    with store.engine.connect() as connection:
        return mark_of(connection)


def next_disposal(store, ledger):
    """Propose and approve somebody else whose time is up; the returned call carries it out."""
    ended_person(store, "Bertta")
    run = propose(store)
    approve(store, run)
    return lambda: carry_on(store, ledger, run, actor=MAKER, now=OVER)


def test_a_store_that_never_disposed_needs_no_ledger(register, ledger, tmp_path):
    assert (mark(register), compare(register, ledger)) == (None, Bond.NONE_NEEDED)
    back_up(register, ledger, tmp_path / "copy", on=DAY)
    assert (mark(register), compare(register, ledger)) == (None, Bond.FITS)
    shutil.rmtree(ledger.folder)
    assert compare(register, ledger) == Bond.NONE_NEEDED


def test_a_batch_keeps_the_line_of_its_intent(register, ledger):
    dispose(register, ledger)
    macs = ledger.read().macs
    assert (mark(register).number, mark(register).mac) == (1, macs[0])
    assert len(macs) == 2
    assert compare(register, ledger) == Bond.FITS
    dispose_again = next_disposal(register, ledger)
    dispose_again()
    assert mark(register).number == 3


def test_a_store_without_an_identity_is_opened_in_any_folder(store, tmp_path):
    unless_folder_apart(store, tmp_path)
    assert list((tmp_path).glob("ledger")) == []


def test_a_ledger_that_was_lost_is_refused(register, ledger, tmp_path):
    dispose(register, ledger)
    shutil.rmtree(ledger.folder)
    assert code_of(lambda: unless_folder_apart(register, tmp_path)) == "ledger_lost"
    assert code_of(next_disposal(register, ledger)) == "ledger_lost"
    assert code_of(lambda: back_up(register, ledger, tmp_path / "b", on=DAY)) == "ledger_lost"
    assert not ledger.exists


def test_a_ledger_without_its_end_is_refused(register, ledger, tmp_path):
    back_up(register, ledger, tmp_path / "copy", on=DAY)
    dispose(register, ledger)
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    ledger.path.write_bytes(b"".join(lines[:-2]))
    assert code_of(lambda: unless_folder_apart(register, tmp_path)) == "ledger_short"
    assert code_of(next_disposal(register, ledger)) == "ledger_short"


def test_the_ledger_of_another_folder_is_refused_in_both(register, ledger, tmp_path):
    dispose(register, ledger)
    other = ledger_of(register, tmp_path / "other")
    assert code_of(next_disposal(register, other)) == "ledger_lost"
    with other.held():
        other.intend("made there", DAY, {"party": [9]}, {})
    other.confirm("made there")
    assert code_of(lambda: unless_folder_apart(register, tmp_path / "other")) == "ledger_another"
    assert compare(register, ledger) == Bond.FITS


def test_a_ledger_that_goes_between_two_batches_is_refused_by_the_second(register, ledger):
    ended_person(register, "Bertta")
    run = propose(register)
    approve(register, run)

    def lose(_done):
        shutil.rmtree(ledger.folder)

    carry = lambda: carry_on(  # noqa: E731 - a call for code_of
        register, ledger, run, actor=MAKER, now=OVER, progress=lose, limit=1
    )
    assert code_of(carry) == "ledger_lost"


def test_a_crash_after_the_commit_leaves_a_store_that_fits(register, ledger):
    with ledger.held(), register.writing(MAKER, token="batch") as uow, gate_open(uow.session):
        erase(uow.session, FILES["party"], [1], on=uow.today)
        note_mark(uow.session, ledger.intend("batch", DAY, {"party": [1]}, {}))
        uow.audit("carry_out_disposal", "disposal_run", 1)
    assert compare(register, Ledger(ledger.folder.parent, ledger.register)) == Bond.FITS
    assert settle(ledger, register) == ["batch"]
    assert compare(register, ledger) == Bond.FITS


def test_a_crash_before_the_commit_leaves_a_store_that_fits(register, ledger):
    dispose(register, ledger)
    with ledger.held():
        ledger.intend("never committed", DAY, {"party": [9]}, {})
    assert compare(register, ledger) == Bond.FITS
    settle(ledger, register)
    assert compare(register, ledger) == Bond.FITS


def test_a_copy_in_the_place_of_the_store_is_refused(sqlite_store, tmp_path):
    ledger = ledger_of(sqlite_store, tmp_path)
    ended_person(sqlite_store)
    dispose(sqlite_store, ledger)
    ended_person(sqlite_store, "Bertta")
    copy = back_up(sqlite_store, ledger, tmp_path / "copy", on=DAY).path
    dispose(sqlite_store, ledger)
    sqlite_store.close()
    shutil.copy(copy, tmp_path / "register.sqlite")
    again = Store(sqlite_store.engine)
    assert code_of(lambda: unless_folder_apart(again, tmp_path)) == "store_behind_ledger"
    assert code_of(next_disposal(again, ledger)) == "store_behind_ledger"


def test_a_store_of_before_takes_any_ledger_but_not_none(register, ledger):
    dispose(register, ledger)
    with register.writing(MAKER) as uow:
        note_mark(uow.session, Mark(0, ""))
        uow.audit("carry_out_disposal", "disposal_run", 1)
    assert compare(register, ledger) == Bond.FITS
    next_disposal(register, ledger)()
    assert mark(register).number == 3
    with register.writing(MAKER) as uow:
        note_mark(uow.session, Mark(0, ""))
        uow.audit("carry_out_disposal", "disposal_run", 1)
    shutil.rmtree(ledger.folder)
    assert compare(register, ledger) == Bond.LOST
