"""Two who do something at the same moment, in threads of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import event, text

from queries.errors import InvalidInputs, RegisterError
from queries.store.sessions import Store

#: Longer than any lock is waited for: a test that hangs fails.
PATIENCE = 60


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


def after_both_looked(store: Store, table: str, *calls: Callable[[], Any]) -> list[str]:
    """The outcomes, in the order of the calls, where each has looked before any may write.

    Nobody writes to the table until every call waits to: for its turn at a lock, or to write there.
    Only on PostgreSQL, which lets two look at the same time.
    """
    with store.engine.connect() as keeper, ThreadPoolExecutor(len(calls)) as pool:
        keeper.execute(text(f"LOCK TABLE {table} IN SHARE MODE"))
        running = [pool.submit(outcome, call) for call in calls]
        watcher = store.engine.connect()
        waiting = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock'"
        )
        while watcher.execute(waiting).scalar_one() < len(calls):
            watcher.rollback()
            assert not any(call.done() for call in running), [call.result() for call in running]
        watcher.close()
        keeper.rollback()
        return [call.result(timeout=PATIENCE) for call in running]


def deadlocks(store: Store) -> list[str]:
    """A list that is filled with the errors of the database from now on, by their code."""
    found: list[str] = []

    @event.listens_for(store.engine, "handle_error")
    def _note(context: Any) -> None:
        found.append(str(getattr(context.original_exception, "sqlstate", None)))

    return found
