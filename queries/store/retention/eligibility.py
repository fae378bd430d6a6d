"""Eligibility of a batch's records for erasure, checked again in the transaction that erases
them.

An approved proposal is not a permission: since then an invoice may have been paid or credited, a
financial year changed, a hold placed, a request received. Every condition is read here anew for the
records of one batch, set by set; on PostgreSQL the records are locked, and the tables of holds,
restrictions, requests, years and periods against change until the batch ends (SQLite has one writer
at a time).

A reason is a code, or a code with what it is about: ``still_retained:voucher:2031-12-31``.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, null, or_, select, text
from sqlalchemy.orm import Session

from queries.store.derived import locks
from queries.store.retention.blocks import (
    STANDING,
    held_parties,
    held_single,
    held_targets,
    read_standing,
)
from queries.store.retention.series import (
    DRAFTS,
    INVOICES,
    ORDERS,
    PARTY_EVENTS,
    SERIES,
    Deadlines,
    Series,
    event_day,
    read_periods,
)
from queries.store.sql_keys import among
from queries.store.tables import (
    ContactPerson,
    HoldScope,
    Invoice,
    InvoiceStatus,
    ItemKind,
    PaperParty,
    PaperRecord,
    Party,
    PartyFacts,
    Payment,
    Restriction,
    ServiceOrder,
    WorkEntry,
    WriteOff,
)


class Stays(enum.StrEnum):
    """A reason why a record stays although its time was up when it was proposed."""

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
    PAPER_NAMES = "paper_names"
    """A party that a paper record tells of which is not disposed of."""
    OPEN_BALANCE = "open_balance"
    """An invoice of which a balance is open that nobody has decided on."""
    FAILED = "failed"
    """The program failed at it, at nothing else: somebody has to look why."""
    ENDED = "ended"
    """The disposal was ended before it was its turn."""
    NOT_DESTROYED = "not_destroyed"
    """Paper of whose destruction there is no line yet."""


@dataclass
class Verdict:
    """The outcome for a batch: keys to erase, keys that stay with the reason, keys already gone."""

    go: list[int] = field(default_factory=list)
    stay: dict[int, str] = field(default_factory=dict)
    already_gone: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class _Obstacles:
    """Everything that blocks a disposal at this moment."""

    parties: Mapping[int, Stays]
    classes: frozenset[str]

    def of(self, party_id: int | None, codes: Iterable[str]) -> str | None:
        if party_id is not None and party_id in self.parties:
            return self.parties[party_id]
        for code in codes:
            if code in self.classes:
                return f"{Stays.CLASS_HOLD}:{code}"
        return None


def lock_conditions(session: Session) -> None:
    """Lock what the checks read against changes until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text(
                "LOCK TABLE legal_hold, restriction, data_subject_request, financial_year,"
                " setting IN SHARE MODE"
            )
        )


