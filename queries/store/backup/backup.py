"""Backups: a copy of a store in use, whole, of one moment, and read back before it is called one.

**The danger.** A copy made with the file manager while someone saves is of no moment at all; a
backup that nobody has read is a hope. A backup is also personal data that has left the store: it
lies in a file that its owner alone can read, and no temporary copy is left behind.

**The principle.** The copy is taken inside one reading transaction; in the same transaction the
rows of every table are counted. The copy is then read from its first byte to its last, checked,
and its rows counted again. Only a copy with the same counts gets its name; there is no half one.

On SQLite the copy is the database file itself (the online backup interface of SQLite), with a
checksum in its header (:mod:`queries.store.backup.checksum`); on PostgreSQL it is ``pg_dump``'s
custom format, of a snapshot that the counting transaction exports.

What the store had given out (ids, invoice numbers) is noted in the ledger beside it, so that a
restore of this copy or an older one never gives the same out again
(:mod:`queries.store.backup.ledger`).
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, event, inspect, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from queries.errors import RegisterError, StoreRefusal
from queries.store.backup import postgresql
from queries.store.backup.checksum import check_seal, seal
from queries.store.backup.ledger import Ledger
from queries.store.backup.ledger_marks import unless_apart
from queries.store.engine import refusal_of
from queries.store.integrity import kept_differences, loose_references
from queries.store.sessions import Store

SQLITE_MAGIC = b"SQLite format 3\x00"
POSTGRESQL_MAGIC = b"PGDMP"


@dataclass(frozen=True)
class Backup:
    """A backup that was read back.

    :param revision: of the store's schema.
    :param rows: how many in each table.
    :param size: bytes.
    :param differing: what is derived in the store and is not what its rows say, as table and key;
        a restore computes it anew.
    """

    path: Path
    revision: str
    rows: dict[str, int]
    size: int
    differing: tuple[str, ...] = ()


def back_up(store: Store, ledger: Ledger, to: Path, *, on: date) -> Backup:
    """Copy the store into a new file, while it is in use, and read the copy back.

    :param on: the day, for the ledger.
    :raises RegisterError: ``backup_exists`` where there is a file already; ``backup_unwritable``.
    :raises StoreRefusal: ``backup_differs`` when the copy is not what was copied;
        ``postgresql_clients`` and ``postgresql_failed`` on PostgreSQL; ``backup_unsound`` where a
        row points to what is not there, so that the copy could not be restored; ``store_busy``; as
        :func:`.unless_apart`.
    """
    unless_apart(store, ledger)
    if to.exists():
        raise RegisterError("backup_exists")
    part = to.with_name(to.name + ".part")
    try:
        _make_empty(part)
        with _one_moment(store) as connection:
            revision = MigrationContext.configure(connection).get_current_revision() or ""
            rows = counted(connection)
            marks = highest_ids(connection), next_numbers(connection)
            if loose_references(connection):
                raise StoreRefusal("backup_unsound")
            differing = kept_differences(connection)
            if connection.dialect.name == "sqlite":
                _copy_sqlite(connection, part)
            else:
                postgresql.dump(connection, part)
        if read_back(part) != (revision, rows):
            raise StoreRefusal("backup_differs")
        # Before the copy has its name: there is no backup whose ids the ledger does not know.
        ledger.mark(on, *marks)
        _give_name(part, to)
    except OSError as error:
        raise RegisterError("backup_unwritable") from error
    except DBAPIError as error:
        raise refusal_of(error) from error
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                part.with_name(part.name + suffix).unlink()
    return Backup(to, revision, rows, to.stat().st_size, tuple(differing))


def read_back(path: Path) -> tuple[str, dict[str, int]]:
    """The revision of a copy and the rows of its tables, all of it read and checked.

    :raises StoreRefusal: ``backup_damaged``, ``backup_foreign`` for a file that is none of ours.
    """
    if form_of(path) == "postgresql":
        return postgresql.read_back(path)
    check_seal(path)
    with opened_copy(path) as connection:
        check_sqlite(connection)
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision is None:
            raise StoreRefusal("backup_foreign")
        return revision, counted(connection)


def form_of(path: Path) -> str:
    """Return the engine that a backup is of: ``sqlite`` or ``postgresql``.

    :raises StoreRefusal: ``backup_missing``, ``backup_foreign``.
    """
    try:
        with path.open("rb") as file:
            begins = file.read(len(SQLITE_MAGIC))
    except OSError as error:
        raise StoreRefusal("backup_missing") from error
    if begins == SQLITE_MAGIC:
        return "sqlite"
    if begins.startswith(POSTGRESQL_MAGIC):
        return "postgresql"
    raise StoreRefusal("backup_foreign")


@contextlib.contextmanager
def opened_copy(path: Path) -> Iterator[Connection]:
    """A connection to a SQLite file that leaves no trace beside it."""
    engine = create_engine(
        URL.create("sqlite+pysqlite", database=str(path)), poolclass=NullPool, hide_parameters=True
    )
    event.listen(engine, "connect", _no_own_begin)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _no_own_begin(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None


def check_sqlite(connection: Connection) -> None:
    """Every page, index and reference of a SQLite file.

    :raises StoreRefusal: ``backup_damaged``.
    """
    try:
        sound = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar() == "ok"
        loose = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    except DBAPIError as error:
        raise StoreRefusal("backup_damaged") from error
    if not sound or loose is not None:
        raise StoreRefusal("backup_damaged")


def counted(connection: Connection) -> dict[str, int]:
    """Count the rows of each table; the shadow tables of the search index are not counted."""
    names = [
        name
        for name in inspect(connection).get_table_names()
        if not name.startswith("party_trigram")
    ]
    return {
        name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()  # noqa: S608 - names of tables
        for name in names
    }


def highest_ids(connection: Connection) -> dict[str, int]:
    """Return the highest id that each table has given out, whether or not its record still
    exists."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, seq FROM sqlite_sequence"))
        return {name: seq for name, seq in rows if seq}
    sequences = connection.execute(
        text(
            "SELECT c.relname, s.relname FROM pg_class s"
            " JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i')"
            " JOIN pg_class c ON c.oid = d.refobjid"
            " WHERE s.relkind = 'S' AND s.relnamespace = current_schema()::regnamespace"
        )
    ).all()
    found = {}
    for table, sequence in sequences:
        given = connection.execute(text(f'SELECT last_value, is_called FROM "{sequence}"')).one()  # noqa: S608 - names of sequences
        if given.is_called:
            found[table] = given.last_value
    return found


