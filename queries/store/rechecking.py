"""What of a batch may really go, asked again in the transaction that erases it.

An approved proposal is no permission: since then an invoice may have been paid or credited, a
financial year changed, a hold placed, a request received. Every condition is read here anew, about
the records of one batch, set by set; on PostgreSQL the records are locked, and the tables of holds,
restrictions, requests, years and periods against change until the batch ends (SQLite has one
writer at a time).

A reason is a code, or a code with what it is about: ``still_retained:voucher:2031-12-31``.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from queries.store.deadlines import NEVER, PARTY_EVENTS, read_periods
from queries.store.obstacles import STANDING, erasing_parties, held_parties, held_targets
from queries.store.proposing import Deadlines, event_day
from queries.store.tables import (
    ContactPerson,
    HoldScope,
    Invoice,
    InvoiceStatus,
    ItemKind,
    LegalHold,
    Note,
    PartyFacts,
    Payment,
    Restriction,
    ServiceOrder,
    WorkEntry,
)


class Stays(enum.StrEnum):
    """Why a record stays although its time was up when it was proposed."""

    HOLD = "hold"
    CLASS_HOLD = "class_hold"
    RESTRICTION = "restriction"
    REQUEST = "request"
    STILL_RETAINED = "still_retained"
    YEAR_MISSING = "year_missing"
    IN_FORCE = "in_force"
    HAS_RECORDS = "has_records"
    LINKED_PARTY_KEPT = "linked_party_kept"
    CHANGED = "changed"


@dataclass
class Verdict:
    """What becomes of a batch: keys that go, keys that stay with the reason, keys already gone."""

    go: list[int] = field(default_factory=list)
    stay: dict[int, str] = field(default_factory=dict)
    already_gone: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Obstacles:
    """Everything that stands in the way of a disposal at this moment."""

    parties: Mapping[int, Stays]
    orders: frozenset[int]
    invoices: frozenset[int]
    classes: frozenset[str]

    def of(self, party_id: int, codes: Iterable[str]) -> str | None:
        if party_id in self.parties:
            return self.parties[party_id]
        for code in codes:
            if code in self.classes:
                return f"{Stays.CLASS_HOLD}:{code}"
        return None


def lock_conditions(session: Session) -> None:
    """Let nobody change what the checks read until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text(
                "LOCK TABLE legal_hold, restriction, data_subject_request, financial_year,"
                " setting IN SHARE MODE"
            )
        )


def recheck(session: Session, kind: str, items: Mapping[int, str], on: date) -> Verdict:
    """Ask everything anew about some records of a kind.

    :param items: the keys with the class by which each was proposed.
    :param on: the day on which their time must be up (``keep_until`` before it).
    """
    check = _Check(session, on)
    if kind == ItemKind.PARTY:
        return check.parties(items)
    if kind == ItemKind.ORDER:
        return check.orders(items)
    if kind == ItemKind.NOTE:
        return check.notes(items)
    return check.invoices(items, draft=kind == ItemKind.DRAFT)


