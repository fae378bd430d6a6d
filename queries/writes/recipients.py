"""Commands on recipients of personal data, and on what was given to them of whom.

A recipient that gets nothing any more is ended, not removed: those whose data it has received are
told of corrections and erasures all the same (GDPR Art. 19).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from queries.errors import NotFound, RuleRefusal
from queries.rules import identifiers
from queries.rules.countries import country_code
from queries.rules.recipients import (
    RecipientKind,
    RecipientRole,
    TransferBasis,
    check_transfer,
    needs_basis,
)
from queries.rules.roles import Right
from queries.store.sessions import Desk, needs
from queries.store.tables import Disclosure, Party, Recipient
from queries.writes.commands import Checks, change, fetch, stamp, unless_restricted

LONGEST_NAME = 200
LONGEST_WHAT = 300


@dataclass(frozen=True, kw_only=True)
class RecipientWish:
    """A recipient as it should stand.

    :param id: the recipient to correct, with the ``version`` that was seen; None to add one.
    :param what: which data it receives, in words.
    :param country: where it keeps them, ISO 3166-1.
    :param transfer_basis: a :class:`TransferBasis`; needed outside the EU and the EEA, and left
        out within them.
    :param agreement: by which agreement; a processor has one (Art. 28(3)), and one without is
        listed.
    :param ends_on: the last day of the agreement; None until further notice.
    """

    id: int | None = None
    version: int | None = None
    name: str
    kind: str
    role: str = RecipientRole.PROCESSOR
    what: str
    purpose: str
    country: str = "FI"
    transfer_basis: str | None = None
    email: str | None = None
    agreement: str | None = None
    agreed_on: date | None = None
    ends_on: date | None = None
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class RecipientEnd:
    """The last day of the agreement with a recipient, as it was seen."""

    id: int
    version: int
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class RecipientRemoval:
    """A recipient that should not have been recorded, as it was seen."""

    id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class DisclosureWish:
    """That data of a party were given to a recipient.

    :param what: which, in words: not the data themselves.
    """

    party_id: int
    recipient_id: int
    what: str
    disclosed_on: date
    accept_suspect: bool = False


@needs(Right.KEEP_RECIPIENTS)
def amend_recipient(desk: Desk, wish: RecipientWish) -> int:
    """Add a recipient or correct one; returns it.

    :raises InvalidInputs: also ``taken`` for the name of another recipient, ``agreement_missing``
        for days without an agreement, ``end_before_agreed``.
    :raises RuleRefusal: ``transfer_basis_missing`` for a country outside the EU and the EEA.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(wish)
    country = checks.by(country_code, "country", required=True)
    agreement = checks.text("agreement", longest=LONGEST_NAME)
    values = {
        "name": checks.text("name", longest=LONGEST_NAME, required=True),
        "kind": checks.one_of("kind", RecipientKind),
        "role": checks.one_of("role", RecipientRole),
        "what": checks.text("what", longest=LONGEST_WHAT, required=True),
        "purpose": checks.text("purpose", longest=LONGEST_NAME, required=True),
        "country": country,
        "transfer_basis": _basis(checks, wish, country),
        "email": checks.by(identifiers.email, "email"),
        "agreement": agreement,
        "agreed_on": checks.day("agreed_on", required=agreement is not None, latest=desk.today),
        "ends_on": checks.day("ends_on", required=False),
    }
    if agreement is None and (wish.agreed_on or wish.ends_on):
        checks.refuse("agreement", "agreement_missing")
    if wish.ends_on and wish.agreed_on and wish.ends_on < wish.agreed_on:
        checks.refuse("ends_on", "end_before_agreed", agreed_on=wish.agreed_on)
    other = select(Recipient.id).where(
        Recipient.name == values["name"], Recipient.id != (wish.id or 0)
    )
    if desk.session.scalar(other) is not None:
        checks.refuse("name", "recipient_taken")
    known = None
    if wish.id is not None:
        known = fetch(desk, Recipient, wish.id, version=wish.version, wish=wish)
    checks.done()
    check_transfer(str(country), wish.transfer_basis)
    if known is None:
        known = Recipient(**values)
        stamp(desk, known)
        desk.session.add(known)
        changed = list(values)
    else:
        changed = change(desk, known, values)
    if changed:
        desk.session.flush()
        action = "add_recipient" if wish.id is None else "amend_recipient"
        desk.note(action, "recipient", known.id, columns=changed)
    return known.id


