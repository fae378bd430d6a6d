"""Commands on how a party is reached: telephone numbers, e-mail addresses and postal addresses.

Each one notes its source and day with the value (provenance, GDPR Art. 15(1)(g)). Correcting an
address of the register in place is rectification (Art. 16); so is removing one that was wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from queries.errors import NotFound
from queries.rules import identifiers
from queries.rules.countries import FINLAND, country_code
from queries.rules.roles import Right
from queries.store.sessions import Desk, needs
from queries.store.tables import Address, Email, Party, Phone, Purpose, Source
from queries.writes.commands import Checks, change, fetch, stamp, to_remove
from queries.writes.removal_guard import announce_removal

Contact = Phone | Email | Address
LONGEST_STREET = 200
LONGEST_TOWN = 100


@dataclass(frozen=True, kw_only=True)
class PhoneWish:
    """A telephone number as it should stand.

    :param id: the number to correct, with the ``version`` that was seen; None to add one.
    :param number: in any notation; a number without a country code is Finnish.
    """

    party_id: int
    id: int | None = None
    version: int | None = None
    number: str
    purpose: str = Purpose.CONTACT
    is_primary: bool = False
    source: str
    sourced_on: date
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class EmailWish:
    """An e-mail address as it should stand; see :class:`PhoneWish`."""

    party_id: int
    id: int | None = None
    version: int | None = None
    address: str
    purpose: str = Purpose.CONTACT
    is_primary: bool = False
    source: str
    sourced_on: date
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class AddressWish:
    """A postal address as it should stand; see :class:`PhoneWish`. ``country`` is ISO 3166-1."""

    party_id: int
    id: int | None = None
    version: int | None = None
    street: str
    post_code: str | None = None
    town: str | None = None
    country: str = "FI"
    purpose: str = Purpose.CONTACT
    is_primary: bool = False
    source: str
    sourced_on: date
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class Removal:
    """A contact detail or note that should go, as it was seen."""

    id: int
    version: int


@needs(Right.EDIT_CUSTOMERS)
def amend_phone(desk: Desk, wish: PhoneWish) -> int:
    """Add or correct a telephone number; returns the party.

    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(wish)
    values = {"number": checks.by(identifiers.phone, "number", required=True)}
    return _save(desk, Phone, wish, checks, values)


@needs(Right.EDIT_CUSTOMERS)
def amend_email(desk: Desk, wish: EmailWish) -> int:
    """Add or correct an e-mail address; returns the party.

    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(wish)
    values = {"address": checks.by(identifiers.email, "address", required=True)}
    return _save(desk, Email, wish, checks, values)


@needs(Right.EDIT_CUSTOMERS)
def amend_address(desk: Desk, wish: AddressWish) -> int:
    """Add or correct a postal address; returns the party.

    A Finnish post code is checked; another country's is kept as it is.

    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(wish)
    values = address_columns(checks, required=True)
    party_id = _save(desk, Address, wish, checks, values)
    keep_town(desk, party_id)
    return party_id


def address_columns(checks: Checks, *, required: bool) -> dict[str, Any]:
    """The columns of an address: a Finnish post code is checked, another country's kept as it is.

    :param required: without a street it is no address.
    """
    country = checks.by(country_code, "country", required=True)
    return {
        "street": checks.text("street", longest=LONGEST_STREET, required=required),
        "post_code": checks.by(identifiers.post_code, "post_code")
        if country in FINLAND
        else checks.text("post_code", longest=16),
        "town": checks.text("town", longest=LONGEST_TOWN),
        "country": country,
    }


@needs(Right.EDIT_CUSTOMERS)
def remove_phone(desk: Desk, wish: Removal) -> int:
    """Remove a telephone number that nothing keeps; returns the party.

    :raises NotFound, StaleRecord, Restricted, RuleRefusal: as :func:`.changing.to_remove`.
    """
    return _remove(desk, Phone, wish)


@needs(Right.EDIT_CUSTOMERS)
def remove_email(desk: Desk, wish: Removal) -> int:
    """Remove an e-mail address that nothing keeps; returns the party.

    :raises NotFound, StaleRecord, Restricted, RuleRefusal: as :func:`.changing.to_remove`.
    """
    return _remove(desk, Email, wish)


@needs(Right.EDIT_CUSTOMERS)
def remove_address(desk: Desk, wish: Removal) -> int:
    """Remove a postal address that nothing keeps; returns the party.

    :raises NotFound, StaleRecord, Restricted, RuleRefusal: as :func:`.changing.to_remove`.
    """
    party_id = _remove(desk, Address, wish)
    keep_town(desk, party_id)
    return party_id


def keep_town(desk: Desk, party_id: int) -> None:
    """Keep the party's town, which lists filter by, that of its primary (else first) address.

    The party is locked before its addresses are read: of two who change them at once the second
    reads what the first has written.
    """
    desk.session.flush()
    party = desk.session.get_one(Party, party_id, with_for_update=True, populate_existing=True)
    town = desk.session.scalars(
        select(Address.town)
        .where(Address.party_id == party_id)
        .order_by(Address.is_primary.desc(), Address.id)
        .limit(1)
    ).first()
    if party.town != town:
        party.town = town


def _save(
    desk: Desk,
    model: type[Contact],
    wish: PhoneWish | EmailWish | AddressWish,
    checks: Checks,
    values: dict[str, Any],
) -> int:
    values |= {
        "purpose": checks.one_of("purpose", Purpose),
        "source": checks.one_of("source", Source),
        "sourced_on": checks.day("sourced_on", latest=desk.today),
        "is_primary": wish.is_primary,
    }
    checks.done()
    party = fetch(desk, Party, wish.party_id, version=None, wish=wish)
    name = model.__tablename__
    if wish.id is None:
        record: Contact = model(party_id=party.id, **values)
        stamp(desk, record)
        desk.session.add(record)
        changed = list(values)
    else:
        record = fetch(desk, model, wish.id, version=wish.version, wish=wish)
        changed = change(desk, record, values)
    if changed:
        if record.is_primary:
            _only_primary(desk, model, party.id, record)
        desk.session.flush()
        action = f"add_{name}" if wish.id is None else f"amend_{name}"
        desk.note(action, name, record.id, party_id=party.id, columns=changed)
    return party.id


def _only_primary(desk: Desk, model: type[Contact], party_id: int, record: Contact) -> None:
    """One of a party's numbers (or addresses) is the primary one: the others are not."""
    with desk.session.no_autoflush:
        others = desk.session.scalars(
            select(model).where(model.party_id == party_id, model.is_primary)
        )
        for other in others:
            if other is not record:
                change(desk, other, {"is_primary": False})


def _remove(desk: Desk, model: type[Contact], wish: Removal) -> int:
    announce_removal(desk.session)
    name = model.__tablename__
    party_id = desk.session.scalar(select(model.party_id).where(model.id == wish.id))
    if party_id is None:
        raise NotFound(name, wish.id)
    # Before the record, as whoever adds or corrects one.
    fetch(desk, Party, party_id, version=None, wish=wish)
    record = to_remove(desk, model, wish.id, version=wish.version, wish=wish)
    desk.session.delete(record)
    desk.session.flush()
    desk.note(f"remove_{name}", name, wish.id, party_id=party_id)
    return party_id


#: What each kind of contact detail is amended and removed by, for pages and imports.
COMMANDS: dict[str, tuple[Callable[..., int], Callable[..., int]]] = {
    "phone": (amend_phone, remove_phone),
    "email": (amend_email, remove_email),
    "address": (amend_address, remove_address),
}
