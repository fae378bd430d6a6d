"""Commands on legal holds (hävittämiskielto): placed with a reason and a review day, then released.

A hold suspends disposal, never the law: while it stands, what it covers is kept although its time
is up. A released hold stays on record, so that it can be said why something was kept so long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from queries.rules.periods import OWN_CODES
from queries.rules.roles import Right
from queries.rules.statutes import STATUTES
from queries.store.named_locks import NamedLock, take
from queries.store.retention.eligibility import announce_condition
from queries.store.sessions import Desk, needs
from queries.store.tables import HoldScope, Invoice, LegalHold, Party, ServiceOrder
from queries.writes.commands import Checks, change, fetch, stamp

LONGEST_REASON = 1_000
HOLDABLE_CLASSES = (*(rule.code for rule in STATUTES), *OWN_CODES)


@dataclass(frozen=True, kw_only=True)
class HoldWish:
    """A hold as it should stand.

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


@dataclass(frozen=True, kw_only=True)
class HoldRelease:
    """The hold that is no longer needed, as it was seen."""

    id: int
    version: int


@needs(Right.HOLD)
def amend_hold(desk: Desk, wish: HoldWish) -> int:
    """Place a hold, or amend its reason and review day; returns it.

    :raises InvalidInputs: also ``review_passed``, ``hold_released``, ``choice``.
    :raises NotFound: also where what it should cover is not there.
    :raises StaleRecord:
    """
    checks = Checks(wish)
    values = {
        "reason": checks.lines("reason", longest=LONGEST_REASON, required=True),
        "review_on": checks.day("review_on"),
    }
    if wish.review_on and wish.review_on < desk.today:
        checks.refuse("review_on", "review_passed", today=desk.today)
    if wish.id is None:
        return _place(desk, wish, checks, values)
    hold = fetch(desk, LegalHold, wish.id, version=wish.version, wish=wish)
    if hold.released_at is not None:
        checks.refuse("reason", "hold_released")
    checks.done()
    changed = change(desk, hold, values)
    if changed:
        desk.session.flush()
        desk.note("amend_hold", "legal_hold", hold.id, party_id=hold.party_id, columns=changed)
    return hold.id


@needs(Right.HOLD)
def release_hold(desk: Desk, wish: HoldRelease) -> int:
    """Release a hold; returns it. What it kept may then go as its own deadline says.

    :raises NotFound, StaleRecord:
    """
    hold = fetch(desk, LegalHold, wish.id, version=wish.version, wish=wish)
    if hold.released_at is None:
        change(desk, hold, {"released_at": desk.now, "released_by": desk.actor.username})
        desk.session.flush()
        desk.note(
            "release_hold",
            "legal_hold",
            hold.id,
            party_id=hold.party_id,
            columns=["released_at", "released_by"],
        )
    return hold.id


def _place(desk: Desk, wish: HoldWish, checks: Checks, values: Mapping[str, object]) -> int:
    scope = checks.one_of("scope", HoldScope)
    is_class = scope == HoldScope.CLASS
    if is_class and wish.class_code not in HOLDABLE_CLASSES:
        checks.refuse("class_code", "choice")
    if not is_class and wish.target_id is None:
        checks.refuse("target_id", "required")
    checks.done()
    take(desk.session, NamedLock.PRESERVATION)
    announce_condition(desk.session, LegalHold.__tablename__)
    hold = LegalHold(
        scope=scope,
        target_id=None if is_class else wish.target_id,
        class_code=wish.class_code if is_class else None,
        party_id=None if is_class else _owner(desk, scope, wish),
        placed_on=desk.today,
        placed_by=desk.actor.username,
        **values,
    )
    stamp(desk, hold)
    desk.session.add(hold)
    desk.session.flush()
    desk.note(
        "place_hold",
        "legal_hold",
        hold.id,
        party_id=hold.party_id,
        columns=["class_code", "reason", "review_on", "scope", "target_id"],
    )
    return hold.id


def _owner(desk: Desk, scope: str, wish: HoldWish) -> int:
    """Whose record the hold covers; the record is locked, so that it does not go meanwhile."""
    if scope == HoldScope.PARTY:
        return fetch(desk, Party, wish.target_id, version=None, wish=wish, edits=False).id
    model: type[ServiceOrder | Invoice]
    model = ServiceOrder if scope == HoldScope.ORDER else Invoice
    return fetch(desk, model, wish.target_id, version=None, wish=wish, edits=False).party_id
