"""Opening the store: SQLite (embedded, the default) or PostgreSQL.

An address is a SQLAlchemy URL. On SQLite every connection has foreign keys on, secure deletion
on and a write-ahead log; transactions are begun by us (the driver's own begin is deferred, and a
deferred begin turns a clash of two writers into "database is locked").
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from queries.errors import StoreRefusal
from queries.store.driver_errors import DriverError, kind_of

#: How long a writer waits for another, in seconds.
BUSY_SECONDS = 10


def sqlite_url(path: Path) -> URL:
    """The address of the SQLite store in a file."""
    return URL.create("sqlite+pysqlite", database=str(path.resolve()))


def store_url(address: str) -> URL:
    """Read a store's address; ``postgresql://`` is taken to mean psycopg 3.

    :raises StoreRefusal: ``store_address`` when it is not an address of a supported engine.
    """
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise StoreRefusal("store_address") from error
    if url.drivername in {"postgresql", "postgres"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise StoreRefusal("store_address")
    return url


def open_engine(address: str | URL, *, create: bool = False) -> Engine:
    """An engine for the address, with one connection tried.

    :param create: a SQLite file that does not exist is made; otherwise it is refused.
    :raises StoreRefusal: ``store_missing``, ``store_unreadable`` or ``store_address``.
    """
    url = store_url(address) if isinstance(address, str) else address
    if url.get_backend_name() == "sqlite":
        _look_at_file(url, create=create)
    try:
        engine = _make_engine(url)
    except NoSuchModuleError as error:
        raise StoreRefusal("store_address") from error
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            if url.get_backend_name() == "sqlite":
                connection.execute(text("SELECT count(*) FROM sqlite_master"))
    except DBAPIError as error:
        engine.dispose()
        raise refusal_of(error) from error
    return engine


_REFUSALS = {DriverError.BUSY: "store_busy", DriverError.FULL: "store_full"}


def refusal_of(error: BaseException) -> StoreRefusal:
    """Return the refusal for a driver's failure to open, lock or write.

    :param error: the driver's, or SQLAlchemy's around it.
    """
    return StoreRefusal(_REFUSALS.get(kind_of(error), "store_unreadable"))


def _look_at_file(url: URL, *, create: bool) -> None:
    if not url.database or url.database == ":memory:":
        raise StoreRefusal("store_address")
    path = Path(url.database)
    if path.is_dir() or (not create and not path.exists()):
        raise StoreRefusal("store_missing")
    if create:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Readable by the owner alone from the first byte on; SQLite gives its journal and
        # write-ahead log the same mode.
        path.touch(mode=0o600, exist_ok=True)


def _make_engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        engine = create_engine(
            url, hide_parameters=True, pool_pre_ping=True, pool_size=10, max_overflow=20
        )
        event.listen(engine, "begin", _begin_on_postgresql)
        return engine
    # Parameters are personal data, and an exception's text ends up in a log.
    engine = create_engine(
        url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS}, pool_size=10
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_on_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # no implicit BEGIN by the driver
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.execute("PRAGMA trusted_schema=ON")
    cursor.execute("PRAGMA cache_size=-65536")
    cursor.execute("PRAGMA mmap_size=1073741824")
    cursor.close()


def _begin_on_sqlite(connection: Any) -> None:
    reading = connection.get_execution_options().get("register_reading", False)
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _begin_on_postgresql(connection: Any) -> None:
    if connection.get_execution_options().get("register_reading", False):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    else:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'")
