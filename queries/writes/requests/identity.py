"""Commands on the requester's identity: the question on reasonable doubt, and the check.

No copied document and no personal identity code is ever kept: what was looked at, and by whom, is
enough (GDPR Art. 5(1)(c); decisions 7713/163/2018 and 2477/161/21). A check belongs to one request.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from queries.errors import RuleRefusal
from queries.rules.requests import IdentityMethod
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import IdentityCheck, RequestSuspension
from queries.writes.commands import Checks
from queries.writes.requests.request_file import (
    LONGEST_REASON,
    SUBJECT,
    is_identified,
    open_file,
    require_party,
    touch,
)


@dataclass(frozen=True, kw_only=True)
class AskIdentity:
    """A question about the requester's identity, and the reason for the doubt; the clock is
    stopped meanwhile."""

    request_id: int
    version: int
    asked_on: date
    reason: str
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class NoteIdentity:
    """The check by which the requester was identified.

    :param explanation: what was checked, in words; never a document or an identity code.
    :param arrived_on: the day on which the requested information came, where some was requested.
    """

    request_id: int
    version: int
    method: str
    checked_on: date
    explanation: str | None = None
    arrived_on: date | None = None
    accept_suspect: bool = False


@needs(Permission.HANDLE_REQUESTS)
def ask_identity(uow: UnitOfWork, inputs: AskIdentity) -> int:
    """Ask for information about the identity; the time to answer is suspended until it comes.

    :raises InvalidInputs: also ``before_receipt``, ``before_last_answer``.
    :raises RuleRefusal: ``identified_already``, ``identity_asked_already``, ``request_closed``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    reason = checks.lines("reason", longest=LONGEST_REASON, required=True)
    checks.day("asked_on", latest=uow.today)
    checks.done()
    request = open_file(uow, inputs.request_id, version=inputs.version, inputs=inputs)
    if inputs.asked_on < request.received_on:
        checks.refuse("asked_on", "before_receipt", received_on=request.received_on)
    for earlier in uow.session.scalars(
        select(RequestSuspension).where(RequestSuspension.request_id == request.id)
    ):
        if earlier.answered_on is None:
            raise RuleRefusal(
                "identity_asked_already", "GDPR Art. 12(6)", asked_on=earlier.asked_on
            )
        if inputs.asked_on < earlier.answered_on:
            checks.refuse("asked_on", "before_last_answer", answered_on=earlier.answered_on)
    checks.done()
    if is_identified(uow.session, request.id):
        raise RuleRefusal("identified_already", "GDPR Art. 5(1)(c), 12(6)")
    uow.session.add(
        RequestSuspension(
            request_id=request.id,
            asked_on=inputs.asked_on,
            reason=reason,
            asked_by=uow.actor.username,
        )
    )
    touch(uow, request)
    uow.session.flush()
    uow.audit(
        "ask_identity",
        SUBJECT,
        request.id,
        party_id=request.party_id,
        columns=["asked_on", "reason"],
    )
    return request.id


@needs(Permission.HANDLE_REQUESTS)
def note_identity(uow: UnitOfWork, inputs: NoteIdentity) -> int:
    """Record how the identity was checked; this answers a question that waited.

    :raises InvalidInputs: also ``before_receipt``, ``arrived_before_asked`` (``asked_on``), and
        ``required`` for the explanation of another way.
    :raises RuleRefusal: ``request_without_party``: an identity is that of somebody in the
        register; ``request_closed``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    method = checks.one_of("method", IdentityMethod)
    explanation = checks.lines(
        "explanation", longest=LONGEST_REASON, required=method == IdentityMethod.OTHER
    )
    checks.day("checked_on", latest=uow.today)
    checks.day("arrived_on", required=False, latest=uow.today)
    checks.done()
    request = open_file(uow, inputs.request_id, version=inputs.version, inputs=inputs)
    require_party(request)
    if inputs.checked_on < request.received_on:
        checks.refuse("checked_on", "before_receipt", received_on=request.received_on)
    columns = ["checked_on", "explanation", "method"]
    waiting = uow.session.scalars(
        select(RequestSuspension).where(
            RequestSuspension.request_id == request.id, RequestSuspension.answered_on.is_(None)
        )
    ).first()
    if waiting is not None:
        arrived_on = inputs.arrived_on or inputs.checked_on
        if arrived_on < waiting.asked_on:
            checks.refuse("arrived_on", "arrived_before_asked", asked_on=waiting.asked_on)
        waiting.answered_on = max(arrived_on, waiting.asked_on)
        columns.append("answered_on")
    checks.done()
    uow.session.add(
        IdentityCheck(
            request_id=request.id,
            method=method,
            checked_on=inputs.checked_on,
            checked_by=uow.actor.username,
            explanation=explanation,
        )
    )
    touch(uow, request)
    uow.session.flush()
    uow.audit("note_identity", SUBJECT, request.id, party_id=request.party_id, columns=columns)
    return request.id
