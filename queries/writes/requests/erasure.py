"""Erasure on request (GDPR Art. 17): decided here, carried out by the one disposal service.

The danger: a voucher erased because somebody asked, or an answer that promises what a hold forbids.
The principle: this command erases nothing. It restricts the party until the disposal service takes
it, so that what stays is only kept; and the line of the right says until when.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from queries.errors import RuleRefusal
from queries.reads.requests.erasure_plan import ErasurePlan, erasure_plan
from queries.rules.requests import Asked, LetterKind
from queries.rules.roles import Right
from queries.store.sessions import Desk, needs
from queries.store.tables import AskedStatus, Restriction, RestrictionBasis, SuppressionKind
from queries.writes.commands import Checks, stamp
from queries.writes.newsletter.subscriptions import newsletter_alone, suppress_party
from queries.writes.requests.answers import Told
from queries.writes.requests.request_file import (
    LONGEST_REASON,
    SUBJECT,
    answer,
    open_file,
    require_identity,
    require_party,
    restrict_party_of,
    right_to_answer,
    send_letters,
    unless_untold,
)


@dataclass(frozen=True, kw_only=True)
class Erasing(Told):
    """That an erasure was decided by its plan and the person told."""

    asked: str = Asked.ERASURE


def unless_forbidden(plan: ErasurePlan) -> None:
    """Go on only where the plan can be carried out: no letter promises what it forbids.

    :raises RuleRefusal: ``under_hold``; ``relation_in_force``.
    """
    if plan.held:
        raise RuleRefusal("under_hold", "GDPR Art. 17(3)(e)")
    if plan.in_force:
        raise RuleRefusal("relation_in_force", "GDPR Art. 17(1)(a)")


@needs(Right.ANSWER_REQUESTS)
def fulfil_erasure(desk: Desk, wish: Erasing) -> int:
    """Answer an erasure by its plan; returns the request. What may go is open to the disposal
    service once the request is closed; what a statute keeps is restricted and completes by itself.

    :raises IdentityUnverified:
    :raises RuleRefusal: ``relation_in_force``; ``under_hold``; ``recipients_not_told`` (n);
        ``letter_missing``, ``answered_already``, ``request_without_party``, ``request_closed``.
    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(wish)
    untold = checks.lines("untold_reason", longest=LONGEST_REASON)
    checks.done()
    restrict_party_of(desk, wish.request_id)
    newsletter_alone(desk)
    request = open_file(desk, wish.request_id, version=wish.version, wish=wish)
    right = right_to_answer(desk, request, Asked.ERASURE)
    party_id = require_party(request)
    require_identity(desk, request, Asked.ERASURE)
    plan = erasure_plan(desk.session, party_id, today=desk.today)
    unless_forbidden(plan)
    unless_untold(desk, request, Asked.ERASURE, untold)
    send_letters(
        desk,
        request,
        [LetterKind.ERASED],
        wish,
        asked=Asked.ERASURE,
        along=[LetterKind.RECIPIENTS_TOLD],
    )
    standing = select(Restriction.id).where(
        Restriction.party_id == party_id,
        Restriction.lifted_on.is_(None),
        Restriction.basis == RestrictionBasis.ERASURE,
    )
    if desk.session.scalar(standing) is None:
        restriction = Restriction(
            party_id=party_id,
            request_id=request.id,
            since=desk.today,
            basis=RestrictionBasis.ERASURE,
            reason=request.number,
        )
        stamp(desk, restriction)
        desk.session.add(restriction)
    whole = plan.completes_on is None
    status = AskedStatus.FULFILLED if whole else AskedStatus.PARTLY
    answer(
        desk,
        request,
        right,
        on=wish.sent_on,
        status=status,
        completes_on=plan.completes_on,
        refusal_citation=None if whole else "GDPR Art. 17(3)(b)",
        refusal_reason=untold,
    )
    columns = ["answered_on", "completes_on", "restriction", "sent_on", "status"]
    if suppress_party(desk, SuppressionKind.NEWSLETTER, party_id):
        columns.append("subscription")
    desk.note("fulfil_erasure", SUBJECT, request.id, party_id=party_id, columns=columns)
    return request.id
