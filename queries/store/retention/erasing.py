"""Erasure by key: the rows removed with a record, and the gate that permits it.

The rows of a record are named by its key alone, never by a value: a namesake is another record.
Which rows are removed and which values are replaced is read from the personal-data map
(:mod:`queries.rules.personal_data`); this module has no list of its own.
A record that stays to be counted is emptied instead, as its series says.
Two callers: the disposal service, after its checks, and a restore, which repeats what the ledger
says was erased. Neither has a statement of its own that removes a record.

Triggers refuse to remove issued invoices, payments, orders and parties (``derived``) unless the
gate has its row, which exists only inside the eraser's transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import Column, delete, select, update
from sqlalchemy.orm import Session

from queries.rules.personal_data import PERSONAL_DATA, erased_rows, replaced_values
from queries.rules.personal_data_types import FOLLOWS_PARTY
from queries.store.derived import facts
from queries.store.import_details import forget_parties
from queries.store.retention.anonymising import Emptying
from queries.store.retention.request_exports import empty_exports
from queries.store.retention.series import SERIES
from queries.store.sql_keys import among
from queries.store.tables import Base, DisposalGate

#: So many keys go into one statement.
_CHUNK = 5_000


@dataclass(frozen=True)
class File:
    """A unit of erasure: a row and what belongs to it, as the personal-data map says.

    What belongs to it are the rows that hold its key and cannot be without it, and the credit
    notes of an invoice. To a party belong the rows that follow it; its invoices, orders and notes
    are files of their own, with deadlines of their own, and go before it.

    :param emptied: how the record is emptied, where its row stays.
    """

    table: str
    emptied: Emptying | None = None

    @cached_property
    def parts(self) -> tuple[Column[int], ...]:
        """The columns that hold the key of the record in the rows that go with it."""
        return tuple(
            column
            for name in erased_rows()
            for column in Base.metadata.tables[name].columns
            if column.references(self.key) and self._takes_along(column)
        )

    @cached_property
    def released(self) -> tuple[tuple[Column[int], dict[str, str | int | None]], ...]:
        """The columns that hold the key in rows that stay, and what is put in place of what they
        said about the record (a released hold, the file of a request)."""
        return tuple(
            (_column(table.owner[0]), values)
            for name, table in PERSONAL_DATA.items()
            if self.table == "party" and (values := _replaced(name))
        )

    @property
    def key(self) -> Column[int]:
        return Base.metadata.tables[self.table].c.id

    def _takes_along(self, column: Column[int]) -> bool:
        if column.table.name == self.table:
            return True
        if column.nullable:
            return False
        entry = PERSONAL_DATA[column.table.name].columns[column.name]
        return self.table != "party" or (
            entry is not None and entry.retention_class == FOLLOWS_PARTY
        )


PARTY = File("party")

#: What the ledger may name, by table, in the order in which it is erased.
FILES = {
    **{series.table: File(series.table, series.emptied) for series in SERIES},
    PARTY.table: PARTY,
}


@contextmanager
def gate_open(session: Session) -> Iterator[None]:
    """Let the eraser through the guards until the block ends; an exception undoes it all."""
    session.add(DisposalGate(id=1))
    session.flush()
    yield
    session.execute(delete(DisposalGate))
    session.expire_all()


def erase(session: Session, file: File, keys: Sequence[int], *, on: date) -> dict[str, int]:
    """Erase the records with these keys and all that belongs to them; the gate must be open.

    :param on: the day, where it stays on what is emptied, and on whom it unlinked.
    :returns: how many rows went, by table.
    """
    gone: dict[str, int] = {}
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        if file.emptied is not None:
            add_rows(gone, file.emptied.empty(session, chunk, on=on))
            continue
        orders, parties = _beside(session, file, chunk)
        empty_exports(session, chunk if file.table == PARTY.table else parties)
        if file.table == PARTY.table:
            forget_parties(session, chunk)
        _erase(session, file, chunk, gone)
        if file.table == PARTY.table:
            _note_unlinked(session, parties, on)
        # While the gate is open no trigger keeps the facts of what stays.
        facts.refresh(session.connection(), file.table, orders, parties)
    return gone


def add_rows(total: dict[str, int], more: Mapping[str, int]) -> None:
    """Add rows by table to those before."""
    for table, count in more.items():
        total[table] = total.get(table, 0) + count


def _beside(
    session: Session, file: File, keys: Sequence[int]
) -> tuple[Sequence[int], Sequence[int]]:
    """Return the orders and parties whose facts depend on what is erased."""
    table = file.key.table
    if "party_id" not in table.c and file.table != "party":
        return (), ()
    if file.table == "party":
        people = Base.metadata.tables["contact_person"].c
        query = select(people.person_id).where(among(people.organisation_id, keys)).distinct()
        return (), session.scalars(query).all()
    query = select(table.c.party_id).where(among(file.key, keys))
    parties = session.scalars(query.distinct()).all()
    if file.table != "invoice":
        return (), parties
    query = select(table.c.order_id).where(among(file.key, keys), table.c.order_id.is_not(None))
    return session.scalars(query.distinct()).all(), parties


def _note_unlinked(session: Session, people: Sequence[int], on: date) -> None:
    """The contact persons of an organisation that went count from that day, where they stay."""
    party = Base.metadata.tables[PARTY.table]
    session.connection().execute(
        update(party).where(among(party.c.id, people)).values(unlinked_on=on)
    )


def _erase(session: Session, file: File, keys: Sequence[int], gone: dict[str, int]) -> None:
    for column in file.parts:
        if column.table.name == file.table:
            own = session.scalars(select(file.key).where(among(column, keys))).all()
            if own:
                _erase(session, file, own, gone)
        else:
            _remove(session, column, keys, gone)
    for column, values in file.released:
        session.connection().execute(update(column.table).where(among(column, keys)).values(values))
    _remove(session, file.key, keys, gone)


def _remove(
    session: Session, column: Column[int], keys: Sequence[int], gone: dict[str, int]
) -> None:
    done = session.connection().execute(delete(column.table).where(among(column, keys)))
    if done.rowcount:
        add_rows(gone, {column.table.name: done.rowcount})


def _replaced(table: str) -> dict[str, str | int | None]:
    """Return the values that replace a party's data in the rows of a table that outlive the
    party. The user who acted stays: that belongs to the trail."""
    own = PERSONAL_DATA[table]
    if not own.owner or own.owner[0].split(".")[1] not in replaced_values(table):
        return {}
    found: dict[str, str | int | None] = {}
    for name, value in replaced_values(table).items():
        entry = own.columns[name]
        if entry is None or entry.retention_class == "sign_in_record":
            continue
        column = Base.metadata.tables[table].c[name]
        if value == "NULL":
            found[name] = None
        else:
            found[name] = int(value) if column.type.python_type is int else value
    return found


def _column(part: str) -> Column[int]:
    table, name = part.split(".")
    return Base.metadata.tables[table].c[name]
