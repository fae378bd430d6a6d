"""Stores for the tests: real ones, of both engines, each test with its own."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from queries.errors import StoreRefusal
from queries.rules.roles import Actor, Role
from queries.store.engine import sqlite_url
from queries.store.migrate import create_store, open_store
from queries.store.sessions import Store
from tests.support.postgresql import OTHER_LANGUAGE, REQUIRED, postgresql

#: The instant at which the tests' clock is stopped: 5.3.2026 12.00 in Helsinki.
NOW = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("template") / "register.sqlite"
    create_store(sqlite_url(path)).close()
    return path


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[str]:
    with postgresql() as address:
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE register_template"))
        engine.dispose()
        create_store(address.replace("/postgres", "/register_template")).close()
        yield address


@pytest.fixture
def postgresql_address(postgresql_cluster) -> Iterator[str]:
    """An empty migrated PostgreSQL database of the test's own."""
    name = f"register_{next(_numbers)}"
    admin = create_engine(postgresql_cluster, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE register_template"))
    yield postgresql_cluster.replace("/postgres", f"/{name}")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def other_language_store(postgresql_address) -> Iterator[Store]:
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
def sqlite_path(sqlite_template, tmp_path) -> Path:
    """The file of an empty migrated SQLite store of the test's own."""
    path = tmp_path / "register.sqlite"
    shutil.copy(sqlite_template, path)
    return path


@pytest.fixture
def sqlite_store(sqlite_path) -> Iterator[Store]:
    store = open_store(sqlite_url(sqlite_path))
    yield store
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request) -> Iterator[Store]:
    """A store, once of each engine: empty, or a copy of what ``filling`` made (see ``filled``)."""
    if request.param == "sqlite":
        address: object = sqlite_url(request.getfixturevalue("sqlite_path"))
    else:
        address = request.getfixturevalue("postgresql_address")
    opened = open_store(address)
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
