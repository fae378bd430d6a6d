"""What keeps a record whose time is up: a hold, a restriction, an open request.

A hold on a party, a restriction of it or an open request keep everything that is the party's own;
a hold on an order or an invoice keeps that one; a hold on a retention class keeps all of it. A
record that is kept keeps its party: that is for the disposal to see, which finds it still there.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, union, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from queries.store.deadlines import Series
from queries.store.tables import (
    DataSubjectRequest,
    HoldScope,
    ItemKind,
    LegalHold,
    RequestStatus,
    Restriction,
    RestrictionBasis,
)

#: A restriction that keeps: one that waits for the erasure itself does not stand in its way.
STANDING = (Restriction.lifted_on.is_(None), Restriction.basis == RestrictionBasis.REQUEST)

#: One that waits for the erasure that the person asked for (GDPR Art. 17): what no statute keeps
#: has no period any more.
ERASING = (Restriction.lifted_on.is_(None), Restriction.basis == RestrictionBasis.ERASURE)

_SCOPES = {ItemKind.ORDER: HoldScope.ORDER, ItemKind.INVOICE: HoldScope.INVOICE}


def erasing_parties(session: Session) -> dict[int, date]:
    """The last day on which the house's own periods kept anything of the parties that asked for
    erasure and are not gone yet; one statement."""
    rows = session.execute(
        select(Restriction.party_id, func.min(Restriction.since))
        .where(*ERASING)
        .group_by(Restriction.party_id)
    )
    return {party: since - timedelta(days=1) for party, since in rows}


def held_parties() -> Select[Any]:
    """The keys of the parties whose every record is kept."""
    held = select(LegalHold.target_id).where(
        LegalHold.scope == HoldScope.PARTY, LegalHold.released_at.is_(None)
    )
    restricted = select(Restriction.party_id).where(*STANDING)
    asked = select(DataSubjectRequest.party_id).where(
        DataSubjectRequest.status == RequestStatus.OPEN, DataSubjectRequest.party_id.is_not(None)
    )
    return select(union(held, restricted, asked).subquery().c[0])


def held_classes(session: Session) -> frozenset[str]:
    """The retention classes under a hold; one statement."""
    return what_is_held(session)[1]


def what_is_held(session: Session) -> tuple[bool, frozenset[str]]:
    """Whether anything single is held, restricted or asked about, and which retention classes are
    under a hold; one statement."""
    codes = select(LegalHold.class_code).where(
        LegalHold.scope == HoldScope.CLASS, LegalHold.released_at.is_(None)
    )
    single = (
        select(LegalHold.id).where(
            LegalHold.scope != HoldScope.CLASS, LegalHold.released_at.is_(None)
        ),
        select(Restriction.id).where(*STANDING),
        select(DataSubjectRequest.id).where(DataSubjectRequest.status == RequestStatus.OPEN),
    )
    some = select(literal("")).where(or_(*(exists(query) for query in single)))
    found = set(session.scalars(union_all(codes, some)))
    return "" in found, frozenset(code for code in found if code)


def held_targets(scope: HoldScope) -> Select[Any]:
    """The keys of the single orders or invoices under a hold."""
    return select(LegalHold.target_id).where(
        LegalHold.scope == scope, LegalHold.released_at.is_(None)
    )


def kept_back_by(series: Series) -> list[ColumnElement[bool]]:
    """The conditions of :func:`kept_back` one by one, each found by an index of its own."""
    owner: InstrumentedAttribute[Any] = series.model.party_id
    scope = _SCOPES.get(series.kind)
    conditions: list[ColumnElement[bool]] = [owner.in_(held_parties())]
    if scope is not None:
        conditions.append(series.model.id.in_(held_targets(scope)))
    return conditions


def kept_back(series: Series) -> ColumnElement[bool]:
    """The files of a series that a hold on them or on their party, a restriction or an open
    request keeps. Holds on classes are :func:`held_classes`."""
    return or_(*kept_back_by(series))


def party_kept_back(party_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The parties that a hold on them, a restriction or an open request keeps."""
    return party_id.in_(held_parties())
