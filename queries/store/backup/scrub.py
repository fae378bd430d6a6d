"""After an erasure: nothing of it in search index, write-ahead log or free pages.

What a database removes, it mostly just forgets: the bytes stay in the file until something else
is written over them. Here they go.

On SQLite removed cells are overwritten at once (``secure_delete``), and then: the search index is
made anew, because its old segments hold the pieces of removed names; the file is written anew
without free space (``VACUUM``), because what was moved within a page leaves its old place
behind; the write-ahead log is emptied (``wal_checkpoint(TRUNCATE)``).

On PostgreSQL the tables are written anew (``VACUUM (FULL)``), which also makes their indexes anew,
and so are the planner's samples of them (``pg_statistic``), which hold values of columns.
The server's own write-ahead log is recycled by the server: what was erased remains in it until its
segments are overwritten, and in whatever the server archives. The README says what to set.

Beneath both, a file system or an SSD may keep old blocks; that is what an encrypted disk is for.
"""

from __future__ import annotations

import sqlite3
import time

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from queries.errors import StoreRefusal
from queries.store.engine import BUSY_SECONDS, refusal_of
from queries.store.retention.erasing import FILES
from queries.store.sessions import Store
from queries.store.tables import Base

_PAUSE = 0.1


def scrub(store: Store) -> None:
    """Take the remains of what was erased out of the files of the store.

    Others may read and write meanwhile, but wait while the file is written anew: some seconds for
    each gigabyte. Space for a second copy of the store is needed for that time.

    :raises StoreRefusal: ``store_busy`` when others leave no moment for it; run it again.
    """
    if store.engine.dialect.name == "sqlite":
        _scrub_sqlite(store)
    else:
        _scrub_postgresql(store)


def _scrub_sqlite(store: Store) -> None:
    connection = store.engine.raw_connection()
    try:
        driver = connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - the engine's own driver
        driver.execute("PRAGMA query_only=OFF")
        driver.execute("INSERT INTO party_trigram(party_trigram) VALUES ('rebuild')")
        driver.execute("VACUUM")
        _empty_log(driver)
    except sqlite3.OperationalError as error:
        raise refusal_of(error) from error
    finally:
        connection.close()


def _empty_log(driver: sqlite3.Connection) -> None:
    """Empty the write-ahead log; readers of before have to end first."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        busy, _pages, _done = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            return
        if time.monotonic() > until:
            raise StoreRefusal("store_busy")
        time.sleep(_PAUSE)


def _scrub_postgresql(store: Store) -> None:
    try:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"SET lock_timeout = '{BUSY_SECONDS}s'"))
            try:
                for table in _with_erased_rows():
                    connection.execute(text(f'VACUUM (FULL, ANALYZE) "{table}"'))
                # The samples of before are dead rows there. An account that does not own the
                # database is reported and passed over; autovacuum writes over them in time.
                connection.execute(text("VACUUM (FULL) pg_catalog.pg_statistic"))
            finally:
                connection.execute(text("RESET lock_timeout"))
            _write_out(connection)
    except DBAPIError as error:
        raise refusal_of(error) from error


def _with_erased_rows() -> list[str]:
    """The tables that an erasure takes rows from."""
    parts = {column.table.name for file in FILES.values() for column in file.parts}
    loose = {column.table.name for file in FILES.values() for column, _values in file.released}
    emptied = {
        name
        for name, table in Base.metadata.tables.items()
        for file in FILES.values()
        if file.emptied is not None and any(column.references(file.key) for column in table.c)
    }
    return sorted(parts | loose | emptied | set(FILES))


def _write_out(connection: Connection) -> None:
    """The files of before are taken off the disk at a checkpoint; only a superuser may ask for one
    now, for others it comes by itself within minutes."""
    try:
        connection.execute(text("CHECKPOINT"))
    except DBAPIError:
        connection.rollback()
