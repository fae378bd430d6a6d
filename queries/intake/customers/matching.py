"""Match of a row of a file with a party of the register.

The danger: two people of one name in one town taken for one. The principle: keys are the customer
number, the business ID, the identifier of another country, and an e-mail address or telephone
number together with the name. A name at one and the same whole address, where nothing else differs,
is found too. Any other name is a suggestion: a person says who it is, row by row, and until then
the row is refused. Where two keys point at two parties nothing is guessed. Everything is looked up
in bulk: no statement per row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from queries.intake.customers.details import Details, Place
from queries.intake.plan import Reason, Suggestion
from queries.store.search import fold, sort_name
from queries.store.suppression import suppressed_among
from queries.store.tables import Address, BillingDetail, Email, Note, Party, Phone

#: Values in one IN list.
CHUNK = 500
#: Namesakes that are named for a person to choose from.
MOST_SUGGESTED = 10


@dataclass(frozen=True)
class KnownPlace:
    id: int
    purpose: str
    is_primary: bool
    place: Place


@dataclass(frozen=True)
class KnownLine:
    """An e-mail address or telephone number of the register."""

    id: int
    value: str
    is_primary: bool


@dataclass
class Known:
    """A party as the register has it: what an import compares with."""

    id: int
    columns: dict[str, Any]
    places: list[KnownPlace] = field(default_factory=list)
    emails: list[KnownLine] = field(default_factory=list)
    phones: list[KnownLine] = field(default_factory=list)
    billing: list[dict[str, Any]] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)

    def names(self) -> set[str]:
        family, given = self.columns["family_name"], self.columns["given_name"]
        turned = " ".join(part for part in (family, given) if part)
        return {fold(self.columns["name"]), fold(turned or self.columns["name"])}

    def post_codes(self) -> set[str]:
        return {known.place.post_code for known in self.places if known.place.post_code}

    def shown(self) -> str:
        """Return the party's description, for a person who has to distinguish namesakes."""
        told = [
            self.columns["name"],
            self.columns["customer_number"],
            self.columns["business_id"] or self.columns["foreign_id"],
        ]
        told += [known.place.shown() for known in self.places[:1]]
        told += [line.value for line in (*self.emails[:1], *self.phones[:1])]
        return ", ".join(one for one in told if one)


@dataclass(frozen=True)
class Match:
    """The party that a row means.

    :param party: None for someone new.
    :param by: the key by which the party was found.
    :param reason: refuses the row.
    :param suggested: whom the row may mean, where a person has to say.
    :param notes: what a person should know of the match.
    """

    party: Known | None = None
    by: str | None = None
    reason: Reason | None = None
    suggested: tuple[Known, ...] = ()
    notes: tuple[Reason, ...] = ()

    def suggestions(self) -> tuple[Suggestion, ...]:
        return tuple(Suggestion(known.id, known.shown()) for known in self.suggested)


_COLUMNS = (
    "id",
    "version",
    "customer_number",
    "kind",
    "name",
    "given_name",
    "family_name",
    "business_id",
    "foreign_id",
    "language",
    "status",
    "started_on",
    "ended_on",
    "is_customer",
    "is_partner",
)