class _Check:
    def __init__(self, session: Session, on: date) -> None:
        self._session = session
        self._on = on
        self._deadlines = Deadlines(read_periods(session))
        self._in_the_way = _obstacles(session)
        self._erasing = erasing_parties(session)

    def invoices(self, items: Mapping[int, str], *, draft: bool) -> Verdict:
        rows = self._rows(Invoice, items, Invoice.party_id, Invoice.status, Invoice.credits_id,
                          Invoice.last_event_on, Invoice.changed_at)  # fmt: skip
        wanted = InvoiceStatus.DRAFT if draft else InvoiceStatus.ISSUED
        verdict = Verdict()
        for key, party, status, credited, last_event, changed_at in rows:
            if status != wanted or (credited is not None and not draft):
                reason: str | None = Stays.CHANGED
            elif key in self._in_the_way.invoices:
                reason = Stays.HOLD
            else:
                event = changed_at if draft else last_event
                reason = self._kept(party, self._code(draft), event, items[key])
            _judge(verdict, key, reason)
        return _with_missing(verdict, items)

    def orders(self, items: Mapping[int, str]) -> Verdict:
        left = self._invoices_of(items)
        rows = self._rows(ServiceOrder, items, ServiceOrder.party_id, ServiceOrder.voucher_on,
                          ServiceOrder.rest_on)  # fmt: skip
        verdict = Verdict()
        for key, party, voucher_on, rest_on in rows:
            code = "voucher" if voucher_on is not None else "quote_or_lead"
            event = voucher_on or rest_on
            if key in self._in_the_way.orders:
                reason: str | None = Stays.HOLD
            elif event == NEVER:
                reason = Stays.IN_FORCE
            else:
                reason = self._kept(party, code, event, items[key])
            if reason is None and key in left:
                reason = self._records_left(*left[key])
            _judge(verdict, key, reason)
        return _with_missing(verdict, items)

    def notes(self, items: Mapping[int, str]) -> Verdict:
        verdict = Verdict()
        for key, party, noted_on in self._rows(Note, items, Note.party_id, Note.noted_on):
            _judge(verdict, key, self._kept(party, "note", noted_on, items[key]))
        return _with_missing(verdict, items)

    def parties(self, items: Mapping[int, str]) -> Verdict:
        keys = list(items)
        events = [column for column, _code in PARTY_EVENTS]
        with_records = self._parties_with_records(keys)
        linked = self._kept_beside(keys)
        facts = {
            row[0]: row[1:]
            for row in self._session.execute(
                select(PartyFacts.party_id, PartyFacts.in_force, *events)
                .where(PartyFacts.party_id.in_(keys))
                .with_for_update()
            )
        }
        verdict = Verdict()
        for key in keys:
            if key in facts:
                in_force, *its_events = facts[key]
                _judge(verdict, key, self._party_kept(
                    key, in_force, its_events, items[key],
                    left=key in with_records, beside=key in linked,
                ))  # fmt: skip
        return _with_missing(verdict, items)

    def _party_kept(
        self,
        key: int,
        in_force: bool,
        events: Sequence[Any],
        code: str,
        *,
        left: bool,
        beside: bool,
    ) -> str | None:
        codes = {code} | {
            its for (_column, its), event in zip(PARTY_EVENTS, events, strict=True)
            if event is not None
        }  # fmt: skip
        obstacle = self._in_the_way.of(key, sorted(codes))
        if obstacle is not None:
            return obstacle
        longest = self._deadlines.longest(events, self._erasing.get(key))
        if in_force or longest is None:
            return Stays.IN_FORCE
        kept_by, event, until = longest
        if left:
            return self._records_left(kept_by, event)
        if until is None or until >= self._on:
            return _retained(kept_by, until)
        return Stays.LINKED_PARTY_KEPT if beside else None

    def _kept(self, party_id: int, code: str, event: Any, proposed: str) -> str | None:
        obstacle = self._in_the_way.of(party_id, {code, proposed})
        if obstacle is not None:
            return obstacle
        until = self._deadlines.until(code, event, self._erasing.get(party_id))
        return _retained(code, until) if until is None or until >= self._on else None

    def _records_left(self, code: str, event: date) -> str:
        until = self._deadlines.keep_until(code, event)
        return f"{Stays.HAS_RECORDS}:{code}:{until or ''}"

    @staticmethod
    def _code(draft: bool) -> str:
        return "quote_or_lead" if draft else "voucher"

    def _rows(self, model: Any, items: Mapping[int, str], *columns: Any) -> Iterable[Any]:
        return self._session.execute(
            select(model.id, *columns).where(model.id.in_(list(items))).with_for_update()
        ).all()

    def _invoices_of(self, orders: Iterable[int]) -> dict[int, tuple[str, date]]:
        """The orders that still have an invoice or a draft, with the class and event of one."""
        found = self._session.execute(
            select(Invoice.order_id, Invoice.last_event_on, Invoice.changed_at)
            .where(Invoice.order_id.in_(list(orders)))
            .order_by(Invoice.status)
        )
        return {
            order: ("voucher", last_event)
            if last_event
            else ("quote_or_lead", event_day(changed_at))
            for order, last_event, changed_at in found
            if order is not None
        }

    def _parties_with_records(self, keys: list[int]) -> set[int]:
        """The parties of which a file is left: those go first, or the party stays."""
        found: set[int] = set()
        for model in (Invoice, ServiceOrder, Note, Payment, WorkEntry):
            query = select(model.party_id).where(model.party_id.in_(keys)).distinct()
            found.update(self._session.scalars(query))
        return found

    def _kept_beside(self, keys: list[int]) -> set[int]:
        """Parties linked with one that a hold, a restriction or a request keeps: the link is a
        datum of both, and would go."""
        ends = ContactPerson.organisation_id, ContactPerson.person_id
        found: set[int] = set()
        for one, other in (ends, ends[::-1]):
            query = select(one).where(one.in_(keys), other.in_(held_parties()))
            found.update(self._session.scalars(query))
        return found


def _retained(code: str, until: date | None) -> str:
    return Stays.YEAR_MISSING if until is None else f"{Stays.STILL_RETAINED}:{code}:{until}"


def _judge(verdict: Verdict, key: int, reason: str | None) -> None:
    if reason is None:
        verdict.go.append(key)
    else:
        verdict.stay[key] = reason


def _with_missing(verdict: Verdict, items: Mapping[int, str]) -> Verdict:
    seen = {*verdict.go, *verdict.stay}
    verdict.already_gone = [key for key in items if key not in seen]
    return verdict


def _obstacles(session: Session) -> _Obstacles:
    held = frozenset(session.scalars(held_targets(HoldScope.PARTY)))
    restricted = frozenset(session.scalars(select(Restriction.party_id).where(*STANDING)))
    parties = {}
    for party in session.scalars(held_parties()):
        parties[party] = (
            Stays.HOLD if party in held
            else Stays.RESTRICTION if party in restricted
            else Stays.REQUEST
        )  # fmt: skip
    on_invoices = held_targets(HoldScope.INVOICE)
    # A hold on a credit note is a hold on the file that it belongs to.
    invoices = session.scalars(select(Invoice.id).where(Invoice.id.in_(on_invoices))).all()
    credited = session.scalars(
        select(Invoice.credits_id).where(
            Invoice.id.in_(on_invoices), Invoice.credits_id.is_not(None)
        )
    ).all()
    classes = session.scalars(
        select(LegalHold.class_code).where(
            LegalHold.scope == HoldScope.CLASS, LegalHold.released_at.is_(None)
        )
    ).all()
    return _Obstacles(
        parties,
        frozenset(session.scalars(held_targets(HoldScope.ORDER))),
        frozenset([*invoices, *(key for key in credited if key is not None)]),
        frozenset(code for code in classes if code),
    )
