"""Commands on requests of data subjects: recorded, identified with a party, extended, closed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete, exists, func, select

from queries.errors import InvalidInput, RuleRefusal
from queries.rules.attachments import media_type
from queries.rules.deadlines import explain_request_due
from queries.rules.personal_identity import find_personal_identity_codes
from queries.rules.requests import RequestChannel
from queries.rules.roles import Permission
from queries.store.named_locks import NamedLock, take
from queries.store.request_clock import suspended_days
from queries.store.retention.eligibility import announce_condition
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import (
    AskedStatus,
    DataSubjectRequest,
    IdentityCheck,
    Language,
    Party,
    Registered,
    RequestAttachment,
    RequestLetter,
    RequestRight,
    RequestStatus,
)
from queries.writes.commands import Checks, Seen, change, fetch, stamp
from queries.writes.newsletter.subscriptions import ENDED_BY, newsletter_alone, stop_sending
from queries.writes.requests.request_file import (
    LONGEST_REASON,
    SUBJECT,
    Sending,
    asked_rights,
    close_if_answered,
    open_file,
    send_letters,
    touch,
)
from queries.writes.sales.numbering import take_number

LONGEST_NAME = 200
LONGEST_CONTACT = 300
LONGEST_TEXT = 50_000


@dataclass(frozen=True, kw_only=True)
class RecordRequest:
    """A request as it came in.

    :param received_on: the calendar day of receipt in Helsinki, not the day of recording.
    :param rights: codes of :class:`queries.rules.requests.Asked`; each gets its own answer.
    :param claimed_name: who says to ask, and ``claimed_contact`` whence, as written.
    :param party_id: whom of the register it is about, where that is clear at once.
    :param linked_to: a request about the same thing, such as the one that a complaint is about.
    """

    received_on: date
    channel: str
    rights: Sequence[str]
    language: str = Language.FI
    claimed_name: str | None = None
    claimed_contact: str | None = None
    text: str | None = None
    party_id: int | None = None
    linked_to: int | None = None
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class IdentifyParty:
    """The requester: a party, nobody in the register, or not known yet."""

    id: int
    version: int
    party_id: int | None = None
    registered: str = Registered.IN_REGISTER


@dataclass(frozen=True, kw_only=True)
class LinkRequest:
    """A link to another request about the same thing; None removes it."""

    id: int
    version: int
    linked_to: int | None = None


@dataclass(frozen=True, kw_only=True)
class AddAttachment:
    """The letter or e-mail as it came; ``name`` as the file was called."""

    request_id: int
    version: int
    name: str
    content: bytes = field(repr=False)
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class ExtendRequest(Sending):
    """An extension by two months, of which the person was informed; the letter waits in the
    file."""

    reason: str
    accept_suspect: bool = False


@needs(Permission.HANDLE_REQUESTS)
def record_request(uow: UnitOfWork, inputs: RecordRequest) -> int:
    """Record a request, which gets the next number of the year in which it came; return it.

    Where an open request of the same party asks for the same, the new one is linked to it: it is
    kept and answered, and not forgotten as a duplicate. An objection to direct marketing and a
    withdrawal of consent hold from now on; their answer follows.

    The day of receipt may be before the first relation of the register: a request that came to a
    register on paper, or in another program, has its own day and its own deadline.

    :raises InvalidInputs: also ``day_in_future``.
    :raises NotFound: ``party`` for one that was erased, or was never there.
    """
    checks = Checks(inputs)
    received_on = checks.day("received_on", latest=uow.today)
    values = {
        "received_on": received_on,
        "channel": checks.one_of("channel", RequestChannel),
        "language": checks.one_of("language", Language),
        "claimed_name": checks.text("claimed_name", longest=LONGEST_NAME),
        "claimed_contact": checks.text("claimed_contact", longest=LONGEST_CONTACT),
        "text": checks.lines("text", longest=LONGEST_TEXT),
        "party_id": inputs.party_id,
        "registered": Registered.UNKNOWN if inputs.party_id is None else Registered.IN_REGISTER,
    }
    try:
        rights = asked_rights(inputs.rights)
    except InvalidInput as error:
        checks.refuse("rights", error.code)
        rights = ()
    checks.done()
    assert received_on is not None, "checked above"  # noqa: S101 - for the type checker
    take(uow.session, NamedLock.PRESERVATION)
    if set(rights) & set(ENDED_BY):
        newsletter_alone(uow)
    announce_condition(uow.session, SUBJECT)
    if inputs.party_id is not None:
        fetch(uow, Party, inputs.party_id, version=None, inputs=inputs, edits=False)
    if inputs.linked_to is not None:
        fetch(uow, DataSubjectRequest, inputs.linked_to, version=None, inputs=inputs)
    number = take_number(uow, f"request.{received_on.year}", first=1)
    request = DataSubjectRequest(
        number=f"{received_on.year}-{number:04}",
        linked_to=inputs.linked_to or _same_asked(uow, inputs.party_id, rights),
        status=RequestStatus.OPEN,
        **values,
    )
    stamp(uow, request)
    uow.session.add(request)
    uow.session.flush()
    uow.session.add_all(
        RequestRight(request_id=request.id, kind=right, status=AskedStatus.OPEN) for right in rights
    )
    uow.session.flush()
    columns = [*values, "number", "linked_to", "rights"]
    if stop_sending(uow, rights, party_id=inputs.party_id, contact=request.claimed_contact):
        columns.append("address_hash")
    uow.audit("record_request", SUBJECT, request.id, party_id=request.party_id, columns=columns)
    return request.id


@needs(Permission.HANDLE_REQUESTS)
def identify_party(uow: UnitOfWork, inputs: IdentifyParty) -> int:
    """Identify the party of a request, or record that it is nobody in the register; return the
    request.

    An identity check of another person is not valid for this one and is removed. Where an
    open request of the party asks for the same, this one is linked to it. An objection to direct
    marketing and a withdrawal of consent hold for the party's addresses from now on.

    :raises InvalidInputs: ``party_and_not`` for a party that should not be in the register.
    :raises RuleRefusal: ``request_closed``; ``answers_given`` once a right was answered.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    registered = checks.one_of("registered", Registered)
    if (inputs.party_id is None) == (registered == Registered.IN_REGISTER):
        checks.refuse("party_id", "party_and_not")
    checks.done()
    take(uow.session, NamedLock.PRESERVATION)
    ends = select(RequestRight.id).where(
        RequestRight.request_id == inputs.id, RequestRight.kind.in_(list(ENDED_BY))
    )
    if uow.session.scalar(ends.limit(1)) is not None:
        newsletter_alone(uow)
    request = open_file(uow, inputs.id, version=inputs.version, inputs=inputs)
    if inputs.party_id is not None:
        fetch(uow, Party, inputs.party_id, version=None, inputs=inputs, edits=False)
    answered = exists().where(
        RequestRight.request_id == request.id, RequestRight.status != AskedStatus.OPEN
    )
    if request.party_id != inputs.party_id and uow.session.scalar(select(answered)):
        raise RuleRefusal("answers_given", "GDPR Art. 12(6)")
    moved = request.party_id != inputs.party_id
    values = {"party_id": inputs.party_id, "registered": registered}
    asked = select(RequestRight.kind).where(RequestRight.request_id == request.id)
    rights = uow.session.scalars(asked).all() if moved else []
    if moved and request.linked_to is None:
        values["linked_to"] = _same_asked(uow, inputs.party_id, rights, but=request.id)
    changed = change(uow, request, values)
    if inputs.party_id is not None and stop_sending(
        uow, rights, party_id=inputs.party_id, contact=request.claimed_contact
    ):
        changed.append("address_hash")
    if moved:
        for model in (IdentityCheck, RequestLetter):
            gone = delete(model).where(model.request_id == request.id)
            uow.session.execute(
                gone.where(RequestLetter.sent_on.is_(None)) if model is RequestLetter else gone
            )
        changed.append("identity_check")
    if changed:
        uow.session.flush()
        uow.audit("identify_party", SUBJECT, request.id, party_id=inputs.party_id, columns=changed)
    return request.id


