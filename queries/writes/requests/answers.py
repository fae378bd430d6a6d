"""Commands that answer rights: a letter is first filed, then sent, then the right is answered.

The danger: an export to who only claims to be the person. The principle: filing an export, and
answering by it, ask for the identity check of this request. The transaction boundary: each command
is one transaction with one trail line; nothing is sent by the program itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from sqlalchemy import delete, select

from queries.errors import RuleRefusal
from queries.reads.requests.request_card import corrected_at
from queries.rules.calendar_fi import helsinki_day
from queries.rules.requests import (
    ANSWERED_BY,
    ANSWERS_NO_RIGHT,
    COVERS,
    EXPORTS,
    Asked,
    LetterKind,
    grounds_for,
)
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import (
    AskedStatus,
    DataSubjectRequest,
    Language,
    Recipient,
    Registered,
    RequestLetter,
    Restriction,
)
from queries.writes.commands import Checks, fetch
from queries.writes.requests.request_file import (
    LONGEST_REASON,
    SUBJECT,
    Sending,
    answer,
    open_file,
    require_identity,
    require_party,
    right_to_answer,
    send_letters,
    touch,
    unless_untold,
)

_MEDIA = ("application/pdf", "application/json", "application/zip")
MOST_BYTES = 100_000_000


@dataclass(frozen=True, kw_only=True)
class Copy:
    """An enclosure of a letter: the same in another form, its covering letter, a letter to one
    recipient of the data, ``recipient_id``. ``text`` as in :class:`FileLetter`; ``language``
    where it is not the letter's."""

    kind: str
    recipient_id: int | None = None
    language: str | None = None
    text: str | None = field(default=None, repr=False)
    media_type: str = "application/pdf"
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class FileLetter:
    """A letter or an export as it was made, to be kept and then sent.

    :param asked: the right that it answers; None for what concerns the whole request.
    :param text: the letter to paste in an e-mail; of a report what was looked at and redacted.
    :param more: what was made with it, and replaces what was made with the one before.
    :param redacted: how many data of the report were redacted (GDPR Art. 15(4)).
    """

    request_id: int
    version: int
    kind: str
    asked: str | None = None
    recipient_id: int | None = None
    language: str
    text: str | None = field(default=None, repr=False)
    media_type: str = "application/pdf"
    content: bytes = field(repr=False)
    more: tuple[Copy, ...] = ()
    redacted: int = 0


@dataclass(frozen=True, kw_only=True)
class RightAnswer(Sending):
    """The answer that a right was fulfilled, with its letter or report sent.

    :param media: what of a report was sent, where not all of its forms were: its media type.
    """

    asked: str
    media: str | None = None


@dataclass(frozen=True, kw_only=True)
class FulfilRestriction(RightAnswer):
    """The data were corrected, are to be erased, or are restricted.

    :param untold_reason: why recipients of the data were not informed (GDPR Art. 19: impossible, or
        disproportionate), where there are any without a letter.
    """

    untold_reason: str | None = None
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class FulfilRectification(FulfilRestriction):
    """The data were corrected."""

    asked: str = Asked.RECTIFICATION


@dataclass(frozen=True, kw_only=True)
class RefuseRight(RightAnswer):
    """A right that is refused, wholly or in part, with its ground and reason."""

    ground: str
    reason: str
    partly: bool = False
    accept_suspect: bool = False


