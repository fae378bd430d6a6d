"""What a restored copy needs before anyone may open it: the erasures made since, once more.

The copy is of a day before. Whoever was erased since is in it, and the ids and invoice numbers
given out since are free in it. Here the erasures that the ledger names are carried out on it
again, ids and numbers are put ahead of everything ever given out, who left the newsletter since
has left it in the copy too, what was held or asked about since is held and asked about
(:mod:`queries.store.safeguards`), and every signed-in session ends: a session that was ended since
would be alive again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.orm import Session

from queries.errors import StoreRefusal
from queries.store import derived
from queries.store.backup import highest_ids, next_numbers
from queries.store.deadlines import SERIES
from queries.store.erasing import FILES, PARTY, add_rows, erase, gate_open
from queries.store.ledger import HOUSE, Contents, Ledger
from queries.store.ledger_marks import note_mark
from queries.store.numbers_ahead import ids_ahead, numbers_ahead
from queries.store.remembering import NO_REFUSALS, Refusals, carry_over, refusals_of
from queries.store.safeguards import (
    CarriedOver,
    Safeguards,
    carry_safeguards,
    safeguards_of,
)
from queries.store.sessions import Desk, Store
from queries.store.tables import (
    Invoice,
    ServiceOrder,
    SignInSession,
    SignInTicket,
)


@dataclass(frozen=True)
class Replayed:
    """What was done to a copy.

    :param erased: rows by table that were erased once more.
    :param ahead: series of numbers that were put ahead: from what, to what.
    :param kept: what stood in the way of disposals in the replaced store.
    :param passed_over: series of which nobody knows how far they came, likewise.
    """

    erased: dict[str, int]
    ahead: dict[str, tuple[int, int]]
    kept: CarriedOver
    passed_over: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class GivenOut:
    """What a store has given out: the highest ids by table, the next numbers by series; who said
    no to it; and what stood in the way of disposals, None where nobody can tell.

    :param is_newest: whether nothing was given out that this store does not know.
    """

    ids: Mapping[str, int]
    numbers: Mapping[str, int]
    refusals: Refusals = NO_REFUSALS
    safeguards: Safeguards | None = None
    is_newest: bool = False


def given_out(connection: Connection, *, is_newest: bool) -> GivenOut:
    return GivenOut(
        highest_ids(connection),
        next_numbers(connection),
        refusals_of(connection),
        safeguards_of(connection),
        is_newest,
    )


def replay(store: Store, ledger: Ledger, contents: Contents, replaced: GivenOut) -> Replayed:
    """Bring a copy up to the erasures of the ledger, in one transaction; the ledger is held.

    Unsettled intents were carried out here, so they are confirmed: the next restore finds a store
    that does not know their batches, and would void them. The ledger's last line is the copy's own
    mark. Both are written before the copy is committed, and before it takes the store's place: what
    dies in between leaves lines that say no more than what was approved and checked.

    :param replaced: of the store that the copy takes the place of, as far as it can be read.
    :raises StoreRefusal: ``restore_differs`` when sums and counts are not what the rows say.
    """
    with store.writing(HOUSE) as desk:
        session = desk.session
        erased: dict[str, int] = {}
        with gate_open(session):
            for table in FILES:
                add_rows(erased, _erase_named(desk, table, ledger, contents))
        add_rows(erased, carry_over(desk, replaced.refusals))
        kept = carry_safeguards(desk, replaced.safeguards)
        apart = not replaced.is_newest
        ids_ahead(session.connection(), contents.highest, replaced.ids, apart=apart)
        ahead, passed_over = numbers_ahead(
            session, contents.series, replaced.numbers, apart=apart, year=desk.today.year
        )
        session.execute(delete(SignInSession))
        session.execute(delete(SignInTicket))
        if derived.differences(session.connection()):
            raise StoreRefusal("restore_differs")
        session.flush()
        for batch in contents.unsettled:
            ledger.confirm(batch)
        connection = session.connection()
        note_mark(
            session, ledger.mark(desk.today, highest_ids(connection), next_numbers(connection))
        )
        desk.note("restore_backup", "store", None)
    return Replayed(erased, ahead, kept, passed_over)


def _erase_named(desk: Desk, table: str, ledger: Ledger, contents: Contents) -> dict[str, int]:
    named = contents.erased.get(table)
    if not named:
        return {}
    session, file = desk.session, FILES[table]
    keys = [key for key in session.scalars(select(file.key))
            if ledger.pseudonym(table, key) in named]  # fmt: skip
    if not keys:
        return {}
    done: dict[str, int] = {}
    if table == PARTY.table:
        _erase_belongings(desk, keys, done)
    elif table == ServiceOrder.__tablename__:
        _loosen_invoices(session, keys)
    add_rows(done, erase(session, file, keys, on=desk.today))
    if file.emptied is not None:
        for chunk in _chunks(keys):
            add_rows(done, file.emptied.remove(session, chunk))
    return done


def _erase_belongings(desk: Desk, parties: list[int], done: dict[str, int]) -> None:
    """A party was erased last of all that was its own: what the copy still has of it was removed
    by hand meanwhile (a discarded draft, a note), and goes too. The file of a request has a time
    of its own and outlives the party."""
    owned = {one.table: one.party for one in SERIES if one.keeps_party and one.party is not None}
    for chunk in _chunks(parties):
        for table, party in owned.items():
            file = FILES[table]
            keys = desk.session.scalars(select(file.key).where(party.in_(chunk))).all()
            if table == ServiceOrder.__tablename__:
                _loosen_invoices(desk.session, list(keys))
            add_rows(done, erase(desk.session, file, keys, on=desk.today))


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
