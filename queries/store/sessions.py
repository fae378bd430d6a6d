"""The two ways into the store: ``reading`` and ``writing``.

The danger: a save that half succeeds, a change without a trail line, a read that writes. The
principle: a reader holds a session in which the database itself refuses writes; a writer holds a
:class:`UnitOfWork`, whose transaction carries the change and its trail line together. The
transaction boundary: only :meth:`Store.writing` commits, and only when nothing was raised.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import Engine, event, select
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.exc import StaleDataError

from queries.errors import NotAllowed, StaleRecord
from queries.rules.calendar_fi import helsinki_day
from queries.rules.roles import Actor, Permission
from queries.store import engine as engines
from queries.store.driver_errors import DriverError, kind_of
from queries.store.search import refresh_search
from queries.store.tables import SignInSession, SignInTicket, TrailEntry, TrailKind, User

#: An opened record is noted once in this time for one reader, not at every redraw of the page.
READ_LINE_EVERY = timedelta(minutes=10)

#: The most attempts in all at a command that lost a race.
_ATTEMPTS = 3

_P = ParamSpec("_P")
_T = TypeVar("_T")
_S = TypeVar("_S", bound="Session | UnitOfWork")


@dataclass(frozen=True)
class UnitOfWork:
    """A command's transaction, with its actor and its instant (UTC)."""

    session: Session
    actor: Actor
    now: datetime
    token: str | None = None
    _noted: list[TrailEntry] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The calendar day in Europe/Helsinki."""
        return helsinki_day(self.now)

    def audit(
        self,
        action: str,
        subject: str,
        subject_id: int | None,
        *,
        party_id: int | None = None,
        columns: list[str] | tuple[str, ...] = (),
    ) -> None:
        """Write the command's one trail line, in the same transaction.

        :param columns: names of what changed; never values.
        """
        line = TrailEntry(
            at=self.now,
            kind=TrailKind.WRITE,
            actor=self.actor.username,
            action=action,
            subject=subject,
            subject_id=subject_id,
            party_id=party_id,
            columns=json.dumps(sorted(columns)) if columns else None,
            token=self.token,
        )
        self._noted.append(line)
        self.session.add(line)


def needs(
    right: Permission,
) -> Callable[[Callable[Concatenate[_S, _P], _T]], Callable[Concatenate[_S, _P], _T]]:
    """Declare and check the right that a read or a command needs.

    :raises NotAllowed: when the role of the session's or unit of work's actor does not have it.
    """

    def declare(function: Callable[Concatenate[_S, _P], _T]) -> Callable[Concatenate[_S, _P], _T]:
        @functools.wraps(function)
        def checked(place: _S, *args: _P.args, **kwargs: _P.kwargs) -> _T:
            actor_at(place).require(right)
            return function(place, *args, **kwargs)

        checked.__right__ = right  # type: ignore[attr-defined]  # read by the completeness test
        return cast("Callable[Concatenate[_S, _P], _T]", checked)

    return declare


def actor_at(place: Session | UnitOfWork) -> Actor:
    """Return the actor of a session or a unit of work.

    :raises NotAllowed: for a session that nobody opened through :meth:`Store.reading`.
    """
    actor = place.actor if isinstance(place, UnitOfWork) else place.info.get("actor")
    if not isinstance(actor, Actor):
        raise NotAllowed("sign_in")
    return actor


def audit_read(
    session: Session, subject: str, subject_id: int, *, party_id: int | None = None
) -> None:
    """Record that a record was read; its read line is written when the reading ends."""
    session.info["opened"].append((subject, subject_id, party_id))


#: What may change without a line of its own: the trail itself and the bookkeeping of sign-ins.
_WITHOUT_LINE = (TrailEntry, SignInTicket, SignInSession, User)


@event.listens_for(Session, "after_flush")
def _remember_change(session: Session, _context: UOWTransaction) -> None:
    for thing in (*session.new, *session.deleted):
        if not isinstance(thing, _WITHOUT_LINE):
            session.info["changed"] = True
    for thing in session.dirty:
        if not isinstance(thing, _WITHOUT_LINE) and session.is_modified(thing):
            session.info["changed"] = True


class Store:
    """An open store: an engine whose schema is the one this program knows."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = engine.execution_options(register_reading=True)

    @contextmanager
    def reading(self, actor: Actor, *, now: datetime | None = None) -> Iterator[Session]:
        """Open a session in which the database refuses writes.

        Records that were read in it get their read line before this returns: what cannot be
        recorded is not shown.
        """
        seen: list[tuple[str, int, int | None]] = []
        info = {"actor": actor, "opened": seen}
        with _refusing(), Session(self._reading, info=info, autoflush=False) as session:
            yield session
        if seen:
            self._note_reads(actor, seen, now or datetime.now(UTC))

    @contextmanager
    def writing(
        self, actor: Actor, *, now: datetime | None = None, token: str | None = None
    ) -> Iterator[UnitOfWork]:
        """One transaction: committed when the block ends, undone when it raises.

        :raises StaleRecord: when another writer won the race for the same record.
        :raises StoreRefusal: ``store_busy`` when the store stayed locked.
        """
        desk_now = now or datetime.now(UTC)
        try:
            with Session(self.engine, info={"actor": actor, "now": desk_now}) as session:
                session.begin()
                uow = UnitOfWork(session, actor, desk_now, token)
                yield uow
                session.flush()
                refresh_search(session)
                if session.info.get("changed") and not uow._noted:  # noqa: SLF001 - its own unit of work
                    raise AssertionError("a change without a trail line")
                session.commit()
        except StaleDataError as error:
            raise StaleRecord("record", None) from error
        except OperationalError as error:
            if kind_of(error) is DriverError.LOST_RACE:
                raise StaleRecord("record", None) from error
            with _refusing():
                raise
        except IntegrityError as error:
            if _is_lost_race(error):
                raise StaleRecord("record", None) from error
            raise

    def outcome_of(self, token: str) -> int | None:
        """Return the record that the command with this token touched, when it was carried out
        before."""
        with _refusing(), Session(self._reading) as session:
            found = session.execute(
                select(TrailEntry.subject_id).where(TrailEntry.token == token)
            ).first()
            return None if found is None else (found[0] or 0)

    def carry_out(
        self,
        command: Callable[[UnitOfWork, _T], int],
        inputs: _T,
        *,
        actor: Actor,
        token: str | None = None,
        now: datetime | None = None,
    ) -> int:
        """Carry a command out, once: a second call with the same token finds the first's
        outcome.

        Where another transaction came between, the command is carried out again from the beginning:
        the command now sees what the other one wrote, and does it or refuses it by its own rules.
        A command therefore changes nothing but the store.
        """
        if token is not None and (before := self.outcome_of(token)) is not None:
            return before
        for attempts_left in reversed(range(_ATTEMPTS)):
            try:
                with self.writing(actor, now=now, token=token) as uow:
                    return command(uow, inputs)
            except StaleRecord as refusal:
                # Two clicks at once: the other one's transaction committed the token first.
                if token is not None and (before := self.outcome_of(token)) is not None:
                    return before
                if not attempts_left or not _is_told_by_driver(refusal):
                    raise
        raise AssertionError("the last attempt returns or raises")

    def close(self) -> None:
        self.engine.dispose()

    def _note_reads(
        self, actor: Actor, seen: list[tuple[str, int, int | None]], now: datetime
    ) -> None:
        recent = now - READ_LINE_EVERY
        with _refusing(), Session(self._reading) as session:
            new = [
                record
                for record in dict.fromkeys(seen)
                if not _noted_since(session, actor, record, recent)
            ]
        if not new:
            return
        with _refusing(), Session(self.engine) as session, session.begin():
            session.add_all(
                TrailEntry(
                    at=now,
                    kind=TrailKind.READ,
                    actor=actor.username,
                    action="open",
                    subject=subject,
                    subject_id=subject_id,
                    party_id=party_id,
                )
                for subject, subject_id, party_id in new
            )


