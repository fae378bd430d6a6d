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

from sqlalchemy import Connection, delete, select, text, update
from sqlalchemy.orm import Session

from queries.errors import StoreRefusal
from queries.store import derived
from queries.store.backup import highest_ids, next_numbers
from queries.store.deadlines import SERIES
from queries.store.erasing import FILES, PARTY, add_rows, erase, gate_open
from queries.store.ledger import HOUSE, Contents, Ledger
from queries.store.remembering import NO_REFUSALS, Refusals, carry_over, refusals_of
from queries.store.safeguards import (
    CarriedOver,
    Safeguards,
    carry_safeguards,
    safeguards_of,
)
from queries.store.sessions import Desk, Store
from queries.store.tables import (
    Base,
    Invoice,
    NumberSeries,
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
    """

    erased: dict[str, int]
    ahead: dict[str, tuple[int, int]]
    kept: CarriedOver


@dataclass(frozen=True)
class GivenOut:
    """What a store has given out: the highest ids by table, the next numbers by series; who said
    no to it; and what stood in the way of disposals, None where nobody can tell."""

    ids: Mapping[str, int]
    numbers: Mapping[str, int]
    refusals: Refusals = NO_REFUSALS
    safeguards: Safeguards | None = None


def given_out(connection: Connection) -> GivenOut:
    return GivenOut(highest_ids(connection), next_numbers(connection), refusals_of(connection),
                    safeguards_of(connection))  # fmt: skip


def replay(store: Store, ledger: Ledger, contents: Contents, replaced: GivenOut) -> Replayed:
    """Bring a copy up to the erasures of the ledger, in one transaction.

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
        _ids_ahead(session.connection(), contents.highest, replaced.ids)
        ahead = _numbers_ahead(session, contents.series, replaced.numbers)
        session.execute(delete(SignInSession))
        session.execute(delete(SignInTicket))
        if derived.differences(session.connection()):
            raise StoreRefusal("restore_differs")
        desk.note("restore_backup", "store", None)
    return Replayed(erased, ahead, kept)


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


def _ids_ahead(connection: Connection, *known: Mapping[str, int]) -> None:
    """Give out no id again that any store of this register has given out."""
    highest = highest_ids(connection)
    for table in Base.metadata.tables.values():
        if "id" not in table.c or not table.c.id.primary_key:
            continue
        wanted = max((given.get(table.name, 0) for given in known), default=0)
        if wanted > highest.get(table.name, 0):
            _set_highest(connection, table.name, wanted)


def _set_highest(connection: Connection, table: str, wanted: int) -> None:
    values = {"t": table, "n": wanted}
    if connection.dialect.name == "postgresql":
        sequence = connection.execute(
            text("SELECT pg_get_serial_sequence(:t, 'id')"), {"t": table}
        ).scalar()
        if sequence is not None:
            connection.execute(text("SELECT setval(:s, :n)"), {"s": sequence, "n": wanted})
        return
    done = connection.execute(text("UPDATE sqlite_sequence SET seq = :n WHERE name = :t"), values)
    if not done.rowcount:
        connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:t, :n)"), values)


def _numbers_ahead(session: Session, *known: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Numbers that were given to invoices since are on paper with customers: none comes twice."""
    stands = next_numbers(session.connection())
    ahead = {}
    for name in sorted({name for given in known for name in given}):
        wanted = max(given.get(name, 0) for given in known)
        if name not in stands:
            session.add(NumberSeries(name=name, next_number=wanted))
        elif wanted > stands[name]:
            session.execute(
                update(NumberSeries).where(NumberSeries.name == name).values(next_number=wanted)
            )
            ahead[name] = (stands[name], wanted)
    return ahead


def _chunks(keys: list[int], size: int = 5_000) -> list[list[int]]:
    return [keys[start : start + size] for start in range(0, len(keys), size)]
