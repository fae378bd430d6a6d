"""Preparation of a restored copy before anyone may open it: it repeats the erasures made since.

The copy is of a day before. Anyone erased since is in it, and the ids and invoice numbers given out
since are free in it. Here the erasures that the ledger names are carried out on it again, as far as
they were lawful (:mod:`queries.store.backup.lawfulness`), ids and numbers are put ahead of
everything ever given out, subscriptions ended since are ended in the copy too, holds and requests
made since are carried over (:mod:`queries.store.backup.carry_holds`), and every signed-in session
ends: a session ended since would be valid again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.orm import Session

from queries.errors import StoreRefusal
from queries.store import derived
from queries.store.backup.backup import highest_ids, next_numbers
from queries.store.backup.carry_holds import (
    CarriedOver,
    Safeguards,
    carry_safeguards,
    safeguards_of,
)
from queries.store.backup.carry_permissions import Rights, RightsKept, carry_rights, rights_of
from queries.store.backup.carry_suppressions import NO_REFUSALS, Refusals, carry_over, refusals_of
from queries.store.backup.lawfulness import Erasure, ErasureProof, Judged, named
from queries.store.backup.ledger import HOUSE, Contents, Ledger
from queries.store.backup.ledger_marks import note_mark
from queries.store.backup.ledger_renewal import add_lacking
from queries.store.backup.numbers_ahead import ids_ahead, numbers_ahead
from queries.store.backup.record_origins import Gone, known_gone, origins_of
from queries.store.backup.removed_by_hand import RemovedByHand, is_back, removed_by_hand
from queries.store.retention.erasing import FILES, PARTY, add_rows, erase, gate_open
from queries.store.retention.series import SERIES
from queries.store.sessions import Store, UnitOfWork
from queries.store.tables import ErasedRecord, Invoice, ServiceOrder, SignInSession, SignInTicket


@dataclass(frozen=True)
class Replayed:
    """The changes that a restore made to a copy.

    :param erased: rows by table that were erased once more.
    :param ahead: series of numbers that were put ahead: from what, to what.
    :param kept: what blocked disposals in the replaced store.
    :param passed_over: series of which nobody knows how far they came, likewise.
    :param rights: permissions of users that were carried over or taken away.
    :param is_back: what a person had removed since the backup was made.
    """

    erased: dict[str, int]
    ahead: dict[str, tuple[int, int]]
    kept: CarriedOver
    passed_over: dict[str, tuple[int, int]]
    rights: RightsKept
    is_back: tuple[RemovedByHand, ...] = ()


@dataclass(frozen=True)
class GivenOut:
    """A store's memory of what it gave out: the highest ids by table, the next numbers by
    series, suppressions, and what blocked disposals (None where it is not known).

    :param is_newest: whether nothing was given out that this store does not know.
    :param gone: the records that its disposals took.
    :param ledger_lost: whether the ledger does not know all that was erased.
    :param rights: the permissions of users, None where they are not known.
    :param removed: what was ever removed by hand.
    """

    ids: Mapping[str, int]
    numbers: Mapping[str, int]
    refusals: Refusals = NO_REFUSALS
    safeguards: Safeguards | None = None
    is_newest: bool = False
    gone: Mapping[str, Mapping[int, Gone]] = field(default_factory=dict)
    ledger_lost: bool = False
    rights: Rights | None = None
    removed: tuple[RemovedByHand, ...] = ()


def given_out(connection: Connection, *, is_newest: bool) -> GivenOut:
    return GivenOut(
        highest_ids(connection),
        next_numbers(connection),
        refusals_of(connection),
        safeguards_of(connection),
        is_newest,
        known_gone(connection),
        rights=rights_of(connection),
        removed=removed_by_hand(connection),
    )


def replay(
    store: Store, ledger: Ledger, contents: Contents, replaced: GivenOut, *, now: datetime
) -> Replayed:
    """Bring a copy up to the erasures of the ledger, in one transaction; the ledger is held.

    What the replaced store, or the copy itself, knows to be gone and the ledger lacks is repeated
    too, and added to the ledger. What may not be repeated is kept and named
    (:mod:`queries.store.backup.lawfulness`).

    Unsettled intents were carried out here, so they are confirmed: the next restore finds a store
    that does not know their batches, and would void them. The ledger's last line is the copy's own
    mark. Both are written before the copy is committed, and before it takes the store's place: what
    dies in between leaves lines that say no more than what was approved and checked.

    :param replaced: of the store that the copy takes the place of, as far as it can be read.
    :raises StoreRefusal: ``restore_differs`` when sums and counts are not what the rows say.
    """
    with store.writing(HOUSE, now=now) as uow:
        session = uow.session
        own = known_gone(session.connection())
        known = _merged(own, replaced.gone)
        erased: dict[str, int] = {}
        repeated: dict[str, dict[int, Erasure]] = {}
        judged = Judged()
        with gate_open(session):
            for table in FILES:
                told = _told(session, table, ledger, contents, known.get(table, {}))
                keys = judged.of(session, table, told, today=uow.today)
                repeated[table] = {key: told[key] for key in keys}
                add_rows(erased, _erase(uow, table, keys))
        add_rows(erased, carry_over(uow, replaced.refusals))
        kept = carry_safeguards(
            uow,
            replaced.safeguards,
            is_newest=replaced.is_newest,
            unrepeated=named(session, judged.kept),
            ledger_lost=replaced.ledger_lost,
        )
        apart = not replaced.is_newest
        ids_ahead(session.connection(), contents.highest, replaced.ids, apart=apart)
        ahead, passed_over = numbers_ahead(
            session, contents.series, replaced.numbers, apart=apart, year=uow.today.year
        )
        rights = carry_rights(uow, replaced.rights, is_newest=replaced.is_newest)
        back = is_back(session, replaced.removed)
        session.execute(delete(SignInSession))
        session.execute(delete(SignInTicket))
        session.flush()
        derived.keep_now(session.connection())
        if derived.differences(session.connection()):
            raise StoreRefusal("restore_differs")
        _remember(session, own, known, repeated, judged.kept)
        session.flush()
        for batch in contents.unsettled:
            ledger.confirm(batch)
        add_lacking(ledger, contents, known)
        connection = session.connection()
        marks = highest_ids(connection), next_numbers(connection)
        note_mark(session, ledger.mark(uow.today, *marks))
        uow.audit("restore_backup", "store", None)
    return Replayed(erased, ahead, kept, passed_over, rights, back)


def _merged(*stores: Mapping[str, Mapping[int, Gone]]) -> dict[str, dict[int, Gone]]:
    found: dict[str, dict[int, Gone]] = {}
    for gone in stores:
        for table, records in gone.items():
            found.setdefault(table, {}).update(records)
    return found


def _told(
    session: Session, table: str, ledger: Ledger, contents: Contents, known: Mapping[int, Gone]
) -> dict[int, Erasure]:
    """The records that the copy has and that were erased, by ledger or by what a store knows."""
    by_name = contents.named.get(table, {})
    if not by_name and not known:
        return {}
    found: dict[int, tuple[date, str | None, bool]] = {}
    file = FILES[table]
    # A record that is emptied already has nothing that could be repeated.
    full = select(file.key)
    if file.emptied is not None:
        full = full.where(file.emptied.since.is_(None))
    for key in session.scalars(full):
        name = by_name.get(ledger.pseudonym(table, key))
        gone = known.get(key)
        if name is not None:
            found[key] = name.on, name.origin, name.asked
        elif gone is not None:
            origin = gone.origin and ledger.origin(table, key, gone.origin)
            found[key] = gone.on, origin, gone.asked
    origins = origins_of(session.connection(), table, found)
    return {
        key: Erasure(on, _proof(ledger, table, key, origin, origins.get(key)), asked)
        for key, (on, origin, asked) in found.items()
    }


def _proof(
    ledger: Ledger, table: str, key: int, erased: str | None, here: str | None
) -> ErasureProof:
    if erased is None or here is None:
        return ErasureProof.NONE
    return ErasureProof.SAME if ledger.origin(table, key, here) == erased else ErasureProof.ANOTHER


def _remember(
    session: Session,
    own: Mapping[str, Mapping[int, Gone]],
    known: Mapping[str, Mapping[int, Gone]],
    repeated: Mapping[str, Mapping[int, Erasure]],
    kept: Mapping[str, Mapping[int, str]],
) -> None:
    """Record in the copy what is gone without a disposal of its own: the ledger may be lost
    later."""
    connection = session.connection()
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for table, records in known.items():
        for key, gone in records.items():
            rows[table, key] = {"erased_on": gone.on, "origin": gone.origin}
    for table, erasures in repeated.items():
        origins = origins_of(connection, table, erasures)
        for key, one in erasures.items():
            rows[table, key] = {"erased_on": one.on, "origin": origins.get(key)}
    new = [
        {"table_name": table, "record_id": key, **facts}
        for (table, key), facts in rows.items()
        if key not in own.get(table, {}) and key not in kept.get(table, {})
    ]
    if new:
        session.execute(insert(ErasedRecord), new)


def _erase(uow: UnitOfWork, table: str, keys: list[int]) -> dict[str, int]:
    if not keys:
        return {}
    session, file = uow.session, FILES[table]
    done: dict[str, int] = {}
    if table == PARTY.table:
        _erase_belongings(uow, keys, done)
    elif table == ServiceOrder.__tablename__:
        _loosen_invoices(session, keys)
    add_rows(done, erase(session, file, keys, on=uow.today))
    if file.emptied is not None:
        for chunk in _chunks(keys):
            add_rows(done, file.emptied.remove(session, chunk))
    return done


def _erase_belongings(uow: UnitOfWork, parties: list[int], done: dict[str, int]) -> None:
    """Erase what the copy still has of erased parties. A party is erased after everything that
    belongs to it, so what is left was removed by hand meanwhile (a discarded draft, a note). The
    file of a request has a time of its own and outlives the party."""
    owned = {one.table: one.party for one in SERIES if one.keeps_party and one.party is not None}
    for chunk in _chunks(parties):
        for table, party in owned.items():
            file = FILES[table]
            keys = uow.session.scalars(select(file.key).where(party.in_(chunk))).all()
            if table == ServiceOrder.__tablename__:
                _loosen_invoices(uow.session, list(keys))
            add_rows(done, erase(uow.session, file, keys, on=uow.today))


def _loosen_invoices(session: Session, orders: list[int]) -> None:
    """A draft that the copy has under an erased order was put under another one since."""
    for chunk in _chunks(orders):
        session.execute(
            update(Invoice)
            .where(Invoice.order_id.in_(chunk))
            .values(order_id=None)
            .execution_options(synchronize_session=False)
        )


def _chunks(keys: list[int], size: int = 5_000) -> list[list[int]]:
    return [keys[start : start + size] for start in range(0, len(keys), size)]
