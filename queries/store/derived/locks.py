"""The lock under which PostgreSQL keeps derived facts of parties, summaries and the like.

The danger: a fact is computed from what a statement sees, which leaves out what another transaction
commits a moment later; and two transactions that keep two facts in opposite order wait for each
other. The principle: what many transactions keep together is kept when a transaction commits, when
it needs no other lock any more, under one lock for all of it. Who comes next waits for a few
milliseconds, and then sees what was committed. SQLite has one writer and needs none of it.

The order of locks is: tables, named locks, rows, and this one last.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from queries.store.named_locks import NamedLock, in_trigger

#: The first statement of a trigger that keeps such facts.
IN_TRIGGER = in_trigger(NamedLock.DERIVED)


def take(connection: Connection) -> None:
    """Wait for the lock and hold it until the transaction ends; no other lock is taken after it.

    :raises OperationalError: when it is not had in time.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(int(NamedLock.DERIVED), 0)))


def take_tables(connection: Connection, tables: Iterable[str]) -> None:
    """Lock these tables and the facts against writes until the transaction ends."""
    if connection.dialect.name == "postgresql":
        keep_now(connection)
        connection.exec_driver_sql(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
        take(connection)


def keep_now(connection: Connection) -> None:
    """Keep now what this transaction would keep when it commits, and from here on at once."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