@needs(Permission.HANDLE_REQUESTS)
def link_request(uow: UnitOfWork, inputs: LinkRequest) -> int:
    """Link a request to another one that asks for the same, or undo it; return the request.

    Both stay, each with its own clock, identity check and answer.

    :raises InvalidInputs: ``link_to_itself``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    if inputs.linked_to == inputs.id:
        checks.refuse("linked_to", "link_to_itself")
    checks.done()
    request = open_file(uow, inputs.id, version=inputs.version, inputs=inputs)
    if inputs.linked_to is not None:
        fetch(uow, DataSubjectRequest, inputs.linked_to, version=None, inputs=inputs)
    changed = change(uow, request, {"linked_to": inputs.linked_to})
    if changed:
        uow.session.flush()
        uow.audit("link_request", SUBJECT, request.id, party_id=request.party_id, columns=changed)
    return request.id


@needs(Permission.HANDLE_REQUESTS)
def add_attachment(uow: UnitOfWork, inputs: AddAttachment) -> int:
    """Keep the letter or e-mail with the request, as it came; return the request.

    :raises InvalidInputs: ``content.*`` of :func:`queries.rules.attachments.media_type`, and
        ``personal_identity_code`` in what is text.
    :raises RuleRefusal: ``request_closed``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    name = checks.text("name", longest=LONGEST_NAME, required=True)
    kind = ""
    try:
        kind = media_type(inputs.content)
    except InvalidInput as error:
        facts = {name: fact for name, fact in error.facts.items() if name != "field"}
        checks.refuse("content", f"content.{error.code}", **facts)
    if kind in {"text/plain", "message/rfc822"}:
        said = inputs.content.decode("utf-8", errors="replace")
        if any(found.certainty == "valid" for found in find_personal_identity_codes(said)):
            checks.refuse("content", "personal_identity_code")
    checks.done()
    request = open_file(uow, inputs.request_id, version=inputs.version, inputs=inputs)
    uow.session.add(
        RequestAttachment(
            request_id=request.id,
            name=name,
            media_type=kind,
            size=len(inputs.content),
            sha256=hashlib.sha256(inputs.content).hexdigest(),
            content=inputs.content,
            added_at=uow.now,
            added_by=uow.actor.username,
        )
    )
    touch(uow, request)
    uow.session.flush()
    uow.audit(
        "add_attachment",
        SUBJECT,
        request.id,
        party_id=request.party_id,
        columns=["content", "media_type", "name", "sha256", "size"],
    )
    return request.id


