"""Locks for rules across rows, which no lock on a row can keep.

The danger: two transactions look, neither sees what the other is about to write, and both write.
The principle: whoever decides by other rows than the one that it changes takes the rule's lock in
a statement of its own before it looks; on PostgreSQL a statement sees what was committed before it
began. The lock is held until the transaction ends. SQLite has one writer, which holds the whole
store from its first statement on, and needs none.

Locks are taken in the order of :class:`NamedLock`, and all of them before any row is locked, but
for the last: that one is taken after every row (:mod:`queries.store.derived.locks`).
"""

from __future__ import annotations

import enum

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session


@enum.unique
class NamedLock(enum.IntEnum):
    """The rules, in the order in which their locks are taken; the values name them to PostgreSQL
    (advisory locks of two keys) and are never given to another rule."""

    PRESERVATION = 23
    """Who removes a record by hand, beside others; who holds it or asks about it, alone."""
    RESTRICTION = 18
    """Who edits a party's data, or restricts them; of each party its own."""
    NEWSLETTER = 19
    """Who gets the newsletter, and who must not."""
    FINANCIAL_YEARS = 20
    """Financial years do not overlap."""
    DISPOSALS = 21
    """There is one disposal under way at a time."""
    DERIVED = 22
    """Facts of parties and summaries are what the rows say."""


def take(session: Session, lock: NamedLock, key: int = 0, *, shared: bool = False) -> None:
    """Wait for a lock and hold it until the transaction ends.

    :param key: of the record, where each has a lock of its own.
    :param shared: beside others that share it; they wait only for who has it alone.
    :raises OperationalError: when it is not had in time; a store says ``store_busy`` then.
    """
    if session.get_bind().dialect.name == "postgresql":
        wait = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        session.execute(select(wait(int(lock), key)))


def in_trigger(lock: NamedLock) -> str:
    """The statement by which a trigger of PostgreSQL takes a lock alone."""
    return f"PERFORM pg_advisory_xact_lock({int(lock)}, 0);"


def let_nobody_hold_or_restrict(session: Session) -> None:
    """On PostgreSQL, let a hold or a restriction wait for a command about many parties, or the
    command for it; on SQLite there is one writer. As a statement of its own, before any other:
    what the command sees is of a moment after it."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE legal_hold, restriction IN SHARE MODE"))
