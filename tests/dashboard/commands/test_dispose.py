from __future__ import annotations

import shutil
import signal
from datetime import date

import pytest

from dashboard.cli import main
from dashboard.commands import options as shared
from queries.store.data_folder_lock import alone, at_work
from queries.store.engine import sqlite_url
from queries.store.migrate import create_store, open_store
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from tests.factories.disposals import SOLD, hold, sold
from tests.factories.records import MAKER, make_person
from tests.support.trails import everything


@pytest.fixture
def folder(tmp_path):
    """A data folder with someone of the past and someone of today."""
    store = create_store(sqlite_url(tmp_path / "register.sqlite"))
    year = AmendFinancialYear(starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
    store.carry_out(amend_financial_year, year, actor=MAKER, now=SOLD)
    sold(store)
    make_person(store)
    store.close()
    return tmp_path


@pytest.fixture(autouse=True)
def _signals():
    """The command line takes the stop signal for itself."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def run(folder, *words):
    return main(["--language", "en", *words, "--data", str(folder)])


def parties(folder):
    store = open_store(sqlite_url(folder / "register.sqlite"))
    found = len(everything(store)["party"])
    store.close()
    return found


def test_disposed_backed_up_and_restored_on_the_command_line(folder, capsys):
    assert run(folder, "backup", str(folder / "copy")) == shared.OK
    assert run(folder, "dispose", "propose") == shared.OK
    assert run(folder, "dispose", "carry-out", "1") == shared.REFUSED
    assert run(folder, "dispose", "approve", "1") == shared.OK
    assert run(folder, "dispose", "carry-out", "1") == shared.OK
    assert run(folder, "dispose", "list") == shared.OK
    said = capsys.readouterr()
    assert said.out.splitlines()[-1].endswith("\tFinished")
    assert "Disposal 1: 4 disposed of, 0 kept." in said.err
    assert parties(folder) == 1
    assert run(folder, "restore", str(folder / "copy")) == shared.OK
    said = capsys.readouterr()
    assert "it was erased again" in said.err or "they were erased again" in said.err
    assert parties(folder) == 1


def test_what_was_held_since_the_backup_is_named(folder, capsys):
    assert run(folder, "backup", str(folder / "copy")) == shared.OK
    store = open_store(sqlite_url(folder / "register.sqlite"))
    hold(store, "party", 1)
    hold(store, "party", make_person(store, "Bo"))
    store.close()
    capsys.readouterr()
    assert run(folder, "restore", str(folder / "copy")) == shared.OK
    said = capsys.readouterr().err
    assert "replaced store: 1 (party 1)." in said
    assert "does not have: 2 (party 3)." in said
    assert "Nothing is disposed of until" in said
    assert run(folder, "dispose", "propose") == shared.REFUSED
    assert "waits to be checked" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [["user", "list"], ["backup"], ["dispose", "list"], ["digest"], ["serve", "--no-browser"]],
)
def test_no_command_goes_on_without_the_ledger(folder, capsys, command):
    for step in (["propose"], ["approve", "1"], ["carry-out", "1"]):
        assert run(folder, "dispose", *step) == shared.OK
    shutil.rmtree(folder / "ledger")
    capsys.readouterr()
    assert run(folder, *command) == shared.STORE_UNUSABLE
    said = capsys.readouterr().err
    assert f"is not in {folder / 'ledger'}" in said
    assert "asiakasrekisteri ledger renew" in said


def test_a_backup_has_a_name_of_its_own_where_none_is_given(folder, capsys):
    assert run(folder, "backup") == shared.OK
    place = capsys.readouterr().out.strip()
    assert place.startswith(str(folder / "backups" / "register-"))
    assert run(folder, "backup", place) == shared.REFUSED
    assert "There is a file in this place already" in capsys.readouterr().err


def test_a_served_store_is_not_restored_and_a_restored_one_not_opened(folder, capsys):
    assert run(folder, "backup", str(folder / "copy")) == shared.OK
    with at_work(folder):
        assert run(folder, "restore", str(folder / "copy")) == shared.STORE_UNUSABLE
    assert "The register is open" in capsys.readouterr().err
    with alone(folder):
        assert run(folder, "backup", str(folder / "other")) == shared.STORE_UNUSABLE
    assert "being restored" in capsys.readouterr().err


def test_withdrawn_on_the_command_line(folder, capsys):
    assert run(folder, "dispose", "propose") == shared.OK
    assert run(folder, "dispose", "withdraw", "1") == shared.OK
    assert capsys.readouterr().out.splitlines()[-1].endswith("\tWithdrawn")
    assert parties(folder) == 2
