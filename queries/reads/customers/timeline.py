"""The service history of one customer: orders, work, invoices, payments and notes in one line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Integer, Select, String, cast, literal, null, select, tuple_, union_all
from sqlalchemy.orm import Session

from queries.rules.roles import Permission
from queries.store.sessions import needs
from queries.store.tables import Invoice, Note, Payment, ServiceOrder, WorkEntry

TIMELINE_SIZE = 30


@dataclass(frozen=True)
class Happening:
    """One line of the history.

    :param kind: ``order``, ``work``, ``invoice``, ``credit_note``, ``payment`` or ``note``.
    :param number: of the order or invoice; for work and payments that of theirs.
    :param cents: the sum of an invoice or payment; ``open_cents`` what is unpaid of it.
    """

    day: date
    kind: str
    id: int
    version: int
    number: str | None
    text: str | None
    status: str | None
    by: str | None
    minutes: int | None
    cents: int | None
    open_cents: int | None
    due_on: date | None


@dataclass(frozen=True)
class Timeline:
    """``next_key`` pages on: the day, kind and id of the last line."""

    rows: tuple[Happening, ...]
    next_key: tuple[date, str, int] | None


@needs(Permission.SEE_CUSTOMERS)
def timeline(
    session: Session,
    party_id: int,
    *,
    after: tuple[date, str, int] | None = None,
    size: int = TIMELINE_SIZE,
) -> Timeline:
    """The latest happenings of a party, newest first; one statement.

    Each kind is read from its own covering index, no further than the page needs.
    """
    parts = [
        _part(
            party_id,
            "order",
            ServiceOrder,
            ServiceOrder.ordered_on,
            after,
            size,
            number=ServiceOrder.number,
            text=ServiceOrder.title,
            status=ServiceOrder.status,
        ),
        _part(
            party_id,
            "work",
            WorkEntry,
            WorkEntry.done_on,
            after,
            size,
            number=_number_of_order(),
            text=WorkEntry.description,
            by=WorkEntry.done_by,
            minutes=WorkEntry.minutes,
        ),
        _part(
            party_id,
            "invoice",
            Invoice,
            Invoice.issued_on,
            after,
            size,
            number=Invoice.number,
            text=Invoice.kind,
            status=Invoice.status,
            cents=Invoice.total_cents,
            open_cents=Invoice.open_cents,
            due_on=Invoice.due_on,
        ),
        _part(
            party_id,
            "payment",
            Payment,
            Payment.paid_on,
            after,
            size,
            number=_number_of_invoice(),
            cents=Payment.amount_cents,
        ),
        _part(party_id, "note", Note, Note.noted_on, after, size, text=Note.text, by=Note.noted_by),
    ]
    whole = union_all(*(select(part.subquery()) for part in parts)).subquery()
    rows = session.execute(
        select(whole)
        .order_by(whole.c.day.desc(), whole.c.kind.desc(), whole.c.id.desc())
        .limit(size + 1)
    ).all()
    found = tuple(Happening(**row._mapping) for row in rows[:size])  # noqa: SLF001 - SQLAlchemy's public name
    last = found[-1] if len(rows) > size else None
    return Timeline(found, None if last is None else (last.day, last.kind, last.id))


def _part(
    party_id: int,
    kind: str,
    model: Any,
    day: Any,
    after: tuple[date, str, int] | None,
    size: int,
    **columns: Any,
) -> Select[Any]:
    types: dict[str, Any] = {
        "number": String,
        "text": String,
        "status": String,
        "by": String,
        "minutes": Integer,
        "cents": Payment.amount_cents.type,
        "open_cents": Payment.amount_cents.type,
        "due_on": Invoice.due_on.type,
    }
    shown = [
        columns[name].label(name) if name in columns else cast(null(), kind_).label(name)
        for name, kind_ in types.items()
    ]
    query = select(
        day.label("day"), literal(kind, String).label("kind"), model.id, model.version, *shown
    ).where(model.party_id == party_id, day.is_not(None))
    if after is not None:
        # Within one day the kinds follow each other: which side of this kind the mark is on is
        # known here, so that the day's index range is all that the database compares.
        mark_day, mark_kind, mark_id = after
        if kind < mark_kind:
            query = query.where(day <= mark_day)
        elif kind > mark_kind:
            query = query.where(day < mark_day)
        else:
            query = query.where(tuple_(day, model.id) < tuple_(mark_day, mark_id))
    return query.order_by(day.desc(), model.id.desc()).limit(size + 1)


def _number_of_order() -> Any:
    return (
        select(ServiceOrder.number).where(ServiceOrder.id == WorkEntry.order_id).scalar_subquery()
    )


def _number_of_invoice() -> Any:
    return select(Invoice.number).where(Invoice.id == Payment.invoice_id).scalar_subquery()