@needs(Permission.HANDLE_REQUESTS)
def file_letter(uow: UnitOfWork, inputs: FileLetter) -> int:
    """Keep what was made in the file, in place of what was made for the same and not sent; returns
    the request. A restriction outlives its request: the letter that it will be lifted is kept in a
    closed file too.

    :raises IdentityUnverified: for an export.
    :raises InvalidInputs, NotFound, StaleRecord:
    :raises RuleRefusal: ``request_without_party`` for an export; ``request_closed``.
    """
    checks = Checks(inputs)
    kind = checks.one_of("kind", LetterKind)
    language = checks.one_of("language", Language)
    if inputs.asked is not None:
        checks.one_of("asked", Asked)
    made: list[FileLetter | Copy] = [inputs, *inputs.more]
    if any(one.language not in {None, *Language} for one in inputs.more):
        checks.refuse("language", "choice")
    if any(one.kind not in list(LetterKind) or one.media_type not in _MEDIA for one in made):
        checks.refuse("media_type", "choice")
    if any(
        (one.kind == LetterKind.RECIPIENTS_TOLD) != (one.recipient_id is not None) for one in made
    ):
        checks.refuse("recipient_id", "required")
    if any(not 0 < len(one.content) <= MOST_BYTES for one in made):
        checks.refuse("content", "content.too_large", most=MOST_BYTES // 1_000_000)
    checks.done()
    request = _file_of(uow, inputs)
    for one in made:
        if one.recipient_id is not None:
            fetch(uow, Recipient, one.recipient_id, version=None, inputs=inputs)
    if any(one.kind in EXPORTS for one in made):
        require_party(request)
        require_identity(uow, request, Asked.ACCESS)
    replaced = {kind, *(one.kind for one in made)}
    if kind in ANSWERED_BY.values():
        replaced |= {LetterKind.RECIPIENTS_TOLD}
    uow.session.execute(
        delete(RequestLetter).where(
            RequestLetter.request_id == request.id,
            RequestLetter.kind.in_(replaced),
            RequestLetter.sent_on.is_(None),
            RequestLetter.asked == inputs.asked if inputs.asked else RequestLetter.asked.is_(None),
        )
    )
    uow.session.add_all(
        RequestLetter(
            request_id=request.id,
            kind=one.kind,
            asked=inputs.asked,
            language=one.language or language,
            recipient_id=one.recipient_id,
            text=one.text,
            media_type=one.media_type,
            content=one.content,
            sha256=hashlib.sha256(one.content).hexdigest(),
            made_at=uow.now,
            made_by=uow.actor.username,
        )
        for one in made
    )
    touch(uow, request)
    uow.session.flush()
    columns = ["asked", "content", "kind", "language", "sha256"]
    uow.audit(
        "file_letter",
        SUBJECT,
        request.id,
        party_id=request.party_id,
        columns=[*columns, "redactions"] if inputs.redacted else columns,
    )
    return request.id


def _file_of(uow: UnitOfWork, inputs: FileLetter) -> DataSubjectRequest:
    """Return the file for the letter: an open one, or for the letter that a restriction will be
    lifted, that of a party whose restriction is in force.

    :raises NotFound, StaleRecord:
    :raises RuleRefusal: ``request_closed``.
    """
    if inputs.kind == LetterKind.RESTRICTION_LIFTED and not inputs.more:
        request = fetch(
            uow, DataSubjectRequest, inputs.request_id, version=inputs.version, inputs=inputs
        )
        standing = select(Restriction.id).where(
            Restriction.party_id == request.party_id, Restriction.lifted_on.is_(None)
        )
        if uow.session.scalar(standing.limit(1)) is not None:
            return request
    return open_file(uow, inputs.request_id, version=inputs.version, inputs=inputs)


@needs(Permission.HANDLE_REQUESTS)
def send_letter(uow: UnitOfWork, inputs: RightAnswer) -> int:
    """Record that a letter which answers no right was sent (``asked`` is its kind): the
    confirmation of receipt, the question about identity, how to complain; return the request.

    :raises InvalidInputs, NotFound, StaleRecord:
    :raises RuleRefusal: ``letter_missing``, ``request_closed``.
    """
    checks = Checks(inputs)
    checks.one_of("asked", ANSWERS_NO_RIGHT)
    checks.done()
    request = open_file(uow, inputs.request_id, version=inputs.version, inputs=inputs)
    send_letters(uow, request, [inputs.asked], inputs, asked=None)
    touch(uow, request)
    uow.session.flush()
    uow.audit(
        "send_letter",
        SUBJECT,
        request.id,
        party_id=request.party_id,
        columns=["channel", "sent_on"],
    )
    return request.id


@needs(Permission.ANSWER_REQUESTS)
def fulfil_export(uow: UnitOfWork, inputs: RightAnswer) -> int:
    """Record that the report or the package was sent; return the request.

    :raises IdentityUnverified:
    :raises RuleRefusal: ``letter_missing``, ``answered_already``, ``request_without_party``,
        ``request_closed``.
    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    asked = Asked(checks.one_of("asked", (Asked.ACCESS, Asked.PORTABILITY)))
    checks.done()
    request = open_file(uow, inputs.request_id, version=inputs.version, inputs=inputs)
    right = right_to_answer(uow, request, asked)
    require_party(request)
    require_identity(uow, request, asked)
    kind = ANSWERED_BY[asked]
    send_letters(
        uow, request, [kind], inputs, asked=asked, along=[COVERS[kind]], media=inputs.media
    )
    answer(uow, request, right, on=inputs.sent_on)
    uow.audit(
        "fulfil_export",
        SUBJECT,
        request.id,
        party_id=request.party_id,
        columns=["answered_on", "sent_on", "status"],
    )
    return request.id


@needs(Permission.ANSWER_REQUESTS)
def fulfil_rectification(uow: UnitOfWork, inputs: FulfilRectification) -> int:
    """Record that the data were corrected, through the same commands as any edit; return the
    request.

    :raises RuleRefusal: ``nothing_rectified`` when the trail has no edit of the party since
        the receipt; ``recipients_not_told`` (n); ``letter_missing``, ``answered_already``,
        ``request_without_party``, ``request_closed``.
    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    untold = checks.lines("untold_reason", longest=LONGEST_REASON)
    checks.done()
    request = open_file(uow, inputs.request_id, version=inputs.version, inputs=inputs)
    right = right_to_answer(uow, request, Asked.RECTIFICATION)
    party_id = require_party(request)
    corrected = corrected_at(uow.session, party_id)
    if corrected is None or helsinki_day(corrected) < request.received_on:
        raise RuleRefusal("nothing_rectified", "GDPR Art. 16")
    unless_untold(uow, request, Asked.RECTIFICATION, untold)
    send_letters(
        uow,
        request,
        [LetterKind.RECTIFIED],
        inputs,
        asked=Asked.RECTIFICATION,
        along=[LetterKind.RECIPIENTS_TOLD],
    )
    answer(uow, request, right, on=inputs.sent_on, refusal_reason=untold)
    uow.audit(
        "fulfil_rectification",
        SUBJECT,
        request.id,
        party_id=party_id,
        columns=["answered_on", "sent_on", "status"],
    )
    return request.id


@needs(Permission.ANSWER_REQUESTS)
def answer_complaint(uow: UnitOfWork, inputs: RightAnswer) -> int:
    """Record that the controller's statement on a complaint was sent; return the request.

    :raises RuleRefusal: ``letter_missing``, ``answered_already``, ``request_closed``.
    :raises InvalidInputs, NotFound, StaleRecord:
    """
    request = open_file(uow, inputs.request_id, version=inputs.version, inputs=inputs)
    right = right_to_answer(uow, request, Asked.COMPLAINT)
    send_letters(uow, request, [LetterKind.COMPLAINT_INFO], inputs, asked=Asked.COMPLAINT)
    answer(uow, request, right, on=inputs.sent_on)
    uow.audit(
        "answer_complaint",
        SUBJECT,
        request.id,
        party_id=request.party_id,
        columns=["answered_on", "sent_on", "status"],
    )
    return request.id


@needs(Permission.ANSWER_REQUESTS)
def answer_not_in_register(uow: UnitOfWork, inputs: RightAnswer) -> int:
    """Record the answer that nothing is held about the requester; return the request.

    :raises RuleRefusal: ``is_in_register`` unless the request says that nobody of the register
        asks; ``letter_missing``, ``answered_already``, ``request_closed``.
    :raises InvalidInputs, NotFound, StaleRecord:
    """
    request = open_file(uow, inputs.request_id, version=inputs.version, inputs=inputs)
    if request.registered != Registered.NOT_IN_REGISTER:
        raise RuleRefusal("is_in_register", "GDPR Art. 15(1)")
    right = right_to_answer(uow, request, inputs.asked)
    send_letters(uow, request, [LetterKind.NOT_IN_REGISTER], inputs, asked=inputs.asked)
    answer(uow, request, right, on=inputs.sent_on)
    uow.audit(
        "answer_not_in_register", SUBJECT, request.id, columns=["answered_on", "sent_on", "status"]
    )
    return request.id


@needs(Permission.ANSWER_REQUESTS)
def refuse_right(uow: UnitOfWork, inputs: RefuseRight) -> int:
    """Refuse a right on one of its grounds, with the reason and the letter sent; return the
    request.

    :param inputs: ``partly`` says that the rest was given: only after its report was sent with it.
    :raises InvalidInputs: also ``ground_not_of_right``: an objection to direct marketing and a
        withdrawal are never refused.
    :raises IdentityUnverified: when a part is exported.
    :raises RuleRefusal: ``letter_missing``, ``answered_already``, ``request_closed``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    reason = checks.lines("reason", longest=LONGEST_REASON, required=True)
    grounds = {ground.code: ground for ground in grounds_for(inputs.asked)}
    if inputs.ground not in grounds:
        checks.refuse("ground", "ground_not_of_right")
    checks.done()
    request = open_file(uow, inputs.request_id, version=inputs.version, inputs=inputs)
    right = right_to_answer(uow, request, inputs.asked)
    kinds: list[LetterKind] = [LetterKind.REFUSED]
    along: list[LetterKind] = []
    status = AskedStatus.REFUSED
    if inputs.partly:
        require_party(request)
        require_identity(uow, request, inputs.asked)
        kinds.append(ANSWERED_BY[Asked(inputs.asked)])
        along = [COVERS[kinds[-1]]] if kinds[-1] in COVERS else []
        status = AskedStatus.PARTLY
    send_letters(uow, request, kinds, inputs, asked=inputs.asked, along=along)
    answer(
        uow,
        request,
        right,
        on=inputs.sent_on,
        status=status,
        refusal_ground=inputs.ground,
        refusal_citation=grounds[inputs.ground].citation,
        refusal_reason=reason,
    )
    uow.audit(
        "refuse_right",
        SUBJECT,
        request.id,
        party_id=request.party_id,
        columns=[
            "answered_on",
            "refusal_citation",
            "refusal_ground",
            "refusal_reason",
            "sent_on",
            "status",
        ],
    )
    return request.id
