"""Counting the statements that a read issues."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from queries.store.tables import Base


class Statements(list[str]):
    """The statements that were issued, in order, without those that begin and set up.

    ``calls`` has them with their values.
    """

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, Any]] = []


@contextmanager
def statements(engine: Engine) -> Iterator[Statements]:
    """Collect the statements that go to the database inside the block.

    Not counted: what the engine itself says at the beginning of a transaction.
    """
    seen = Statements()

    def note(
        _connection: object, _cursor: object, statement: str, values: Any, *_more: object
    ) -> None:
        if not statement.lstrip().upper().startswith(("PRAGMA", "BEGIN", "SET ")):
            seen.append(statement)
            seen.calls.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plan_steps(engine: Engine, seen: Statements) -> list[str]:
    """The steps of the statements' plans on SQLite."""
    with engine.connect() as connection:
        return [
            row[3]
            for statement, values in seen.calls
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]


def whole_tables_read(engine: Engine, seen: Statements) -> list[str]:
    """The steps of the statements' plans, on SQLite, that read a table from end to end."""
    return [step for step in plan_steps(engine, seen) if _is_scan(step)]


def _is_scan(step: str) -> bool:
    """Check if the step scans a table of ours and not, by its index, what LIMIT soon ends."""
    words = step.split()
    table = words[1].rstrip("0123456789").rstrip("_") if len(words) > 1 else ""
    return words[0] == "SCAN" and "USING" not in words and table in Base.metadata.tables
