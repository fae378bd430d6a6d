"""The contact person of an organisation's row: found or added, and linked.

A contact is found among the organisation's own contacts by name, or in the register by name and
e-mail address; whoever is not found is added in the role of a contact alone. What a contact has
already is never replaced: new addresses and telephones are added.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.intake.customers.details import Contact, Details
from queries.intake.customers.matching import chunks
from queries.intake.customers.merge import Provenance, ordered_by
from queries.intake.customers.row_names import same_words
from queries.intake.plan import Difference, Step
from queries.store.search import fold
from queries.store.sessions import UnitOfWork
from queries.store.tables import (
    ContactPerson,
    Email,
    Language,
    Party,
    PartyKind,
    PartyStatus,
    Phone,
    Purpose,
)
from queries.writes.commands import stamp


@dataclass
class _Person:
    """A person of the register who may be a contact."""

    id: int
    name: str
    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)


class Contacts:
    """The contacts of the organisations that a file may mean, and the people with its addresses.

    Statements: four for every 500 organisations and addresses; none where no row has a contact.
    """

    def __init__(
        self, session: Session, organisations: Iterable[int], rows: Sequence[Details]
    ) -> None:
        self._session = session
        self._linked: dict[int, list[int]] = {}
        self._persons: dict[int, _Person] = {}
        self._by_email: dict[str, list[int]] = {}
        contacts = [row.contact for row in rows if row.contact is not None]
        if not contacts:
            return
        for some in chunks(sorted(organisations)):
            links = select(ContactPerson.organisation_id, ContactPerson.person_id)
            for of, person in session.execute(
                links.where(ContactPerson.organisation_id.in_(some)).order_by(ContactPerson.id)
            ):
                self._linked.setdefault(of, []).append(person)
        ids = {person for people in self._linked.values() for person in people}
        emails = {one for contact in contacts for one in contact.emails}
        for some in chunks(sorted(emails | {one.lower() for one in emails})):
            ids |= set(session.scalars(select(Email.party_id).where(Email.address.in_(some))))
        self._load(sorted(ids))

    def _load(self, ids: Sequence[int]) -> None:
        for some in chunks(ids):
            people = select(Party.id, Party.name).where(Party.kind == PartyKind.PERSON)
            for key, name in self._session.execute(people.where(Party.id.in_(some))):
                self._persons[key] = _Person(key, name)
            lines = select(Email.party_id, Email.address).where(Email.party_id.in_(some))
            for key, address in self._session.execute(lines):
                if key in self._persons:
                    self._persons[key].emails.add(fold(address))
                    self._by_email.setdefault(fold(address), []).append(key)
            numbers = select(Phone.party_id, Phone.number).where(Phone.party_id.in_(some))
            for key, number in self._session.execute(numbers):
                if key in self._persons:
                    self._persons[key].phones.add(number)

    def steps(
        self, details: Details, organisation: int | None, provenance: Provenance
    ) -> tuple[tuple[Step, ...], tuple[Difference, ...]]:
        """Return the steps that link the contact of a row to its organisation, and complete it.

        :param organisation: None for one that the file adds.
        """
        contact = details.contact
        if contact is None:
            return (), ()
        linked = self._of(self._linked.get(organisation or 0, ()), contact)
        person = linked or self._of(self._with_address_of(contact), contact)
        if person is not None:
            lines = tuple(_lines(contact, person, provenance))
            shown = [
                Difference(
                    "contact_" + step.table, None, str(dict(step.values)["value"]), taken=True
                )
                for step in lines
            ]
            if linked is not None:
                return _as_lines(lines), tuple(shown)
            link = Step(
                "contact_person", None, (("person_id", person.id), ("title", contact.title))
            )
            named = Difference("contact_name", None, contact.name, taken=True)
            return (link, *_as_lines(lines)), (named, *shown)
        return _added(details, contact, provenance)

    def _with_address_of(self, contact: Contact) -> list[int]:
        return [key for one in contact.emails for key in self._by_email.get(fold(one), ())]

    def _of(self, ids: Iterable[int], contact: Contact) -> _Person | None:
        """The one person among these who has the contact's name."""
        found = {
            key: self._persons[key]
            for key in ids
            if key in self._persons and same_words(self._persons[key].name, contact.name)
        }
        return next(iter(found.values())) if len(found) == 1 else None


