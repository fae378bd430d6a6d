"""Commands on legal holds (hävittämiskielto): placed with a reason and a review day, then
released.

A hold suspends disposal, never the law: while it is in force, what it covers is kept although its
time is up. A released hold stays on record, so that it can be said why something was kept so long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from queries.rules.periods import OWN_CODES
from queries.rules.roles import Permission
from queries.rules.statutes import STATUTES
from queries.store.named_locks import NamedLock, take
from queries.store.retention.eligibility import announce_condition
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import HoldScope, Invoice, LegalHold, Party, ServiceOrder
from queries.writes.commands import Checks, Seen, change, fetch, stamp

LONGEST_REASON = 1_000
HOLDABLE_CLASSES = (*(rule.code for rule in STATUTES), *OWN_CODES)


@dataclass(frozen=True, kw_only=True)
class AmendHold:
    """A hold as it should be.

    :param id: the hold to amend, with the ``version`` that was seen; None to place one. What a hold
        covers is not amended: another one is placed.
    :param target_id: the party, order or invoice; none for a class.
    :param class_code: the retention class, where the scope is one.
    """

    id: int | None = None
    version: int | None = None
    scope: str = HoldScope.PARTY
    target_id: int | None = None
    class_code: str | None = None
    reason: str
    review_on: date
    accept_suspect: bool = False


@needs(Permission.HOLD)
def amend_hold(uow: UnitOfWork, inputs: AmendHold) -> int:
    """Place a hold, or amend its reason and review day; return it.

    :raises InvalidInputs: also ``review_passed``, ``hold_released``, ``choice``.
    :raises NotFound: also where what it should cover is not there.
    :raises StaleRecord:
    """
    checks = Checks(inputs)
    values = {
        "reason": checks.lines("reason", longest=LONGEST_REASON, required=True),
        "review_on": checks.day("review_on"),
    }
    if inputs.review_on and inputs.review_on < uow.today:
        checks.refuse("review_on", "review_passed", today=uow.today)
    if inputs.id is None:
        return _place(uow, inputs, checks, values)
    hold = fetch(uow, LegalHold, inputs.id, version=inputs.version, inputs=inputs)
    if hold.released_at is not None:
        checks.refuse("reason", "hold_released")
    checks.done()
    changed = change(uow, hold, values)
    if changed:
        uow.session.flush()
        uow.audit("amend_hold", "legal_hold", hold.id, party_id=hold.party_id, columns=changed)
    return hold.id


@needs(Permission.HOLD)
def release_hold(uow: UnitOfWork, inputs: Seen) -> int:
    """Release a hold; return it. What it kept may then go as its own deadline says.

    :raises NotFound, StaleRecord:
    """
    hold = fetch(uow, LegalHold, inputs.id, version=inputs.version, inputs=inputs)
    if hold.released_at is None:
        change(uow, hold, {"released_at": uow.now, "released_by": uow.actor.username})
        uow.session.flush()
        uow.audit(
            "release_hold",
            "legal_hold",
            hold.id,
            party_id=hold.party_id,
            columns=["released_at", "released_by"],
        )
    return hold.id


def _place(uow: UnitOfWork, inputs: AmendHold, checks: Checks, values: Mapping[str, object]) -> int:
    scope = checks.one_of("scope", HoldScope)
    is_class = scope == HoldScope.CLASS
    if is_class and inputs.class_code not in HOLDABLE_CLASSES:
        checks.refuse("class_code", "choice")
    if not is_class and inputs.target_id is None:
        checks.refuse("target_id", "required")
    checks.done()
    take(uow.session, NamedLock.PRESERVATION)
    announce_condition(uow.session, LegalHold.__tablename__)
    hold = LegalHold(
        scope=scope,
        target_id=None if is_class else inputs.target_id,
        class_code=inputs.class_code if is_class else None,
        party_id=None if is_class else _owner(uow, scope, inputs),
        placed_on=uow.today,
        placed_by=uow.actor.username,
        **values,
    )
    stamp(uow, hold)
    uow.session.add(hold)
    uow.session.flush()
    uow.audit(
        "place_hold",
        "legal_hold",
        hold.id,
        party_id=hold.party_id,
        columns=["class_code", "reason", "review_on", "scope", "target_id"],
    )
    return hold.id


def _owner(uow: UnitOfWork, scope: str, inputs: AmendHold) -> int:
    """Return whose record the hold covers; lock the record so that it is not erased meanwhile."""
    if scope == HoldScope.PARTY:
        return fetch(uow, Party, inputs.target_id, version=None, inputs=inputs, edits=False).id
    model: type[ServiceOrder | Invoice]
    model = ServiceOrder if scope == HoldScope.ORDER else Invoice
    return fetch(uow, model, inputs.target_id, version=None, inputs=inputs, edits=False).party_id
