"""Migration of the store's schema to the one this program knows, forward only.

The danger: a program that writes into a schema it does not know, or changes one under a program
that writes. The principle: a store is opened only when its revision is the newest one known here
and its whole schema is what this program makes (:mod:`queries.store.schema`); it is changed only
by a program that has it alone. The transaction boundary: all migrations that are due, the derived
objects after them and the comparison are one transaction on both engines.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError

from queries.errors import StoreRefusal
from queries.store import derived, schema
from queries.store.connections import require_unserved
from queries.store.data_folder_lock import alone
from queries.store.driver_errors import DriverError, kind_of
from queries.store.engine import open_engine, refusal_of, store_url
from queries.store.sessions import Store

_FOLDER = Path(__file__).parent / "migrations"
_MARKS = "derived_mark"
#: So many of the objects that differ are named.
_NAMED = 5


@cache
def newest_revision() -> str:
    """Return the revision that this program knows as the newest, read from its files once."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "the first migration exists"  # noqa: S101 - part of the program
    return head


def revision_of(engine: Engine) -> str | None:
    """The revision of a store; None when it holds no tables of ours."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: Engine) -> bool:
    """Check if the store's revision and its whole schema are those of this program."""
    return revision_of(engine) == newest_revision() and _is_whole(engine)


def migrate(engine: Engine) -> tuple[str | None, str]:
    """Bring the store to the newest revision; return the revisions before and after.

    Triggers and indexes that the program derives are made anew where they are not its own; what
    else is not as it makes it is refused, and nothing is changed. The caller is alone with the
    store (:func:`migrate_alone`).

    :raises StoreRefusal: ``store_newer`` when the store is from a newer program, ``store_foreign``
        when it holds tables of something else, ``schema_damaged`` with what differs,
        ``postgresql_rights`` where the account may not change the schema, ``store_busy``,
        ``store_full``, ``store_unreadable`` where it cannot be written. A migration that does not
        fit the tables raises the driver's own error: it is one of the program.
    """
    before = revision_of(engine)
    newest = newest_revision()
    if before is not None and not _is_known(before):
        raise StoreRefusal("store_newer", revision=before)
    if before is None and inspect(engine).get_table_names():
        raise StoreRefusal("store_foreign")
    try:
        if not is_current(engine):
            with engine.begin() as connection:
                _bring_up(connection, before)
    except OperationalError as error:
        # SQLite calls a statement that does not fit the tables operational too.
        if kind_of(error) is DriverError.STATEMENT:
            raise
        raise refusal_of(error) from error
    except DBAPIError as error:
        if kind_of(error) is DriverError.FORBIDDEN:
            raise StoreRefusal("postgresql_rights") from error
        raise
    return before, newest


def migrate_alone(
    address: str | URL, data_folder: Path, *, create: bool = False
) -> tuple[str | None, str]:
    """Migrate as :func:`migrate` does, with nobody else in the folder or the database.

    :param create: a SQLite file that does not exist is made.
    :raises StoreRefusal: ``store_served``, ``store_missing`` and what :func:`migrate` raises.
    """
    url = store_url(address) if isinstance(address, str) else address
    with alone(data_folder):
        require_unserved(url)
        engine = open_engine(url, create=create)
        try:
            return migrate(engine)
        finally:
            engine.dispose()


def open_store(address: str | URL) -> Store:
    """Open a store whose schema is current and whole.

    :raises StoreRefusal: ``store_missing``, ``store_empty``, ``store_older`` (run ``migrate``),
        ``store_newer`` (get the newer program), ``schema_differs`` (run ``migrate``),
        ``store_unreadable``, ``store_busy``.
    """
    engine = open_engine(address)
    try:
        require_newest(engine)
        _require_whole(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine)


def _is_whole(engine: Engine) -> bool:
    with engine.execution_options(register_reading=True).connect() as connection:
        if not inspect(connection).has_table(_MARKS):
            return False
        return derived.is_installed(connection) and schema.is_as_marked(connection)


def _require_whole(engine: Engine) -> None:
    if not _is_whole(engine):
        raise StoreRefusal("schema_differs")


def _bring_up(connection: Connection, before: str | None) -> None:
    if before is not None:
        if not inspect(connection).has_table(_MARKS):
            raise StoreRefusal("schema_damaged", what=_MARKS)
        derived.remove(connection)
    command.upgrade(_config(connection), "head")
    derived.install(connection)
    if found := schema.differences(connection):
        raise StoreRefusal("schema_damaged", what=", ".join(found[:_NAMED]))
    schema.mark(connection)


def require_newest(engine: Engine) -> None:
    """:raises StoreRefusal: ``store_empty``, ``store_older``, ``store_newer``."""
    revision = revision_of(engine)
    if revision is None:
        raise StoreRefusal("store_empty")
    if revision != newest_revision():
        code = "store_older" if _is_known(revision) else "store_newer"
        raise StoreRefusal(code, revision=revision)


def create_store(address: str | URL) -> Store:
    """Make a store, or migrate an existing one, and open it."""
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
