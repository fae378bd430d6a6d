"""The parts that commands on requests share: the file, its rights, its letters and its end.

The danger: an answer that says something was sent which nobody can show any more, or data that go
to somebody who only says who they are. The principle: what is sent is first kept, with its SHA-256,
and a right is answered by what was kept; what is exported or erased asks for the identity in the
same transaction. The transaction boundary: the command's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from queries.errors import IdentityUnverified, InvalidInput, NotFound, RuleRefusal
from queries.rules.requests import NEEDS_IDENTITY, Asked, LetterKind, RequestChannel
from queries.store.retention.eligibility import announce_condition
from queries.store.sessions import UnitOfWork
from queries.store.tables import (
    AskedStatus,
    DataSubjectRequest,
    Disclosure,
    IdentityCheck,
    RequestLetter,
    RequestRight,
    RequestStatus,
)
from queries.writes.commands import Checks, change, fetch, restrict_alone, stamp
from queries.writes.removal_guard import why_held

SUBJECT = DataSubjectRequest.__tablename__
LONGEST_REASON = 2_000


@dataclass(frozen=True, kw_only=True)
class Sending:
    """The sending of a letter or a report: when and how, as the form of an answer says it."""

    request_id: int
    version: int
    sent_on: date
    channel: str


def open_file(uow: UnitOfWork, request_id: int, *, version: int, inputs: Any) -> DataSubjectRequest:
    """The file of an open request, locked.

    :raises NotFound, StaleRecord:
    :raises RuleRefusal: ``request_closed``.
    """
    announce_condition(uow.session, SUBJECT)
    request = fetch(uow, DataSubjectRequest, request_id, version=version, inputs=inputs)
    if request.status != RequestStatus.OPEN:
        raise RuleRefusal("request_closed", "GDPR Art. 12(3)", closed_on=request.closed_on)
    return request


def restrict_party_of(uow: UnitOfWork, request_id: int) -> None:
    """Lock the party that a request is about against edits until the transaction ends; called
    before the file is locked (:func:`.commands.restrict_alone`)."""
    party = select(DataSubjectRequest.party_id).where(DataSubjectRequest.id == request_id)
    if (party_id := uow.session.scalar(party)) is not None:
        restrict_alone(uow, party_id)


def right_to_answer(uow: UnitOfWork, request: DataSubjectRequest, asked: str) -> RequestRight:
    """Return the line of one right, which is still open.

    :raises NotFound: when it was not requested.
    :raises RuleRefusal: ``answered_already``.
    """
    right = uow.session.scalars(
        select(RequestRight).where(
            RequestRight.request_id == request.id, RequestRight.kind == asked
        )
    ).first()
    if right is None:
        raise NotFound(RequestRight.__tablename__, request.id)
    if right.status != AskedStatus.OPEN:
        raise RuleRefusal("answered_already", "GDPR Art. 12(3)", answered_on=right.answered_on)
    return right


def require_identity(uow: UnitOfWork, request: DataSubjectRequest, asked: str) -> None:
    """Refuse unless this request itself has its identity check.

    :raises IdentityUnverified: for what is exported or erased.
    """
    if asked in NEEDS_IDENTITY and not is_identified(uow.session, request.id):
        raise IdentityUnverified


def is_identified(session: Session, request_id: int) -> bool:
    """Check if the identity of the requester was verified; one statement."""
    return bool(session.scalar(select(exists().where(IdentityCheck.request_id == request_id))))


def require_party(request: DataSubjectRequest) -> int:
    """The party that the request is about.

    :raises RuleRefusal: ``request_without_party``.
    """
    if request.party_id is None:
        raise RuleRefusal("request_without_party", "GDPR Art. 11(2), 12(2)")
    return request.party_id


def send_letters(
    uow: UnitOfWork,
    request: DataSubjectRequest,
    kinds: Sequence[str],
    inputs: Sending,
    *,
    asked: str | None,
    along: Sequence[str] = (),
    media: str | None = None,
) -> list[RequestLetter]:
    """Record that the letters of these kinds that wait in the file were sent; return them.

    :param along: kinds that go with them where one waits, as a covering letter does.
    :param media: of the kinds, only what has this media type was sent; the same in another form
        is removed from the file, because nobody has it. Enclosures are sent whatever their type.
    :raises InvalidInputs: for the day or the channel.
    :raises RuleRefusal: ``letter_missing`` (``kind``) for a kind of which none waits.
    """
    checks = Checks(inputs)
    sent_on = checks.day("sent_on", latest=uow.today)
    channel = checks.one_of("channel", RequestChannel)
    if sent_on is not None and sent_on < request.received_on:
        checks.refuse("sent_on", "before_receipt", received_on=request.received_on)
    checks.done()
    waiting = uow.session.scalars(
        select(RequestLetter)
        .where(
            RequestLetter.request_id == request.id,
            RequestLetter.kind.in_([*kinds, *along]),
            RequestLetter.asked == asked if asked else RequestLetter.asked.is_(None),
            RequestLetter.sent_on.is_(None),
        )
        .order_by(RequestLetter.id)
    ).all()
    sent = [one for one in waiting if media in {None, one.media_type} or one.kind in along]
    for kind in kinds:
        if kind not in {letter.kind for letter in sent}:
            raise RuleRefusal("letter_missing", "GDPR Art. 12(1)", kind=kind)
    for letter in waiting:
        if letter in sent:
            letter.sent_on, letter.channel = sent_on, channel
        else:
            uow.session.delete(letter)
    return sent


def recipients_to_tell(uow: UnitOfWork, request: DataSubjectRequest, asked: Asked) -> int:
    """Count the recipients of the party's data without a letter of their own yet (GDPR Art. 19)."""
    told = select(RequestLetter.recipient_id).where(
        RequestLetter.request_id == request.id,
        RequestLetter.kind == LetterKind.RECIPIENTS_TOLD,
        RequestLetter.asked == asked,
        RequestLetter.sent_on.is_(None),
        RequestLetter.recipient_id.is_not(None),
    )
    missing = select(func.count(Disclosure.recipient_id.distinct())).where(
        Disclosure.party_id == request.party_id, Disclosure.recipient_id.not_in(told)
    )
    return uow.session.scalar(missing) or 0


