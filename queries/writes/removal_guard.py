"""The guard of every removal by hand: nothing under a hold or an open request is removed outside
the disposal.

**The danger.** A hold keeps a note from the disposal, and somebody removes it on the card; a person
asks what the register has about them, and it is removed before the answer. Either is lost for good
although the company had to keep it.

**The principle.** Whatever removes a record outside the eraser asks here, in its own transaction: a
hold on the party, on the order or invoice that the record belongs to, or on its retention class; a
restriction; an open request. What it says is what the disposal would say
(:mod:`queries.store.retention.blocks`). A hold on a class keeps whom anything of that class
happened with, and so their details too. A rectification (Art. 16) is allowed: what it takes away is
kept in the file of its request, and for as long as a hold covers it. What the person may always
have is not checked: to stop marketing (Art. 7(3), 21(3)).

Overwriting loses what was there as surely as removing it does, but correcting is ordinary work, and
the law asks for it (Art. 5(1)(d)). So a correction is not refused because somebody asks: what it
overwrites is kept in the file of the open request until that is closed. Nor is it lost under a hold
on the party, order, invoice or class of the record: the new is written beside the old, or the
correction is refused and says so; a party has one name, so the one before is kept as a note.

**The transaction boundary.** The command's own. Placing a hold and recording a request wait for
removals under way, and these for them, by a lock of their own (:attr:`.NamedLock.PRESERVATION`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from queries.errors import RuleRefusal
from queries.rules.requests import LetterKind
from queries.store.named_locks import NamedLock, take
from queries.store.retention.blocks import held_single
from queries.store.retention.series import DRAFTS, ORDERS, PARTY_EVENTS, Series
from queries.store.sessions import UnitOfWork
from queries.store.tables import (
    Address,
    Base,
    BillingDetail,
    ContactPerson,
    DataSubjectRequest,
    Email,
    FormMessage,
    HoldScope,
    Invoice,
    InvoiceStatus,
    Language,
    LegalHold,
    Note,
    PaperParty,
    PaperRecord,
    Party,
    PartyFacts,
    Phone,
    RequestLetter,
    RequestStatus,
    ServiceOrder,
    Subscription,
    WorkEntry,
)

#: Records that are a party's own, and are not edited while its data are restricted.
Owned = Address | Email | Phone | BillingDetail | Note | ServiceOrder | WorkEntry | Invoice

#: The columns that say what a record is about; what is overwritten in them is lost.
CONTENT: Mapping[str, frozenset[str]] = {
    table: frozenset(names.split())
    for table, names in {
        "party": "name given_name family_name business_id foreign_id customer_number",
        "address": "street post_code town country",
        "email": "address",
        "phone": "number",
        "billing_detail": "method e_invoice_address operator email iban buyer_reference",
        "note": "text noted_on",
        "service_order": "title description buyer_reference ordered_on",
        "work_entry": "order_id party_id done_on done_by description minutes material",
        "invoice": "buyer_reference free_text lines order_id",
        "paper_record": "title class_code starts_on ends_on",
    }.items()
}
_PARTS_OF_A_NAME = {"given_name", "family_name"}

#: A hold suspends what would be lawful otherwise: for legal claims, or as evidence.
HELD = "GDPR Art. 5(2), 17(3)(e)"
#: Who asks is answered by what was there when the request came.
ASKED = "GDPR Art. 12, 15"


def parties_of(record: Base) -> tuple[int, ...]:
    """The parties that a record is about; none for a service, a financial year."""
    if isinstance(record, Party):
        return (record.id,)
    if isinstance(record, ContactPerson):
        return (record.organisation_id, record.person_id)
    if isinstance(record, Owned | PaperParty):
        return (record.party_id,)
    return ()


def announce_removal(session: Session) -> None:
    """Wait for holds and requests that are being recorded; before any record is locked."""
    take(session, NamedLock.PRESERVATION, shared=True)


def unless_kept(session: Session, record: Base) -> None:
    """Refuse where a hold or an open request keeps a record that is about to be removed.

    Four statements at most. Restrictions are checked by :func:`.fetch`.

    :raises RuleRefusal: ``removal_held`` (since, review_on); ``removal_class_held``
        (retention_class, since, review_on); ``removal_asked_about`` (number, received_on).
    """
    parties = parties_of(record)
    refusal = why_held(session, record) or _why_asked(session, parties)
    if refusal is not None and not _is_in_a_file(session, record, parties):
        raise refusal


def keep_overwritten(
    uow: UnitOfWork, record: Base, old: Mapping[str, Any], new: Mapping[str, Any]
) -> None:
    """Keep the content that a correction is about to overwrite, where a hold or an open request
    keeps the record.

    :param old: the values that go, by column; none that was empty.
    :raises RuleRefusal: ``correction_held`` (since, review_on) where the content cannot be kept.
    """
    held = why_held(uow.session, record, details=False)
    if _keep_in_files(uow, record, old) or held is None:
        return
    if not isinstance(record, Party):
        facts = {name: held.facts[name] for name in ("since", "review_on")}
        raise RuleRefusal("correction_held", HELD, **facts)
    lines = [f"{old[name]} → {new[name] or '–'}" for name in sorted(set(old) - _PARTS_OF_A_NAME)]
    if lines:
        uow.session.add(
            Note(
                party_id=record.id,
                text="\n".join(lines),
                noted_on=uow.today,
                noted_by=uow.actor.username,
                changed_at=uow.now,
                changed_by=uow.actor.username,
            )
        )


def _keep_in_files(uow: UnitOfWork, record: Base, old: Mapping[str, Any]) -> bool:
    """Keep values in the files of the open requests of their party; whether there is one. A file
    keeps what was there first, once."""
    table, key = record.__tablename__, getattr(record, "id", None)
    files = uow.session.execute(
        select(DataSubjectRequest.id, RequestLetter.content)
        .outerjoin(
            RequestLetter,
            and_(
                RequestLetter.request_id == DataSubjectRequest.id,
                RequestLetter.kind == LetterKind.BEFORE,
            ),
        )
        .where(
            DataSubjectRequest.party_id.in_(parties_of(record)),
            DataSubjectRequest.status == RequestStatus.OPEN,
        )
        .order_by(DataSubjectRequest.id)
    )
    known: dict[int, list[list[Any]]] = {}
    for request_id, content in files:
        known.setdefault(request_id, []).extend(place[:3] for place in json.loads(content or "[]"))
    for request_id, places in known.items():
        new = [
            [table, key, name, str(value)]
            for name, value in old.items()
            if [table, key, name] not in places
        ]
        if new:
            uow.session.add(_before(uow, request_id, new))
    return bool(known)


def _before(uow: UnitOfWork, request_id: int, places: Sequence[Sequence[Any]]) -> RequestLetter:
    content = json.dumps(places).encode()
    return RequestLetter(
        request_id=request_id,
        kind=LetterKind.BEFORE,
        asked=None,
        language=Language.FI,
        media_type="application/json",
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        made_at=uow.now,
        made_by=uow.actor.username,
    )


def why_held(session: Session, record: Base, *, details: bool = True) -> RuleRefusal | None:
    """The refusal by which a hold keeps a record, on its own or by its party or class; two
    statements, three for a record that a hold on an order or invoice may cover.

    :param details: whether what follows its party is kept by the classes of its other records.
    """
    parties: Collection[int] = parties_of(record)
    if isinstance(record, DataSubjectRequest) and record.party_id is not None:
        parties = (record.party_id,)
    if isinstance(record, PaperRecord):
        named = select(PaperParty.party_id).where(PaperParty.paper_id == record.id)
        parties = session.scalars(named).all()
    return (
        _by_party(session, parties)
        or _by_class(session, record, parties if details else ())
        or _by_single(session, record, parties)
    )


def _by_party(session: Session, parties: Collection[int]) -> RuleRefusal | None:
    if not parties:
        return None
    return _held_since(
        session, LegalHold.scope == HoldScope.PARTY, LegalHold.target_id.in_(parties)
    )


def _by_class(session: Session, record: Base, parties: Collection[int]) -> RuleRefusal | None:
    holds = session.execute(
        select(LegalHold.class_code, func.min(LegalHold.placed_on), func.min(LegalHold.review_on))
        .where(LegalHold.scope == HoldScope.CLASS, LegalHold.released_at.is_(None))
        .group_by(LegalHold.class_code)
        .order_by(LegalHold.class_code)
    ).all()
    if not holds:
        return None
    own = _classes_of(session, record, parties)
    for code, since, review_on in holds:
        if code in own:
            return RuleRefusal(
                "removal_class_held", HELD, retention_class=code, since=since, review_on=review_on
            )
    return None


def _by_single(session: Session, record: Base, parties: Collection[int]) -> RuleRefusal | None:
    """A hold on an order or invoice keeps what belongs to it."""
    series, key = _file_of(record)
    if series is None or key is None:
        return None
    conditions = held_single(series)
    held = select(series.model.id).where(series.model.id == key, or_(*conditions))
    if session.scalar(held) is None:
        return None
    return _held_since(
        session,
        LegalHold.scope.in_((HoldScope.ORDER, HoldScope.INVOICE)),
        LegalHold.party_id.in_(parties),
    )


def _held_since(session: Session, *which: Any) -> RuleRefusal | None:
    since, review_on = session.execute(
        select(func.min(LegalHold.placed_on), func.min(LegalHold.review_on)).where(
            *which, LegalHold.released_at.is_(None)
        )
    ).one()
    if since is None:
        return None
    return RuleRefusal("removal_held", HELD, since=since, review_on=review_on)


def _why_asked(session: Session, parties: Collection[int]) -> RuleRefusal | None:
    if not parties:
        return None
    found = session.execute(
        select(DataSubjectRequest.number, DataSubjectRequest.received_on)
        .where(
            DataSubjectRequest.party_id.in_(parties),
            DataSubjectRequest.status == RequestStatus.OPEN,
        )
        .order_by(DataSubjectRequest.received_on, DataSubjectRequest.id)
        .limit(1)
    ).first()
    if found is None:
        return None
    number, received_on = found
    return RuleRefusal("removal_asked_about", ASKED, number=number, received_on=received_on)


def _is_in_a_file(session: Session, record: Base, parties: Collection[int]) -> bool:
    """Check if the file of an open rectification keeps the record as it was when that began."""
    kept = session.scalars(
        select(RequestLetter.content)
        .join(DataSubjectRequest, DataSubjectRequest.id == RequestLetter.request_id)
        .where(
            DataSubjectRequest.party_id.in_(parties),
            DataSubjectRequest.status == RequestStatus.OPEN,
            RequestLetter.kind == LetterKind.BEFORE,
        )
    )
    own = [record.__tablename__, getattr(record, "id", None)]
    return any(place[:2] == own for content in kept for place in json.loads(content))


def _file_of(record: Base) -> tuple[Series | None, int | None]:
    """The file that a record is or belongs to, where a single one can be held."""
    if isinstance(record, Invoice):
        return DRAFTS, record.id
    if isinstance(record, ServiceOrder):
        return ORDERS, record.id
    if isinstance(record, WorkEntry):
        return ORDERS, record.order_id
    return None, None


#: What is of one retention class, whatever happened with its party.
_OF_CLASS: Mapping[type[Base], str] = {
    Note: "note",
    FormMessage: "quote_or_lead",
    Subscription: "newsletter",
}


def _classes_of(session: Session, record: Base, parties: Collection[int]) -> set[str]:
    """The retention classes by which a record is kept; what follows the party, by the classes of
    whatever happened with it."""
    if type(record) in _OF_CLASS:
        return {_OF_CLASS[type(record)]}
    if isinstance(record, PaperParty | PaperRecord):
        paper = record.id if isinstance(record, PaperRecord) else record.paper_id
        return {session.get_one(PaperRecord, paper).class_code}
    if isinstance(record, Invoice):
        return {"quote_or_lead" if record.status == InvoiceStatus.DRAFT else "voucher"}
    if isinstance(record, ServiceOrder | WorkEntry):
        key = record.id if isinstance(record, ServiceOrder) else record.order_id
        order = session.get_one(ServiceOrder, key)
        return {"quote_or_lead" if order.voucher_on is None else "voucher"}
    own = {"request_file"} if isinstance(record, DataSubjectRequest) else set()
    if not parties:
        return own
    events = session.execute(
        select(*(func.count(column) for column, _code in PARTY_EVENTS)).where(
            PartyFacts.party_id.in_(parties)
        )
    ).one()
    found = {code for (_column, code), count in zip(PARTY_EVENTS, events, strict=True) if count}
    return own | found
