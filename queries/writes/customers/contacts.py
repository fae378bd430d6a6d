"""Commands on how a party is reached: telephone numbers, e-mail addresses and postal addresses.

Each one notes its source and day with the value (provenance, GDPR Art. 15(1)(g)). Correcting an
address of the register in place is rectification (Art. 16); so is removing one that was wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from queries.errors import NotFound
from queries.rules import identifiers
from queries.rules.countries import FINLAND, country_code
from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import Address, Email, Party, Phone, Purpose, Source
from queries.writes.commands import Checks, Seen, change, fetch, remove, stamp, to_remove
from queries.writes.removal_guard import announce_removal

Contact = Phone | Email | Address
LONGEST_STREET = 200
LONGEST_TOWN = 100


@dataclass(frozen=True, kw_only=True)
class AmendPhone:
    """A telephone number as it should be.

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
class AmendEmail:
    """An e-mail address as it should be; see :class:`AmendPhone`."""

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
class AmendAddress:
    """A postal address as it should be; see :class:`AmendPhone`. ``country`` is ISO 3166-1."""

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


@needs(Permission.EDIT_CUSTOMERS)
def amend_phone(uow: UnitOfWork, inputs: AmendPhone) -> int:
    """Add or correct a telephone number; return the party.

    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    values = {"number": checks.by(identifiers.phone, "number", required=True)}
    return _save(uow, Phone, inputs, checks, values)


@needs(Permission.EDIT_CUSTOMERS)
def amend_email(uow: UnitOfWork, inputs: AmendEmail) -> int:
    """Add or correct an e-mail address; return the party.

    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    values = {"address": checks.by(identifiers.email, "address", required=True)}
    return _save(uow, Email, inputs, checks, values)


@needs(Permission.EDIT_CUSTOMERS)
def amend_address(uow: UnitOfWork, inputs: AmendAddress) -> int:
    """Add or correct a postal address; return the party.

    A Finnish post code is checked; another country's is kept as it is.

    :raises InvalidInputs, NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    values = address_columns(checks, required=True)
    party_id = _save(uow, Address, inputs, checks, values)
    keep_town(uow, party_id)
    return party_id


def address_columns(checks: Checks, *, required: bool) -> dict[str, Any]:
    """The columns of an address: a Finnish post code is checked, another country's kept as it is.

    :param required: without a street it is not an address.
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


@needs(Permission.EDIT_CUSTOMERS)
def remove_phone(uow: UnitOfWork, inputs: Seen) -> int:
    """Remove a telephone number that nothing keeps; return the party.

    :raises NotFound, StaleRecord, Restricted, RuleRefusal: as :func:`.commands.to_remove`.
    """
    return _remove(uow, Phone, inputs)


@needs(Permission.EDIT_CUSTOMERS)
def remove_email(uow: UnitOfWork, inputs: Seen) -> int:
    """Remove an e-mail address that nothing keeps; return the party.

    :raises NotFound, StaleRecord, Restricted, RuleRefusal: as :func:`.commands.to_remove`.
    """
    return _remove(uow, Email, inputs)


@needs(Permission.EDIT_CUSTOMERS)
def remove_address(uow: UnitOfWork, inputs: Seen) -> int:
    """Remove a postal address that nothing keeps; return the party.

    :raises NotFound, StaleRecord, Restricted, RuleRefusal: as :func:`.commands.to_remove`.
    """
    party_id = _remove(uow, Address, inputs)
    keep_town(uow, party_id)
    return party_id


def keep_town(uow: UnitOfWork, party_id: int) -> None:
    """Keep the party's town, which lists filter by, that of its primary (else first) address.

    The party is locked before its addresses are read: of two who change them at once the second
    reads what the first has written.
    """
    uow.session.flush()
    party = uow.session.get_one(Party, party_id, with_for_update=True, populate_existing=True)
    town = uow.session.scalars(
        select(Address.town)
        .where(Address.party_id == party_id)
        .order_by(Address.is_primary.desc(), Address.id)
        .limit(1)
    ).first()
    if party.town != town:
        party.town = town


def _save(
    uow: UnitOfWork,
    model: type[Contact],
    inputs: AmendPhone | AmendEmail | AmendAddress,
    checks: Checks,
    values: dict[str, Any],
) -> int:
    values |= {
        "purpose": checks.one_of("purpose", Purpose),
        "source": checks.one_of("source", Source),
        "sourced_on": checks.day("sourced_on", latest=uow.today),
        "is_primary": inputs.is_primary,
    }
    checks.done()
    party = fetch(uow, Party, inputs.party_id, version=None, inputs=inputs)
    name = model.__tablename__
    if inputs.id is None:
        record: Contact = model(party_id=party.id, **values)
        stamp(uow, record)
        uow.session.add(record)
        changed = list(values)
    else:
        record = fetch(uow, model, inputs.id, version=inputs.version, inputs=inputs)
        changed = change(uow, record, values)
    if changed:
        if record.is_primary:
            _only_primary(uow, model, party.id, record)
        uow.session.flush()
        action = f"add_{name}" if inputs.id is None else f"amend_{name}"
        uow.audit(action, name, record.id, party_id=party.id, columns=changed)
    return party.id


def _only_primary(uow: UnitOfWork, model: type[Contact], party_id: int, record: Contact) -> None:
    """One of a party's numbers (or addresses) is the primary one: the others are not."""
    with uow.session.no_autoflush:
        others = uow.session.scalars(
            select(model).where(model.party_id == party_id, model.is_primary)
        )
        for other in others:
            if other is not record:
                change(uow, other, {"is_primary": False})


def _remove(uow: UnitOfWork, model: type[Contact], inputs: Seen) -> int:
    announce_removal(uow.session)
    name = model.__tablename__
    party_id = uow.session.scalar(select(model.party_id).where(model.id == inputs.id))
    if party_id is None:
        raise NotFound(name, inputs.id)
    # Before the record, as whoever adds or corrects one.
    fetch(uow, Party, party_id, version=None, inputs=inputs)
    record = to_remove(uow, model, inputs.id, version=inputs.version, inputs=inputs)
    remove(uow, record, f"remove_{name}", party_id=party_id)
    return party_id
