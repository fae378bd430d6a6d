"""Party of a row, by its columns of names: a person, or an organisation with its contact.

"Nimi" beside "Sukunimi" is the first name; a company beside a first and a last name is the party,
and the person its contact. What does not fit together needs an answer from a person, what is left
out is named.
"""

from __future__ import annotations

from dataclasses import dataclass

from queries.intake.customers.organisation_names import looks_like_organisation
from queries.intake.plan import NameOrder, Reason
from queries.store.search import fold
from queries.store.tables import PartyKind


@dataclass(frozen=True)
class PersonName:
    whole: str
    given: str | None = None
    family: str | None = None


@dataclass(frozen=True, kw_only=True)
class NameCells:
    """Contents of a row's cells of names.

    :param kind: what the row says it is about; None where it does not.
    :param has_company_id: the row has a business ID or a foreign identifier.
    """

    kind: str | None
    has_company_id: bool
    name: str | None = None
    company: str | None = None
    given: str | None = None
    family: str | None = None
    contact: str | None = None
    name_order: str = NameOrder.AS_IS
    default_kind: str = PartyKind.PERSON


@dataclass(frozen=True, kw_only=True)
class Whom:
    """The party that a row is about.

    :param lines_are_contacts: the row's e-mail addresses and telephones are the contact's.
    :param left_out: fields of the row that say nothing of the party.
    :param reason: why that cannot be said.
    """

    kind: str = PartyKind.PERSON
    is_assumed: bool = False
    name: PersonName | None = None
    contact: PersonName | None = None
    lines_are_contacts: bool = False
    left_out: tuple[str, ...] = ()
    reason: Reason | None = None


def whom(cells: NameCells) -> Whom:
    """The party and its contact."""
    person, company, unclear = _person_and_company(cells)
    if unclear is not None:
        return Whom(reason=unclear)
    contact = None if cells.contact is None else parted(cells.contact, cells.name_order)
    if company is not None and cells.kind != PartyKind.PERSON:
        return _of_company(company, person, contact)
    beside = ("contact_name",) if contact else ()
    if person is None:
        if company is not None:  # like a company's name, and the row says that it is a person's
            return Whom(name=PersonName(company), left_out=beside)
        return Whom(kind=_kind_by_ids(cells), is_assumed=cells.kind is None)
    if cells.kind == PartyKind.PERSON:
        left_out = ("company" if cells.company else "name",) if company else ()
        return Whom(name=person, left_out=left_out + beside)
    return _of_person(cells, person, contact)


def _kind_by_ids(cells: NameCells) -> str:
    return cells.kind or (PartyKind.ORGANISATION if cells.has_company_id else cells.default_kind)


def _of_person(cells: NameCells, person: PersonName, contact: PersonName | None) -> Whom:
    """A name of unknown kind; a party that has a contact is not a person."""
    if contact is not None and not same_words(contact.whole, person.whole):
        kind: str = PartyKind.ORGANISATION
        return Whom(kind=kind, is_assumed=True, name=PersonName(person.whole), contact=contact)
    if cells.family is not None:
        return Whom(name=person)
    kind = cells.default_kind
    name = person if kind == PartyKind.PERSON else PersonName(person.whole)
    return Whom(kind=kind, is_assumed=True, name=name)


def _of_company(company: str, person: PersonName | None, contact: PersonName | None) -> Whom:
    kind, name = PartyKind.ORGANISATION, PersonName(company)
    if person is None or same_words(company, person.whole):
        if contact is not None and same_words(company, contact.whole):
            contact = None
        return Whom(kind=kind, name=name, contact=contact)
    left_out = (
        () if contact is None or same_words(contact.whole, person.whole) else ("contact_name",)
    )
    return Whom(kind=kind, name=name, contact=person, lines_are_contacts=True, left_out=left_out)


_Told = tuple[PersonName | None, str | None, Reason | None]


def _person_and_company(cells: NameCells) -> _Told:
    """The person and the organisation that a row names, either or both; or why that is unclear."""
    person = _of_parts(cells)
    is_company = cells.kind != PartyKind.PERSON and bool(cells.kind or cells.has_company_id)
    alone = cells.company is None
    if cells.name is None:
        if alone and is_company and person is not None:
            return None, person.whole, None
        return person, cells.company, None
    if looks_like_organisation(cells.name) or (alone and cells.kind == PartyKind.ORGANISATION):
        if cells.company is not None and not within(cells.name, cells.company):
            return None, None, _differ(cells.name, cells.company)
        return person, cells.company or cells.name, None
    if alone and is_company:
        return _of_trader(cells, cells.name, person)
    return _of_name(cells, cells.name, person)


def _of_trader(cells: NameCells, name: str, person: PersonName | None) -> _Told:
    """A name beside a business ID: the firm's, or the trader's own."""
    if person is not None and not cells.given:
        # A trader's first name, or a firm's name and the last name of whom it is reached by.
        return None, None, _differ(name, person.whole)
    if person is not None and within(person.whole, name):
        person = None
    return person, name, None


def _of_name(cells: NameCells, name: str, person: PersonName | None) -> _Told:
    """Read a name of unknown kind, beside whatever else is in the row."""
    if person is None:
        if cells.company is not None and within(name, cells.company):
            return None, cells.company, None
        return parted(name, cells.name_order), cells.company, None
    if cells.family and not cells.given:
        return _beside_family(name, cells.family), cells.company, None
    if not within(person.whole, name):
        return None, None, _differ(name, person.whole)
    whole = person.whole if _words(name) <= _words(person.whole) else name
    return PersonName(whole, person.given, person.family), cells.company, None


def _differ(first: str, second: str) -> Reason:
    return Reason("names_differ", {"first": first, "second": second})


def _of_parts(cells: NameCells) -> PersonName | None:
    whole = " ".join(part for part in (cells.given, cells.family) if part)
    return PersonName(whole, cells.given, cells.family) if whole else None


def _beside_family(name: str, family: str) -> PersonName:
    """A name beside a last name: the first name, unless it is the whole name."""
    words, last = name.replace(",", " ").split(), family.split()
    folded, ending = [fold(word) for word in words], [fold(word) for word in last]
    for rest, is_there in (
        (words[: -len(last)], folded[-len(last) :] == ending),
        (words[len(last) :], folded[: len(last)] == ending),
    ):
        if is_there:
            given = " ".join(rest) or None
            return PersonName(" ".join(part for part in (given, family) if part), given, family)
    return PersonName(f"{name} {family}", name, family)


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(text).replace(",", " ").split())


def same_words(one: str, other: str) -> bool:
    """Check if two names are of the same words in any order."""
    return _words(one) == _words(other)


def within(one: str, other: str) -> bool:
    """Check if the words of a name are among those of another, either way."""
    first, second = _words(one), _words(other)
    return first <= second or second <= first


def parted(name: str, order: str) -> PersonName:
    """A whole name with its parts, where the settings say how it is parted."""
    words = name.split()
    if order == NameOrder.AS_IS or len(words) < 2:  # noqa: PLR2004 - nothing to part
        return PersonName(name)
    if order == NameOrder.GIVEN_FIRST:
        given, family = " ".join(words[:-1]), words[-1]
    else:
        family, comma, given = (part.strip() for part in name.partition(","))
        if not (comma and family and given):  # else: Meikäläinen, Matti
            given, family = " ".join(words[1:]), words[0]
    return PersonName(f"{given} {family}", given, family)
