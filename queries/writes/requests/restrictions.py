"""Commands on restriction, objection and withdrawal: they take effect at once.

GDPR Art. 7(3), 18 and 21.

While a restriction is in force, no command edits the party (:func:`.commands.unless_restricted`),
and no disposal takes its records. An address that must get nothing more is kept as a keyed hash
only, so that no import brings it back and no list of such addresses exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from queries.errors import InvalidInput, RuleRefusal
from queries.rules.requests import ANSWERED_BY, Asked, LetterKind
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import DataSubjectRequest, Restriction, RestrictionBasis
from queries.writes.commands import Checks, change, fetch, stamp
from queries.writes.newsletter.subscriptions import ENDED_BY, newsletter_alone, stop_sending
from queries.writes.requests.answers import FulfilRestriction, RightAnswer
from queries.writes.requests.request_file import (
    LONGEST_REASON,
    SUBJECT,
    Sending,
    answer,
    open_file,
    require_party,
    restrict_party_of,
    right_to_answer,
    send_letters,
    unless_untold,
)


@dataclass(frozen=True, kw_only=True)
class Restrict:
    """A restriction of processing from today on, and its ground (GDPR Art. 18(1))."""

    request_id: int
    version: int
    reason: str
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class LiftRestriction(Sending):
    """The end of a restriction, of which the person was informed beforehand (Art. 18(3)).

    :param id: the restriction, with the ``restriction_version`` that was seen; the letter waits in
        the file of ``request_id``.
    """

    id: int
    restriction_version: int
    lifts_on: date
    reason: str
    accept_suspect: bool = False


@needs(Permission.HANDLE_REQUESTS)
def restrict(uow: UnitOfWork, inputs: Restrict) -> int:
    """Restrict processing at once; the answer follows by :func:`fulfil_restriction`. Return the
    request.

    :raises RuleRefusal: ``restricted_already``, ``request_without_party``, ``answered_already``,
        ``request_closed``.
    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    reason = checks.lines("reason", longest=LONGEST_REASON, required=True)
    checks.done()
    restrict_party_of(uow, inputs.request_id)
    request = open_file(uow, inputs.request_id, version=inputs.version, inputs=inputs)
    right_to_answer(uow, request, Asked.RESTRICTION)
    party_id = require_party(request)
    standing = select(Restriction.since).where(
        Restriction.party_id == party_id,
        Restriction.lifted_on.is_(None),
        Restriction.basis == RestrictionBasis.REQUEST,
    )
    if (since := uow.session.scalar(standing)) is not None:
        raise RuleRefusal("restricted_already", "GDPR Art. 18(1)", since=since)
    restriction = Restriction(
        party_id=party_id,
        request_id=request.id,
        since=uow.today,
        basis=RestrictionBasis.REQUEST,
        reason=reason,
    )
    stamp(uow, restriction)
    uow.session.add(restriction)
    uow.session.flush()
    uow.audit(
        "restrict", "restriction", restriction.id, party_id=party_id, columns=["reason", "since"]
    )
    return request.id


