"""Blocks that keep a file although its time is up: holds, a restriction, a request, by name.

The same conditions by which the disposal lets a file stay (:mod:`queries.store.retention.blocks`),
shown for one file: which hold it is, on what, and since when.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from queries.reads.retention.holds import HoldRow, holds_where
from queries.rules.roles import Permission
from queries.store.retention.blocks import ERASING, STANDING
from queries.store.retention.series import PARTY_EVENTS, SERIES, Series
from queries.store.sessions import needs
from queries.store.tables import (
    DataSubjectRequest,
    HoldScope,
    Invoice,
    LegalHold,
    PaperParty,
    PaperRecord,
    PartyFacts,
    RequestStatus,
    Restriction,
    ServiceOrder,
)


@dataclass(frozen=True)
class Keepers:
    """The blocks of a disposal.

    :param restricted_since: of a restriction that keeps everything of the party.
    :param asked_on: when an open request of the party was received.
    :param erasing_since: when the person asked for erasure: from then on only a statute keeps.
    :param papers: the numbers of the paper records that name a party, which keep its details.
    """

    holds: tuple[HoldRow, ...]
    restricted_since: date | None
    asked_on: date | None
    erasing_since: date | None
    papers: tuple[str, ...] = ()

    @property
    def keep(self) -> bool:
        """Return whether anything keeps the file."""
        return bool(self.holds or self.restricted_since or self.asked_on or self.papers)


def keepers_of_party(session: Session, party_id: int, *, today: date) -> Keepers:
    """Return what keeps a party and the records of its own; three statements.

    The holds on single records of the party are among them, and those on the classes of its
    records and of what happened with it.
    """
    which = or_(LegalHold.party_id == party_id, *_of_its_classes(party_id))
    named = (
        select(PaperRecord.number)
        .join(PaperParty, PaperParty.paper_id == PaperRecord.id)
        .where(PaperParty.party_id == party_id, PaperRecord.disposed_on.is_(None))
        .order_by(PaperRecord.id)
    )
    papers = tuple(session.scalars(named))
    return replace(_keepers(session, which, [party_id], today), papers=papers)


def keepers_of_file(
    session: Session, series: Series, key: int, party_id: int | None, *, today: date
) -> Keepers:
    """Return what keeps one file; two statements."""
    parties = [party_id] if series.people is None else _people_of(series, key)
    whole = and_(LegalHold.scope == HoldScope.CLASS, LegalHold.class_code == series.code)
    of_party = and_(LegalHold.scope == HoldScope.PARTY, LegalHold.target_id.in_(parties))
    which = or_(whole, of_party, _on_what_belongs_together(series, key))
    return _keepers(session, which, parties, today)


@needs(Permission.SEE_RETENTION)
def holds_on(session: Session, scope: str, key: int, *, today: date) -> tuple[HoldRow, ...]:
    """The holds on a party and the records of its own, or those that keep an order or an invoice:
    on itself, on what belongs together with it, on its party or its class. One statement."""
    if scope == HoldScope.PARTY:
        return holds_where(session, LegalHold.party_id == key, today=today)
    model: type[ServiceOrder | Invoice] = ServiceOrder if scope == HoldScope.ORDER else Invoice
    found = [one for one in SERIES if one.model is model]
    classes = [
        and_(LegalHold.class_code == one.code, exists(select(model.id).where(in_series(one, key))))
        for one in found
    ]
    which = or_(
        _on(HoldScope.PARTY, select(model.party_id).where(model.id == key)),
        _on_what_belongs_together(found[0], key),
        *classes,
    )
    return holds_where(session, which, today=today)


def _of_its_classes(party_id: int) -> list[ColumnElement[bool]]:
    """The holds on a class of which the party has something."""
    had: dict[str, list[ColumnElement[bool]]] = {}
    for column, code in PARTY_EVENTS:
        happened = exists().where(PartyFacts.party_id == party_id, column.is_not(None))
        had.setdefault(code, []).append(happened)
    for series in SERIES:
        own = select(series.model.id).where(series.of_parties([party_id]), series.belongs)
        had.setdefault(series.code, []).append(exists(own))
    return [
        and_(LegalHold.scope == HoldScope.CLASS, LegalHold.class_code == code, or_(*something))
        for code, something in had.items()
    ]


def in_series(series: Series, key: int) -> ColumnElement[bool]:
    """Return the condition that the record of this key is a file of the series."""
    return and_(series.model.id == key, series.has_files)


def _people_of(series: Series, key: int) -> Any:
    """Select the parties that a file about several people names."""
    assert series.people is not None  # noqa: S101 - asked for where there are some
    record, party = series.people
    return select(party).where(record == key)


def _on_what_belongs_together(series: Series, key: int) -> ColumnElement[bool]:
    """The single holds that keep the file: on itself, its order, its invoices, its credit notes."""
    if series.model is Invoice:
        family = or_(Invoice.id == key, Invoice.credits_id == key)
        return or_(
            _on(HoldScope.INVOICE, select(Invoice.id).where(family)),
            _on(
                HoldScope.ORDER,
                select(Invoice.order_id).where(family, Invoice.order_id.is_not(None)),
            ),
        )
    if series.model is ServiceOrder:
        own = select(Invoice.id).where(Invoice.order_id == key)
        family = or_(Invoice.order_id == key, Invoice.credits_id.in_(own))
        return or_(
            _on(HoldScope.ORDER, [key]), _on(HoldScope.INVOICE, select(Invoice.id).where(family))
        )
    return false() if series.scope is None else _on(series.scope, [key])


def _on(scope: HoldScope, targets: Any) -> ColumnElement[bool]:
    return and_(LegalHold.scope == scope, LegalHold.target_id.in_(targets))


def _keepers(session: Session, which: ColumnElement[bool], parties: Any, today: date) -> Keepers:
    """:param parties: their keys, or a query of them."""
    own = Restriction.party_id.in_(parties)
    asked = and_(
        DataSubjectRequest.party_id.in_(parties), DataSubjectRequest.status == RequestStatus.OPEN
    )
    found = session.execute(
        union_all(
            select(literal("restricted"), func.min(Restriction.since)).where(own, *STANDING),
            select(literal("erasing"), func.min(Restriction.since)).where(own, *ERASING),
            select(literal("asked"), func.min(DataSubjectRequest.received_on)).where(asked),
        )
    )
    days = {name: since for name, since in found}  # noqa: C416 - rows become pairs
    return Keepers(
        holds_where(session, which, today=today), days["restricted"], days["asked"], days["erasing"]
    )