def announce_condition(session: Session, table: str) -> None:
    """Wait for a disposal that keeps a table of conditions from changing (:func:`lock_conditions`)
    before any record is locked: the disposal locks the records after the tables.

    :param table: one of the tables of conditions, a name of our own.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE"))


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
    if kind in {ItemKind.INVOICE, ItemKind.DRAFT}:
        return check.invoices(items, draft=kind == ItemKind.DRAFT)
    return check.plain(kind, items)


class _Check:
    def __init__(self, session: Session, on: date) -> None:
        self._session = session
        self._on = on
        self._deadlines = Deadlines(read_periods(session))
        standing = read_standing(session)
        self._erasing = standing.erasing
        self._anything = standing.anything
        parties = _kept_parties(session) if standing.anything else {}
        self._in_the_way = _Obstacles(parties, standing.classes)

    def invoices(self, items: Mapping[int, str], *, draft: bool) -> Verdict:
        rows = self._rows(
            Invoice,
            items,
            Invoice.party_id,
            Invoice.status,
            Invoice.credits_id,
            Invoice.last_event_on,
            Invoice.claim_on,
            Invoice.changed_at,
        )
        wanted = InvoiceStatus.DRAFT if draft else InvoiceStatus.ISSUED
        held = self._held(DRAFTS if draft else INVOICES, items)
        waiting = {} if draft else self._waiting(INVOICES, items)
        verdict = Verdict()
        for key, party, status, credited, last_event, claim, changed_at in rows:
            if status != wanted or (credited is not None and not draft):
                reason: str | None = Stays.CHANGED
            elif key in held:
                reason = Stays.HOLD
            else:
                reason = self._kept(
                    party, *_of_invoice(draft, changed_at, last_event, claim), items[key]
                )
            _judge(verdict, key, reason or waiting.get(key))
        return _with_missing(verdict, items)

    def orders(self, items: Mapping[int, str]) -> Verdict:
        left = self._invoices_of(items)
        held = self._held(ORDERS, items)
        rows = self._rows(
            ServiceOrder,
            items,
            ServiceOrder.party_id,
            ServiceOrder.voucher_on,
            ServiceOrder.rest_on,
        )
        verdict = Verdict()
        for key, party, voucher_on, rest_on in rows:
            code = "voucher" if voucher_on is not None else "quote_or_lead"
            event = voucher_on or rest_on
            if key in held:
                reason: str | None = Stays.HOLD
            elif event is None:
                reason = Stays.IN_FORCE
            else:
                reason = self._kept(party, code, event, items[key])
            if reason is None and key in left:
                reason = self._records_left(*left[key])
            _judge(verdict, key, reason)
        return _with_missing(verdict, items)

    def plain(self, kind: str, items: Mapping[int, str]) -> Verdict:
        """Judge records that depend on no others, by their series."""
        verdict = Verdict()
        for series in SERIES:
            if series.kind == kind:
                self._of_series(verdict, series, items)
        judged = {*verdict.go, *verdict.stay}
        model = next(series.model for series in SERIES if series.kind == kind)
        for (key,) in self._rows(model, [key for key in items if key not in judged]):
            verdict.stay[key] = Stays.CHANGED
        return _with_missing(verdict, items)

    def _of_series(self, verdict: Verdict, series: Series, items: Mapping[int, str]) -> None:
        held = self._held(series, items)
        kept = self._kept_by_people(series, items)
        party = null() if series.party is None else series.party
        rows = self._rows(
            series.model, items, party, series.day, where=(series.belongs, series.day.is_not(None))
        )
        waiting = self._waiting(series, items)
        for key, party_id, event in rows:
            reason: str | None = Stays.HOLD if key in held else kept.get(key)
            if reason is None:
                reason = self._kept(party_id, series.code, event, items[key])
            _judge(verdict, key, reason or waiting.get(key))

    def _held(self, series: Series, keys: Iterable[int]) -> set[int]:
        """The records that a hold on a single record keeps."""
        conditions = held_single(series)
        if not self._anything or not conditions:
            return set()
        query = select(series.model.id).where(among(series.model.id, keys), or_(*conditions))
        return set(self._session.scalars(query))

    def _kept_by_people(self, series: Series, keys: Iterable[int]) -> dict[int, str]:
        """Return the records about several people of whom one is kept."""
        if series.people is None or not self._in_the_way.parties:
            return {}
        record, party = series.people
        found = self._session.execute(
            select(record, party).where(among(record, keys), party.in_(held_parties()))
        )
        return {key: self._in_the_way.parties[whose] for key, whose in found}

    def _waiting(self, series: Series, keys: Iterable[int]) -> dict[int, str]:
        if series.waits is None:
            return {}
        condition, reason = series.waits
        query = select(series.model.id).where(among(series.model.id, keys), condition)
        return dict.fromkeys(self._session.scalars(query), reason)

    def parties(self, items: Mapping[int, str]) -> Verdict:
        keys = list(items)
        self._lock_parties(keys)
        events = [column for column, _code in PARTY_EVENTS]
        with_records = self._parties_with_records(keys)
        on_paper = self._parties_on_paper(keys)
        beside = self._kept_beside(keys)
        facts = {
            row[0]: row[1:]
            for row in self._session.execute(
                select(PartyFacts.party_id, PartyFacts.in_force, *events).where(
                    among(PartyFacts.party_id, keys)
                )
            )
        }
        verdict = Verdict()
        for key in keys:
            if key in facts:
                in_force, *its_events = facts[key]
                reason = self._party_kept(
                    key,
                    in_force,
                    its_events,
                    items[key],
                    left=key in with_records,
                    beside=key in beside,
                )
                _judge(verdict, key, reason or on_paper.get(key))
        self._keep_people(verdict)
        return _with_missing(verdict, items)

    def _lock_parties(self, keys: list[int]) -> None:
        """Nobody adds to these parties or changes a fact of any until the transaction ends. Links
        first: who takes one away keeps facts when that is committed, and waits for nothing here."""
        for end in (ContactPerson.organisation_id, ContactPerson.person_id):
            links = select(ContactPerson.id).where(among(end, keys)).order_by(ContactPerson.id)
            self._session.execute(links.with_for_update()).all()
        rows = select(Party.id).where(among(Party.id, keys)).order_by(Party.id)
        self._session.execute(rows.with_for_update()).all()
        locks.take(self._session.connection())

    def _keep_people(self, verdict: Verdict) -> None:
        """Keep the contact persons of an organisation that is not erased with this batch,
        whatever the reason: it is reached through them.

        Someone who asked for erasure is not kept by that: only a statute, a hold or a request can
        block it (GDPR Art. 17(3)).
        """
        going = set(verdict.go)
        links = self._session.execute(
            select(ContactPerson.person_id, ContactPerson.organisation_id).where(
                among(ContactPerson.person_id, going)
            )
        )
        for person, organisation in links:
            if organisation not in going and person in going and person not in self._erasing:
                verdict.stay[person] = Stays.LINKED_PARTY_KEPT
        verdict.go = [key for key in verdict.go if key not in verdict.stay]

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
            its
            for (_column, its), event in zip(PARTY_EVENTS, events, strict=True)
            if event is not None
        }
        obstacle = self._in_the_way.of(key, sorted(codes))
        if obstacle is not None:
            return obstacle
        longest = self._deadlines.longest(events, self._erasing.get(key))
        if in_force or longest is None:
            return Stays.IN_FORCE
        _column, kept_by, event, until = longest
        if left:
            return self._records_left(kept_by, event)
        if until is None or until >= self._on:
            return _retained(kept_by, until)
        return Stays.LINKED_PARTY_KEPT if beside else None

    def _kept(self, party_id: int | None, code: str, event: Any, proposed: str) -> str | None:
        obstacle = self._in_the_way.of(party_id, {code, proposed})
        if obstacle is not None:
            return obstacle
        asked = None if party_id is None else self._erasing.get(party_id)
        until = self._deadlines.until(code, event, asked)
        return _retained(code, until) if until is None or until >= self._on else None

    def _records_left(self, code: str, event: date) -> str:
        until = self._deadlines.keep_until(code, event)
        return f"{Stays.HAS_RECORDS}:{code}:{until or ''}"

    def _rows(
        self,
        model: Any,
        keys: Iterable[int],
        *columns: Any,
        where: Iterable[ColumnElement[bool]] = (),
    ) -> Iterable[Any]:
        return self._session.execute(
            select(model.id, *columns)
            .where(among(model.id, keys), *where)
            .order_by(model.id)
            .with_for_update()
        ).all()

    def _invoices_of(self, orders: Iterable[int]) -> dict[int, tuple[str, date]]:
        """The orders that still have an invoice or a draft, with the class and event of one."""
        found = self._session.execute(
            select(Invoice.order_id, Invoice.last_event_on, Invoice.claim_on, Invoice.changed_at)
            .where(among(Invoice.order_id, orders))
            .order_by(Invoice.status)
        )
        return {
            order: ("claim", claim)
            if claim
            else ("voucher", last_event)
            if last_event
            else ("quote_or_lead", event_day(changed_at))
            for order, last_event, claim, changed_at in found
            if order is not None
        }

    def _parties_with_records(self, keys: list[int]) -> set[int]:
        """Return the parties with a file left: files are erased first, or the party stays."""
        found: set[int] = set()
        owners = [one.party for one in SERIES if one.keeps_party and one.party is not None]
        for owner in {
            str(one): one
            for one in (*owners, Payment.party_id, WriteOff.party_id, WorkEntry.party_id)
        }.values():
            query = select(owner).where(among(owner, keys)).distinct()
            found.update(self._session.scalars(query))
        return found

    def _parties_on_paper(self, keys: list[int]) -> dict[int, str]:
        """Return the parties named on paper that still exists, with the class and deadline of
        the record that is kept longest."""
        longest: dict[int, tuple[date | None, str]] = {}
        for party, code, event in self._session.execute(
            select(PaperParty.party_id, PaperRecord.class_code, PaperRecord.ends_on)
            .join(PaperRecord, PaperRecord.id == PaperParty.paper_id)
            .where(among(PaperParty.party_id, keys), PaperRecord.disposed_on.is_(None))
        ):
            until = self._deadlines.keep_until(code, event)
            before = longest.setdefault(party, (until, code))
            if before[0] is not None and (until is None or (until, code) > before):
                longest[party] = until, code
        return {
            party: f"{Stays.PAPER_NAMES}:{code}:{until or ''}"
            for party, (until, code) in longest.items()
        }

    def _kept_beside(self, keys: list[int]) -> set[int]:
        """Parties linked with one that a hold, a restriction or a request keeps: the link is a
        datum of both, and would go."""
        ends = ContactPerson.organisation_id, ContactPerson.person_id
        found: set[int] = set()
        for one, other in (ends, ends[::-1]):
            query = select(one).where(among(one, keys), other.in_(held_parties()))
            found.update(self._session.scalars(query))
        return found


def _of_invoice(
    draft: bool, changed_at: datetime, last_event: date, claim: date | None
) -> tuple[str, date | datetime]:
    """The class of an invoice or draft, and its event."""
    if draft:
        return "quote_or_lead", changed_at
    return ("voucher", last_event) if claim is None else ("claim", claim)


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


def _kept_parties(session: Session) -> dict[int, Stays]:
    """The parties whose every record is kept, with the reason."""
    held = frozenset(session.scalars(held_targets(HoldScope.PARTY)))
    restricted = frozenset(session.scalars(select(Restriction.party_id).where(*STANDING)))
    return {
        party: Stays.HOLD
        if party in held
        else Stays.RESTRICTION
        if party in restricted
        else Stays.REQUEST
        for party in session.scalars(held_parties())
    }
