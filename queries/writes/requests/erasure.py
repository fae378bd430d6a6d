"""Erasure on request (GDPR Art. 17): decided here, carried out by the one disposal service.

The danger: a voucher erased because somebody requested it, or an answer that promises what a hold
forbids. The principle: this command erases nothing. It restricts the party until the disposal
service takes it, so that what stays is only kept; and the line of the right says until when.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from queries.errors import RuleRefusal
from queries.reads.requests.erasure_plan import ErasurePlan, erasure_plan
from queries.rules.requests import Asked, LetterKind
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import AskedStatus, Restriction, RestrictionBasis, SuppressionKind
from queries.writes.commands import Checks, stamp
from queries.writes.newsletter.subscriptions import newsletter_alone, suppress_party
from queries.writes.requests.answers import FulfilRestriction
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
class FulfilErasure(FulfilRestriction):
    """The answer that an erasure was decided by its plan and the person informed."""

    asked: str = Asked.ERASURE


def unless_forbidden(plan: ErasurePlan) -> None:
    """Refuse unless the plan can be carried out: no letter promises what it forbids.

    :raises RuleRefusal: ``under_hold``; ``relation_in_force``.
    """
    if plan.held:
        raise RuleRefusal("under_hold", "GDPR Art. 17(3)(e)")
    if plan.in_force:
        raise RuleRefusal("relation_in_force", "GDPR Art. 17(1)(a)")


@needs(Permission.ANSWER_REQUESTS)
def fulfil_erasure(uow: UnitOfWork, inputs: FulfilErasure) -> int:
    """Answer an erasure by its plan; return the request. What may go is open to the disposal
    service once the request is closed; what a statute keeps is restricted and completes by itself.

    :raises IdentityUnverified:
    :raises RuleRefusal: ``relation_in_force``; ``under_hold``; ``recipients_not_told`` (n);
        ``letter_missing``, ``answered_already``, ``request_without_party``, ``request_closed``.
    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    untold = checks.lines("untold_reason", longest=LONGEST_REASON)
    checks.done()
    restrict_party_of(uow, inputs.request_id)
    newsletter_alone(uow)
    request = open_file(uow, inputs.request_id, version=inputs.version, inputs=inputs)
    right = right_to_answer(uow, request, Asked.ERASURE)
    party_id = require_party(request)
    require_identity(uow, request, Asked.ERASURE)
    plan = erasure_plan(uow.session, party_id, today=uow.today)
    unless_forbidden(plan)
    unless_untold(uow, request, Asked.ERASURE, untold)
    send_letters(
        uow,
        request,
        [LetterKind.ERASED],
        inputs,
        asked=Asked.ERASURE,
        along=[LetterKind.RECIPIENTS_TOLD],
    )
    standing = select(Restriction.id).where(
        Restriction.party_id == party_id,
        Restriction.lifted_on.is_(None),
        Restriction.basis == RestrictionBasis.ERASURE,
    )
    if uow.session.scalar(standing) is None:
        restriction = Restriction(
            party_id=party_id,
            request_id=request.id,
            since=uow.today,
            basis=RestrictionBasis.ERASURE,
            reason=request.number,
        )
        stamp(uow, restriction)
        uow.session.add(restriction)
    whole = plan.is_whole
    status = AskedStatus.FULFILLED if whole else AskedStatus.PARTLY
    answer(
        uow,
        request,
        right,
        on=inputs.sent_on,
        status=status,
        completes_on=plan.completes_on,
        refusal_citation=None if whole else "GDPR Art. 17(3)(b)",
        refusal_reason=untold,
    )
    columns = ["answered_on", "completes_on", "restriction", "sent_on", "status"]
    if suppress_party(uow, SuppressionKind.NEWSLETTER, party_id):
        columns.append("subscription")
    uow.audit("fulfil_erasure", SUBJECT, request.id, party_id=party_id, columns=columns)
    return request.id
