"""One request: its clock in steps, its rights, what came, what went, and what happened in order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import false, func, or_, select
from sqlalchemy.orm import Session

from queries.errors import NotFound
from queries.reads.requests.request_list import AskedRow, PartyStanding, asked_of, restrictions_of
from queries.rules.deadlines import DueExplanation, explain_request_due
from queries.rules.requests import Asked, LetterKind
from queries.rules.roles import Permission
from queries.store.request_clock import suspended_days
from queries.store.sessions import audit_read, needs
from queries.store.tables import (
    DataSubjectRequest,
    IdentityCheck,
    Party,
    Recipient,
    RequestAttachment,
    RequestLetter,
    RequestSuspension,
    Restriction,
    TrailEntry,
    TrailKind,
)

_MOST_ALIKE = 10
#: Commands whose lines in the trail say that a party's data were corrected, and what of them.
_CORRECTING = ("amend_", "add_", "remove_", "change_status")
_CORRECTED = (
    "party",
    "phone",
    "email",
    "address",
    "billing_detail",
    "note",
    "contact_person",
    "service_order",
    "work_entry",
)


@dataclass(frozen=True)
class SuspensionRow:
    id: int
    asked_on: date
    asked_by: str
    reason: str | None
    answered_on: date | None


@dataclass(frozen=True)
class CheckRow:
    id: int
    method: str
    checked_on: date
    checked_by: str
    explanation: str | None


@dataclass(frozen=True)
class AttachmentRow:
    """``size`` in bytes."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    added_at: datetime
    added_by: str


@dataclass(frozen=True)
class LetterRow:
    """A letter, report or package; not sent yet where there is no ``sent_on``.

    :param recipient: the name of the recipient of the data whom it informs (GDPR Art. 19).
    :param is_there: False for an export whose data went with those that were erased.
    """

    id: int
    kind: str
    asked: str | None
    recipient: str | None
    language: str
    text: str | None
    media_type: str
    sha256: str
    made_at: datetime
    made_by: str
    sent_on: date | None
    channel: str | None
    is_there: bool = True


@dataclass(frozen=True)
class HappeningRow:
    """A line of the trail about the request."""

    at: datetime
    actor: str
    action: str


@dataclass(frozen=True)
class RequestCard:
    """Everything of one request.

    :param first_due: the last day of the first month: until then the person can be informed of an
        extension.
    :param linked_to: the request that this one was linked to.
    :param others: other requests about the same thing, by id and number.
    :param alike: further requests of the same party, the newest first.
    """

    id: int
    version: int
    number: str
    party_id: int | None
    party_name: str | None
    registered: str
    received_on: date
    channel: str
    language: str
    claimed_name: str | None
    claimed_contact: str | None
    text: str | None
    status: str
    closed_on: date | None
    anonymised_on: date | None
    extended_on: date | None
    extension_reason: str | None
    clock: DueExplanation
    first_due: date
    rights: tuple[AskedRow, ...]
    suspensions: tuple[SuspensionRow, ...]
    checks: tuple[CheckRow, ...]
    attachments: tuple[AttachmentRow, ...]
    letters: tuple[LetterRow, ...]
    happenings: tuple[HappeningRow, ...]
    linked_to: int | None
    others: tuple[tuple[int, str], ...]
    alike: tuple[tuple[int, str], ...]
    restrictions: tuple[PartyStanding, ...]

    @property
    def is_open(self) -> bool:
        return self.status == "open"

    @property
    def identified(self) -> bool:
        return bool(self.checks)


@dataclass(frozen=True)
class StoredFile:
    """A letter or an attachment, to be given out under ``name``."""

    name: str
    media_type: str
    content: bytes


