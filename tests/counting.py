"""Counting the statements that a read issues."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event


class Statements(list[str]):
    """The statements that were issued, in order, without those that begin and set up."""


@contextmanager
def statements(engine: Engine) -> Iterator[Statements]:
    """Collect the statements that go to the database inside the block.

    Not counted: what the engine itself says at the beginning of a transaction.
    """
    seen = Statements()

    def note(_connection, _cursor, statement, *_more) -> None:
        if not statement.lstrip().upper().startswith(("PRAGMA", "BEGIN", "SET ")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def whole_tables_read(store, seen: list[tuple[str, object]]) -> list[str]:
    """The statements whose plan on SQLite scans a table that is not small by nature."""
    found = []
    with store.engine.connect() as connection:
        for statement, values in seen:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            if any(_is_scan(row[3]) for row in plan):
                found.append(statement)
    return found


def _is_scan(step: str) -> bool:
    return step.startswith("SCAN ") and " USING " not in step
