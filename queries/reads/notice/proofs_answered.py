"""The proofs of how people are answered, and the users whom the register has no work for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from queries.reads.notice.proofs_counted import idle
from queries.rules.deadlines import add_months, request_due
from queries.rules.proofs import Proof
from queries.rules.roles import Permission
from queries.store.request_clock import suspended_days
from queries.store.sessions import needs
from queries.store.tables import AskedStatus, DataSubjectRequest, RequestRight, RequestStatus, User

#: Answers of so many months are looked at.
ANSWERED_MONTHS = 12


@dataclass(frozen=True)
class IdleUser:
    """A user who has not signed in for a year, or never."""

    username: str
    role: str
    last_sign_in_at: datetime | None
    created_at: datetime


@needs(Permission.MANAGE_USERS)
def idle_users(session: Session, *, today: date) -> tuple[IdleUser, ...]:
    """The users behind the proof ``users_work``, by name; one statement."""
    rows = session.scalars(select(User).where(idle(today)).order_by(User.username))
    return tuple(
        IdleUser(row.username, row.role, row.last_sign_in_at, row.created_at) for row in rows
    )


@dataclass(frozen=True)
class LateAnswer:
    """A request whose last answer was given after its last day."""

    id: int
    number: str
    due: date
    answered_on: date


@needs(Permission.SEE_REQUESTS)
def late_answers(session: Session, *, today: date) -> tuple[LateAnswer, ...]:
    """The requests against the proof ``requests_in_time``, the latest answer first; three
    statements."""
    clock = _clock(session, today)
    query = select(DataSubjectRequest.id, DataSubjectRequest.number)
    numbers = session.execute(query.where(DataSubjectRequest.id.in_(clock.late))).all()
    found = (
        LateAnswer(row.id, row.number, clock.due[row.id], clock.last[row.id]) for row in numbers
    )
    return tuple(sorted(found, key=lambda one: (one.answered_on, one.id), reverse=True))


def answered(session: Session, *, today: date) -> Mapping[str, Proof]:
    """Check if requests are answered in time; two statements.

    A request whose last answer was given in the last year counts as in time when that answer was.
    """
    clock = _clock(session, today)
    done = len(clock.done)
    overdue = sum(clock.due[key] < today for key in clock.waiting)
    return {
        "requests_in_time": Proof(
            code="requests_in_time",
            section="rights",
            holds=not clock.late,
            figure=done - len(clock.late),
            of=done,
            page="requests",
        ),
        "requests_none_overdue": Proof(
            code="requests_none_overdue",
            section="rights",
            holds=not overdue,
            figure=overdue,
            of=len(clock.waiting),
            page="requests",
        ),
    }


@dataclass(frozen=True)
class _Clock:
    """The last days and the last answers of requests, by their keys.

    :ivar waiting: those with a right that is not answered.
    """

    due: Mapping[int, date]
    last: Mapping[int, date]
    waiting: frozenset[int]

    @property
    def done(self) -> list[int]:
        return [key for key in self.last if key not in self.waiting]

    @property
    def late(self) -> list[int]:
        return [key for key in self.done if self.last[key] > self.due[key]]


def _clock(session: Session, today: date) -> _Clock:
    """Read the deadlines of the requests that are open or were answered in the last year."""
    since = add_months(today, -ANSWERED_MONTHS)
    rows = session.execute(
        select(
            DataSubjectRequest.id,
            DataSubjectRequest.received_on,
            DataSubjectRequest.extended_on,
            RequestRight.status,
            RequestRight.answered_on,
        )
        .join(RequestRight, RequestRight.request_id == DataSubjectRequest.id)
        .where(
            or_(DataSubjectRequest.status == RequestStatus.OPEN, RequestRight.answered_on >= since)
        )
    ).all()
    days = suspended_days(session, sorted({row.id for row in rows}), today=today)
    due: dict[int, date] = {}
    last: dict[int, date] = {}
    for row in rows:
        due[row.id] = request_due(
            row.received_on,
            extended=row.extended_on is not None,
            suspended_days=days.get(row.id, 0),
        )
        if row.answered_on is not None:
            last[row.id] = max(last.get(row.id, row.answered_on), row.answered_on)
    return _Clock(due, last, frozenset(row.id for row in rows if row.status == AskedStatus.OPEN))
