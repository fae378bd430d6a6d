"""Blocks that keep a record whose time is up: a hold, a restriction, an open request.

A hold on a party, a restriction of it or an open request keep everything that is the party's own; a
hold on a retention class keeps all of it, and whom anything of that class happened with. A hold on
a single order keeps its invoices and drafts with it, and one on an invoice, or on a credit note of
it, keeps the order that it bills: what proves the one is written on the other. A request keeps the
file of an earlier one that it is linked to. A binder of paper keeps the parties that it names,
until it is destroyed. A block of an organisation keeps its contact persons. Other records that are
kept keep their party too, and the contact persons of an organisation that stays for any reason stay
with it: that is for the disposal to see, which finds them still there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    cast,
    exists,
    func,
    null,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from queries.store.retention.series import PARTY_EVENTS, Series
from queries.store.tables import (
    ContactPerson,
    DataSubjectRequest,
    HoldScope,
    Invoice,
    LegalHold,
    PaperParty,
    PaperRecord,
    PartyFacts,
    RequestStatus,
    Restriction,
    RestrictionBasis,
    ServiceOrder,
)

#: A restriction that keeps: one that waits for the erasure itself does not block it.
STANDING = (Restriction.lifted_on.is_(None), Restriction.basis == RestrictionBasis.REQUEST)

#: One that waits for the erasure that the person asked for (GDPR Art. 17): what no statute keeps
#: has no period any more.
ERASING = (Restriction.lifted_on.is_(None), Restriction.basis == RestrictionBasis.ERASURE)


@dataclass(frozen=True)
class Standing:
    """The blocks in force at this moment, beside the periods.

    :param anything: whether anything single is held, restricted or asked about.
    :param classes: the retention classes under a hold.
    :param on_paper: whether paper names anybody.
    :param erasing: the parties that asked for erasure and are not gone yet, with the last day on
        which the company's own periods kept anything of theirs.
    """

    anything: bool
    classes: frozenset[str]
    erasing: Mapping[int, date]
    on_paper: bool = False

    @property
    def keeps(self) -> bool:
        return self.anything or bool(self.classes)

    @property
    def keeps_parties(self) -> bool:
        """Return whether any party may be kept by more than its periods."""
        return self.anything or self.on_paper or bool(self.classes)


#: Used in place of a class where paper names somebody.
_ON_PAPER = ""


def read_standing(session: Session) -> Standing:
    """Read holds, restrictions, requests and erasures asked for; one statement."""
    no_party, no_day = cast(null(), Integer), cast(null(), Date)
    codes = select(LegalHold.class_code, no_party, no_day).where(
        LegalHold.scope == HoldScope.CLASS, LegalHold.released_at.is_(None)
    )
    single = (
        select(LegalHold.id).where(
            LegalHold.scope != HoldScope.CLASS, LegalHold.released_at.is_(None)
        ),
        select(Restriction.id).where(*STANDING),
        select(DataSubjectRequest.id).where(DataSubjectRequest.status == RequestStatus.OPEN),
    )
    some = select(cast(null(), String), no_party, no_day).where(
        or_(*(exists(query) for query in single))
    )
    erasing = (
        select(cast(null(), String), Restriction.party_id, func.min(Restriction.since))
        .where(*ERASING)
        .group_by(Restriction.party_id)
    )
    named = select(cast(_ON_PAPER, String), no_party, no_day).where(exists(on_paper()))
    found: Sequence[Any] = session.execute(union_all(codes, some, erasing, named)).all()
    return Standing(
        any(code is None and party is None for code, party, _since in found),
        frozenset(code for code, _party, _since in found if code),
        {party: since - timedelta(days=1) for _code, party, since in found if party is not None},
        any(code == _ON_PAPER for code, _party, _since in found),
    )


def parties_on_hold() -> Select[Any]:
    """The keys of the parties under a hold of their own."""
    return select(LegalHold.target_id).where(
        LegalHold.scope == HoldScope.PARTY, LegalHold.released_at.is_(None)
    )


def held_parties() -> Select[Any]:
    """The keys of the parties whose every record is kept."""
    restricted = select(Restriction.party_id).where(*STANDING)
    asked = select(DataSubjectRequest.party_id).where(
        DataSubjectRequest.status == RequestStatus.OPEN, DataSubjectRequest.party_id.is_not(None)
    )
    return select(union(parties_on_hold(), restricted, asked).subquery().c[0])


def on_paper() -> Select[Any]:
    """The keys of the parties that a binder of paper names which is not destroyed yet."""
    return (
        select(PaperParty.party_id)
        .join(PaperRecord, PaperRecord.id == PaperParty.paper_id)
        .where(PaperRecord.disposed_on.is_(None))
    )


def kept_parties() -> Select[Any]:
    """The keys of the parties that are kept themselves: as :func:`held_parties`, by paper, and as
    contact persons of those."""
    kept = union(held_parties(), on_paper()).subquery()
    people = select(ContactPerson.person_id).where(
        ContactPerson.organisation_id.in_(select(kept.c[0]))
    )
    return select(union(select(kept.c[0]), people).subquery().c[0])


def held_targets(scope: HoldScope) -> Select[Any]:
    """The keys of the single orders or invoices under a hold."""
    return select(LegalHold.target_id).where(
        LegalHold.scope == scope, LegalHold.released_at.is_(None)
    )


def held_single(series: Series) -> list[ColumnElement[bool]]:
    """The files of a series that a hold on a single record keeps: on themselves, or on what they
    belong together with; each condition is found by an index of its own."""
    if series.model is Invoice:
        return [
            Invoice.id.in_(held_targets(HoldScope.INVOICE)),
            Invoice.id.in_(_credited(Invoice.id.in_(held_targets(HoldScope.INVOICE)))),
            Invoice.order_id.in_(held_targets(HoldScope.ORDER)),
            Invoice.id.in_(_credited(Invoice.order_id.in_(held_targets(HoldScope.ORDER)))),
        ]
    if series.model is ServiceOrder:
        held = held_targets(HoldScope.INVOICE)
        return [
            ServiceOrder.id.in_(held_targets(HoldScope.ORDER)),
            ServiceOrder.id.in_(_billed(Invoice.id.in_(held))),
            ServiceOrder.id.in_(_billed(Invoice.id.in_(_credited(Invoice.id.in_(held))))),
        ]
    if series.model is DataSubjectRequest:
        later = aliased(DataSubjectRequest)
        return [
            DataSubjectRequest.id.in_(
                select(later.linked_to).where(
                    later.status == RequestStatus.OPEN, later.linked_to.is_not(None)
                )
            )
        ]
    if series.scope is not None:
        return [series.model.id.in_(held_targets(series.scope))]
    return []


def _credited(which: ColumnElement[bool]) -> Select[Any]:
    """The invoices that these credit notes credit: the files that they belong to."""
    return select(Invoice.credits_id).where(which, Invoice.credits_id.is_not(None))


def _billed(which: ColumnElement[bool]) -> Select[Any]:
    """The orders that these invoices bill."""
    return select(Invoice.order_id).where(which, Invoice.order_id.is_not(None))


def kept_back_by(series: Series) -> list[ColumnElement[bool]]:
    """The conditions of :func:`kept_back` one by one, each found by an index of its own."""
    return [series.of_parties(held_parties()), *held_single(series)]


def kept_back(series: Series) -> ColumnElement[bool]:
    """The files of a series that a hold on them or on their party, a restriction or an open
    request keeps. Holds on classes are :attr:`Standing.classes`."""
    return or_(*kept_back_by(series))


def party_kept_back(classes: Collection[str]) -> ColumnElement[bool]:
    """The parties, by their :class:`.PartyFacts`, that a hold on them, a restriction, an open
    request or paper keeps, or a hold on the class of anything that happened with them.

    :param classes: :attr:`Standing.classes`.
    """
    held = [column.is_not(None) for column, code in PARTY_EVENTS if code in classes]
    return or_(PartyFacts.party_id.in_(kept_parties()), *held)