@needs(Permission.SEE_REQUESTS)
def request_card(session: Session, request_id: int, *, today: date) -> RequestCard:
    """The card of one request; at most 10 statements, and a read line when the reading ends.

    :raises NotFound:
    """
    row = session.execute(
        select(DataSubjectRequest, Party.name)
        .outerjoin(Party, Party.id == DataSubjectRequest.party_id)
        .where(DataSubjectRequest.id == request_id)
    ).first()
    if row is None:
        raise NotFound("data_subject_request", request_id)
    request, name = row
    audit_read(session, "data_subject_request", request_id, party_id=request.party_id)
    end = request.closed_on or today
    days = suspended_days(session, [request_id], today=end).get(request_id, 0)
    clock = explain_request_due(
        request.received_on, extended=request.extended_on is not None, suspended_days=days
    )
    party = request.party_id
    others, alike = _others(session, request)
    return RequestCard(
        id=request.id,
        version=request.version,
        number=request.number,
        party_id=party,
        party_name=name,
        registered=request.registered,
        received_on=request.received_on,
        channel=request.channel,
        language=request.language,
        claimed_name=request.claimed_name,
        claimed_contact=request.claimed_contact,
        text=request.text,
        status=request.status,
        closed_on=request.closed_on,
        anonymised_on=request.anonymised_on,
        extended_on=request.extended_on,
        extension_reason=request.extension_reason,
        clock=clock,
        first_due=explain_request_due(request.received_on, suspended_days=days).due,
        rights=tuple(asked_of(session, [request_id]).get(request_id, ())),
        suspensions=_suspensions(session, request_id),
        checks=_checks(session, request_id),
        attachments=_attachments(session, request_id),
        letters=_letters(session, request_id),
        happenings=_happenings(session, request_id),
        linked_to=request.linked_to,
        others=others,
        alike=alike,
        restrictions=() if party is None else restrictions_of(session, party),
    )


@needs(Permission.SEE_REQUESTS)
def attachment_file(session: Session, attachment_id: int) -> StoredFile:
    """The letter as it came; 1 statement, and a read line.

    :raises NotFound:
    """
    found = session.execute(
        select(
            RequestAttachment.request_id,
            RequestAttachment.name,
            RequestAttachment.media_type,
            RequestAttachment.content,
        ).where(RequestAttachment.id == attachment_id)
    ).first()
    if found is None:
        raise NotFound("request_attachment", attachment_id)
    audit_read(session, "request_attachment", attachment_id)
    return StoredFile(found.name, found.media_type, found.content)


@needs(Permission.SEE_REQUESTS)
def letter_file(session: Session, letter_id: int) -> StoredFile:
    """A letter or report as it was made; 1 statement, and a read line.

    Its name is the request's number and the kind: nothing personal.

    :raises NotFound:
    """
    found = session.execute(
        select(
            DataSubjectRequest.number,
            RequestLetter.kind,
            RequestLetter.media_type,
            RequestLetter.content,
        )
        .join(DataSubjectRequest, DataSubjectRequest.id == RequestLetter.request_id)
        .where(RequestLetter.id == letter_id)
    ).first()
    if found is None:
        raise NotFound("request_letter", letter_id)
    audit_read(session, "request_letter", letter_id)
    ending = found.media_type.rsplit("/", 1)[-1]
    return StoredFile(f"{found.number}-{found.kind}.{ending}", found.media_type, found.content)


@needs(Permission.SEE_REQUESTS)
def details_before(session: Session, request_id: int) -> bytes | None:
    """Return the data as they were before a rectification, kept until the answer; 1 statement."""
    return session.scalar(
        select(RequestLetter.content).where(
            RequestLetter.request_id == request_id,
            RequestLetter.kind == LetterKind.BEFORE,
            RequestLetter.asked == Asked.RECTIFICATION,
        )
    )


