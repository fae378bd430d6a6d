"""Faults of the manual material against the notice: each a count and a page of rows.

Each read answers one sentence of the notice: how many there are of a thing, how many are faulty,
and which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar, TypeVarTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from queries.reads.paper.records import PaperRow, in_a_room, is_there, paper_row, paper_rows
from queries.reads.paper.rooms import (
    HolderRow,
    RoomRow,
    holder_row,
    holders_where,
    in_use,
    is_held,
    room_row,
    rooms_where,
)
from queries.rules.roles import Permission
from queries.store.retention.series import Deadlines, read_periods
from queries.store.sessions import needs
from queries.store.tables import KeyHolder, PaperLoan, PaperRecord, StorageRoom, User

PAGE_SIZE = 50
_RowT = TypeVar("_RowT")
_Ts = TypeVarTuple("_Ts")


@dataclass(frozen=True)
class Faults(Generic[_RowT]):
    """A count of faulty ones among all, and the first of them.

    :param next_key: to page on after; None on the last page.
    """

    faulty: int
    of: int
    rows: tuple[_RowT, ...]
    next_key: int | None


@dataclass(frozen=True)
class LentRow:
    """A record that is out; ``id`` is the record's, ``is_late`` when its day is over."""

    id: int
    loan_id: int
    number: str
    title: str
    lent_to: str
    reason: str
    lent_on: date
    due_on: date
    is_late: bool


@dataclass(frozen=True)
class PaperFigures:
    """The figures of the page and of the overview.

    :param papers: records that are there; ``lent`` of them are out, ``late`` longer than agreed.
    :param faults: rooms without a lock, holders without a user or reason, records nowhere.
    """

    papers: int
    rooms: int
    lent: int
    late: int
    faults: int


@needs(Permission.SEE_RETENTION)
def rooms_without_lock(
    session: Session, *, today: date, after: int | None = None, size: int = PAGE_SIZE
) -> Faults[RoomRow]:
    """The rooms in use that nobody has said to be locked; two statements."""
    every, bad = in_use(today), StorageRoom.lock.is_(None)
    n, of = _counts(session, StorageRoom.id, every, bad)
    query = rooms_where(every, bad, today=today)
    rows, key = _page(session, query, StorageRoom.id, after, size)
    return Faults(n, of, tuple(room_row(row, today) for row in rows), key)


@needs(Permission.SEE_RETENTION)
def holders_without_reason_or_user(
    session: Session, *, today: date, after: int | None = None, size: int = PAGE_SIZE
) -> Faults[HolderRow]:
    """Return those who have a key today to a room in use without a recorded reason, or who are
    not users that may sign in; two statements."""
    every, bad = keys_of(today)
    n, of = _counts(session, KeyHolder.id, every, bad)
    rows, key = _page(session, holders_where(every, bad), KeyHolder.id, after, size)
    return Faults(n, of, tuple(holder_row(row, today) for row in rows), key)


@needs(Permission.SEE_RETENTION)
def papers_nowhere(
    session: Session, *, today: date, after: int | None = None, size: int = PAGE_SIZE
) -> Faults[PaperRow]:
    """The records in no room, or in one that is closed; three statements."""
    return _papers(session, ~in_a_room(today), today, after, size)


@needs(Permission.SEE_RETENTION)
def papers_outside_locked_room(
    session: Session, *, today: date, after: int | None = None, size: int = PAGE_SIZE
) -> Faults[PaperRow]:
    """The records in no room, in a closed one, or in one without a lock; three statements."""
    return _papers(session, ~in_a_locked_room(today), today, after, size)