@needs(Permission.ANSWER_REQUESTS)
def extend_request(uow: UnitOfWork, inputs: ExtendRequest) -> int:
    """Extend the time by two months, of which the person was informed with the reason; return
    the request.

    :raises InvalidInputs: also ``after_first_month`` (``ends``): the person must be informed within
        the first month (GDPR Art. 12(3)).
    :raises RuleRefusal: ``extended_already``, ``letter_missing``, ``request_closed``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    reason = checks.lines("reason", longest=LONGEST_REASON, required=True)
    checks.done()
    request = open_file(uow, inputs.request_id, version=inputs.version, inputs=inputs)
    if request.extended_on is not None:
        raise RuleRefusal("extended_already", "GDPR Art. 12(3)", extended_on=request.extended_on)
    send_letters(uow, request, ["extension"], inputs, asked=None)
    days = suspended_days(uow.session, [request.id], today=uow.today).get(request.id, 0)
    ends = explain_request_due(request.received_on, suspended_days=days).due
    if inputs.sent_on > ends:
        raise InvalidInput("sent_on", "after_first_month", ends=ends)
    change(uow, request, {"extended_on": inputs.sent_on, "extension_reason": reason})
    uow.session.flush()
    uow.audit(
        "extend_request",
        SUBJECT,
        request.id,
        party_id=request.party_id,
        columns=["extended_on", "extension_reason"],
    )
    return request.id


@needs(Permission.ANSWER_REQUESTS)
def close_request(uow: UnitOfWork, inputs: Seen) -> int:
    """Close a request of which every right was answered; return it.

    :raises RuleRefusal: ``answers_missing`` (n), ``request_closed``.
    :raises NotFound, StaleRecord:
    """
    request = open_file(uow, inputs.id, version=inputs.version, inputs=inputs)
    close_if_answered(uow, request)
    uow.session.flush()
    uow.audit(
        "close_request",
        SUBJECT,
        request.id,
        party_id=request.party_id,
        columns=["closed_on", "status"],
    )
    return request.id


def _same_asked(
    uow: UnitOfWork, party_id: int | None, rights: Sequence[str], *, but: int | None = None
) -> int | None:
    """The first other open request of the same party that asks for one of the same rights."""
    if party_id is None:
        return None
    return uow.session.scalar(
        select(func.min(DataSubjectRequest.id))
        .join(RequestRight, RequestRight.request_id == DataSubjectRequest.id)
        .where(
            DataSubjectRequest.party_id == party_id,
            DataSubjectRequest.id != (but or 0),
            DataSubjectRequest.status == RequestStatus.OPEN,
            RequestRight.kind.in_(list(rights)),
        )
    )
