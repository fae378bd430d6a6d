"""The proofs of how people are answered, and the users whom the register has no work for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from queries.reads.proofs_counted import idle
from queries.rules.deadlines import add_months, request_due
from queries.rules.proofs import Proof
from queries.rules.roles import Right
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


@needs(Right.MANAGE_USERS)
def idle_users(session: Session, *, today: date) -> tuple[IdleUser, ...]:
    """The users behind the proof ``users_work``, by name; one statement."""
    rows = session.scalars(select(User).where(idle(today)).order_by(User.username))
    return tuple(
        IdleUser(row.username, row.role, row.last_sign_in_at, row.created_at) for row in rows
    )


def answered(session: Session, *, today: date) -> Mapping[str, Proof]:
    """Whether requests are answered in time; two statements.

    A request whose last answer was given in the last year counts as in time when that answer was.
    """
    since = add_months(today, -ANSWERED_MONTHS)
    rows = session.execute(
        select(DataSubjectRequest.id, DataSubjectRequest.received_on,
               DataSubjectRequest.extended_on, RequestRight.status, RequestRight.answered_on)
        .join(RequestRight, RequestRight.request_id == DataSubjectRequest.id)
        .where(or_(DataSubjectRequest.status == RequestStatus.OPEN,
                   RequestRight.answered_on >= since))
    ).all()  # fmt: skip
    open_ones = {row.id for row in rows if row.status == AskedStatus.OPEN}
    days = suspended_days(session, sorted({row.id for row in rows}), today=today)
    due: dict[int, date] = {}
    last: dict[int, date] = {}
    for row in rows:
        due[row.id] = request_due(row.received_on, extended=row.extended_on is not None,
                                  suspended_days=days.get(row.id, 0))  # fmt: skip
        if row.answered_on is not None:
            last[row.id] = max(last.get(row.id, row.answered_on), row.answered_on)
    done = [key for key in last if key not in open_ones]
    in_time = sum(last[key] <= due[key] for key in done)
    overdue = sum(due[key] < today for key in open_ones)
    return {
        "requests_in_time": Proof(
            code="requests_in_time", section="rights", holds=in_time == len(done),
            figure=in_time, of=len(done), page="requests",
        ),
        "requests_none_overdue": Proof(
            code="requests_none_overdue", section="rights", holds=not overdue, figure=overdue,
            of=len(open_ones), page="requests",
        ),
    }  # fmt: skip
