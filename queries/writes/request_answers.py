"""Commands that answer rights: what goes out is first filed, then sent, then the right is answered.

The danger: an export to who only claims to be the person. The principle: filing an export, and
answering by it, ask for the identity check of this request. The transaction boundary: each command
is one transaction with one trail line; nothing is sent by the program itself.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from sqlalchemy import delete, exists, select

from queries.errors import RuleRefusal
from queries.rules.requests import ANSWERED_BY, EXPORTS, Asked, LetterKind, grounds_for
from queries.rules.roles import Right
from queries.store.sessions import HELSINKI, Desk, needs
from queries.store.tables import (
    AskedStatus,
    Disclosure,
    Language,
    Recipient,
    Registered,
    RequestLetter,
    TrailEntry,
    TrailKind,
)
from queries.writes.changing import Checks
from queries.writes.request_files import (
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
)

#: Commands whose lines in the trail say that a party's data were corrected.
_RECTIFYING = ("amend_", "add_", "remove_", "change_status")
_RECTIFIED = frozenset({
    "party", "phone", "email", "address", "billing_detail", "note", "contact_person",
    "service_order", "work_entry",
})  # fmt: skip
_MEDIA = ("application/pdf", "application/json", "application/zip")
MOST_BYTES = 100_000_000


@dataclass(frozen=True, kw_only=True)
class LetterWish:
    """A letter or an export as it was made, to be kept and then sent.

    :param asked: the right that it answers; None for what concerns the whole request.
    :param text: the letter to paste in an e-mail.
    """

    request_id: int
    version: int
    kind: str
    asked: str | None = None
    language: str
    text: str | None = field(default=None, repr=False)
    media_type: str = "application/pdf"
    content: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Answer(Sending):
    """That a right was fulfilled and its letter, or report, sent."""

    asked: str


@dataclass(frozen=True, kw_only=True)
class Rectified(Answer):
    """The data were corrected.

    :param untold_reason: why recipients of the data were not told (GDPR Art. 19: impossible, or
        disproportionate), where there are any without a letter.
    """

    asked: str = Asked.RECTIFICATION
    untold_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Refusal(Answer):
    """A right that is refused, wholly or in part, with its ground and reason."""

    ground: str
    reason: str
    partly: bool = False
    accept_suspect: bool = False


@needs(Right.HANDLE_REQUESTS)
def file_letter(desk: Desk, wish: LetterWish) -> int:
    """Keep what was made in the file, in place of one of its kind that was not sent; returns the
    request.

    :raises IdentityUnverified: for an export.
    :raises InvalidInputs, NotFound, StaleRecord:
    :raises RuleRefusal: ``request_without_party`` for an export; ``request_closed``.
    """
    checks = Checks(wish)
    kind = checks.one_of("kind", LetterKind)
    language = checks.one_of("language", Language)
    if wish.asked is not None:
        checks.one_of("asked", Asked)
    checks.one_of("media_type", _MEDIA)
    if not 0 < len(wish.content) <= MOST_BYTES:
        checks.refuse("content", "content.too_large", most=MOST_BYTES // 1_000_000)
    checks.done()
    request = open_file(desk, wish.request_id, version=wish.version, wish=wish)
    if kind in EXPORTS:
        require_party(request)
        require_identity(desk, request, wish.asked or Asked.ACCESS)
    if kind != LetterKind.RECIPIENTS_TOLD:  # of those there is one for each recipient
        desk.session.execute(
            delete(RequestLetter).where(
                RequestLetter.request_id == request.id, RequestLetter.kind == kind,
                RequestLetter.media_type == wish.media_type, RequestLetter.sent_on.is_(None),
                RequestLetter.asked == wish.asked if wish.asked
                else RequestLetter.asked.is_(None),
            )
        )  # fmt: skip
    desk.session.add(
        RequestLetter(
            request_id=request.id, kind=kind, asked=wish.asked, language=language, text=wish.text,
            media_type=wish.media_type, sha256=hashlib.sha256(wish.content).hexdigest(),
            content=wish.content, made_at=desk.now, made_by=desk.actor.username,
        )
    )  # fmt: skip
    touch(desk, request)
    desk.session.flush()
    desk.note("file_letter", SUBJECT, request.id, party_id=request.party_id,
              columns=["asked", "content", "kind", "language", "sha256"])  # fmt: skip
    return request.id


@needs(Right.HANDLE_REQUESTS)
def send_letter(desk: Desk, wish: Answer) -> int:
    """Note that a letter which answers no right was sent (``asked`` is its kind): the confirmation
    of receipt, the question about identity; returns the request.

    :raises InvalidInputs, NotFound, StaleRecord:
    :raises RuleRefusal: ``letter_missing``, ``request_closed``.
    """
    checks = Checks(wish)
    checks.one_of("asked", (LetterKind.RECEIVED, LetterKind.IDENTITY_ASKED))
    checks.done()
    request = open_file(desk, wish.request_id, version=wish.version, wish=wish)
    send_letters(desk, request, [wish.asked], wish, asked=None)
    touch(desk, request)
    desk.session.flush()
    desk.note("send_letter", SUBJECT, request.id, party_id=request.party_id,
              columns=["channel", "sent_on"])  # fmt: skip
    return request.id


@needs(Right.ANSWER_REQUESTS)
def fulfil_export(desk: Desk, wish: Answer) -> int:
    """Access or portability: the report, or the package, was sent; returns the request.

    :raises IdentityUnverified:
    :raises RuleRefusal: ``letter_missing``, ``answered_already``, ``request_without_party``,
        ``request_closed``.
    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(wish)
    asked = Asked(checks.one_of("asked", (Asked.ACCESS, Asked.PORTABILITY)))
    checks.done()
    request = open_file(desk, wish.request_id, version=wish.version, wish=wish)
    right = right_to_answer(desk, request, asked)
    require_party(request)
    require_identity(desk, request, asked)
    send_letters(desk, request, [ANSWERED_BY[asked]], wish, asked=asked)
    answer(desk, request, right, on=wish.sent_on)
    desk.note("fulfil_export", SUBJECT, request.id, party_id=request.party_id,
              columns=["answered_on", "sent_on", "status"])  # fmt: skip
    return request.id