@needs(Permission.SEE_REQUESTS)
def corrected_at(session: Session, party_id: int) -> datetime | None:
    """Return when the data of a party were last corrected by hand; None if never. 1 statement.

    Letters made for the person before that state the old data.
    """
    return session.scalar(
        select(func.max(TrailEntry.at)).where(
            TrailEntry.party_id == party_id,
            TrailEntry.kind == TrailKind.WRITE,
            TrailEntry.subject.in_(_CORRECTED),
            or_(*(TrailEntry.action.startswith(name, autoescape=True) for name in _CORRECTING)),
        )
    )


def _suspensions(session: Session, request_id: int) -> tuple[SuspensionRow, ...]:
    rows = session.scalars(
        select(RequestSuspension)
        .where(RequestSuspension.request_id == request_id)
        .order_by(RequestSuspension.id)
    )
    return tuple(
        SuspensionRow(row.id, row.asked_on, row.asked_by, row.reason, row.answered_on)
        for row in rows
    )


def _checks(session: Session, request_id: int) -> tuple[CheckRow, ...]:
    rows = session.scalars(
        select(IdentityCheck)
        .where(IdentityCheck.request_id == request_id)
        .order_by(IdentityCheck.id)
    )
    return tuple(
        CheckRow(row.id, row.method, row.checked_on, row.checked_by, row.explanation)
        for row in rows
    )


def _attachments(session: Session, request_id: int) -> tuple[AttachmentRow, ...]:
    rows = session.scalars(
        select(RequestAttachment)
        .where(RequestAttachment.request_id == request_id)
        .order_by(RequestAttachment.id)
    )
    return tuple(
        AttachmentRow(
            row.id, row.name, row.media_type, row.size, row.sha256, row.added_at, row.added_by
        )
        for row in rows
    )


def _letters(session: Session, request_id: int) -> tuple[LetterRow, ...]:
    rows = session.execute(
        select(RequestLetter, Recipient.name, func.length(RequestLetter.content) > 0)
        .outerjoin(Recipient, Recipient.id == RequestLetter.recipient_id)
        .where(RequestLetter.request_id == request_id, RequestLetter.kind != LetterKind.BEFORE)
        .order_by(RequestLetter.id)
    )
    return tuple(
        LetterRow(
            row.id,
            row.kind,
            row.asked,
            recipient,
            row.language,
            row.text,
            row.media_type,
            row.sha256,
            row.made_at,
            row.made_by,
            row.sent_on,
            row.channel,
            bool(is_there),
        )
        for row, recipient, is_there in rows
    )


def _happenings(session: Session, request_id: int) -> tuple[HappeningRow, ...]:
    """Return the changes of the file, and of the restrictions that it asked for."""
    its_own = (TrailEntry.subject == "data_subject_request") & (TrailEntry.subject_id == request_id)
    placed = (TrailEntry.subject == "restriction") & TrailEntry.subject_id.in_(
        select(Restriction.id).where(Restriction.request_id == request_id)
    )
    rows = session.execute(
        select(TrailEntry.at, TrailEntry.actor, TrailEntry.action)
        .where(its_own | placed, TrailEntry.kind == TrailKind.WRITE)
        .order_by(TrailEntry.id)
    )
    return tuple(HappeningRow(*row) for row in rows)


def _others(
    session: Session, request: DataSubjectRequest
) -> tuple[tuple[tuple[int, str], ...], tuple[tuple[int, str], ...]]:
    """The requests linked with this one, and the others of the same party."""
    linked = (DataSubjectRequest.linked_to == request.id) | (
        DataSubjectRequest.id == request.linked_to
    )
    of_party = (
        false()
        if request.party_id is None
        else (DataSubjectRequest.party_id == request.party_id)
        & (DataSubjectRequest.id != request.id)
    )
    rows = session.execute(
        select(DataSubjectRequest.id, DataSubjectRequest.number, linked.label("linked"))
        .where(linked | of_party)
        .order_by(DataSubjectRequest.id)
    ).all()
    return (
        tuple((row.id, row.number) for row in rows if row.linked),
        tuple((row.id, row.number) for row in reversed(rows) if not row.linked)[:_MOST_ALIKE],
    )
