"""Comparison of a whole store with itself: what is kept with what the rows say.

**The danger.** A store that is wrong in a place that nobody reads is backed up, day after day,
until every backup is wrong in it too.

**The principle.** Each part is compared whole, and what differs is named by table and key, never
by a value. What is derived (facts, summaries, sources, search) can be computed from the rows and
is mended by :func:`rebuild`; what is not is only reported.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import DatabaseError, ProgrammingError

from queries.errors import StoreRefusal
from queries.rules.personal_data import PERSONAL_DATA
from queries.store import derived, derived_sums, schema
from queries.store.backup.ledger import Ledger, register_of
from queries.store.backup.ledger_marks import compare
from queries.store.driver_errors import DriverError, kind_of
from queries.store.search import search_texts
from queries.store.sessions import Store
from queries.store.tables import Base, Party, PartySearch

_AT_A_TIME = 2_000
#: The migrations' own table.
_NOT_OURS = ("alembic_version", "party_trigram", "sqlite_")

_BTREES = (
    "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " JOIN pg_am a ON a.oid = c.relam AND a.amname = 'btree'"
    " WHERE c.relnamespace = current_schema()::regnamespace"
)
#: What is said of a part that cannot be looked at, because the schema lacks something.
_UNREADABLE = "?"


class IntegrityPart(enum.StrEnum):
    """The parts that are compared, in this order."""

    INTEGRITY = "integrity"
    SCHEMA = "schema"
    REFERENCES = "references"
    DERIVED = "derived"
    SEARCH = "search"
    LEDGER = "ledger"
    PERSONAL_DATA = "personal_data"


#: The parts that :func:`rebuild` mends.
DERIVED_PARTS = frozenset({IntegrityPart.DERIVED, IntegrityPart.SEARCH})


def check(store: Store, data_folder: Path) -> Iterator[tuple[IntegrityPart, list[str]]]:
    """Each part with what differs in it, as ``table/key`` or a name; nothing where all is well.

    The caller keeps others from the store: it is read in more than one transaction.
    """
    for part, differing in (
        (IntegrityPart.INTEGRITY, damages),
        (IntegrityPart.SCHEMA, schema.differences),
        (IntegrityPart.REFERENCES, loose_references),
        (IntegrityPart.DERIVED, kept_differences),
        (IntegrityPart.SEARCH, search_differences),
    ):
        with store.engine.connect() as connection:
            try:
                found = differing(connection)
            except DatabaseError:
                found = [_UNREADABLE]
        yield part, found
    yield IntegrityPart.LEDGER, _ledger_differences(store, data_folder)
    with store.engine.connect() as connection:
        yield IntegrityPart.PERSONAL_DATA, _unclassified(connection)


def derived_differences(connection: Connection) -> list[str]:
    """Return the differences that :func:`rebuild` would mend."""
    return [*kept_differences(connection), *search_differences(connection)]


def kept_differences(connection: Connection) -> list[str]:
    """Return what triggers and commands keep beside the rows and differs from them."""
    return [*derived.differences(connection), *derived_sums.differences(connection)]


def rebuild(connection: Connection) -> None:
    """Compute everything that is derived from the rows: open balances, towns, facts, summaries,
    sources, search."""
    derived.keep_now(connection)
    derived_sums.rebuild(connection)  # the days of claims hang on what is open
    derived.rebuild(connection)
    if connection.dialect.name == "postgresql" and derived.has_trigrams(connection):
        connection.exec_driver_sql("REINDEX INDEX derived_party_trigram")


def damages(connection: Connection) -> list[str]:
    """Return what the engine itself finds wrong in its file or its pages: pages, rows and
    indexes."""
    if connection.dialect.name == "sqlite":
        try:
            said = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
        except DatabaseError:
            return ["database"]
        # Only the first words of a line: what follows may be of a row.
        return [] if said == ["ok"] else [" ".join(line.split()[:6]) for line in said]
    reading = {
        table: f'SELECT count(t::text) FROM "{table}" AS t'  # noqa: S608 - names of tables
        for table in inspect(connection).get_table_names()
    }
    if connection.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'")):
        indexes = connection.exec_driver_sql(_BTREES).scalars().all()
        reading |= {index: f"SELECT bt_index_check('\"{index}\"', true)" for index in indexes}
    return [name for name, statement in reading.items() if not _can_be_read(connection, statement)]


def loose_references(connection: Connection) -> list[str]:
    """The rows that point to a row that is not there."""
    found = []
    for table in Base.metadata.sorted_tables:
        key = next(iter(table.primary_key))
        for foreign in table.foreign_keys:
            target = foreign.column.table.alias("target")
            is_there = select(target.c[foreign.column.name]).where(
                target.c[foreign.column.name] == foreign.parent
            )
            loose = select(key).where(foreign.parent.is_not(None), ~is_there.exists())
            found += [f"{table.name}/{one}" for one in connection.scalars(loose.order_by(key))]
    return found


def search_differences(connection: Connection) -> list[str]:
    """The parties whose search text is not what their rows say, and the index itself."""
    found = []
    for keys in _keys(connection):
        told = search_texts(connection, keys)
        rows = connection.execute(
            select(PartySearch.party_id, PartySearch.text).where(PartySearch.party_id.in_(keys))
        )
        kept = {row.party_id: row.text for row in rows}
        found += [f"party_search/{key}" for key in keys if kept.get(key) != told.get(key)]
    if not _is_index_whole(connection):
        found.append("party_trigram")
    return found


def _is_index_whole(connection: Connection) -> bool:
    if connection.dialect.name == "postgresql":
        broken = text(
            "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
            " AND indexrelid = to_regclass('derived_party_trigram')"
        )
        return not connection.scalar(broken)
    try:
        connection.exec_driver_sql(
            "INSERT INTO party_trigram(party_trigram, rank) VALUES ('integrity-check', 1)"
        )
    except DatabaseError:
        return False
    return True


def _ledger_differences(store: Store, data_folder: Path) -> list[str]:
    with store.engine.connect() as connection:
        register = register_of(connection)
    if register is None:
        return []
    ledger = Ledger(data_folder, register)
    try:
        bond = compare(store, ledger)
        unsettled = ledger.read().unsettled
    except StoreRefusal as refusal:
        return [refusal.code]
    return ([] if bond.is_sound else [str(bond)]) + ["unsettled"] * bool(unsettled)


def _unclassified(connection: Connection) -> list[str]:
    looked_at = inspect(connection)
    there = {
        f"{table}.{column['name']}"
        for table in looked_at.get_table_names()
        if not table.startswith(_NOT_OURS)
        for column in looked_at.get_columns(table)
    }
    mapped = {f"{table}.{column}" for table, its in PERSONAL_DATA.items() for column in its.columns}
    return sorted(there ^ mapped)


def _keys(connection: Connection) -> Iterator[list[int]]:
    last = 0
    while True:
        found = connection.scalars(
            select(Party.id).where(Party.id > last).order_by(Party.id).limit(_AT_A_TIME)
        ).all()
        if not found:
            return
        yield list(found)
        last = found[-1]


def _can_be_read(connection: Connection, statement: str) -> bool:
    undone = connection.begin_nested()
    try:
        connection.exec_driver_sql(statement).all()
    except ProgrammingError as error:
        if kind_of(error) is DriverError.FORBIDDEN:
            return True  # nobody looked
        raise
    except DatabaseError:
        return False
    finally:
        undone.rollback()
    return True