def _noted_since(
    session: Session, actor: Actor, record: tuple[str, int, int | None], since: datetime
) -> bool:
    subject, subject_id, _party_id = record
    found = session.execute(
        select(TrailEntry.id)
        .where(
            TrailEntry.subject == subject,
            TrailEntry.subject_id == subject_id,
            TrailEntry.kind == TrailKind.READ,
            TrailEntry.actor == actor.username,
            TrailEntry.at >= since,
        )
        .limit(1)
    ).first()
    return found is not None


def _is_told_by_driver(refusal: StaleRecord) -> bool:
    """Check if the database, and not yet a command, found that another transaction came between."""
    return isinstance(refusal.__cause__, DBAPIError | StaleDataError)


def _is_lost_race(error: IntegrityError) -> bool:
    """Check if a constraint refused what a rule had let pass, because another transaction came
    between. On SQLite, which has one writer at a time, a referenced row cannot vanish meanwhile."""
    kind = kind_of(error)
    if kind is DriverError.REFERENCE:
        return getattr(error.orig, "sqlstate", None) is not None
    return kind is DriverError.DUPLICATE


@contextmanager
def _refusing() -> Iterator[None]:
    """Refuse what is busy, full or cannot be read.

    SQLite also calls a statement operational that does not fit the tables: that is an error of the
    program, and stays one.

    :raises StoreRefusal: ``store_busy``, ``store_full``, ``store_unreadable``.
    """
    try:
        yield
    except OperationalError as error:
        if kind_of(error) is DriverError.STATEMENT:
            raise
        raise engines.refusal_of(error) from error
