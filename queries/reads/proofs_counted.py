"""The proofs that count rows of a table: one statement for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from queries.reads.paging import COUNT_LIMIT
from queries.reads.paper import in_a_room, is_there
from queries.reads.rooms import in_use, is_held
from queries.rules.countries import EEA
from queries.rules.deadlines import add_months, source_notice_overdue
from queries.rules.proofs import Proof
from queries.rules.recipients import RecipientRole
from queries.rules.roles import Role
from queries.store.sessions import HELSINKI
from queries.store.tables import (
    Address,
    BillingDetail,
    Email,
    KeyHolder,
    LegalHold,
    PaperLoan,
    PaperRecord,
    Party,
    Phone,
    Recipient,
    Source,
    SourceNotice,
    StorageRoom,
    User,
)

#: A user who has not signed in for so many months has no work in the register any more.
IDLE_MONTHS = 12

#: Written out: SQLite uses the index of the unknown for no bound value.
_UNKNOWN: Any = literal_column(f"'{Source.UNKNOWN}'")
_SOURCED: tuple[tuple[Any, Any], ...] = (
    (Party, Party.id), (Address, Address.id), (Email, Email.id), (Phone, Phone.id),
    (BillingDetail, BillingDetail.id),
)  # fmt: skip

#: How many rows are against a statement, and of how many.
_Counted = Select[Any, Any]


@dataclass(frozen=True)
class _Count:
    """One proof by counting: the rows ``among`` which none is ``against`` the statement."""

    code: str
    section: str
    page: str | None
    query: dict[str, str]
    count: Callable[[date], _Counted]


def counted(session: Session, *, today: date) -> dict[str, Proof]:
    """The proofs by their codes; one statement."""
    queries = [one.count(today).add_columns(literal(one.code)) for one in COUNTS]
    rows = {code: (int(bad or 0), of) for bad, of, code in session.execute(union_all(*queries))}
    return {one.code: _proof(one, *rows[one.code]) for one in COUNTS}


def _proof(one: _Count, bad: int, of: int | None) -> Proof:
    holds = bad == 0
    if one.code == "rights_by_work":  # one user alone has to have every right
        holds = of == 1 or (of is not None and bad < of)
    return Proof(
        code=one.code, section=one.section, holds=holds, figure=min(bad, COUNT_LIMIT),
        exact=bad <= COUNT_LIMIT, of=of, page=one.page, query=one.query,
    )  # fmt: skip


def _among(model: Any, against: ColumnElement[bool], *among: Any) -> _Counted:
    """How many rows are against a statement, and of how many."""
    bad = func.sum(case((against, 1), else_=0))
    return select(bad, func.count()).select_from(model).where(*among)


def _transfers(_today: date) -> _Counted:
    outside = Recipient.country.not_in(sorted(EEA))
    return _among(Recipient, and_(outside, Recipient.transfer_basis.is_(None)))


def _agreements(today: date) -> _Counted:
    ended = and_(Recipient.ends_on.is_not(None), Recipient.ends_on < today)
    return _among(Recipient, ended, Recipient.agreement.is_not(None))


def _processors(_today: date) -> _Counted:
    processor = Recipient.role == RecipientRole.PROCESSOR
    return _among(Recipient, Recipient.agreement.is_(None), processor)


def _holds(today: date) -> _Counted:
    return _among(LegalHold, LegalHold.review_on <= today, LegalHold.released_at.is_(None))


def idle(today: date) -> ColumnElement[bool]:
    """Users who may sign in and have not for :data:`IDLE_MONTHS`."""
    since = datetime.combine(add_months(today, -IDLE_MONTHS), time(), HELSINKI).astimezone(UTC)
    return and_(User.active, func.coalesce(User.last_sign_in_at, User.created_at) < since)


def _users(today: date) -> _Counted:
    return _among(User, idle(today), User.active)


def _rights(_today: date) -> _Counted:
    return _among(User, User.role == Role.ADMINISTRATOR, User.active)


def _paper(today: date) -> _Counted:
    """Outside a locked room, or in none: counted as the page of paper lists it."""
    locked = in_a_room(today, StorageRoom.lock.is_not(None))
    return _among(PaperRecord, ~locked, is_there())


def _nowhere(today: date) -> _Counted:
    return _among(PaperRecord, ~in_a_room(today), is_there())


def _keys(today: date) -> _Counted:
    """Keys held today to a room in use, by somebody who is no user, or for no reason."""
    users = select(User.username).where(User.active)
    rooms = select(StorageRoom.id).where(in_use(today))
    against = or_(KeyHolder.reason.is_(None), KeyHolder.username.is_(None),
                  KeyHolder.username.not_in(users))  # fmt: skip
    return _among(KeyHolder, against, is_held(today), KeyHolder.room_id.in_(rooms))


def _loans(today: date) -> _Counted:
    return _among(PaperLoan, PaperLoan.due_on < today, PaperLoan.returned_on.is_(None))


def _sources(_today: date) -> _Counted:
    """Counting stops at :data:`.COUNT_LIMIT` in each table: by the index of the unknown."""
    counts = [
        select(func.count())
        .select_from(select(key).where(model.source == _UNKNOWN).limit(COUNT_LIMIT + 1).subquery())
        .scalar_subquery()
        for model, key in _SOURCED
    ]
    return select(sum(counts[1:], counts[0]), null())


def told_late(today: date) -> ColumnElement[bool]:
    """Data from elsewhere of which nobody told the person in time."""
    late = SourceNotice.since <= source_notice_overdue(today)
    return and_(SourceNotice.told_on.is_(None), late)


def _told(today: date) -> _Counted:
    late = select(SourceNotice.id).where(told_late(today)).limit(COUNT_LIMIT + 1).subquery()
    return select(select(func.count()).select_from(late).scalar_subquery(), null())


COUNTS = (
    _Count("transfers_have_basis", "transfers", "recipients", {}, _transfers),
    _Count("agreements_in_force", "recipients", "recipients", {}, _agreements),
    _Count("processors_agreed", "recipients", "recipients", {}, _processors),
    _Count("sources_known", "sources", "sources", {}, _sources),
    _Count("people_told", "sources", "sources", {}, _told),
    _Count("paper_locked", "protection", "paper", {"part": "faults"}, _paper),
    _Count("paper_placed", "protection", "paper", {"part": "faults"}, _nowhere),
    _Count("keys_reasoned", "protection", "paper", {"part": "faults"}, _keys),
    _Count("loans_returned", "protection", "paper", {"part": "loans"}, _loans),
    _Count("users_work", "protection", None, {}, _users),
    _Count("rights_by_work", "protection", None, {}, _rights),
    _Count("holds_reviewed", "retention", "retention", {}, _holds),
)
