"""Legal holds (hävittämiskiellot) in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from queries.rules.roles import Permission
from queries.store.sessions import needs
from queries.store.tables import HoldScope, Invoice, LegalHold, Party, ServiceOrder


@dataclass(frozen=True)
class HoldRow:
    """A hold with what it covers in words: ``number`` of an order or invoice, ``party`` its name.

    :param is_due: its review day has come.
    """

    id: int
    version: int
    scope: str
    target_id: int | None
    party_id: int | None
    class_code: str | None
    number: str | None
    party: str | None
    reason: str
    placed_on: date
    placed_by: str
    review_on: date
    is_due: bool
    released_at: datetime | None
    released_by: str | None


@needs(Permission.SEE_RETENTION)
def holds(session: Session, *, today: date, most: int = 200) -> tuple[HoldRow, ...]:
    """Return the holds in force, by review day, the earliest first; one statement."""
    query = _rows().where(LegalHold.released_at.is_(None))
    return _found(session, query.order_by(LegalHold.review_on, LegalHold.id).limit(most), today)


def holds_where(
    session: Session, which: ColumnElement[bool], *, today: date
) -> tuple[HoldRow, ...]:
    """Return those of the holds in force that match; one statement, a piece of other reads."""
    query = _rows().where(LegalHold.released_at.is_(None), which)
    return _found(session, query.order_by(LegalHold.review_on, LegalHold.id), today)


@needs(Permission.SEE_RETENTION)
def holds_to_review(session: Session, *, today: date) -> int:
    """Count the holds in force whose review day has come; one statement."""
    query = select(func.count()).where(
        LegalHold.released_at.is_(None), LegalHold.review_on <= today
    )
    return session.execute(query).scalar_one()


def _rows() -> Select[LegalHold, str | None, str | None, str | None]:
    return (
        select(LegalHold, Party.name, ServiceOrder.number, Invoice.number)
        .outerjoin(Party, Party.id == LegalHold.party_id)
        .outerjoin(
            ServiceOrder,
            and_(LegalHold.scope == HoldScope.ORDER, ServiceOrder.id == LegalHold.target_id),
        )
        .outerjoin(
            Invoice, and_(LegalHold.scope == HoldScope.INVOICE, Invoice.id == LegalHold.target_id)
        )
    )


def _found(
    session: Session, query: Select[LegalHold, str | None, str | None, str | None], today: date
) -> tuple[HoldRow, ...]:
    return tuple(
        HoldRow(
            hold.id,
            hold.version,
            hold.scope,
            hold.target_id,
            hold.party_id,
            hold.class_code,
            order or invoice,
            party,
            hold.reason,
            hold.placed_on,
            hold.placed_by,
            hold.review_on,
            hold.review_on <= today,
            hold.released_at,
            hold.released_by,
        )
        for hold, party, order, invoice in session.execute(query)
    )