class Register:
    """The parties that the rows of one file may mean, loaded at once.

    :param chosen: what a person said of rows: the party, or None for someone new.
    """

    def __init__(
        self,
        session: Session,
        rows: Sequence[Details],
        chosen: Mapping[int, int | None] | None = None,
    ) -> None:
        self._session = session
        self._chosen = chosen or {}
        ids = self._foreign(rows)
        for column, values in (
            (Party.customer_number, {row.customer_number for row in rows}),
            (Party.business_id, {row.business_id for row in rows}),
            (Party.sort_name, {key for row in rows for key in _sort_names(row)}),
        ):
            ids |= self._ids(Party.id, column, values - {None})
        emails = {form for row in rows for one in row.emails for form in (one, one.lower())}
        ids |= self._ids(Email.party_id, Email.address, emails)
        phones = {one for row in rows for one in row.phones}
        ids |= self._ids(Phone.party_id, Phone.number, phones)
        self._suppressed = suppressed_among(session, (one for row in rows for one in row.emails))
        self._known = {known.id: known for known in self._load(ids)}
        self._by_number = self._index("customer_number")
        self._by_business = self._index("business_id")
        self._by_foreign: dict[str, list[Known]] = {}
        self._by_name: dict[str, list[Known]] = {}
        self._by_contact: dict[str, list[Known]] = {}
        for known in self._known.values():
            if known.columns["foreign_id"]:
                key = _letters(known.columns["foreign_id"])
                self._by_foreign.setdefault(key, []).append(known)
            for name in known.names():
                self._by_name.setdefault(name, []).append(known)
            for contact in _contacts(known):
                self._by_contact.setdefault(contact, []).append(known)

    def ids(self) -> list[int]:
        """The parties that were loaded."""
        return sorted(self._known)

    def match(self, row: Details, number: int) -> Match:
        """The party that a row means, nobody, or why that cannot be said.

        Of someone new it is noted where an address has a mark that outlives a person's data: the
        file may bring back a person who was erased.

        :param number: of the row, by which a person may have said whom it means.
        """
        found = self._matched(row, number)
        if found.party is None and self._suppressed.intersection(row.emails):
            return replace(found, notes=(*found.notes, Reason("returns_suppressed")))
        return found

    def _matched(self, row: Details, number: int) -> Match:
        found = self._by_its_keys(row)
        if found is not None:
            told = number in self._chosen and found.reason is None
            return Match(reason=Reason("match_not_offered")) if told else found
        found = self._by_its_name(row)
        if number not in self._chosen:
            return found
        party_id = self._chosen[number]
        if party_id is None:
            return Match(suggested=found.suggested)
        for known in found.suggested:
            if known.id == party_id:
                return Match(known, "choice", suggested=found.suggested)
        return replace(found, party=None, reason=Reason("match_not_offered"))

    def _by_its_keys(self, row: Details) -> Match | None:
        """The party with an identifier of the row; None where none of them is known."""
        found = [
            ("customer_number", self._by_number.get(row.customer_number or "")),
            ("business_id", self._by_business.get(row.business_id or "")),
        ]
        foreign = self._with_foreign_id(row)
        if len(foreign) == 1:
            found.append(("foreign_id", foreign[0]))
        known = {one.id: one for _by, one in found if one is not None}
        if len(known) > 1:
            first, second = [one.columns["name"] for one in known.values()][:2]
            return Match(reason=Reason("keys_differ", {"first": first, "second": second}))
        for by, one in found:
            if one is not None:
                return self._checked(row, one, by)
        return None

    def _with_foreign_id(self, row: Details) -> list[Known]:
        if not row.foreign_id:
            return []
        found = self._by_foreign.get(_letters(row.foreign_id), [])
        if row.foreign_id[:2].isalpha():  # a VAT number begins with its country
            return found
        country = row.place.country if row.place else None
        there = [{one.place.country for one in known.places} for known in found]
        return [
            known
            for known, countries in zip(found, there, strict=True)
            if not countries or country in countries
        ]

    def _checked(self, row: Details, found: Known, by: str) -> Match:
        for key in ("business_id", "foreign_id"):
            stands, given = found.columns[key], getattr(row, key)
            if stands and given and _letters(stands) != _letters(given):
                # The same customer number with another business ID is another system's number, or
                # a company that became another one: a person has to look.
                facts = {"name": found.columns["name"], "stands": stands, "given": given}
                return Match(reason=Reason("identifier_differs", facts))
        return Match(found, by)

    def _by_its_name(self, row: Details) -> Match:
        named = {known.id: known for name in row.names() for known in self._by_name.get(name, ())}
        reached = {
            known.id: known
            for contact in _row_contacts(row)
            for known in self._by_contact.get(contact, ())
        }
        # Two business IDs are two companies, whatever their names.
        same = [one for one in named.values() if not _is_other(row, one)]
        reachable = [one for one in reached.values() if not _is_other(row, one)]
        by_contact = [one for one in reachable if _may_share_name(row, one)]
        by_contact += [one for one in same if one not in by_contact and _share_emails(row, one)]
        if len(by_contact) == 1:
            by = "email" if _share_emails(row, by_contact[0]) else "phone"
            return Match(by_contact[0], by, suggested=tuple(by_contact))
        if by_contact:
            return _asked("ambiguous", by_contact)
        at_home = [one for one in same if _is_at_same_address(row, one) and not _differs(row, one)]
        if len(at_home) == 1:
            return Match(at_home[0], "name", suggested=tuple(at_home))
        foreign = self._with_foreign_id(row)
        near = [one for one in same if row.post_codes() & one.post_codes()] or foreign
        if near:
            return _asked("ambiguous", near)
        unclear = [one for one in same if not _is_elsewhere(row, one) and not _differs(row, one)]
        if unclear:
            return _asked("name_alone", unclear)
        notes = [Reason("namesake", {"n": len(same)})] if same else []
        others = sorted(one.columns["name"] for one in reachable)
        notes += [Reason("contact_of_other", {"name": name}) for name in others[:1]]
        return Match(notes=tuple(notes))

    def _foreign(self, rows: Sequence[Details]) -> set[int]:
        """The parties with a foreign identifier of the rows, however it is written."""
        wanted = {_letters(row.foreign_id) for row in rows if row.foreign_id}
        if not wanted:
            return set()
        stored = self._session.execute(
            select(Party.id, Party.foreign_id).where(Party.foreign_id.is_not(None))
        )
        return {key for key, foreign_id in stored if _letters(foreign_id or "") in wanted}

    def _ids(
        self, key: InstrumentedAttribute[int], column: InstrumentedAttribute[Any], values: set[Any]
    ) -> set[int]:
        found: set[int] = set()
        for some in chunks(sorted(values)):
            found.update(self._session.scalars(select(key).where(column.in_(some))))
        return found

    def _index(self, column: str) -> dict[str, Known]:
        return {
            known.columns[column]: known for known in self._known.values() if known.columns[column]
        }

    def _load(self, ids: set[int]) -> Iterator[Known]:
        for some in chunks(sorted(ids)):
            yield from load_known(self._session, some)


