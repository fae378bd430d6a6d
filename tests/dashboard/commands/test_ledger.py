"""The drill of an administrator: a lost store, then a lost ledger, and nobody erased is back."""

from __future__ import annotations

import shutil
import signal
from datetime import date, datetime

import pytest

from dashboard.cli import main
from dashboard.commands import options as shared
from queries.rules.calendar_fi import HELSINKI
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from tests.factories.disposals import SOLD, sold
from tests.factories.records import MAKER, make_person
from tests.support.trails import everything


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "password").write_text("neljä vahvaa sanaa tässä")
    return tmp_path


@pytest.fixture(autouse=True)
def _signals():
    """The command line takes the stop signal for itself."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def said(folder, capsys):
    """Run a command; its exit code and what it said."""

    def run(*words):
        code = main(["--language", "en", *words, "--data", str(folder)])
        return code, capsys.readouterr().err

    return run


def parties(folder):
    store = open_store(sqlite_url(folder / "register.sqlite"))
    found = [row[4] for row in everything(store)["party"]]
    store.close()
    return found


def fill(folder):
    """Add someone of 2018, whose time is up, and someone of today."""
    store = open_store(sqlite_url(folder / "register.sqlite"))
    year = AmendFinancialYear(starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
    store.carry_out(amend_financial_year, year, actor=MAKER, now=SOLD)
    sold(store, "Aino")
    make_person(store, "Bo")
    store.close()


def begun(folder, said):
    administrator = ("--username", "anna", "--name", "Anna Aalto")
    return said("init", *administrator, "--password-file", str(folder / "password"))[0]


def disposed(said):
    for step in (["propose"], ["approve", "1"], ["carry-out", "1"]):
        assert said("dispose", *step)[0] == shared.OK


def lose_the_store(folder):
    for path in folder.glob("register.sqlite*"):
        path.unlink()


def test_a_lost_store_and_a_lost_ledger_bring_nobody_back(folder, said):
    assert begun(folder, said) == shared.OK
    fill(folder)
    copy = str(folder / "copy.sqlite")
    assert said("backup", copy)[0] == shared.OK
    disposed(said)
    assert parties(folder) == ["Bo"]

    lose_the_store(folder)
    code, told = said("restore", copy)
    assert code == shared.OK
    assert "they were erased again" in told
    assert "The series continues at 101002, so that none is given out twice" in told
    assert f"how far numbers of requests of {datetime.now(HELSINKI).year} came" in told
    assert "There was no store newer than the backup" in told
    assert parties(folder) == ["Bo"]

    shutil.rmtree(folder / "ledger")
    for words in (["user", "list"], ["backup"], ["restore", copy]):
        code, told = said(*words)
        assert code == shared.STORE_UNUSABLE
        assert "run asiakasrekisteri ledger renew" in told
    assert not (folder / "ledger").exists()

    code, told = said("ledger", "renew")
    assert code == shared.OK
    assert "4 erased records that the store still knew of were added" in told
    assert said("ledger", "renew")[1].endswith("whole. Nothing was changed.\n")
    code, told = said("restore", copy)
    assert code == shared.OK
    assert "they were erased again" in told
    assert "After the backup, order numbers 1002–101001 were given out or passed over." in told
    assert parties(folder) == ["Bo"]


def test_a_backup_that_knows_the_lost_ledger_says_how_it_is_restored(folder, said):
    """Renewing the ledger again would change nothing: the refusal must not send round in a ring."""
    assert begun(folder, said) == shared.OK
    fill(folder)
    disposed(said)
    copy = str(folder / "copy.sqlite")
    assert said("backup", copy)[0] == shared.OK
    shutil.rmtree(folder / "ledger")
    assert said("ledger", "renew")[0] == shared.OK
    code, told = said("restore", copy)
    assert code == shared.STORE_UNUSABLE
    assert "give --without-ledger" in told
    assert "ledger renew" not in told
    assert said("restore", copy, "--without-ledger")[0] == shared.OK
    assert parties(folder) == ["Bo"]


def test_check_says_what_is_wrong_with_the_ledger(folder, said, capsys):
    assert begun(folder, said) == shared.OK
    fill(folder)
    disposed(said)
    shutil.rmtree(folder / "ledger")
    assert main(["--language", "en", "check", "--data", str(folder)]) == shared.REFUSED
    told = capsys.readouterr().out
    assert "Erasure ledger: differs: it is not in the data folder\n" in told


def test_without_store_and_ledger_a_restore_is_refused_until_it_is_told(folder, said):
    assert begun(folder, said) == shared.OK
    copy = str(folder / "copy.sqlite")
    assert said("backup", copy)[0] == shared.OK
    lose_the_store(folder)
    shutil.rmtree(folder / "ledger")
    code, told = said("restore", copy)
    assert code == shared.STORE_UNUSABLE
    assert "give --without-ledger" in told
    code, told = said("restore", copy, "--without-ledger")
    assert code == shared.OK
    assert "Whoever was erased after the backup is in the register again" in told