@needs(Right.ANSWER_REQUESTS)
def fulfil_rectification(desk: Desk, wish: Rectified) -> int:
    """The data were corrected, through the same commands as any edit; returns the request.

    :raises RuleRefusal: ``nothing_rectified`` when no edit of the party stands in the trail since
        the receipt; ``recipients_not_told`` (n); ``letter_missing``, ``answered_already``,
        ``request_without_party``, ``request_closed``.
    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(wish)
    untold = checks.lines("untold_reason", longest=LONGEST_REASON)
    checks.done()
    request = open_file(desk, wish.request_id, version=wish.version, wish=wish)
    right = right_to_answer(desk, request, Asked.RECTIFICATION)
    party_id = require_party(request)
    edits = desk.session.execute(
        select(TrailEntry.at, TrailEntry.action, TrailEntry.subject).where(
            TrailEntry.party_id == party_id, TrailEntry.kind == TrailKind.WRITE
        )
    )
    if not any(
        line.at.astimezone(HELSINKI).date() >= request.received_on
        and line.action.startswith(_RECTIFYING)
        and line.subject in _RECTIFIED
        for line in edits
    ):
        raise RuleRefusal("nothing_rectified", "GDPR Art. 16")
    told = _letters_waiting(desk, request.id, LetterKind.RECIPIENTS_TOLD)
    recipients = _recipients(desk, party_id)
    if told < recipients and untold is None:
        raise RuleRefusal("recipients_not_told", "GDPR Art. 19", n=recipients - told)
    kinds = [LetterKind.RECTIFIED, *([LetterKind.RECIPIENTS_TOLD] if told else [])]
    send_letters(desk, request, kinds, wish, asked=Asked.RECTIFICATION)
    answer(desk, request, right, on=wish.sent_on, refusal_reason=untold)
    desk.note("fulfil_rectification", SUBJECT, request.id, party_id=party_id,
              columns=["answered_on", "sent_on", "status"])  # fmt: skip
    return request.id


@needs(Right.ANSWER_REQUESTS)
def answer_complaint(desk: Desk, wish: Answer) -> int:
    """What the controller says to a complaint that was made was sent; returns the request.

    :raises RuleRefusal: ``letter_missing``, ``answered_already``, ``request_closed``.
    :raises InvalidInputs, NotFound, StaleRecord:
    """
    request = open_file(desk, wish.request_id, version=wish.version, wish=wish)
    right = right_to_answer(desk, request, Asked.COMPLAINT)
    send_letters(desk, request, [LetterKind.COMPLAINT_INFO], wish, asked=Asked.COMPLAINT)
    answer(desk, request, right, on=wish.sent_on)
    desk.note("answer_complaint", SUBJECT, request.id, party_id=request.party_id,
              columns=["answered_on", "sent_on", "status"])  # fmt: skip
    return request.id


@needs(Right.ANSWER_REQUESTS)
def answer_not_in_register(desk: Desk, wish: Answer) -> int:
    """Nothing is held about who asks, and that was said: an answer too; returns the request.

    :raises RuleRefusal: ``is_in_register`` unless the request says that nobody of the register
        asks; ``letter_missing``, ``answered_already``, ``request_closed``.
    :raises InvalidInputs, NotFound, StaleRecord:
    """
    request = open_file(desk, wish.request_id, version=wish.version, wish=wish)
    if request.registered != Registered.NOT_IN_REGISTER:
        raise RuleRefusal("is_in_register", "GDPR Art. 15(1)")
    right = right_to_answer(desk, request, wish.asked)
    send_letters(desk, request, [LetterKind.NOT_IN_REGISTER], wish, asked=wish.asked)
    answer(desk, request, right, on=wish.sent_on)
    desk.note("answer_not_in_register", SUBJECT, request.id,
              columns=["answered_on", "sent_on", "status"])  # fmt: skip
    return request.id


@needs(Right.ANSWER_REQUESTS)
def refuse_right(desk: Desk, wish: Refusal) -> int:
    """Refuse a right on one of its grounds, with the reason, and the letter sent; returns the
    request.

    :param wish: ``partly`` says that the rest was given: only after its report was sent with it.
    :raises InvalidInputs: also ``ground_not_of_right``: an objection to direct marketing and a
        withdrawal are never refused.
    :raises IdentityUnverified: when a part is exported.
    :raises RuleRefusal: ``letter_missing``, ``answered_already``, ``request_closed``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(wish)
    reason = checks.lines("reason", longest=LONGEST_REASON, required=True)
    grounds = {ground.code: ground for ground in grounds_for(wish.asked)}
    if wish.ground not in grounds:
        checks.refuse("ground", "ground_not_of_right")
    checks.done()
    request = open_file(desk, wish.request_id, version=wish.version, wish=wish)
    right = right_to_answer(desk, request, wish.asked)
    kinds = [LetterKind.REFUSED]
    status = AskedStatus.REFUSED
    if wish.partly:
        require_party(request)
        require_identity(desk, request, wish.asked)
        kinds.append(ANSWERED_BY[Asked(wish.asked)])
        status = AskedStatus.PARTLY
    send_letters(desk, request, kinds, wish, asked=wish.asked)
    answer(desk, request, right, on=wish.sent_on, status=status, refusal_ground=wish.ground,
           refusal_citation=grounds[wish.ground].citation, refusal_reason=reason)  # fmt: skip
    desk.note("refuse_right", SUBJECT, request.id, party_id=request.party_id,
              columns=["answered_on", "refusal_citation", "refusal_ground", "refusal_reason",
                       "sent_on", "status"])  # fmt: skip
    return request.id


def _letters_waiting(desk: Desk, request_id: int, kind: LetterKind) -> int:
    waiting = select(RequestLetter.id).where(
        RequestLetter.request_id == request_id, RequestLetter.kind == kind,
        RequestLetter.sent_on.is_(None),
    )  # fmt: skip
    return len(desk.session.scalars(waiting).all())


def _recipients(desk: Desk, party_id: int) -> int:
    """How many recipients of the party's data there are to tell."""
    told = select(Recipient.id).where(
        exists().where(Disclosure.recipient_id == Recipient.id, Disclosure.party_id == party_id)
    )
    return len(desk.session.scalars(told).all())
