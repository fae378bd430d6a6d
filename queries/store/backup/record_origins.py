"""Origins of records, which distinguish two of the same key, and the records known to be gone.

**The danger.** The ledger names a record by its key. Two stores that were one once (a copy put in
place by hand, a test system made of a copy of the data folder) may give one key to two people, and
the erasure of the one would be repeated on the other.

**The principle.** The trail has a line of the record's beginning, which no erasure takes away and
which every copy made afterwards has. Number and instant of the first line of a record are its
origin. Records that were brought in by an import have a line only from their first change on; until
then nothing proves them, and the law alone decides (:mod:`queries.store.backup.lawfulness`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, inspect, select

from queries.store.retention.erasing import PARTY
from queries.store.retention.proposal import ON_REQUEST
from queries.store.retention.series import SERIES
from queries.store.sql_keys import among
from queries.store.tables import (
    DisposalItem,
    DisposalRun,
    ErasedRecord,
    ItemKind,
    Outcome,
    TrailEntry,
)

#: The table of each kind of item.
TABLES = {series.kind: series.table for series in SERIES} | {ItemKind.PARTY: PARTY.table}
_TOGETHER = 5_000


@dataclass(frozen=True)
class Gone:
    """A record that a store knows to be gone.

    :param on: the day by which its time was up.
    :param asked: whether it went because the person asked (GDPR Art. 17).
    """

    on: date
    origin: str | None = None
    asked: bool = False


def origins_of(connection: Connection, table: str, keys: Collection[int]) -> dict[int, str]:
    """The origins of records of a table, of those that have one; one statement for each 5 000."""
    found: dict[int, str] = {}
    listed = list(keys)
    for at in range(0, len(listed), _TOGETHER):
        first = (
            select(func.min(TrailEntry.id))
            .where(
                TrailEntry.subject == table,
                among(TrailEntry.subject_id, listed[at : at + _TOGETHER]),
            )
            .group_by(TrailEntry.subject_id)
        )
        for key, line, instant in connection.execute(
            select(TrailEntry.subject_id, TrailEntry.id, TrailEntry.at).where(
                TrailEntry.id.in_(first)
            )
        ):
            if key is not None:
                found[key] = f"{line}@{instant:%Y-%m-%dT%H:%M:%S}"
    return found


def known_gone(connection: Connection) -> dict[str, dict[int, Gone]]:
    """Return the records that a store's disposals erased or restores erased again, by table and
    key; works on a store of an older version too, as far as it has them."""
    there = set(inspect(connection).get_table_names())
    found: dict[str, dict[int, Gone]] = {}
    if ErasedRecord.__tablename__ in there:
        rows = select(
            ErasedRecord.table_name,
            ErasedRecord.record_id,
            ErasedRecord.erased_on,
            ErasedRecord.origin,
        )
        for table, key, on, origin in connection.execute(rows):
            found.setdefault(table, {})[key] = Gone(on, origin)
    if DisposalItem.__tablename__ in there:
        for table, gone in _by_disposals(connection).items():
            origins = origins_of(connection, table, gone)
            found.setdefault(table, {}).update(
                (key, Gone(one.on, origins.get(key), one.asked)) for key, one in gone.items()
            )
    return found


def _by_disposals(connection: Connection) -> Mapping[str, Mapping[int, Gone]]:
    found: dict[str, dict[int, Gone]] = {}
    for kind, key, rule, on in connection.execute(
        select(DisposalItem.kind, DisposalItem.record_id, DisposalItem.rule, DisposalRun.as_of)
        .join(DisposalRun, DisposalRun.id == DisposalItem.run_id)
        .where(DisposalItem.outcome == Outcome.GONE)
    ):
        found.setdefault(TABLES[ItemKind(kind)], {})[key] = Gone(on, asked=rule == ON_REQUEST)
    return found
