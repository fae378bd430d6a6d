"""The bond of store and erasure ledger: each records how far the other has come.

**The danger.** A ledger that is lost, cut short, or another folder's says of the erased that they
were never erased, and the next restore brings them back. A store that was put back by hand, without
a restore, has them back already.

**The principle.** In a batch's own transaction the store notes number and MAC of the line that says
what the batch erases (:class:`.LedgerMark`). From then on the ledger must have that very line. The
other way round, an intent after the store's mark that was confirmed is an erasure of which this
store knows nothing: it is an older copy.

**What does not count as apart.** A store that never disposed of anything needs no ledger. A backup
is older than the ledger: a restore brings it up. A crash between the line and the commit leaves a
line that the store does not know and that was not confirmed; :func:`.settle` voids it.

Nothing here is personal data: numbers of lines and their MACs, no more.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, select
from sqlalchemy.orm import Session

from queries.errors import StoreRefusal
from queries.store.backup.ledger import Ledger, Mark, register_of
from queries.store.sessions import Store
from queries.store.tables import LedgerMark

_ONLY = 1
#: The number that a migration gave a store which had a ledger before it kept a line of it.
_ANY = 0


class Bond(enum.StrEnum):
    """The relation of store and ledger; the value of a refused one is the refusal's code."""

    NONE_NEEDED = "none_needed"
    """No ledger stands, and the store knows of none."""
    FITS = "fits"
    LOST = "ledger_lost"
    """The store knows of a ledger, and none is in the folder."""
    SHORT = "ledger_short"
    """The ledger ends before the line that the store knows."""
    ANOTHER = "ledger_another"
    """The line that the store knows is a different one in the ledger."""
    STORE_OLDER = "store_behind_ledger"
    """The ledger has erasures that the store never saw: the store was put back by hand."""

    @property
    def is_sound(self) -> bool:
        return self in {Bond.NONE_NEEDED, Bond.FITS}


def mark_of(connection: Connection) -> Mark | None:
    """The last line of the ledger that a store knows of, of an older version too."""
    if not inspect(connection).has_table(LedgerMark.__tablename__):
        return None
    row = connection.execute(select(LedgerMark.number, LedgerMark.mac)).first()
    return None if row is None else Mark(row.number, row.mac)


def note_mark(session: Session, mark: Mark) -> None:
    """Record a line of the ledger in the transaction of the batch that it describes."""
    known = session.get(LedgerMark, _ONLY)
    if known is None:
        session.add(LedgerMark(id=_ONLY, number=mark.number, mac=mark.mac))
    else:
        known.number, known.mac = mark.number, mark.mac
    session.flush()


def compare(store: Store, ledger: Ledger) -> Bond:
    """Compare store and ledger; a disposal may be under way meanwhile.

    :raises StoreRefusal: ``ledger_damaged``, ``ledger_key``.
    """
    # A batch writes its line, commits its mark, then confirms: the ledger has every line of a mark
    # that was read before, and no confirmation of a mark that was not there to be read after.
    with _looking(store) as connection:
        before = mark_of(connection)
    if not ledger.exists:
        return Bond.NONE_NEEDED if before is None else Bond.LOST
    contents = ledger.read()
    bond = _bond(before, contents.macs)
    with _looking(store) as connection:
        after = mark_of(connection)
    if bond != Bond.FITS or (after is not None and after.number == _ANY):
        return bond
    if contents.confirmed > (0 if after is None else after.number):
        return Bond.STORE_OLDER
    if before is not None:
        ledger.remember(before)
    return Bond.FITS


def _bond(mark: Mark | None, macs: Sequence[str]) -> Bond:
    """Find the line that a store knows among those of a ledger."""
    if mark is None or (macs and mark.number == _ANY):
        return Bond.FITS
    if not macs:
        return Bond.LOST
    if mark.number > len(macs):
        return Bond.SHORT
    return Bond.FITS if macs[mark.number - 1] == mark.mac else Bond.ANOTHER


def unless_apart(store: Store, ledger: Ledger) -> None:
    """Refuse unless store and ledger belong together.

    :raises StoreRefusal: the code of the :class:`Bond`, with the ledger's folder;
        ``ledger_damaged``, ``ledger_key``.
    """
    bond = compare(store, ledger)
    if not bond.is_sound:
        raise StoreRefusal(bond, folder=str(ledger.folder))


def unless_folder_apart(store: Store, data_folder: Path) -> None:
    """Refuse as :func:`unless_apart` does, for the ledger in a folder; a store that has no
    identity yet never disposed of anything."""
    with _looking(store) as connection:
        register = register_of(connection)
    if register is not None:
        unless_apart(store, Ledger(data_folder, register))


def unless_batch_apart(session: Session, ledger: Ledger) -> None:
    """Refuse as :func:`unless_apart` does, in a batch's own transaction and while the ledger is
    held: it looks at the end of the ledger alone where its other lines were compared before. One
    statement."""
    row = session.execute(select(LedgerMark.number, LedgerMark.mac)).first()
    mark = None if row is None else Mark(row.number, row.mac)
    if mark is None or ledger.continues(mark):
        return
    bond = _bond(mark, ledger.read().macs if ledger.exists else [])
    if not bond.is_sound:
        raise StoreRefusal(bond, folder=str(ledger.folder))


@contextmanager
def _looking(store: Store) -> Iterator[Connection]:
    with store.engine.execution_options(register_reading=True).connect() as connection:
        yield connection
