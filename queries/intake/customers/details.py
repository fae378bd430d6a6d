"""Details of one party from a row of a file, checked and normalised."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from queries.store.search import fold
from queries.store.tables import PartyKind


@dataclass(frozen=True, slots=True)
class Place:
    """A postal address."""

    street: str
    post_code: str | None = None
    town: str | None = None
    country: str = "FI"

    def shown(self) -> str:
        last = " ".join(part for part in (self.post_code, self.town) if part)
        country = None if self.country == "FI" else self.country
        return ", ".join(part for part in (self.street, last, country) if part)


@dataclass(frozen=True, kw_only=True, slots=True)
class Billing:
    """Billing of a party, as far as the file states it."""

    e_invoice_address: str | None = None
    operator: str | None = None
    email: str | None = None
    iban: str | None = None
    payment_days: int | None = None
    buyer_reference: str | None = None

    def given(self) -> dict[str, str | int]:
        """Return what the file says, by column of the store."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A person through whom the organisation of a row is reached."""

    name: str
    given_name: str | None = None
    family_name: str | None = None
    title: str | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """One party as a file describes it; None and empty is "says nothing".

    :param kind: ``person`` or ``organisation``; ``kind_is_assumed`` where the file does not say.
    :param contact: the person through whom an organisation is reached.
    :param refuses: the :class:`queries.store.tables.SuppressionKind` of what the party said no to.
    """

    name: str | None = None
    kind: str = PartyKind.PERSON
    kind_is_assumed: bool = False
    given_name: str | None = None
    family_name: str | None = None
    customer_number: str | None = None
    business_id: str | None = None
    foreign_id: str | None = None
    language: str | None = None
    status: str | None = None
    started_on: date | None = None
    ended_on: date | None = None
    is_customer: bool = False
    is_partner: bool = False
    place: Place | None = None
    delivery: Place | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    billing: Billing = field(default_factory=Billing)
    note: str | None = None
    contact: Contact | None = None
    refuses: frozenset[str] = frozenset()

    def names(self) -> set[str]:
        """The folded names under which the register may have the party."""
        found = set()
        if self.name:
            found.add(fold(self.name))
        if self.family_name:
            found.add(fold(" ".join(p for p in (self.given_name, self.family_name) if p)))
            found.add(fold(" ".join(p for p in (self.family_name, self.given_name) if p)))
        return found

    def post_codes(self) -> set[str]:
        places = (self.place, self.delivery)
        return {place.post_code for place in places if place and place.post_code}
