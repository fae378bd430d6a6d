"""Records that a person removed by hand since a backup was made and a restore brings back.

The danger: a telephone number that was removed because it was wrong is in the backup, and in use
again; so is what an import brought in by mistake. The principle: the trail of the replaced store
names each record that was removed, and each import that was undone, by its key, and keys are never
given out twice; the restore names those that the copy has again, so that a person removes them once
more. The ledger has no line of them: they were no disposal.

The transaction boundary is the restore's.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from queries.store.sql_keys import among
from queries.store.tables import Base, ImportBatch, TrailEntry

#: The actions by which a record is removed by hand; their subject is its table.
REMOVING = (
    "remove_phone",
    "remove_email",
    "remove_address",
    "remove_billing",
    "remove_note",
    "discard_draft",
    "unlink_contact_person",
    "accept_message",
    "reject_message",
    "undo_import",
)


@dataclass(frozen=True, order=True)
class RemovedByHand:
    """A record that somebody removed.

    :param action: of the trail, by which it was removed.
    :param party_id: whose it was; None for a message of nobody.
    """

    action: str
    table: str
    id: int
    party_id: int | None


def removed_by_hand(connection: Connection) -> tuple[RemovedByHand, ...]:
    """Return everything that was ever removed by hand in a store; one statement."""
    rows = connection.execute(
        select(TrailEntry.action, TrailEntry.subject, TrailEntry.subject_id, TrailEntry.party_id)
        .where(TrailEntry.action.in_(REMOVING), TrailEntry.subject_id.is_not(None))
        .order_by(TrailEntry.id)
    )
    return tuple(
        RemovedByHand(action, table, key, party)
        for action, table, key, party in rows
        if key is not None
    )


def is_back(session: Session, removed: tuple[RemovedByHand, ...]) -> tuple[RemovedByHand, ...]:
    """Return those of the removed that the copy has; a statement for each of their tables."""
    found: set[tuple[str, int]] = set()
    for table in sorted({one.table for one in removed}):
        key = Base.metadata.tables[table].c.id
        keys = [one.id for one in removed if one.table == table]
        there = select(key).where(among(key, keys))
        if table == ImportBatch.__tablename__:  # its row stays: it is back where it is not undone
            there = there.where(ImportBatch.undone_at.is_(None))
        found |= {(table, id_) for id_ in session.scalars(there)}
    return tuple(one for one in removed if (one.table, one.id) in found)