def load_known(session: Session, ids: Sequence[int]) -> list[Known]:
    """The parties with these keys; six statements."""
    columns = [getattr(Party, name) for name in _COLUMNS]
    known = {
        row.id: Known(row.id, dict(zip(_COLUMNS, row, strict=True)))
        for row in session.execute(select(*columns).where(Party.id.in_(ids)))
    }
    for place in session.execute(
        select(
            Address.id,
            Address.party_id,
            Address.purpose,
            Address.is_primary,
            Address.street,
            Address.post_code,
            Address.town,
            Address.country,
        )
        .where(Address.party_id.in_(ids))
        .order_by(Address.is_primary.desc(), Address.id)
    ):
        known[place.party_id].places.append(
            KnownPlace(
                place.id,
                place.purpose,
                place.is_primary,
                Place(place.street, place.post_code, place.town, place.country),
            )
        )
    for model, value, kind in ((Email, Email.address, "emails"), (Phone, Phone.number, "phones")):
        for key, party_id, text, primary in session.execute(
            select(model.id, model.party_id, value, model.is_primary)
            .where(model.party_id.in_(ids))
            .order_by(model.is_primary.desc(), model.id)
        ):
            getattr(known[party_id], kind).append(KnownLine(key, text, primary))
    for detail in session.execute(
        select(
            BillingDetail.id,
            BillingDetail.party_id,
            BillingDetail.method,
            BillingDetail.e_invoice_address,
            BillingDetail.operator,
            BillingDetail.email,
            BillingDetail.iban,
            BillingDetail.payment_days,
            BillingDetail.buyer_reference,
        )
        .where(BillingDetail.party_id.in_(ids))
        .order_by(BillingDetail.id)
    ).mappings():
        known[detail["party_id"]].billing.append(dict(detail))
    for party_id, text in session.execute(
        select(Note.party_id, Note.text).where(Note.party_id.in_(ids))
    ):
        known[party_id].notes.add(text)
    return list(known.values())


def chunks(values: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """The values in lists of at most ``size``."""
    remaining = iter(values)
    while some := list(islice(remaining, size)):
        yield some


def _sort_names(row: Details) -> set[str]:
    """The keys under which the store may list the party: as written, and turned round."""
    found = {sort_name(name) for name in row.names()}
    if row.name and row.kind == "person":
        words = row.name.split()
        found.add(sort_name(" ".join([words[-1], *words[:-1]])))
        found.add(sort_name(" ".join([*words[1:], words[0]])))
    return found


def _asked(code: str, known: list[Known]) -> Match:
    """A person has to say which of these the row means, or that it is someone new."""
    known = sorted(known, key=lambda one: one.id)
    return Match(reason=Reason(code, {"n": len(known)}), suggested=tuple(known[:MOST_SUGGESTED]))


def _letters(text: str) -> str:
    """The letters and digits of a text, however it is spaced and written."""
    return "".join(one for one in fold(text) if one.isalnum())


def _contacts(known: Known) -> set[str]:
    return {line.value.casefold() for line in (*known.emails, *known.phones)}


def _row_contacts(row: Details) -> list[str]:
    return [one.casefold() for one in (*row.emails, *row.phones)]


def _is_other(row: Details, known: Known) -> bool:
    for key in ("business_id", "foreign_id"):
        ours, theirs = known.columns[key], getattr(row, key)
        if ours and theirs and _letters(ours) != _letters(theirs):
            return True
    return False


def _may_share_name(row: Details, known: Known) -> bool:
    """Check if the names are of the same words in any order, or the row has no name."""
    words = [frozenset(name.replace(",", " ").split()) for name in row.names()]
    return not words or bool(
        {frozenset(name.replace(",", " ").split()) for name in known.names()} & set(words)
    )


def _share_emails(row: Details, known: Known) -> bool:
    given = {email.casefold() for email in row.emails}
    return bool(given & {line.value.casefold() for line in known.emails})


def _is_at_same_address(row: Details, known: Known) -> bool:
    given = {_address(place) for place in (row.place, row.delivery) if place}
    return bool((given - {None}) & {_address(one.place) for one in known.places})


def _address(place: Place) -> tuple[str, str] | None:
    """The whole address, however it is spaced; None where it is not whole."""
    street = _letters(place.street)
    return (street, _letters(place.post_code)) if street and place.post_code else None


def _differs(row: Details, known: Known) -> bool:
    """Check if both have a customer number, an e-mail address or a telephone, and not the same."""
    ours = known.columns["customer_number"]
    if ours and row.customer_number and ours != row.customer_number:
        return True
    emails = {line.value.casefold() for line in known.emails}
    phones = {line.value for line in known.phones}
    return bool(
        (emails and row.emails and not _share_emails(row, known))
        or (phones and row.phones and not phones & set(row.phones))
    )


def _is_elsewhere(row: Details, known: Known) -> bool:
    """Check if both have post codes, none of them the same."""
    ours, theirs = known.post_codes(), row.post_codes()
    return bool(ours and theirs and not ours & theirs)
