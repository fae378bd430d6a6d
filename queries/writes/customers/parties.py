"""Commands on a party itself: identity, roles, and whether the relation is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from queries.rules import identifiers
from queries.rules.roles import Permission
from queries.store.search import sort_name
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import ContactPerson, Language, Party, PartyKind, PartyStatus, Source
from queries.writes.commands import Checks, change, fetch, stamp, to_remove

LONGEST_NAME = 200
LONGEST_PART = 100
#: Sources that may not say when a relation began: the day of the import is used then.
_BROUGHT_IN = frozenset({Source.IMPORT, Source.YTJ, Source.INVOICE})


@dataclass(frozen=True, kw_only=True)
class AmendParty:
    """A party as it should be.

    :param id: the party to correct, with the ``version`` that was seen; None to add one.
    :param name: an organisation's name; a person's is made of ``given_name`` and ``family_name``.
    :param contact_of: the organisation whose contact person a new person becomes at once.
    :param started_on: the day on which the relation began.
    """

    id: int | None = None
    version: int | None = None
    kind: str
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    business_id: str | None = None
    foreign_id: str | None = None
    customer_number: str | None = None
    language: str = Language.FI
    is_customer: bool = True
    is_partner: bool = False
    is_contact: bool = False
    contact_of: int | None = None
    started_on: date
    source: str
    sourced_on: date
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class ChangeStatus:
    """The state of the relation: a lead, active, or ended on a day."""

    id: int
    version: int
    status: str
    ended_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class LinkContactPerson:
    """A person through whom an organisation is reached."""

    organisation_id: int
    person_id: int
    title: str | None = None
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class UnlinkContactPerson:
    """The link that should go; both parties stay."""

    id: int


@needs(Permission.EDIT_CUSTOMERS)
def amend_party(uow: UnitOfWork, inputs: AmendParty) -> int:
    """Add a party, or correct who it is; return it.

    A new party begins as active; what it ordered or was offered later is another command's.

    :raises InvalidInputs: also ``taken`` for a business ID or customer number of another party, and
        ``has_contact_persons`` or ``is_contact_person`` where a linked party would change its kind.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    values = _names(checks, inputs) | {
        "business_id": checks.by(identifiers.business_id, "business_id"),
        "foreign_id": checks.text("foreign_id", longest=32),
        "customer_number": checks.text("customer_number", longest=32),
        "language": checks.one_of("language", Language),
        "is_customer": inputs.is_customer,
        "is_partner": inputs.is_partner,
        "is_contact": inputs.is_contact,
        "started_on": checks.day("started_on", latest=uow.today),
        "source": checks.one_of("source", Source),
        "sourced_on": checks.day("sourced_on", latest=uow.today),
    }
    if not (inputs.is_customer or inputs.is_partner or inputs.is_contact):
        checks.refuse("is_customer", "no_role")
    for field in ("business_id", "customer_number"):
        _unless_taken(uow, checks, inputs, field, values[field])
    party = (
        None
        if inputs.id is None
        else fetch(uow, Party, inputs.id, version=inputs.version, inputs=inputs)
    )
    if (
        party is not None
        and party.ended_on
        and inputs.started_on
        and inputs.started_on > party.ended_on
    ):
        checks.refuse("started_on", "start_after_end", ended_on=party.ended_on)
    _unless_linked(uow, checks, party, values["kind"])
    checks.done()
    if party is None:
        return _add(uow, values, inputs)
    changed = change(uow, party, values | _now_unlinked(uow, party, inputs))
    if changed:
        uow.session.flush()
        uow.audit("amend_party", "party", party.id, party_id=party.id, columns=changed)
    return party.id