def next_numbers(connection: Connection) -> dict[str, int]:
    """The next number of each series."""
    rows = connection.execute(text("SELECT name, next_number FROM number_series"))
    return {name: number for name, number in rows}  # noqa: C416 - rows become pairs


@contextlib.contextmanager
def _one_moment(store: Store) -> Iterator[Connection]:
    """A connection that sees the store as of one moment and cannot write."""
    reading = store.engine.execution_options(register_reading=True)
    with reading.connect() as connection, connection.begin():
        # A transaction sees its moment from its first statement on.
        connection.execute(text("SELECT count(*) FROM alembic_version"))
        yield connection


def _copy_sqlite(connection: Connection, part: Path) -> None:
    source = connection.connection.driver_connection
    assert isinstance(source, sqlite3.Connection)  # noqa: S101 - the engine's own driver
    target = sqlite3.connect(part)
    try:
        source.backup(target)
        # Without its write-ahead log, so that the backup is one file.
        target.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:  # the store is read page by page, whatever is in it
        raise RegisterError("backup_unwritable") from error
    finally:
        target.close()
    seal(part)
    _sync(part)


def _make_empty(part: Path) -> None:
    part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _give_name(part: Path, to: Path) -> None:
    """Rename, but never over a file that exists."""
    try:
        os.link(part, to)
    except FileExistsError as error:
        raise RegisterError("backup_exists") from error
    except OSError:  # a file system without links
        part.rename(to)
    _sync(to.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
