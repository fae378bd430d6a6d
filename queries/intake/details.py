"""What a row of a file says of one party, checked and normalised."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from queries.store.search import fold
from queries.store.tables import PartyKind


@dataclass(frozen=True)
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


@dataclass(frozen=True, kw_only=True)
class Billing:
    """How a party is billed, so far as the file says."""

    e_invoice_address: str | None = None
    operator: str | None = None
    email: str | None = None
    iban: str | None = None
    payment_days: int | None = None
    buyer_reference: str | None = None

    def given(self) -> dict[str, str | int]:
        """What the file says, by column of the store."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class Details:
    """One party as a file describes it; None and empty is "says nothing".

    :param kind: ``person`` or ``organisation``; ``kind_is_assumed`` where the file does not say.
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


#: Words that a company's or other body's name ends with or holds, and a person's does not.
_WORDS = (
    "oy oyj ab abp ky ay tmi t:mi ry rf osk osuuskunta asoy as oy/ab säätiö stiftelse "
    "seurakunta församling kaupunki kunta stad kommun yhdistys förening seura koulu skola "
    "yliopisto virasto kiinteistö taloyhtiö asunto-osakeyhtiö bostads toiminimi firma gmbh ag "
    "ug kg ohg ltd limited inc llc llp plc corp a/s aps asa hb oü sia uab sp bv nv sa srl spa"
)
_ORGANISATION_WORDS = frozenset(_WORDS.split())


def looks_like_organisation(name: str) -> bool:
    """Whether a word of the name says that it is no person.

    >>> looks_like_organisation("Mallikas Oy"), looks_like_organisation("Matti Meikäläinen")
    (True, False)
    """
    words = fold(name).replace(",", " ").replace(".", "").split()
    return any(word in _ORGANISATION_WORDS for word in words)
