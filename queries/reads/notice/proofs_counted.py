"""The proofs that count rows of a table: one statement for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from queries.reads.paging import COUNT_LIMIT
from queries.reads.paper.faults import in_a_locked_room, keys_of, loans_of
from queries.reads.paper.records import in_a_room, is_there
from queries.reads.provenance import told_late, unknown_data
from queries.rules.calendar_fi import day_begins
from queries.rules.deadlines import add_months
from queries.rules.proofs import Proof
from queries.rules.roles import Role
from queries.store.tables import KeyHolder, LegalHold, PaperLoan, PaperRecord, User

#: A user who has not signed in for so many months has no work in the register any more.
IDLE_MONTHS = 12

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
        code=one.code,
        section=one.section,
        holds=holds,
        figure=min(bad, COUNT_LIMIT),
        exact=bad <= COUNT_LIMIT,
        of=of,
        page=one.page,
        query=one.query,
    )


def _among(model: Any, against: ColumnElement[bool], *among: Any) -> _Counted:
    """Count the rows against a statement, and all rows."""
    bad = func.sum(case((against, 1), else_=0))
    return select(bad, func.count()).select_from(model).where(*among)


def _holds(today: date) -> _Counted:
    return _among(LegalHold, LegalHold.review_on <= today, LegalHold.released_at.is_(None))


def idle(today: date) -> ColumnElement[bool]:
    """Users who may sign in and have not for :data:`IDLE_MONTHS`."""
    since = day_begins(add_months(today, -IDLE_MONTHS))
    return and_(User.active, func.coalesce(User.last_sign_in_at, User.created_at) < since)


def _users(today: date) -> _Counted:
    return _among(User, idle(today), User.active)


def _rights(_today: date) -> _Counted:
    return _among(User, User.role == Role.ADMINISTRATOR, User.active)


def _paper(today: date) -> _Counted:
    return _among(PaperRecord, ~in_a_locked_room(today), is_there())


def _nowhere(today: date) -> _Counted:
    return _among(PaperRecord, ~in_a_room(today), is_there())


def _keys(today: date) -> _Counted:
    every, against = keys_of(today)
    return _among(KeyHolder, against, every)


def _loans(today: date) -> _Counted:
    out, late = loans_of(today)
    return _among(PaperLoan, late, out)


def _sources(_today: date) -> _Counted:
    """Counting stops at :data:`.COUNT_LIMIT` in each table."""
    counts = [_few(query) for query in unknown_data()]
    return select(sum(counts[1:], counts[0]), cast(null(), Integer))


def _told(today: date) -> _Counted:
    return select(_few(told_late(today)), cast(null(), Integer))


def _few(query: Select[Any]) -> Any:
    """Count the rows of a query, no further than it takes to know that they are many."""
    some = query.limit(COUNT_LIMIT + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


COUNTS = (
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
