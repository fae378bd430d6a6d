"""State that a test compares to see that something changed, or that nothing did."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select, text

from queries.store.sessions import Store
from queries.store.tables import Base, TrailEntry


def everything(store: Store) -> dict[str, list[Any]]:
    """Every row of every table, the trail too."""
    with store.engine.connect() as connection:
        return {
            table.name: sorted(
                (tuple(row) for row in connection.execute(text(f"SELECT * FROM {table.name}"))),  # noqa: S608 - names of our own tables
                key=repr,
            )
            for table in Base.metadata.sorted_tables
        }


def trail_of(
    store: Store, subject: str
) -> list[tuple[str, int | None, int | None, str, list[str]]]:
    """The write lines about a kind of record, in order, with the names of the columns."""
    query = (
        select(
            TrailEntry.action,
            TrailEntry.subject_id,
            TrailEntry.party_id,
            TrailEntry.actor,
            TrailEntry.columns,
        )
        .where(TrailEntry.subject == subject, TrailEntry.kind == "write")
        .order_by(TrailEntry.id)
    )
    with store.engine.connect() as connection:
        return [(*row[:4], json.loads(row[4] or "[]")) for row in connection.execute(query)]
