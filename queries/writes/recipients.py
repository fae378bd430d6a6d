"""Commands on recipients of personal data, and on disclosures to them.

A recipient that gets nothing any more is ended, not removed: those whose data it has received are
informed of corrections and erasures all the same (GDPR Art. 19).
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
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import Disclosure, Party, Recipient
from queries.writes.commands import Checks, Seen, change, fetch, remove, save, unless_restricted

LONGEST_NAME = 200
LONGEST_WHAT = 300


@dataclass(frozen=True, kw_only=True)
class AmendRecipient:
    """A recipient as it should be.

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
class EndRecipient:
    """The last day of the agreement with a recipient, as it was seen."""

    id: int
    version: int
    ends_on: date


@dataclass(frozen=True, kw_only=True)
class NoteDisclosure:
    """A disclosure of a party's data to a recipient.

    :param what: which, in words: not the data themselves.
    """

    party_id: int
    recipient_id: int
    what: str
    disclosed_on: date
    accept_suspect: bool = False


@needs(Permission.KEEP_RECIPIENTS)
def amend_recipient(uow: UnitOfWork, inputs: AmendRecipient) -> int:
    """Add a recipient or correct one; return it.

    :raises InvalidInputs: also ``taken`` for the name of another recipient, ``agreement_missing``
        for days without an agreement, ``end_before_agreed``.
    :raises RuleRefusal: ``transfer_basis_missing`` for a country outside the EU and the EEA.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    country = checks.by(country_code, "country", required=True)
    agreement = checks.text("agreement", longest=LONGEST_NAME)
    values = {
        "name": checks.text("name", longest=LONGEST_NAME, required=True),
        "kind": checks.one_of("kind", RecipientKind),
        "role": checks.one_of("role", RecipientRole),
        "what": checks.text("what", longest=LONGEST_WHAT, required=True),
        "purpose": checks.text("purpose", longest=LONGEST_NAME, required=True),
        "country": country,
        "transfer_basis": _basis(checks, inputs, country),
        "email": checks.by(identifiers.email, "email"),
        "agreement": agreement,
        "agreed_on": checks.day("agreed_on", required=agreement is not None, latest=uow.today),
        "ends_on": checks.day("ends_on", required=False),
    }
    if agreement is None and (inputs.agreed_on or inputs.ends_on):
        checks.refuse("agreement", "agreement_missing")
    if inputs.ends_on and inputs.agreed_on and inputs.ends_on < inputs.agreed_on:
        checks.refuse("ends_on", "end_before_agreed", agreed_on=inputs.agreed_on)
    other = select(Recipient.id).where(
        Recipient.name == values["name"], Recipient.id != (inputs.id or 0)
    )
    if uow.session.scalar(other) is not None:
        checks.refuse("name", "recipient_taken")
    known = None
    if inputs.id is not None:
        known = fetch(uow, Recipient, inputs.id, version=inputs.version, inputs=inputs)
    checks.done()
    check_transfer(str(country), inputs.transfer_basis)
    actions = "add_recipient", "amend_recipient"
    return int(save(uow, Recipient, known, values, actions).id)


@needs(Permission.KEEP_RECIPIENTS)
def end_recipient(uow: UnitOfWork, inputs: EndRecipient) -> int:
    """Set the day on which the agreement with a recipient ends, or ended; return the recipient.

    :raises InvalidInputs: ``agreement_missing``, ``end_before_agreed``.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    ends_on = checks.day("ends_on")
    known = fetch(uow, Recipient, inputs.id, version=inputs.version, inputs=inputs)
    if known.agreement is None:
        checks.refuse("ends_on", "agreement_missing")
    if known.agreed_on and ends_on and ends_on < known.agreed_on:
        checks.refuse("ends_on", "end_before_agreed", agreed_on=known.agreed_on)
    checks.done()
    if change(uow, known, {"ends_on": ends_on}):
        uow.session.flush()
        uow.audit("end_recipient", "recipient", known.id, columns=["ends_on"])
    return known.id


@needs(Permission.KEEP_RECIPIENTS)
def remove_recipient(uow: UnitOfWork, inputs: Seen) -> int:
    """Remove a recipient that has received nothing of anybody; return its key.

    :raises RuleRefusal: ``recipient_has_received`` where a disclosure is noted.
    :raises NotFound, StaleRecord:
    """
    known = fetch(uow, Recipient, inputs.id, version=inputs.version, inputs=inputs)
    given = select(Disclosure.id).where(Disclosure.recipient_id == known.id).limit(1)
    if uow.session.scalar(given) is not None:
        raise RuleRefusal("recipient_has_received", "GDPR Art. 19")
    remove(uow, known, "remove_recipient")
    return inputs.id


@needs(Permission.EDIT_CUSTOMERS)
def note_disclosure(uow: UnitOfWork, inputs: NoteDisclosure) -> int:
    """Record that data of a party were given to a recipient; return the party.

    :raises InvalidInputs, NotFound:
    :raises Restricted: what is restricted is given to nobody (Art. 18(2)).
    :raises RuleRefusal: ``transfer_basis_missing`` for a recipient outside the EU and the EEA.
    """
    if uow.session.get(Party, inputs.party_id) is None:
        raise NotFound("party", inputs.party_id)
    unless_restricted(uow, inputs.party_id)
    checks = Checks(inputs)
    what = checks.text("what", longest=LONGEST_NAME, required=True)
    on = checks.day("disclosed_on", latest=uow.today)
    known = uow.session.get(Recipient, inputs.recipient_id)
    if known is None:
        checks.refuse("recipient_id", "choice")
    checks.done()
    if known is not None:
        check_transfer(known.country, known.transfer_basis)
    made = Disclosure(
        party_id=inputs.party_id,
        recipient_id=inputs.recipient_id,
        what=what,
        disclosed_on=on,
        noted_by=uow.actor.username,
    )
    uow.session.add(made)
    uow.session.flush()
    uow.audit(
        "note_disclosure",
        "disclosure",
        made.id,
        party_id=inputs.party_id,
        columns=["recipient_id", "what", "disclosed_on"],
    )
    return inputs.party_id


def _basis(checks: Checks, inputs: AmendRecipient, country: str | None) -> str | None:
    """The basis where the country needs one; within the EU and the EEA there is none to record."""
    if inputs.transfer_basis is None or country is None or not needs_basis(country):
        return None
    return checks.one_of("transfer_basis", TransferBasis)
