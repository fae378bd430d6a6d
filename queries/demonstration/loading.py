"""Bulk load of rows into the store, in one transaction.

The danger: a load that stops halfway and leaves a store that opens as if it were whole; and one
that goes through the commands, a flush and a trigger at a time, and takes a night.
The principle: what slows a load down is taken out and put back inside the same transaction that
carries the rows: triggers, secondary indexes and, on PostgreSQL, foreign keys. Definitions come
from the metadata of the tables, which a test compares with the migrations. Foreign keys that were
out are checked when they are put back; on SQLite they are never out.
The transaction boundary: everything is one transaction. Whatever ends it early, a refusal, a full
disk or a pulled plug, leaves the store as it was before the load.

On SQLite that transaction is not written ahead: with a rollback journal the pages of an almost
empty file are written once and in place, and undoing them means cutting the file back to its old
length. Nobody else can have the store open meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any, Protocol

from sqlalchemy import Connection, ForeignKeyConstraint, Index, Table, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import AddConstraint, DropConstraint

from queries.demonstration.feeds import FEEDS, Feed, Row
from queries.errors import StoreRefusal
from queries.store import derived
from queries.store.engine import refusal_of
from queries.store.sessions import Store
from queries.store.tables import Base

#: Pages held while loading, in KiB; what SQLite sorts in memory for an index is bound by it too.
_CACHE_KIB = 120_000
#: Rows in one statement of SQLite's: a third is saved, most of it in keeping count of the keys.
_AT_ONCE = 20

_TABLES = [Base.metadata.tables[feed.table] for feed in FEEDS]
#: What comes beside them, in few rows.
_OTHERS = [Base.metadata.tables[name] for name in ("recipient", "web_form", "source_notice")]


class Loader(Protocol):
    """Takes rows in; each engine in its fastest way."""

    def load(self, feed: Feed, rows: list[Row]) -> None: ...


@contextmanager
def loading(store: Store, tell: Callable[[float], None]) -> Iterator[tuple[Connection, Loader]]:
    """One transaction for a bulk load into an empty store, committed when the block ends.

    :param tell: called with the share of the indexes has been made again, as the block ends.
    :raises StoreRefusal: ``store_not_empty`` when there are parties, orders, invoices or anything
        else that the load would bring; ``store_busy`` when someone else has the store open.
    """
    is_sqlite = store.engine.dialect.name == "sqlite"
    try:
        with _alone(store) if is_sqlite else store.engine.connect() as connection:
            with connection.begin():
                _refuse_unless_empty(connection)
                loader = _SqliteLoader(connection) if is_sqlite else _CopyLoader(connection)
                with derived.without(connection), _without_indexes(connection, tell):
                    yield connection, loader
            if not is_sqlite:
                _tidy(store)
    except OperationalError as error:
        raise refusal_of(error) from error


@contextmanager
def _alone(store: Store) -> Iterator[Connection]:
    """A connection to a SQLite store that nobody else has open, with a rollback journal."""
    store.engine.dispose()  # our own idle connections would count as somebody else
    with store.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        try:
            driver.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            raise refusal_of(error) from error
        try:
            driver.execute("PRAGMA mmap_size=0")
            driver.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
            driver.execute("PRAGMA threads=2")
            yield connection
        finally:
            driver.execute("PRAGMA journal_mode=WAL")
            connection.invalidate()  # its settings are those of the load
    store.engine.dispose()


def _refuse_unless_empty(connection: Connection) -> None:
    for table in (*_TABLES, *_OTHERS):
        if connection.execute(select(1).select_from(table).limit(1)).first() is not None:
            raise StoreRefusal("store_not_empty")


@contextmanager
def _without_indexes(connection: Connection, tell: Callable[[float], None]) -> Iterator[None]:
    """Secondary indexes are made after the load; foreign keys too where that pays."""
    indexes = [index for table in _TABLES for index in _indexes(table)]
    keys = [key for table in _TABLES for key in _keys_to_leave_out(connection, table)]
    for key in keys:
        connection.execute(DropConstraint(key))
    for index in indexes:
        index.drop(connection)
    yield
    for done, index in enumerate(indexes, start=1):
        index.create(connection)
        tell(done / len(indexes))
    for key in keys:
        connection.execute(AddConstraint(key, isolate_from_table=False))
    if connection.dialect.name != "sqlite":
        for table in _TABLES:
            _count_on(connection, table)


def _keys_to_leave_out(connection: Connection, table: Table) -> list[ForeignKeyConstraint]:
    """SQLite looks a key up in passing; PostgreSQL queues a check for each row."""
    if connection.dialect.name == "sqlite":
        return []
    return sorted(table.foreign_key_constraints, key=lambda key: list(key.column_keys))


def _indexes(table: Table) -> list[Index]:
    return sorted(table.indexes, key=lambda index: str(index.name))


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL's keys continue after the loaded ones; SQLite does so by itself."""
    if "id" in table.columns:
        sequence = func.pg_get_serial_sequence(table.name, "id")
        connection.execute(select(func.setval(sequence, func.max(table.c.id))).select_from(table))


def _tidy(store: Store) -> None:
    """Do what PostgreSQL would do by itself some minutes later: statistics, visibility."""
    with store.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.autocommit = True
        try:
            driver.execute("VACUUM (ANALYZE) " + ", ".join(table.name for table in _TABLES))
        finally:
            driver.autocommit = False


class _SqliteLoader:
    def __init__(self, connection: Connection) -> None:
        self._driver: Any = connection.connection.driver_connection

    def load(self, feed: Feed, rows: list[Row]) -> None:
        columns = ", ".join((*feed.columns, *feed.constants))
        fixed = "".join(f", {_literal(value)}" for value in feed.constants.values())
        one = "(" + ", ".join(["?"] * len(feed.columns)) + fixed + ")"
        head = f"INSERT INTO {feed.table} ({columns}) VALUES "  # noqa: S608 - our own names
        whole = len(rows) // _AT_ONCE * _AT_ONCE
        self._driver.executemany(
            head + ", ".join([one] * _AT_ONCE),
            (
                tuple(chain.from_iterable(rows[at : at + _AT_ONCE]))
                for at in range(0, whole, _AT_ONCE)
            ),
        )
        self._driver.executemany(head + one, rows[whole:])


class _CopyLoader:
    def __init__(self, connection: Connection) -> None:
        self._driver: Any = connection.connection.driver_connection

    def load(self, feed: Feed, rows: list[Row]) -> None:
        columns = ", ".join((*feed.columns, *feed.constants))
        fixed = tuple(feed.constants.values())
        into = f"COPY {feed.table} ({columns}) FROM STDIN"
        with self._driver.cursor() as cursor, cursor.copy(into) as copy:
            for row in rows:
                copy.write_row(row + fixed)


def _literal(value: object) -> str:
    """One of the constants of a feed in SQL: a word of ours, a whole number or a flag."""
    return f"'{value}'" if isinstance(value, str) else str(int(value))  # type: ignore[call-overload]  # a number or a flag