def _lines(contact: Contact, person: _Person, provenance: Provenance) -> Iterator[Step]:
    """The addresses and telephones that the person does not have yet."""
    for table, given, has in (
        ("email", contact.emails, person.emails),
        ("phone", contact.phones, person.phones),
    ):
        new = [one for one in given if one not in has and fold(one) not in has]
        for at, value in enumerate(new):
            yield Step(
                table,
                None,
                (
                    ("party_id", person.id),
                    ("value", value),
                    ("is_primary", not has and at == 0),
                    *provenance.columns(Purpose.CONTACT),
                ),
            )


def _as_lines(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The steps with their value under the name of its column."""
    column = {"email": "address", "phone": "number"}
    return tuple(
        Step(
            step.table,
            None,
            tuple(
                (column[step.table] if name == "value" else name, value)
                for name, value in step.values
            ),
        )
        for step in steps
    )


def _added(
    details: Details, contact: Contact, provenance: Provenance
) -> tuple[tuple[Step, ...], tuple[Difference, ...]]:
    person = Details(
        kind=PartyKind.PERSON,
        name=contact.name,
        given_name=contact.given_name,
        family_name=contact.family_name,
    )
    # The same person beside two organisations of a file is added once.
    reached = [*contact.emails, *contact.phones]
    key = (fold(contact.name), fold(reached[0])) if reached else None
    step = Step(
        "contact_person",
        None,
        (
            ("key", key),
            ("title", contact.title),
            ("name", contact.name),
            ("given_name", contact.given_name),
            ("family_name", contact.family_name),
            ("sort_name", ordered_by(person)),
            ("language", details.language or Language.FI),
            ("source", provenance.source),
            ("sourced_on", provenance.day),
            ("emails", contact.emails),
            ("phones", contact.phones),
        ),
    )
    shown = [("contact_name", contact.name), ("job_title", contact.title)]
    shown += [("contact_email", one) for one in contact.emails]
    shown += [("contact_phone", one) for one in contact.phones]
    return (step,), tuple(
        Difference(name, None, value, taken=True) for name, value in shown if value
    )


class ContactFiling:
    """Adds and links contacts; one for a whole file, so that a person is added once."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._desk = uow
        self._by_key: dict[object, int] = {}

    def file(self, steps: Sequence[tuple[int, Step]]) -> None:
        """Link the contacts of some rows, each with the key of its organisation."""
        links: set[tuple[int, int]] = set()
        for organisation, step in steps:
            values = dict(step.values)
            person = values.get("person_id")
            if person is None:
                person = self._by_key.get(values["key"]) if values["key"] else None
            if person is None:
                person = self._add(values)
            else:
                self._is_contact(person)
            if (organisation, person) in links:
                continue
            links.add((organisation, person))
            link = ContactPerson(
                organisation_id=organisation, person_id=person, title=values["title"]
            )
            stamp(self._desk, link)
            self._desk.session.add(link)

    def _is_contact(self, key: int) -> None:
        person = self._desk.session.get_one(Party, key)
        person.is_contact = True
        person.unlinked_on = None
        stamp(self._desk, person)

    def _add(self, values: dict[str, Any]) -> int:
        names = (
            "name",
            "given_name",
            "family_name",
            "sort_name",
            "language",
            "source",
            "sourced_on",
        )
        party = Party(
            **{name: values[name] for name in names},
            kind=PartyKind.PERSON,
            status=PartyStatus.ACTIVE,
            is_contact=True,
            started_on=values["sourced_on"],
        )
        provenance = Provenance(values["source"], values["sourced_on"])
        purposes = dict(provenance.columns(Purpose.CONTACT))
        for at, address in enumerate(values["emails"]):
            party.emails.append(Email(address=address, is_primary=at == 0, **purposes))
        for at, number in enumerate(values["phones"]):
            party.phones.append(Phone(number=number, is_primary=at == 0, **purposes))
        for record in (party, *party.emails, *party.phones):
            stamp(self._desk, record)
        self._desk.session.add(party)
        self._desk.session.flush()
        if values["key"]:
            self._by_key[values["key"]] = party.id
        return party.id