@needs(Permission.ANSWER_REQUESTS)
def fulfil_restriction(uow: UnitOfWork, inputs: FulfilRestriction) -> int:
    """Record that the person was informed of the restriction of processing; return the request.

    :raises RuleRefusal: ``not_restricted``, ``recipients_not_told`` (n), ``letter_missing``,
        ``answered_already``, ``request_without_party``, ``request_closed``.
    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    untold = checks.lines("untold_reason", longest=LONGEST_REASON)
    checks.done()
    request = open_file(uow, inputs.request_id, version=inputs.version, inputs=inputs)
    right = right_to_answer(uow, request, Asked.RESTRICTION)
    party_id = require_party(request)
    standing = select(Restriction.id).where(
        Restriction.party_id == party_id, Restriction.lifted_on.is_(None)
    )
    if uow.session.scalars(standing).first() is None:
        raise RuleRefusal("not_restricted", "GDPR Art. 18(1)")
    unless_untold(uow, request, Asked.RESTRICTION, untold)
    send_letters(
        uow,
        request,
        [ANSWERED_BY[Asked.RESTRICTION]],
        inputs,
        asked=Asked.RESTRICTION,
        along=[LetterKind.RECIPIENTS_TOLD],
    )
    answer(uow, request, right, on=inputs.sent_on, refusal_reason=untold)
    uow.audit(
        "fulfil_restriction",
        SUBJECT,
        request.id,
        party_id=party_id,
        columns=["answered_on", "sent_on", "status"],
    )
    return request.id


@needs(Permission.ANSWER_REQUESTS)
def lift_restriction(uow: UnitOfWork, inputs: LiftRestriction) -> int:
    """Lift a restriction, with a reason, after the person was informed; return its party.

    The request can be closed already: its file takes the letter.

    :raises InvalidInputs: also ``lifted_before_told``.
    :raises RuleRefusal: ``lifted_already``, ``letter_missing``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    reason = checks.lines("reason", longest=LONGEST_REASON, required=True)
    checks.day("lifts_on", latest=uow.today)
    if inputs.lifts_on and inputs.sent_on and inputs.lifts_on < inputs.sent_on:
        checks.refuse("lifts_on", "lifted_before_told", sent_on=inputs.sent_on)
    checks.done()
    request = fetch(
        uow, DataSubjectRequest, inputs.request_id, version=inputs.version, inputs=inputs
    )
    restriction = fetch(
        uow, Restriction, inputs.id, version=inputs.restriction_version, inputs=inputs
    )
    if restriction.lifted_on is not None:
        raise RuleRefusal("lifted_already", "GDPR Art. 18(3)", lifted_on=restriction.lifted_on)
    if inputs.lifts_on < restriction.since:
        raise InvalidInput("lifts_on", "lifted_before_told", sent_on=restriction.since)
    if restriction.party_id != request.party_id:
        raise RuleRefusal("request_without_party", "GDPR Art. 18(3)")
    send_letters(uow, request, [LetterKind.RESTRICTION_LIFTED], inputs, asked=None)
    change(
        uow,
        restriction,
        {"told_on": inputs.sent_on, "lifted_on": inputs.lifts_on, "lifting_reason": reason},
    )
    uow.session.flush()
    uow.audit(
        "lift_restriction",
        "restriction",
        restriction.id,
        party_id=restriction.party_id,
        columns=["lifted_on", "lifting_reason", "told_on"],
    )
    return restriction.party_id


@needs(Permission.ANSWER_REQUESTS)
def fulfil_objection(uow: UnitOfWork, inputs: RightAnswer) -> int:
    """An objection to direct marketing, or a withdrawal of consent, was answered; returns the
    request. Nothing more is sent since it was recorded, and nothing to the addresses found since.

    Who asks need not be in the register, nor be identified: nothing is given out.

    :raises RuleRefusal: ``no_address`` when there is none; ``letter_missing``,
        ``answered_already``, ``request_closed``.
    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    asked = Asked(checks.one_of("asked", tuple(ENDED_BY)))
    checks.done()
    newsletter_alone(uow)
    request = open_file(uow, inputs.request_id, version=inputs.version, inputs=inputs)
    right = right_to_answer(uow, request, asked)
    found = stop_sending(uow, [asked], party_id=request.party_id, contact=request.claimed_contact)
    if not found:
        raise RuleRefusal("no_address", "GDPR Art. 21(3)")
    send_letters(uow, request, [ANSWERED_BY[asked]], inputs, asked=asked)
    answer(uow, request, right, on=inputs.sent_on)
    uow.audit(
        "fulfil_objection",
        SUBJECT,
        request.id,
        party_id=request.party_id,
        columns=["address_hash", "answered_on", "sent_on", "status"],
    )
    return request.id
