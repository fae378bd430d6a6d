"""Ids and numbers of a restored copy: ahead of everything that the register has ever given out.

**The danger.** An id that is given out a second time is two records under one name: the ledger's
pseudonym of the one erases the other, the trail names both, and a newer file copy of the lost
store, restored later, holds the first of them. An invoice number that is given out twice books one
customer's payment on the other's invoice.

**The principle.** What is known (the copy, the replaced store, the ledger's marks) is gone past by
one. That is enough where the replaced store can be read and is the newest: it knows all it gave
out. Where it cannot be read, is not there, or is an older copy itself, nobody knows what came after
the last mark, and a new range begins: every table's ids jump by :data:`IDS_APART`, every series by
:data:`NUMBERS_APART`. A range was chosen rather than an epoch beside each id, because an id is also
said outside the store, where no epoch is beside it: in the trail, an address, a report.

Both are wider than what is given out between two marks, which a backup, a disposal and a restore
each write: a register of a million customers has some ten million rows in its largest table. A key
of PostgreSQL (``integer``) has room for 214 such ranges; SQLite's (AUTOINCREMENT) for more. A gap
in the numbers of invoices is explained in the books once; what is demanded is that a number is
unique in its series (AVL 1501/1993 209 e §).
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, text, update
from sqlalchemy.orm import Session

from queries.errors import StoreRefusal
from queries.store.backup.backup import highest_ids, next_numbers
from queries.store.tables import Base, NumberSeries

IDS_APART = 10_000_000
NUMBERS_APART = 100_000
_HIGHEST_KEY = 2**31 - 1

#: The series that a copy may lack although numbers of it were given out since.
_LASTING = ("invoice", "order", "paper")


def ids_ahead(connection: Connection, *known: Mapping[str, int], apart: bool) -> None:
    """Give out no id again that any store of this register has given out.

    :param known: the highest ids by table, of others than the copy.
    :param apart: whether more than what is known may have been given out.
    :raises StoreRefusal: ``ids_used_up``.
    """
    highest = highest_ids(connection)
    for table in Base.metadata.tables.values():
        if "id" not in table.c or not table.dialect_options["sqlite"]["autoincrement"]:
            continue
        stands = highest.get(table.name, 0)
        wanted = max((given.get(table.name, 0) for given in known), default=0)
        if apart:
            wanted = max(stands, wanted) + IDS_APART
        if wanted > _HIGHEST_KEY - IDS_APART:
            raise StoreRefusal("ids_used_up", table=table.name)
        if wanted > stands:
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


def numbers_ahead(
    session: Session, *known: Mapping[str, int], apart: bool, year: int
) -> tuple[dict[str, tuple[int, int]], dict[str, tuple[int, int]]]:
    """Numbers that were given out since are on paper with customers: none comes twice.

    :param known: the next numbers by series, of others than the copy.
    :param apart: as in :func:`ids_ahead`.
    :param year: whose requests have a series of their own.
    :returns: the series whose numbers were given out since the copy, from what to what; and those
        whose numbers were passed over because nobody knows, likewise.
    """
    stands = next_numbers(session.connection())
    names = {*stands, *(name for given in known for name in given)}
    if apart:
        names |= {*_LASTING, f"request.{year}"}
    ahead: dict[str, tuple[int, int]] = {}
    passed_over: dict[str, tuple[int, int]] = {}
    for name in sorted(names):
        told = max((given.get(name, 0) for given in known), default=0)
        at = max(stands.get(name, 1), told)
        following = at + NUMBERS_APART if apart else at
        if name not in stands:
            session.add(NumberSeries(name=name, next_number=following))
        elif following > stands[name]:
            session.execute(
                update(NumberSeries).where(NumberSeries.name == name).values(next_number=following)
            )
        if name in stands and told > stands[name]:
            ahead[name] = (stands[name], told)
        if following > at:
            passed_over[name] = (at, following)
    return ahead, passed_over