def unless_untold(
    uow: UnitOfWork, request: DataSubjectRequest, asked: Asked, untold: str | None
) -> None:
    """Refuse unless each recipient of the data is informed, or a reason is given (GDPR Art. 19).

    :raises RuleRefusal: ``recipients_not_told`` (n).
    """
    missing = recipients_to_tell(uow, request, asked)
    if missing and untold is None:
        raise RuleRefusal("recipients_not_told", "GDPR Art. 19", n=missing)


def answer(
    uow: UnitOfWork,
    request: DataSubjectRequest,
    right: RequestRight,
    *,
    on: date,
    status: AskedStatus = AskedStatus.FULFILLED,
    **more: Any,
) -> None:
    """Write the answer on the line of a right; the file changes with it, and forgets what it kept
    from before a rectification, unless a hold covers that."""
    for name, value in {"status": status, "answered_on": on, **more}.items():
        setattr(right, name, value)
    right.answered_by = uow.actor.username
    _forget_before(uow, request, right.kind)
    touch(uow, request)
    uow.session.flush()


def _forget_before(uow: UnitOfWork, request: DataSubjectRequest, asked: str | None) -> None:
    """Remove from the file the old content of corrected data, unless a hold covers them.

    :param asked: the right that was answered; None for what was corrected beside the request.
    """
    if why_held(uow.session, request) is None:
        uow.session.execute(
            delete(RequestLetter).where(
                RequestLetter.request_id == request.id,
                RequestLetter.kind == LetterKind.BEFORE,
                RequestLetter.asked.is_(None) if asked is None else RequestLetter.asked == asked,
            )
        )


def touch(uow: UnitOfWork, request: DataSubjectRequest) -> None:
    """Raise the version of the file: a change of what belongs to it is a change of the file."""
    stamp(uow, request)
    flag_modified(request, "changed_at")


def close_if_answered(uow: UnitOfWork, request: DataSubjectRequest) -> None:
    """:raises RuleRefusal: ``answers_missing`` (n) while a right waits for its answer."""
    waiting = uow.session.scalars(
        select(RequestRight.kind).where(
            RequestRight.request_id == request.id, RequestRight.status == AskedStatus.OPEN
        )
    ).all()
    if waiting:
        raise RuleRefusal("answers_missing", "GDPR Art. 12(3)-(4)", n=len(waiting))
    _forget_before(uow, request, None)
    change(uow, request, {"status": RequestStatus.CLOSED, "closed_on": uow.today})


def asked_rights(rights: Sequence[str]) -> tuple[Asked, ...]:
    """Return the requested rights, each once, in the order of the Regulation.

    :raises InvalidInput: ``required`` for none, ``choice`` for one that there is not.
    """
    if not rights:
        raise InvalidInput("rights", "required")
    if any(right not in list(Asked) for right in rights):
        raise InvalidInput("rights", "choice")
    return tuple(right for right in Asked if right in rights)
