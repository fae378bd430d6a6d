"""Stores for the tests: real ones, of both engines, each test with its own."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from queries.errors import StoreRefusal
from queries.rules.roles import Actor, Role
from queries.store.engine import open_engine, sqlite_url
from queries.store.migrate import create_store, open_store
from queries.store.sessions import Store
from tests.support.filled import EMPTY, FilledStores, fill_of
from tests.support.postgresql import OTHER_LANGUAGE, REQUIRED, Cluster, postgresql

#: The instant at which the tests' clock is stopped: 5.3.2026 12.00 in Helsinki.
NOW = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "register.sqlite"
    _make(sqlite_url(path))
    return path


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[Cluster]:
    with postgresql() as address:
        cluster = Cluster(address)
        cluster.execute(f"CREATE DATABASE {EMPTY}")
        _make(cluster.address_of(EMPTY))
        yield cluster
        cluster.close()


@pytest.fixture(scope="session")
def stores(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> FilledStores:
    return FilledStores(tmp_path_factory.mktemp("filled"), sqlite_template)


def _make(address: str) -> None:
    """Make a store; where the migrations do not make the tables, say which tables differ."""
    try:
        create_store(address).close()
    except StoreRefusal as refusal:
        refusal.add_note(f"differs: {refusal.facts.get('what')}")
        raise


@pytest.fixture
def postgresql_address(
    postgresql_cluster: Cluster, stores: FilledStores, request: pytest.FixtureRequest
) -> Iterator[str]:
    """A migrated PostgreSQL database of the test's own: empty, or filled by ``filled_once``."""
    name = f"register_{next(_numbers)}"
    template = stores.database(fill_of(request), postgresql_cluster)
    postgresql_cluster.copy(template, name)
    yield postgresql_cluster.address_of(name)
    postgresql_cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def other_language_store(postgresql_address: str) -> Iterator[Store]:
    """An empty PostgreSQL store whose server does not report errors in English.

    Debian's server has Swedish messages. One without translations (the wheel's) stays English,
    unless PostgreSQL is required: then it is a failure.
    """
    options = {"options": f"-c lc_messages={OTHER_LANGUAGE}.UTF-8"}
    try:
        opened = open_store(make_url(postgresql_address).set(query=options))
    except StoreRefusal:
        if os.environ.get(REQUIRED):
            raise
        opened = open_store(postgresql_address)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_path(stores: FilledStores, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A migrated SQLite file of the test's own: empty, or filled by ``filled_once``."""
    path = tmp_path / "register.sqlite"
    shutil.copy(stores.file(fill_of(request)), path)
    return path


@pytest.fixture
def sqlite_store(sqlite_path: Path) -> Iterator[Store]:
    # The schema is the one made a moment ago: tests of open_store check it.
    store = Store(open_engine(sqlite_url(sqlite_path)))
    yield store
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store, once of each engine: empty, or filled by ``filled_once``."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_store")
        return
    opened = Store(open_engine(request.getfixturevalue("postgresql_address")))
    yield opened
    opened.close()


@pytest.fixture
def manager() -> Actor:
    return Actor("maija", Role.MANAGER)


@pytest.fixture
def office() -> Actor:
    return Actor("olli", Role.OFFICE)


@pytest.fixture
def viewer() -> Actor:
    return Actor("ville", Role.VIEWER)


@pytest.fixture
def now() -> datetime:
    return NOW
