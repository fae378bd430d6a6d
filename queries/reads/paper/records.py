"""Manual material (manuaaliset aineistot): binders and boxes, where they are, until when."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Nullable, Row, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from queries.errors import NotFound
from queries.reads.paging import Page, count_up_to, page_of
from queries.reads.paper.rooms import in_use
from queries.rules.paper import PAPER_CLASSES
from queries.rules.periods import Periods
from queries.rules.roles import Permission
from queries.store.retention.blocks import held_parties, read_standing
from queries.store.retention.series import PAPERS, Deadlines, read_periods
from queries.store.search import bounded, searchable
from queries.store.sessions import audit_read, needs
from queries.store.sql_keys import among
from queries.store.tables import (
    DisposalItem,
    DisposalRun,
    ItemKind,
    PaperDestruction,
    PaperLoan,
    PaperParty,
    PaperRecord,
    Party,
    RunStatus,
    StorageRoom,
)

PAGE_SIZE = 50


class PaperState(enum.StrEnum):
    """Records that the list shows besides those that exist."""

    OVERDUE = "overdue"
    """Its retention is over, and it is not disposed of."""
    LENT = "lent"
    NOWHERE = "nowhere"
    DESTROYED = "destroyed"
    """Destroyed, with the line of it: disposed of, or waiting for the disposal."""


@dataclass(frozen=True, kw_only=True)
class PaperFilter:
    """Filter of the list; None is no restriction.

    :param text: every word of it is part of the number or the title.
    """

    text: str = ""
    state: str | None = None
    class_code: str | None = None
    room_id: int | None = None


@dataclass(frozen=True)
class PaperRow:
    """A record of the list; ``keep_until`` is None where the financial year is missing.

    :param room: where it is kept; None is without a place, as is a room that is closed.
    :param lent_until: the day on which it has to be back, while it is out.
    """

    id: int
    number: str
    kind: str
    title: str
    class_code: str
    starts_on: date
    ends_on: date
    keep_until: date | None
    room: str | None
    shelf: str | None
    is_nowhere: bool
    lent_until: date | None
    destroyed_on: date | None
    disposed_on: date | None


@dataclass(frozen=True)
class LoanRow:
    id: int
    lent_to: str
    reason: str
    lent_on: date
    due_on: date
    returned_on: date | None
    noted_by: str


@dataclass(frozen=True)
class DestructionLine:
    """Destruction of paper: when, by whom, how and before which witness."""

    destroyed_on: date
    destroyed_by: str
    method: str
    witness: str
    noted_by: str


@dataclass(frozen=True)
class PaperCard:
    """One record with all that is kept of it.

    :param key: by which :func:`.reasons.explained` says why it is kept; none once it went.
    :param parties: the parties that it names: id and name.
    :param run_id: the approved disposal in which it waits for its destruction.
    """

    row: PaperRow
    version: int
    room_id: int | None
    key: str | None
    parties: tuple[tuple[int, str], ...]
    loans: tuple[LoanRow, ...]
    destruction: DestructionLine | None
    run_id: int | None

    @property
    def is_paper(self) -> bool:
        """Return whether the paper still exists, to be moved, lent and corrected."""
        return self.row.disposed_on is None and self.destruction is None

    @property
    def out(self) -> LoanRow | None:
        """The loan by which it is out."""
        return next((loan for loan in self.loans if loan.returned_on is None), None)


@needs(Permission.SEE_RETENTION)
def paper_list(
    session: Session,
    wanted: PaperFilter,
    *,
    today: date,
    after: int | None = None,
    before: int | None = None,
    size: int = PAGE_SIZE,
) -> Page[PaperRow]:
    """One page of paper records, by number; at most 4 statements.

    :param after: the id of the record to page on after, ``before`` the one to page back before.
    """
    periods = read_periods(session)
    query = select(PaperRecord.id).where(*_state(wanted.state, today, periods))
    if wanted.class_code is not None:
        query = query.where(PaperRecord.class_code == wanted.class_code)
    if wanted.room_id is not None:
        query = query.where(PaperRecord.room_id == wanted.room_id)
    if wanted.text.strip():
        query = query.where(among(PaperRecord.id, _found(session, wanted.text)))
    deadlines = Deadlines(periods)
    return page_of(
        session,
        paper_rows(query),
        [PaperRecord.id],
        lambda rows: (paper_row(row, today, deadlines) for row in rows),
        total=count_up_to(session, query),
        after=after,
        before=before,
        size=size,
    )


@needs(Permission.SEE_RETENTION)
def paper_card(session: Session, paper_id: int, *, today: date) -> PaperCard:
    """One record; 5 statements, and a read line.

    :raises NotFound:
    """
    query = paper_rows(select(PaperRecord.id).where(PaperRecord.id == paper_id))
    found = session.execute(query).first()
    if found is None:
        raise NotFound("paper_record", paper_id)
    row = paper_row(found, today, Deadlines(read_periods(session)))
    paper, line = found[0], found.PaperDestruction
    audit_read(session, "paper_record", paper_id)
    series = next((one for one in PAPERS if one.code == row.class_code), None)
    kept = row.disposed_on is None and series is not None
    parties = session.execute(
        select(Party.id, Party.name)
        .join(PaperParty, PaperParty.party_id == Party.id)
        .where(PaperParty.paper_id == paper_id)
        .order_by(Party.sort_name, Party.id)
    )
    loans = session.scalars(
        select(PaperLoan).where(PaperLoan.paper_id == paper_id).order_by(PaperLoan.id.desc())
    )
    return PaperCard(
        row,
        paper.version,
        paper.room_id,
        f"{series.name}-{paper_id}" if kept and series is not None else None,
        tuple((key, name) for key, name in parties),
        tuple(
            LoanRow(
                one.id,
                one.lent_to,
                one.reason,
                one.lent_on,
                one.due_on,
                one.returned_on,
                one.noted_by,
            )
            for one in loans
        ),
        None
        if line is None
        else DestructionLine(
            line.destroyed_on, line.destroyed_by, line.method, line.witness, line.noted_by
        ),
        _run(session, paper_id),
    )


@needs(Permission.SEE_CUSTOMERS)
def papers_of(session: Session, party_id: int, *, today: date) -> tuple[PaperRow, ...]:
    """Return the paper records that name a party, by number; two statements."""
    which = select(PaperParty.paper_id).where(PaperParty.party_id == party_id)
    rows = session.execute(paper_rows(which).order_by(PaperRecord.id).limit(PAGE_SIZE)).all()
    deadlines = Deadlines(read_periods(session))
    return tuple(paper_row(row, today, deadlines) for row in rows)


@needs(Permission.SEE_RETENTION)
def papers_to_destroy(session: Session, run_id: int) -> int:
    """Count the records of a disposal that wait to be destroyed and that nothing keeps; two
    statements.

    What is not destroyed by the time it is carried out stays.
    """
    classes = read_standing(session).classes
    line = exists().where(PaperDestruction.paper_id == PaperRecord.id)
    return session.execute(
        select(func.count())
        .select_from(DisposalItem)
        .join(PaperRecord, PaperRecord.id == DisposalItem.record_id)
        .where(
            DisposalItem.run_id == run_id,
            DisposalItem.kind == ItemKind.PAPER,
            DisposalItem.outcome.is_(None),
            ~line,
            PaperRecord.class_code.not_in(classes),
            not_(PAPERS[0].of_parties(held_parties())),
        )
    ).scalar_one()


def paper_rows(
    which: Select[int],
) -> Select[PaperRecord, StorageRoom | None, date | None, PaperDestruction | None]:
    """Return the records with room, loan and destruction; a piece of other reads.

    :param which: a query of their keys.
    """
    return (
        select(
            PaperRecord,
            Nullable(StorageRoom),
            Nullable(PaperLoan.due_on),
            Nullable(PaperDestruction),
        )
        .outerjoin(StorageRoom, StorageRoom.id == PaperRecord.room_id)
        .outerjoin(
            PaperLoan, and_(PaperLoan.paper_id == PaperRecord.id, PaperLoan.returned_on.is_(None))
        )
        .outerjoin(PaperDestruction, PaperDestruction.paper_id == PaperRecord.id)
        .where(PaperRecord.id.in_(which))
    )


def paper_row(
    row: Row[PaperRecord, StorageRoom | None, date | None, PaperDestruction | None],
    today: date,
    deadlines: Deadlines,
) -> PaperRow:
    """A row of :func:`paper_rows`."""
    paper, room, due_on, line = row
    is_open = room is not None and (room.closed_on is None or room.closed_on >= today)
    known = paper.class_code in PAPER_CLASSES
    gone = paper.disposed_on is not None or line is not None
    return PaperRow(
        paper.id,
        paper.number,
        paper.kind,
        paper.title,
        paper.class_code,
        paper.starts_on,
        paper.ends_on,
        deadlines.keep_until(paper.class_code, paper.ends_on) if known else None,
        None if room is None else room.name,
        paper.shelf,
        not is_open and not gone,
        due_on,
        None if line is None else line.destroyed_on,
        paper.disposed_on,
    )


def is_there() -> ColumnElement[bool]:
    """The records whose paper is still there: neither disposed of nor destroyed."""
    line = exists().where(PaperDestruction.paper_id == PaperRecord.id)
    return and_(PaperRecord.disposed_on.is_(None), ~line)


def in_a_room(today: date, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """Select the records in a room that is in use, and is ``more``."""
    return exists().where(StorageRoom.id == PaperRecord.room_id, in_use(today), *more)


def _state(state: str | None, today: date, periods: Periods) -> list[ColumnElement[bool]]:
    if state is None:
        return [is_there()]
    if state == PaperState.DESTROYED:
        line = exists().where(PaperDestruction.paper_id == PaperRecord.id)
        return [or_(PaperRecord.disposed_on.is_not(None), line)]
    if state == PaperState.OVERDUE:
        return [or_(*(series.up(periods, today) for series in PAPERS))]
    if state == PaperState.LENT:
        out = exists().where(PaperLoan.paper_id == PaperRecord.id, PaperLoan.returned_on.is_(None))
        return [is_there(), out]
    return [is_there(), ~in_a_room(today)]


def _found(session: Session, text: str) -> list[int]:
    """The records whose number or title has every word; folded here: SQLite folds ASCII only."""
    words = searchable(bounded(text)).split()
    rows = session.execute(select(PaperRecord.id, PaperRecord.number, PaperRecord.title))
    return [
        key
        for key, number, title in rows
        if all(word in searchable(f"{number} {title}") for word in words)
    ]


def _run(session: Session, paper_id: int) -> int | None:
    return session.scalars(
        select(DisposalItem.run_id)
        .join(DisposalRun, DisposalRun.id == DisposalItem.run_id)
        .where(
            DisposalItem.kind == ItemKind.PAPER,
            DisposalItem.record_id == paper_id,
            DisposalItem.outcome.is_(None),
            DisposalRun.status.in_((RunStatus.APPROVED, RunStatus.CARRYING_OUT)),
        )
    ).first()