@needs(Right.KEEP_RECIPIENTS)
def end_recipient(desk: Desk, wish: RecipientEnd) -> int:
    """Say on which day the agreement with a recipient ends, or ended; returns the recipient.

    :raises InvalidInputs: ``agreement_missing``, ``end_before_agreed``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(wish)
    ends_on = checks.day("ends_on")
    known = fetch(desk, Recipient, wish.id, version=wish.version, wish=wish)
    if known.agreement is None:
        checks.refuse("ends_on", "agreement_missing")
    if known.agreed_on and ends_on and ends_on < known.agreed_on:
        checks.refuse("ends_on", "end_before_agreed", agreed_on=known.agreed_on)
    checks.done()
    if change(desk, known, {"ends_on": ends_on}):
        desk.session.flush()
        desk.note("end_recipient", "recipient", known.id, columns=["ends_on"])
    return known.id


@needs(Right.KEEP_RECIPIENTS)
def remove_recipient(desk: Desk, wish: RecipientRemoval) -> int:
    """Remove a recipient that has received nothing of anybody; returns its key.

    :raises RuleRefusal: ``recipient_has_received`` where a disclosure is noted.
    :raises NotFound, StaleRecord:
    """
    known = fetch(desk, Recipient, wish.id, version=wish.version, wish=wish)
    given = select(Disclosure.id).where(Disclosure.recipient_id == known.id).limit(1)
    if desk.session.scalar(given) is not None:
        raise RuleRefusal("recipient_has_received", "GDPR Art. 19")
    desk.session.delete(known)
    desk.session.flush()
    desk.note("remove_recipient", "recipient", wish.id)
    return wish.id


@needs(Right.EDIT_CUSTOMERS)
def note_disclosure(desk: Desk, wish: DisclosureWish) -> int:
    """Note that data of a party were given to a recipient; returns the party.

    :raises InvalidInputs, NotFound:
    :raises Restricted: what is restricted is given to nobody (Art. 18(2)).
    :raises RuleRefusal: ``transfer_basis_missing`` for a recipient outside the EU and the EEA.
    """
    if desk.session.get(Party, wish.party_id) is None:
        raise NotFound("party", wish.party_id)
    unless_restricted(desk, wish.party_id)
    checks = Checks(wish)
    what = checks.text("what", longest=LONGEST_NAME, required=True)
    on = checks.day("disclosed_on", latest=desk.today)
    known = desk.session.get(Recipient, wish.recipient_id)
    if known is None:
        checks.refuse("recipient_id", "choice")
    checks.done()
    if known is not None:
        check_transfer(known.country, known.transfer_basis)
    made = Disclosure(
        party_id=wish.party_id,
        recipient_id=wish.recipient_id,
        what=what,
        disclosed_on=on,
        noted_by=desk.actor.username,
    )
    desk.session.add(made)
    desk.session.flush()
    desk.note(
        "note_disclosure",
        "disclosure",
        made.id,
        party_id=wish.party_id,
        columns=["recipient_id", "what", "disclosed_on"],
    )
    return wish.party_id


def _basis(checks: Checks, wish: RecipientWish, country: str | None) -> str | None:
    """The basis where the country needs one; within the EU and the EEA there is none to record."""
    if wish.transfer_basis is None or country is None or not needs_basis(country):
        return None
    return checks.one_of("transfer_basis", TransferBasis)