@needs(Permission.EDIT_CUSTOMERS)
def change_status(uow: UnitOfWork, inputs: ChangeStatus) -> int:
    """Set the relation to lead, in force or ended, with the day; return the party.

    Where the relation began on the day of an import, for the file named no other, it began on the
    day of its end at the latest.

    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    status = checks.one_of("status", PartyStatus)
    ended = status == PartyStatus.ENDED
    ended_on = checks.day("ended_on", latest=uow.today) if ended else None
    party = fetch(uow, Party, inputs.id, version=inputs.version, inputs=inputs)
    values = {"status": status, "ended_on": ended_on}
    if ended_on is not None and ended_on < party.started_on:
        if party.source in _BROUGHT_IN and party.started_on == party.sourced_on:
            values["started_on"] = ended_on
        else:
            checks.refuse("ended_on", "end_before_start", started_on=party.started_on)
    checks.done()
    changed = change(uow, party, values)
    if changed:
        uow.session.flush()
        uow.audit("change_status", "party", party.id, party_id=party.id, columns=changed)
    return party.id


@needs(Permission.EDIT_CUSTOMERS)
def link_contact_person(uow: UnitOfWork, inputs: LinkContactPerson) -> int:
    """Make a person the contact person of an organisation; return the organisation.

    :raises InvalidInputs: ``linked_already``, ``not_an_organisation`` or ``not_a_person``.
    """
    checks = Checks(inputs)
    title = checks.text("title", longest=LONGEST_PART)
    organisation = fetch(uow, Party, inputs.organisation_id, version=None, inputs=inputs)
    person = fetch(uow, Party, inputs.person_id, version=None, inputs=inputs)
    if organisation.kind != PartyKind.ORGANISATION:
        checks.refuse("organisation_id", "not_an_organisation")
    if person.kind != PartyKind.PERSON:
        checks.refuse("person_id", "not_a_person")
    linked = select(ContactPerson.id).where(
        ContactPerson.organisation_id == organisation.id, ContactPerson.person_id == person.id
    )
    if uow.session.scalar(linked) is not None:
        checks.refuse("person_id", "linked_already")
    checks.done()
    link = _link(uow, organisation, person, title)
    uow.audit(
        "link_contact_person",
        "contact_person",
        link.id,
        party_id=organisation.id,
        columns=["organisation_id", "person_id", "title"],
    )
    return organisation.id


@needs(Permission.EDIT_CUSTOMERS)
def unlink_contact_person(uow: UnitOfWork, inputs: UnlinkContactPerson) -> int:
    """Undo the link; both parties stay. Return the organisation.

    A person who had no other role and reaches no other organisation keeps the contact role: what
    becomes of the person is for retention to say, which counts from this day.

    :raises NotFound, Restricted, RuleRefusal: as :func:`.commands.to_remove`, of either party.
    """
    link = to_remove(uow, ContactPerson, inputs.id, version=None, inputs=inputs)
    organisation_id = link.organisation_id
    person = fetch(uow, Party, link.person_id, version=None, inputs=inputs)
    uow.session.delete(link)
    change(uow, person, {"unlinked_on": uow.today})
    uow.session.flush()
    uow.audit("unlink_contact_person", "contact_person", inputs.id, party_id=organisation_id)
    return organisation_id


def name_columns(checks: Checks) -> dict[str, Any]:
    """The columns of a name: a person's parts and their whole, or an organisation's name."""
    kind = checks.one_of("kind", PartyKind)
    if kind == PartyKind.PERSON:
        given = checks.text("given_name", longest=LONGEST_PART)
        family = checks.text("family_name", longest=LONGEST_PART, required=True)
        name = " ".join(part for part in (given, family) if part)
        ordered = " ".join(part for part in (family, given) if part)
    else:
        given = family = None
        name = ordered = checks.text("name", longest=LONGEST_NAME, required=True) or ""
    return {
        "kind": kind,
        "name": name,
        "given_name": given,
        "family_name": family,
        "sort_name": sort_name(ordered),
    }


def _names(checks: Checks, inputs: AmendParty) -> dict[str, Any]:
    """The columns of the name; a person who is only a contact is not a trader."""
    values = name_columns(checks)
    trades = inputs.is_customer or inputs.is_partner
    if values["kind"] == PartyKind.PERSON and inputs.business_id and not trades:
        checks.refuse("business_id", "not_of_a_contact")
    return values


def _unless_taken(
    uow: UnitOfWork, checks: Checks, inputs: AmendParty, field: str, value: Any
) -> None:
    if value is None:
        return
    other = uow.session.scalar(
        select(Party.id).where(getattr(Party, field) == value, Party.id != (inputs.id or 0))
    )
    if other is not None:
        checks.refuse(field, "taken", other=other)


def _unless_linked(uow: UnitOfWork, checks: Checks, party: Party | None, kind: Any) -> None:
    """A contact person is a person and is linked to an organisation: neither becomes the other
    while the link is there."""
    if party is None or kind is None or kind == party.kind:
        return
    for end, code in (
        (ContactPerson.organisation_id, "has_contact_persons"),
        (ContactPerson.person_id, "is_contact_person"),
    ):
        if uow.session.scalar(select(ContactPerson.id).where(end == party.id).limit(1)):
            checks.refuse("kind", code)


def _now_unlinked(uow: UnitOfWork, party: Party, inputs: AmendParty) -> dict[str, Any]:
    """The day from which a person counts who stops trading and is nobody's contact person."""
    trades, traded = inputs.is_customer or inputs.is_partner, party.is_customer or party.is_partner
    if trades or not traded:
        return {}
    link = select(ContactPerson.id).where(ContactPerson.person_id == party.id).limit(1)
    return {} if uow.session.scalar(link) is not None else {"unlinked_on": uow.today}


def _add(uow: UnitOfWork, values: dict[str, Any], inputs: AmendParty) -> int:
    party = Party(status=PartyStatus.ACTIVE, **values)
    if not (party.is_customer or party.is_partner) and inputs.contact_of is None:
        party.unlinked_on = uow.today
    stamp(uow, party)
    uow.session.add(party)
    uow.session.flush()
    if inputs.contact_of is not None:
        organisation = fetch(uow, Party, inputs.contact_of, version=None, inputs=inputs)
        _link(uow, organisation, party, None)
    uow.audit("add_party", "party", party.id, party_id=party.id, columns=[*values, "status"])
    return party.id


def _link(uow: UnitOfWork, organisation: Party, person: Party, title: str | None) -> ContactPerson:
    link = ContactPerson(organisation_id=organisation.id, person_id=person.id, title=title)
    stamp(uow, link)
    uow.session.add(link)
    change(uow, person, {"is_contact": True, "unlinked_on": None})
    uow.session.flush()
    return link
