"""The items of a disposal: those whose turn it is, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, case, func, or_, select, update
from sqlalchemy.orm import Session

from queries.store.retention.eligibility import Verdict
from queries.store.retention.proposal import ON_REQUEST
from queries.store.sql_keys import among
from queries.store.tables import ContactPerson, DisposalItem, Invoice, ItemKind, Outcome, WriteOff


def next_items(session: Session, run_id: int, limit: int) -> tuple[ItemKind, dict[int, str]]:
    """The next items without an outcome, all of one kind, with the class each was proposed by."""
    for kind in ItemKind:
        waiting = select(DisposalItem.record_id, DisposalItem.class_code).where(
            DisposalItem.run_id == run_id, DisposalItem.kind == kind, DisposalItem.outcome.is_(None)
        )
        rows = session.execute(waiting.order_by(DisposalItem.record_id).limit(limit)).all()
        found = {key: code for key, code in rows}  # noqa: C416 - rows become pairs
        if found and kind == ItemKind.PARTY:
            _add_linked(session, waiting, found)
        if found:
            return kind, found
    return ItemKind.PARTY, {}


def _add_linked(session: Session, waiting: Select[int, str], found: dict[int, str]) -> None:
    """Add the waiting parties that these are linked with: a contact person follows all of its
    organisations, and is judged while they still exist."""
    ends = ContactPerson.organisation_id, ContactPerson.person_id
    fresh = list(found)
    while fresh:
        beside: dict[int, str] = {}
        for one, other in (ends, ends[::-1]):
            linked = select(other).where(among(one, fresh))
            rows = session.execute(waiting.where(DisposalItem.record_id.in_(linked)))
            beside.update({key: code for key, code in rows})  # noqa: C416 - rows become pairs
        fresh = [key for key in beside if key not in found]
        found.update({key: beside[key] for key in fresh})


def asked_for(session: Session, run_id: int, kind: str, keys: Sequence[int]) -> Sequence[int]:
    """Return the records that are erased because the person asked for it."""
    return session.scalars(
        select(DisposalItem.record_id).where(
            DisposalItem.run_id == run_id,
            DisposalItem.kind == kind,
            DisposalItem.rule == ON_REQUEST,
            among(DisposalItem.record_id, keys),
        )
    ).all()


def open_sums(session: Session, invoices: Sequence[int] | Select[int]) -> dict[str, int]:
    """The cents of these invoices with their credit notes, each only where there are any: what
    customers owe, what is owed to them, and what was written off; one statement."""
    open_cents = Invoice.open_cents
    family = or_(
        *(
            column.in_(invoices) if isinstance(invoices, Select) else among(column, invoices)
            for column in (Invoice.id, Invoice.credits_id)
        )
    )
    # What was taken back is not written off: the rows of one invoice are summed first.
    of_each = (
        select(func.abs(func.sum(WriteOff.amount_cents)).label("cents"))
        .join(Invoice, Invoice.id == WriteOff.invoice_id)
        .where(family)
        .group_by(WriteOff.invoice_id)
        .subquery()
    )
    given_up = select(func.sum(of_each.c.cents)).scalar_subquery()
    found = session.execute(
        select(
            func.sum(case((open_cents > 0, open_cents), else_=0)),
            func.sum(case((open_cents < 0, -open_cents), else_=0)),
            given_up,
        ).where(family)
    ).one()
    names = ("owed", "to_refund", "written_off")
    return {name: int(cents) for name, cents in zip(names, found, strict=True) if cents}


def mark_outcomes(session: Session, run_id: int, kind: str, verdict: Verdict) -> None:
    """Write each item's outcome: one statement for those that go, one for each reason."""
    why: dict[str, list[int]] = {}
    for key, kept_by in verdict.stay.items():
        why.setdefault(kept_by, []).append(key)
    outcomes: list[tuple[Sequence[int], Outcome, str | None]] = [
        (verdict.go, Outcome.GONE, None),
        (verdict.already_gone, Outcome.GONE, "already_gone"),
        *((keys, Outcome.STAYED, kept_by) for kept_by, keys in why.items()),
    ]
    for keys, outcome, reason in outcomes:
        if keys:
            session.connection().execute(
                update(DisposalItem)
                .where(
                    DisposalItem.run_id == run_id,
                    DisposalItem.kind == kind,
                    among(DisposalItem.record_id, keys),
                )
                .values(outcome=outcome, reason=reason)
            )
