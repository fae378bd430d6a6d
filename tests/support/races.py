"""Two who do something at the same moment, in threads of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from typing import Any

from sqlalchemy import event, text

from queries.errors import InvalidInputs, RegisterError
from queries.rules.roles import Actor
from queries.store.sessions import Store, UnitOfWork

#: Longer than any lock is waited for: a test that hangs fails.
PATIENCE = 60

_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND wait_event_type = 'Lock'"
)


def outcome(call: Callable[[], Any]) -> str:
    """``done``, or the code of the refusal: of a field, with its name."""
    try:
        call()
    except InvalidInputs as refusal:
        return " ".join(f"{error.field}:{error.code}" for error in refusal.errors)
    except RegisterError as refusal:
        return refusal.code
    return "done"


def at_once(*calls: Callable[[], Any]) -> list[str]:
    """The outcomes of calls that begin together, sorted."""
    begin = threading.Barrier(len(calls), timeout=PATIENCE)

    def run(call: Callable[[], Any]) -> str:
        begin.wait()
        return outcome(call)

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(run, calls))


def queued(store: Store, lock: str, *calls: Callable[[], Any]) -> list[str]:
    """The outcomes, in the order of the calls, where a lock is held until every call waits: for it,
    or for another call.

    Each begins when the one before it waits. Only on PostgreSQL, which lets two work at once.

    :param lock: the statement that takes the lock.
    """
    with store.engine.connect() as keeper, ThreadPoolExecutor(len(calls)) as pool:
        keeper.execute(text(lock))
        running: list[Future[str]] = []
        try:
            for call in calls:
                running.append(pool.submit(outcome, call))
                _wait_until_waiting(store, running)
        finally:
            keeper.rollback()
        return [call.result(timeout=PATIENCE) for call in running]


def after_both_looked(store: Store, table: str, *calls: Callable[[], Any]) -> list[str]:
    """The outcomes, in the order of the calls, where each has looked before any may write to the
    table; as :func:`queued`."""
    return queued(store, f"LOCK TABLE {table} IN SHARE MODE", *calls)


def _wait_until_waiting(store: Store, running: list[Future[str]]) -> None:
    """Wait until each of the calls waits for a lock of the database.

    Every waiting ends: the database gives a lock up after ten seconds.
    """
    with store.engine.connect() as watcher:
        while watcher.execute(_WAITING).scalar_one() < len(running):
            watcher.rollback()
            done = [call.result() for call in running if call.done()]
            assert not done, f"it did not wait: {done}"


def errors_of(store: Store) -> list[str]:
    """A list that is filled with the codes of the database's errors from now on."""
    found: list[str] = []

    @event.listens_for(store.engine, "handle_error")
    def _note(context: Any) -> None:
        found.append(str(getattr(context.original_exception, "sqlstate", None)))

    return found


def overlapping(
    store: Store,
    first: Callable[[UnitOfWork], Any],
    second: Callable[[UnitOfWork], Any],
    *,
    actor: Actor,
    now: datetime,
) -> list[str]:
    """The outcomes where the first has written, and commits when the second is done or waits.

    Only on PostgreSQL, which lets two work at once.
    """
    wrote, may_commit = threading.Event(), threading.Event()

    def begin() -> None:
        with store.writing(actor, now=now) as uow:
            first(uow)
            uow.session.flush()
            wrote.set()
            assert may_commit.wait(PATIENCE)

    def follow() -> None:
        with store.writing(actor, now=now) as uow:
            second(uow)

    with ThreadPoolExecutor(2) as pool:
        begun = pool.submit(outcome, begin)
        begun.add_done_callback(lambda _future: wrote.set())  # refused before it wrote
        assert wrote.wait(PATIENCE)
        follows = pool.submit(outcome, follow)
        try:
            _wait_until_done_or_waiting(store, follows)
        finally:
            may_commit.set()
        return [begun.result(timeout=PATIENCE), follows.result(timeout=PATIENCE)]


def _wait_until_done_or_waiting(store: Store, call: Future[str]) -> None:
    with store.engine.connect() as watcher:
        while not call.done() and not watcher.execute(_WAITING).scalar_one():
            watcher.rollback()
