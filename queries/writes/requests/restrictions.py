"""Commands on restriction, objection and withdrawal: what takes effect at once.

GDPR Art. 7(3), 18 and 21.

While a restriction stands, no command edits the party (:func:`.changing.unless_restricted`), and no
disposal takes its records. An address that must get nothing more is kept as a keyed hash only, so
that no import brings it back and no list of such addresses exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from queries.errors import InvalidInput, RuleRefusal
from queries.rules.requests import ANSWERED_BY, Asked, LetterKind
from queries.rules.roles import Right
from queries.store.sessions import Desk, needs
from queries.store.tables import DataSubjectRequest, Restriction, RestrictionBasis
from queries.writes.commands import Checks, change, fetch, stamp
from queries.writes.newsletter.subscriptions import ENDED_BY, newsletter_alone, stop_sending
from queries.writes.requests.answers import Answer, Told
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
class RestrictionWish:
    """That processing is restricted from today on, and why (GDPR Art. 18(1))."""

    request_id: int
    version: int
    reason: str
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class Lifting(Sending):
    """That a restriction is lifted, of which the person was told beforehand (Art. 18(3)).

    :param id: the restriction, with the ``restriction_version`` that was seen; the letter waits in
        the file of ``request_id``.
    """

    id: int
    restriction_version: int
    lifts_on: date
    reason: str
    accept_suspect: bool = False


@needs(Right.HANDLE_REQUESTS)
def restrict(desk: Desk, wish: RestrictionWish) -> int:
    """Restrict processing at once; the answer follows by :func:`fulfil_restriction`. Returns the
    request.

    :raises RuleRefusal: ``restricted_already``, ``request_without_party``, ``answered_already``,
        ``request_closed``.
    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(wish)
    reason = checks.lines("reason", longest=LONGEST_REASON, required=True)
    checks.done()
    restrict_party_of(desk, wish.request_id)
    request = open_file(desk, wish.request_id, version=wish.version, wish=wish)
    right_to_answer(desk, request, Asked.RESTRICTION)
    party_id = require_party(request)
    standing = select(Restriction.since).where(
        Restriction.party_id == party_id,
        Restriction.lifted_on.is_(None),
        Restriction.basis == RestrictionBasis.REQUEST,
    )
    if (since := desk.session.scalar(standing)) is not None:
        raise RuleRefusal("restricted_already", "GDPR Art. 18(1)", since=since)
    restriction = Restriction(
        party_id=party_id,
        request_id=request.id,
        since=desk.today,
        basis=RestrictionBasis.REQUEST,
        reason=reason,
    )
    stamp(desk, restriction)
    desk.session.add(restriction)
    desk.session.flush()
    desk.note(
        "restrict", "restriction", restriction.id, party_id=party_id, columns=["reason", "since"]
    )
    return request.id


@needs(Right.ANSWER_REQUESTS)
def fulfil_restriction(desk: Desk, wish: Told) -> int:
    """The person was told that processing is restricted; returns the request.

    :raises RuleRefusal: ``not_restricted``, ``recipients_not_told`` (n), ``letter_missing``,
        ``answered_already``, ``request_without_party``, ``request_closed``.
    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(wish)
    untold = checks.lines("untold_reason", longest=LONGEST_REASON)
    checks.done()
    request = open_file(desk, wish.request_id, version=wish.version, wish=wish)
    right = right_to_answer(desk, request, Asked.RESTRICTION)
    party_id = require_party(request)
    standing = select(Restriction.id).where(
        Restriction.party_id == party_id, Restriction.lifted_on.is_(None)
    )
    if desk.session.scalars(standing).first() is None:
        raise RuleRefusal("not_restricted", "GDPR Art. 18(1)")
    unless_untold(desk, request, Asked.RESTRICTION, untold)
    send_letters(
        desk,
        request,
        [ANSWERED_BY[Asked.RESTRICTION]],
        wish,
        asked=Asked.RESTRICTION,
        along=[LetterKind.RECIPIENTS_TOLD],
    )
    answer(desk, request, right, on=wish.sent_on, refusal_reason=untold)
    desk.note(
        "fulfil_restriction",
        SUBJECT,
        request.id,
        party_id=party_id,
        columns=["answered_on", "sent_on", "status"],
    )
    return request.id


@needs(Right.ANSWER_REQUESTS)
def lift_restriction(desk: Desk, wish: Lifting) -> int:
    """Lift a restriction, with a reason, after the person was told; returns its party.

    The request can be closed already: its file takes the letter.

    :raises InvalidInputs: also ``lifted_before_told``.
    :raises RuleRefusal: ``lifted_already``, ``letter_missing``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(wish)
    reason = checks.lines("reason", longest=LONGEST_REASON, required=True)
    checks.day("lifts_on", latest=desk.today)
    if wish.lifts_on and wish.sent_on and wish.lifts_on < wish.sent_on:
        checks.refuse("lifts_on", "lifted_before_told", sent_on=wish.sent_on)
    checks.done()
    request = fetch(desk, DataSubjectRequest, wish.request_id, version=wish.version, wish=wish)
    restriction = fetch(desk, Restriction, wish.id, version=wish.restriction_version, wish=wish)
    if restriction.lifted_on is not None:
        raise RuleRefusal("lifted_already", "GDPR Art. 18(3)", lifted_on=restriction.lifted_on)
    if wish.lifts_on < restriction.since:
        raise InvalidInput("lifts_on", "lifted_before_told", sent_on=restriction.since)
    if restriction.party_id != request.party_id:
        raise RuleRefusal("request_without_party", "GDPR Art. 18(3)")
    send_letters(desk, request, [LetterKind.RESTRICTION_LIFTED], wish, asked=None)
    change(
        desk,
        restriction,
        {"told_on": wish.sent_on, "lifted_on": wish.lifts_on, "lifting_reason": reason},
    )
    desk.session.flush()
    desk.note(
        "lift_restriction",
        "restriction",
        restriction.id,
        party_id=restriction.party_id,
        columns=["lifted_on", "lifting_reason", "told_on"],
    )
    return restriction.party_id


@needs(Right.ANSWER_REQUESTS)
def fulfil_objection(desk: Desk, wish: Answer) -> int:
    """An objection to direct marketing, or a withdrawal of consent, was answered; returns the
    request. Nothing more is sent since it was recorded, and nothing to the addresses found since.

    Who asks need not be in the register, nor be identified: nothing is given out.

    :raises RuleRefusal: ``no_address`` when there is none; ``letter_missing``,
        ``answered_already``, ``request_closed``.
    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(wish)
    asked = Asked(checks.one_of("asked", tuple(ENDED_BY)))
    checks.done()
    newsletter_alone(desk)
    request = open_file(desk, wish.request_id, version=wish.version, wish=wish)
    right = right_to_answer(desk, request, asked)
    found = stop_sending(desk, [asked], party_id=request.party_id, contact=request.claimed_contact)
    if not found:
        raise RuleRefusal("no_address", "GDPR Art. 21(3)")
    send_letters(desk, request, [ANSWERED_BY[asked]], wish, asked=asked)
    answer(desk, request, right, on=wish.sent_on)
    desk.note(
        "fulfil_objection",
        SUBJECT,
        request.id,
        party_id=request.party_id,
        columns=["address_hash", "answered_on", "sent_on", "status"],
    )
    return request.id
