"""A check that nobody else has the database open, made before the store is replaced or migrated.

The lock of the data folder (:mod:`queries.store.data_folder_lock`) is known only to those who work
in the same folder. The database itself knows everyone.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from queries.errors import StoreRefusal
from queries.store.driver_errors import DriverError, kind_of
from queries.store.engine import refusal_of

#: Programs that are connected; the server's own, as one that vacuums, come and go.
_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = :name"
    " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


def require_unserved(url: URL) -> None:
    """Refuse where somebody else is connected to the store.

    :raises StoreRefusal: ``store_served``; ``store_unreadable`` where the server does not answer.
    """
    if url.get_backend_name() == "sqlite":
        ask_file_alone(Path(url.database or ""), "PRAGMA locking_mode=EXCLUSIVE")
        return
    engine = create_engine(url, hide_parameters=True, poolclass=NullPool)
    try:
        with engine.connect() as connection:
            require_no_others(connection, url.database or "")
    except DBAPIError as error:
        raise refusal_of(error) from error
    finally:
        engine.dispose()


def require_no_others(connection: Connection, database: str) -> None:
    """Refuse as :func:`require_unserved` does, for any database of the server.

    :raises StoreRefusal: ``store_served``.
    """
    if connection.scalar(_OTHERS, {"name": database}):
        raise StoreRefusal("store_served")


def ask_file_alone(file: Path, statement: str) -> None:
    """Run a statement that a file of SQLite carries out for one alone; no file, no question.

    :raises StoreRefusal: ``store_served``.
    """
    if not file.exists():
        return
    connection = sqlite3.connect(file, timeout=0.2)
    try:
        connection.execute(statement)
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.DatabaseError as error:
        # A damaged file is not in the way: that is what restores are for.
        if kind_of(error) is DriverError.BUSY:
            raise StoreRefusal("store_served") from error
    finally:
        connection.close()
