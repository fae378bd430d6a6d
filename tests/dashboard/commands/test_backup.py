"""The exit codes of ``backup``: what was not done is told from a store that cannot be used."""

from __future__ import annotations

import signal

import pytest

from dashboard.cli import main
from dashboard.commands import options as shared
from queries.store.engine import sqlite_url
from queries.store.migrate import create_store


@pytest.fixture(autouse=True)
def _signals():
    """The command line takes the stop signal for itself."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def folder(tmp_path):
    create_store(sqlite_url(tmp_path / "register.sqlite")).close()
    return tmp_path


@pytest.mark.parametrize("place", ["letter", "letter/copy"])
def test_a_place_that_does_not_take_the_copy_is_no_fault_of_the_store(folder, capsys, place):
    (folder / "letter").write_text("Hyvä asiakas")
    code = main(["--language", "en", "backup", str(folder / place), "--data", str(folder)])
    assert code == shared.REFUSED
    assert "backup" in capsys.readouterr().err
    assert (folder / "letter").read_text() == "Hyvä asiakas"


def test_a_missing_store_cannot_be_used(tmp_path):
    assert main(["backup", "--data", str(tmp_path)]) == shared.STORE_UNUSABLE
