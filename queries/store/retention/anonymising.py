"""Taking the person out of a record that stays to be counted: the file of a request, paper.

What is emptied here is erased like whole rows are: by key, through the disposal service, and
again by a restore. Rights, days and outcome of a request stay, so that it can be said how many came
and how they were answered. Number, class and period of a binder stay beside the line of its
destruction: they say what was destroyed. Which values are removed and what replaces them is read
from the personal-data map (:mod:`queries.rules.personal_data`); this module has no list of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Column, ColumnElement, delete, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from queries.rules.personal_data import PERSONAL_DATA, emptied_values
from queries.store.tables import Base


@dataclass(frozen=True)
class Emptying:
    """The way in which records of a table that stay to be counted are emptied.

    :param since: the column that says from which day on a record is empty.
    :param ready: what must be true of a record before; nothing for most.
    """

    model: Any
    since: InstrumentedAttribute[date | None]
    ready: tuple[ColumnElement[bool], ...] = ()

    def empty(self, session: Session, ids: Sequence[int], *, on: date) -> dict[str, int]:
        """Take the person out of these records; what was emptied before is left as it is.

        :param ids: as many as go into one statement.
        :returns: how many rows went or were emptied, by table.
        """
        gone: dict[str, int] = {}
        connection = session.connection()
        full = select(self.model.id).where(
            self.model.id.in_(ids), self.since.is_(None), *self.ready
        )
        keys = session.scalars(full).all()
        for column in self._belongings():
            table = column.table
            if values := emptied_values(table.name):
                connection.execute(update(table).where(column.in_(keys)).values(values))
            elif _goes(table.name):
                gone[table.name] = connection.execute(
                    delete(table).where(column.in_(keys))
                ).rowcount
        own = self.model.__table__
        emptied: dict[str, str | date | None] = {**emptied_values(own.name), self.since.key: on}
        done = connection.execute(update(own).where(own.c.id.in_(keys)).values(emptied))
        gone[own.name] = done.rowcount
        session.expire_all()
        return {table: n for table, n in gone.items() if n}

    def remove(self, session: Session, ids: Sequence[int]) -> dict[str, int]:
        """Remove what a restored copy has in a state that cannot be emptied, as a request that it
        knows no answer to: nothing in it can be counted.

        :param ids: as many as go into one statement, emptied before as far as they can be.
        """
        table = self.model.__table__
        left = delete(table).where(table.c.id.in_(ids), table.c[self.since.key].is_(None))
        done = session.connection().execute(left)
        session.expire_all()
        return {table.name: done.rowcount} if done.rowcount else {}

    def _belongings(self) -> Iterator[Column[int]]:
        """The columns that hold the key of the record in rows that cannot be without it."""
        key = self.model.__table__.c.id
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if column.references(key) and not column.nullable:
                    yield column


def _goes(table: str) -> bool:
    """Return whether the rows of a table are removed with the record: the map says what stays
    instead."""
    entries = PERSONAL_DATA[table].columns.values()
    return any(entry is not None and entry.erased == "row" for entry in entries)
