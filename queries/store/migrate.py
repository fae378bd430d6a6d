"""Bringing the store's schema to the one this program knows, forward only.

The danger: a program that writes into a schema it does not know. The principle: a store is opened
only when its revision is the newest one known here. The transaction boundary: all migrations that
are due, and the derived objects after them, are one transaction on both engines.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.engine import URL

from queries.errors import StoreRefusal
from queries.store import derived
from queries.store.engine import open_engine
from queries.store.sessions import Store

_FOLDER = Path(__file__).parent / "migrations"


def newest_revision() -> str:
    """The revision that this program knows as the newest."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "the first migration exists"  # noqa: S101 - part of the program
    return head


def revision_of(engine: Engine) -> str | None:
    """The revision of a store; None when it holds no tables of ours."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine) -> tuple[str | None, str]:
    """Bring the store to the newest revision; returns the revisions before and after.

    :raises StoreRefusal: ``store_newer`` when the store is from a newer program, ``store_foreign``
        when it holds tables of something else.
    """
    before = revision_of(engine)
    newest = newest_revision()
    if before is not None and not _is_known(before):
        raise StoreRefusal("store_newer", revision=before)
    if before is None and inspect(engine).get_table_names():
        raise StoreRefusal("store_foreign")
    with engine.begin() as connection:
        if before is not None and before != newest:
            derived.remove(connection)
        command.upgrade(_config(connection), "head")
        derived.install(connection)
    return before, newest


def open_store(address: str | URL) -> Store:
    """Open a store whose schema is current.

    :raises StoreRefusal: ``store_missing``, ``store_empty``, ``store_older`` (run ``migrate``),
        ``store_newer`` (get the newer program), ``store_unreadable``, ``store_busy``.
    """
    engine = open_engine(address)
    try:
        _require_newest(revision_of(engine))
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


def _require_newest(revision: str | None) -> None:
    if revision is None:
        raise StoreRefusal("store_empty")
    if revision != newest_revision():
        code = "store_older" if _is_known(revision) else "store_newer"
        raise StoreRefusal(code, revision=revision)


def create_store(address: str | URL) -> Store:
    """Make a store, or migrate one that stands, and open it."""
    engine = open_engine(address, create=True)
    try:
        migrate(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


def _is_known(revision: str) -> bool:
    return any(
        script.revision == revision
        for script in ScriptDirectory.from_config(_config()).walk_revisions()
    )


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
