"""State that a test compares to see that something changed, or that nothing did."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select, text

from queries.errors import InvalidInputs
from queries.store.sessions import Store
from queries.store.tables import Base, TrailEntry
from tests.factories.records import MAKER


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


def rows(store: Store, model: type[Any]) -> list[dict[str, Any]]:
    """The rows of a table."""
    with store.engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(model.__table__)).mappings()]


def written(store: Store) -> list[tuple[Any, ...]]:
    """The trail's write lines: action, subject, key, party and columns."""
    with store.engine.connect() as connection:
        return [
            (
                line.action,
                line.subject,
                line.subject_id,
                line.party_id,
                json.loads(line.columns or "[]"),
            )
            for line in connection.execute(
                select(TrailEntry.__table__).where(TrailEntry.kind == "write").order_by("id")
            )
        ]


def refused(error: pytest.ExceptionInfo[InvalidInputs]) -> list[tuple[str, str]]:
    """The fields and codes of a refusal."""
    return [(wrong.field, wrong.code) for wrong in error.value.errors]


def only(store: Store, model: type[Any]) -> list[Any]:
    """The records of a table, in the order of their keys."""
    with store.reading(MAKER) as session:
        return list(session.scalars(select(model).order_by(*model.__table__.primary_key)))
