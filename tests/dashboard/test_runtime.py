"""The objects that a process serves, and the small pieces before the pages."""

from __future__ import annotations

import doctest
import gc
import importlib
import weakref
from pathlib import Path

import pytest

from dashboard import runtime
from dashboard.garbage import collected_on_a_timer
from dashboard.web.doorway import Doorway
from queries.errors import StoreRefusal
from queries.store.engine import sqlite_url
from tests.support.waiting import comes


@pytest.mark.parametrize("name", ["dashboard.web.doorway"])
def test_the_examples_in_the_docstrings_hold(name):
    results = doctest.testmod(importlib.import_module(name))
    assert (results.failed, results.attempted > 0) == (0, True)


def test_the_folder_is_the_given_one_the_environments_or_the_platforms(monkeypatch, tmp_path):
    monkeypatch.setattr(runtime.sys, "platform", "linux")
    monkeypatch.delenv(runtime.DATA_FOLDER, raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/maija")
    assert runtime.data_folder() == Path("/home/maija/.local/share/asiakasrekisteri")
    monkeypatch.setenv("XDG_DATA_HOME", "/srv/data")
    assert runtime.data_folder() == Path("/srv/data/asiakasrekisteri")
    monkeypatch.setattr(runtime.sys, "platform", "darwin")
    assert runtime.data_folder() == Path("/home/maija/Library/Application Support/asiakasrekisteri")
    monkeypatch.setenv(runtime.DATA_FOLDER, "/srv/register")
    assert runtime.data_folder() == Path("/srv/register")
    assert runtime.data_folder(tmp_path / "x" / "..") == tmp_path


def test_the_address_is_the_given_one_the_folders_or_the_environments(monkeypatch, tmp_path):
    monkeypatch.setenv(runtime.DATABASE_URL, "postgresql://register@db/register")
    in_folder = f"sqlite+pysqlite:///{tmp_path}/register.sqlite"
    assert runtime.store_address("sqlite:///given", tmp_path) == "sqlite:///given"
    assert runtime.store_address(None, tmp_path) == in_folder
    assert runtime.store_address(None, None) == "postgresql://register@db/register"
    monkeypatch.delenv(runtime.DATABASE_URL)
    monkeypatch.setenv(runtime.DATA_FOLDER, str(tmp_path))
    assert runtime.store_address(None, None) == in_folder


def test_the_store_is_opened_from_the_environment_once(monkeypatch, sqlite_path):
    runtime.use_store(None)
    address = sqlite_url(sqlite_path).render_as_string(hide_password=False)
    monkeypatch.setenv(runtime.DATABASE_URL, address)
    store = runtime.the_store()
    assert runtime.the_store() is store
    store.close()


def test_without_an_address_there_is_no_store(monkeypatch):
    runtime.use_store(None)
    monkeypatch.delenv(runtime.DATABASE_URL, raising=False)
    with pytest.raises(StoreRefusal) as refused:
        runtime.the_store()
    assert refused.value.code == "store_address"


def test_two_registers_on_one_machine_keep_their_cookies_apart():
    assert Doorway(8501).session_cookie != Doorway(8502).session_cookie
    assert Doorway(8501, "https://rekisteri.example").session_cookie == "__Host-register"


def test_a_public_address_is_the_only_one():
    doorway = Doorway(8501, "https://rekisteri.example:8443")
    assert doorway.hosts == {"rekisteri.example:8443"}
    assert doorway.origins == {"https://rekisteri.example:8443"}


def test_what_points_at_itself_is_collected_on_the_timer():
    class Loop:
        def __init__(self) -> None:
            self.me = self

    gc.disable()
    try:
        gone = weakref.ref(Loop())
        assert gone() is not None
        with collected_on_a_timer(every=0.01):
            assert comes(lambda: gone() is None)
    finally:
        gc.enable()
