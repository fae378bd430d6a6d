"""Erasing by key: which rows go with a record, and the gate through which they go.

The rows of a record are named by its key alone, never by a value: a namesake is another record.
Two callers: the disposal service, after its checks, and a restore, which repeats what the ledger
says was erased. Neither has a statement of its own that removes a record.

Triggers refuse to remove issued invoices, payments, orders and parties (``derived``) unless the
gate has its row, which stands only inside the eraser's transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Column, delete, select
from sqlalchemy.orm import Session

from queries.store.tables import Base, DisposalGate

#: So many keys go into one statement (SQLite takes 32 766 parameters, PostgreSQL 65 535).
_CHUNK = 5_000


@dataclass(frozen=True)
class File:
    """A unit of erasure: a row and what belongs to it.

    :param table: of the record itself.
    :param parts: ``table.column`` of the rows that go first, in order; ``column`` holds the key of
        the record. A part in the record's own table is a file of the same kind (a credit note).
    """

    table: str
    parts: tuple[str, ...]


INVOICE = File("invoice", ("invoice.credits_id", "payment.invoice_id", "invoice_line.invoice_id"))
ORDER = File("service_order", ("work_entry.order_id",))
NOTE = File("note", ())
PARTY = File(
    "party",
    (
        "contact_person.organisation_id",
        "contact_person.person_id",
        "address.party_id",
        "email.party_id",
        "phone.party_id",
        "billing_detail.party_id",
        "restriction.party_id",
        "party_search.party_id",
        "party_facts.party_id",
    ),
)

#: What the ledger may name, by table, in the order in which it is erased.
FILES = {file.table: file for file in (INVOICE, ORDER, NOTE, PARTY)}


@contextmanager
def gate_open(session: Session) -> Iterator[None]:
    """Let the eraser through the guards until the block ends; an exception undoes it all."""
    session.add(DisposalGate(id=1))
    session.flush()
    yield
    session.execute(delete(DisposalGate))
    session.expire_all()


def erase(session: Session, file: File, keys: Sequence[int]) -> dict[str, int]:
    """Erase the records with these keys and all that belongs to them; the gate must be open.

    :returns: how many rows went, by table.
    """
    gone: dict[str, int] = {}
    for start in range(0, len(keys), _CHUNK):
        _erase(session, file, keys[start : start + _CHUNK], gone)
    return gone


def _erase(session: Session, file: File, keys: Sequence[int], gone: dict[str, int]) -> None:
    for part in file.parts:
        column = _column(part)
        if column.table.name == file.table:
            own = session.scalars(select(column.table.c.id).where(column.in_(keys))).all()
            if own:
                _erase(session, file, own, gone)
        else:
            _remove(session, column, keys, gone)
    _remove(session, Base.metadata.tables[file.table].c.id, keys, gone)


def _remove(
    session: Session, column: Column[int], keys: Sequence[int], gone: dict[str, int]
) -> None:
    done = session.connection().execute(delete(column.table).where(column.in_(keys)))
    if done.rowcount:
        gone[column.table.name] = gone.get(column.table.name, 0) + done.rowcount


def _column(part: str) -> Column[int]:
    table, name = part.split(".")
    return Base.metadata.tables[table].c[name]
