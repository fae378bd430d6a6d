"""Stores that are filled once by the commands themselves, and copied for each test."""

from __future__ import annotations

import copy
import inspect
import itertools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL

from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from queries.store.sessions import Store
from tests.support.postgresql import Cluster

#: The PostgreSQL database that is migrated and holds nothing else.
EMPTY = "register_empty"

Fill = Callable[[Store], Any]

_fills: dict[tuple[str, str], Fill] = {}


def filled_once(fill: Fill) -> Any:
    """Make a fixture of a function that fills ``store`` or ``sqlite_store``, its one argument.

    The first test that asks for it, of each engine, fills a store; all of them get a copy of that
    store and of what the function returned (the store itself: then their own). A test asks for
    one such fixture at most.
    """
    name = fill.__name__
    _fills[fill.__module__, name] = fill
    if "sqlite_store" in inspect.signature(fill).parameters:

        @pytest.fixture(name=name)
        def on_sqlite(sqlite_store: Store, stores: FilledStores) -> Any:
            return stores.given(fill, sqlite_store)

        return on_sqlite

    @pytest.fixture(name=name)
    def on_both(store: Store, stores: FilledStores) -> Any:
        return stores.given(fill, store)

    return on_both


def fill_of(request: pytest.FixtureRequest) -> Fill | None:
    """Return the function that fills the store of the test that asks, or None."""
    module = request.node.module.__name__
    found = [fill for (where, name), fill in _fills.items() if where == module]
    found = [fill for fill in found if fill.__name__ in request.fixturenames]
    assert len(found) <= 1, "a test asks for one filled store at most"
    return found[0] if found else None


class FilledStores:
    """The stores from which the tests' own are copied, each made when it is first asked for."""

    def __init__(self, folder: Path, empty: Path) -> None:
        self._returned: dict[Fill, tuple[Any] | None] = {}
        self._folder = folder
        self._files: dict[Fill | None, Path] = {None: empty}
        self._databases: dict[Fill | None, str] = {None: EMPTY}
        self._numbers = itertools.count(1)

    def file(self, fill: Fill | None) -> Path:
        """Return the SQLite file to copy."""
        if fill is not None and fill not in self._files:
            path = self._folder / f"filled-{next(self._numbers)}.sqlite"
            shutil.copy(self._files[None], path)
            self._fill(fill, sqlite_url(path))
            self._files[fill] = path
        return self._files[fill]

    def database(self, fill: Fill | None, cluster: Cluster) -> str:
        """Return the name of the PostgreSQL database to copy."""
        if fill is not None and fill not in self._databases:
            name = f"filled_{next(self._numbers)}"
            cluster.copy(EMPTY, name)
            self._fill(fill, cluster.address_of(name))
            self._databases[fill] = name
        return self._databases[fill]

    def given(self, fill: Fill, store: Store) -> Any:
        """Return what a test gets of the function whose rows its store has."""
        returned = self._returned[fill]
        return store if returned is None else copy.deepcopy(returned[0])

    def _fill(self, fill: Fill, address: str | URL) -> None:
        store = open_store(address)
        returned = fill(store)
        self._returned[fill] = None if returned is store else (returned,)
        store.close()