@needs(Permission.SEE_RETENTION)
def loans_out(
    session: Session,
    *,
    today: date,
    only_late: bool = False,
    after: int | None = None,
    size: int = PAGE_SIZE,
) -> Faults[LentRow]:
    """Return what is lent out, in the order of lending; ``faulty`` counts what is out for longer
    than agreed; two statements.

    :param only_late: only that.
    """
    out, late = loans_of(today)
    n, of = _counts(session, PaperLoan.id, out, late)
    query = (
        select(PaperLoan, PaperRecord.number, PaperRecord.title)
        .join(PaperRecord, PaperRecord.id == PaperLoan.paper_id)
        .where(out, *([late] if only_late else []))
    )
    rows, key = _page(session, query, PaperLoan.id, after, size)
    return Faults(
        n,
        of,
        tuple(
            LentRow(
                loan.paper_id,
                loan.id,
                number,
                title,
                loan.lent_to,
                loan.reason,
                loan.lent_on,
                loan.due_on,
                loan.due_on < today,
            )
            for loan, number, title in rows
        ),
        key,
    )


@needs(Permission.SEE_RETENTION)
def overdue_loans(
    session: Session, *, today: date, after: int | None = None, size: int = PAGE_SIZE
) -> Faults[LentRow]:
    """Return what is out for longer than agreed, of all that is out; two statements."""
    return loans_out(session, today=today, only_late=True, after=after, size=size)


@needs(Permission.SEE_RETENTION)
def paper_figures(session: Session, *, today: date) -> PaperFigures:
    """Count the paper records and those of them with a fault; 4 statements of counts."""
    out, late = loans_of(today)
    papers = papers_nowhere(session, today=today, size=0)
    locks = rooms_without_lock(session, today=today, size=0)
    keys = holders_without_reason_or_user(session, today=today, size=0)
    overdue, lent = _counts(session, PaperLoan.id, out, late)
    return PaperFigures(
        papers.of, locks.of, lent, overdue, papers.faulty + locks.faulty + keys.faulty
    )


def in_a_locked_room(today: date) -> ColumnElement[bool]:
    """Return the condition that a record is in a room in use that is recorded as locked."""
    return in_a_room(today, StorageRoom.lock.is_not(None))


def keys_of(today: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The keys held today to a room in use; those held for no reason or by nobody who may sign
    in."""
    every = and_(is_held(today), KeyHolder.room_id.in_(select(StorageRoom.id).where(in_use(today))))
    users = select(User.username).where(User.active)
    return every, or_(
        KeyHolder.reason.is_(None), KeyHolder.username.is_(None), KeyHolder.username.not_in(users)
    )


def loans_of(today: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return two conditions: lent out, and out for longer than agreed."""
    return PaperLoan.returned_on.is_(None), PaperLoan.due_on < today


def _papers(
    session: Session, bad: ColumnElement[bool], today: date, after: int | None, size: int
) -> Faults[PaperRow]:
    n, of = _counts(session, PaperRecord.id, is_there(), bad)
    query = paper_rows(select(PaperRecord.id).where(is_there(), bad))
    rows, key = _page(session, query, PaperRecord.id, after, size)
    deadlines = Deadlines(read_periods(session)) if rows else None
    return Faults(
        n, of, tuple(paper_row(row, today, deadlines) for row in rows if deadlines is not None), key
    )


def _counts(
    session: Session,
    key: InstrumentedAttribute[int],
    every: ColumnElement[bool],
    bad: ColumnElement[bool],
) -> tuple[int, int]:
    """Count those that are faulty, and all; one statement."""
    row = session.execute(select(func.count(key).filter(bad), func.count(key)).where(every)).one()
    return int(row[0]), int(row[1])


def _page(
    session: Session,
    query: Select[*_Ts],
    key: InstrumentedAttribute[int],
    after: int | None,
    size: int,
) -> tuple[Sequence[Row[*_Ts]], int | None]:
    """Return the next rows by key and the key to continue from; no statement where no rows are
    wanted."""
    if not size:
        return [], None
    if after is not None:
        query = query.where(key > after)
    rows = session.execute(query.order_by(key).limit(size + 1)).all()
    shown = rows[:size]
    return shown, _key_of(shown[-1]) if len(rows) > size else None


def _key_of(row: Any) -> int:
    return int(row[0].id)
