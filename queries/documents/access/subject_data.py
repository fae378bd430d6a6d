"""Everything that the store holds about a party, table by table, as the personal-data map says.

There is no list of tables here: a table with an owner in :mod:`queries.rules.personal_data` is
read, one statement each, along the way that its ``owner`` names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import Column, LargeBinary, Select, select
from sqlalchemy.orm import Session

from queries.errors import NotFound
from queries.rules.personal_data import PERSONAL_DATA
from queries.rules.personal_data_types import Personal, TableMap
from queries.rules.roles import Permission
from queries.store.sessions import needs
from queries.store.tables import (
    Base,
    ConsentText,
    Disclosure,
    Party,
    Recipient,
    Service,
    StorageRoom,
)

_RECIPIENT = (
    Recipient.name,
    Recipient.kind,
    Recipient.purpose,
    Recipient.country,
    Recipient.transfer_basis,
)

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
"""The rows of each table, by its name, in the order of the map."""


@dataclass(frozen=True)
class Names:
    """Names by which keys are shown.


    :param consents: the versions of consent texts.
    :param parties: the party itself and the organisations that the person is a contact of.
    """

    services: Mapping[int, str]
    parties: Mapping[int, str]
    orders: Mapping[int, str]
    invoices: Mapping[int, str]
    rooms: Mapping[int, str]
    consents: Mapping[int, int]


@dataclass(frozen=True)
class Disclosed:
    """A disclosure of data to a recipient (GDPR Art. 4(9), 15(1)(c)); ``on`` is ISO 8601.

    :param recipient_id: its key.
    :param transfer_basis: outside the EU and the EEA, by which article of Chapter V (Art. 15(2)).
    """

    recipient_id: int
    name: str
    kind: str
    purpose: str
    country: str
    transfer_basis: str | None
    what: str
    on: str


@dataclass(frozen=True)
class Agreed:
    """A recipient that has the data of the register by an agreement in force."""

    name: str
    kind: str
    purpose: str
    country: str
    transfer_basis: str | None
    what: str | None


def reported_tables() -> dict[str, TableMap]:
    """The tables of the map that hold something of a party for its report or package."""
    return {
        name: table
        for name, table in PERSONAL_DATA.items()
        if table.owner and any(_leaves(entry) for entry in table.columns.values())
    }


def gather(session: Session, party_id: int, tables: Collection[str] | None = None) -> Rows:
    """The rows about a party; one statement a table.

    :param tables: only these, ``party`` among them; all of :func:`reported_tables` otherwise.

    :raises NotFound: when there is no such party, or no more.
    """
    found: dict[str, Sequence[Row]] = {}
    for name, its in reported_tables().items():
        if tables is not None and name not in tables:
            continue
        rows = session.execute(_rows_of(name, its.owner, party_id)).mappings().all()
        found[name] = [dict(row) for row in rows]
        if name == "party" and not rows:
            raise NotFound("party", party_id)
    return found


def names_of(session: Session, rows: Rows) -> Names:
    """The names behind the keys in the rows; at most four statements."""
    services = {
        row["service_id"]
        for name in ("service_order", "invoice_line")
        for row in rows.get(name, ())
    } - {None}
    organisations = {row["organisation_id"] for row in rows["contact_person"]}
    rooms = {row["room_id"] for row in rows.get("paper_record", ())} - {None}
    consents = {row["consent_text_id"] for row in rows.get("subscription", ())} - {None}
    party = rows["party"][0]
    return Names(
        services=_named(session, Service, services),
        parties={**_named(session, Party, organisations), party["id"]: party["name"]},
        orders={row["id"]: row["number"] for row in rows["service_order"]},
        invoices={row["id"]: row["number"] or "–" for row in rows.get("invoice", ())},
        rooms=_named(session, StorageRoom, rooms),
        consents=_versions(session, consents),
    )


@needs(Permission.SEE_REQUESTS)
def recipients_of(session: Session, party_id: int) -> tuple[Disclosed, ...]:
    """Return the recipients of the party's data, what and when; one statement."""
    rows = session.execute(
        select(Recipient.id, *_RECIPIENT, Disclosure.what, Disclosure.disclosed_on)
        .join(Disclosure, Disclosure.recipient_id == Recipient.id)
        .where(Disclosure.party_id == party_id)
        .order_by(Disclosure.disclosed_on, Disclosure.id)
    )
    return tuple(Disclosed(*row[:-1], row[-1].isoformat()) for row in rows)


@needs(Permission.SEE_REQUESTS)
def agreed_recipients(session: Session, *, today: date) -> tuple[Agreed, ...]:
    """Return the recipients with an agreement in force on a day; one statement. Disclosures of a
    single person's data are not recorded for them."""
    rows = session.execute(
        select(*_RECIPIENT, Recipient.what)
        .where(
            Recipient.agreement.is_not(None),
            Recipient.ends_on.is_(None) | (Recipient.ends_on >= today),
        )
        .order_by(Recipient.name, Recipient.id)
    )
    return tuple(Agreed(*row) for row in rows)


def is_owners_key(table: str, column: str) -> bool:
    """Return whether the column only says that the row is about this party.

    >>> is_owners_key("email", "party_id"), is_owners_key("contact_person", "organisation_id")
    (True, False)
    """
    return f"{table}.{column}" == PERSONAL_DATA[table].owner[-1]


def _leaves(entry: Personal | None) -> bool:
    return entry is not None and (entry.in_access or entry.in_portability)


def _rows_of(name: str, owner: Sequence[str], party_id: int) -> Select[Any]:
    table = Base.metadata.tables[name]
    columns = [column for column in table.c if not isinstance(column.type, LargeBinary)]
    query: Select[Any] = select(*columns)
    for step, following in pairwise(owner):
        other = _column(following).table
        query = query.join(other, _column(step) == _key(other))
    return query.where(_column(owner[-1]) == party_id).order_by(*table.primary_key.columns)


def _column(step: str) -> Column[Any]:
    table, column = step.split(".")
    return Base.metadata.tables[table].c[column]


def _key(table: Any) -> Column[Any]:
    return next(iter(table.primary_key.columns))


def _named(
    session: Session, model: type[Service | Party | StorageRoom], keys: Iterable[int]
) -> Mapping[int, str]:
    wanted = sorted(keys)
    if not wanted:
        return {}
    query = select(model.id, model.name).where(model.id.in_(wanted))
    return {row.id: row.name for row in session.execute(query)}


def _versions(session: Session, keys: Collection[int]) -> Mapping[int, int]:
    if not keys:
        return {}
    query = select(ConsentText.id, ConsentText.version).where(ConsentText.id.in_(keys))
    return {row.id: row.version for row in session.execute(query)}
