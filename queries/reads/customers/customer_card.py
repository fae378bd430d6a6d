"""Everything that is shown of one customer, with where each datum came from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from queries.errors import NotFound
from queries.reads.customers.customer_list import roles_of
from queries.rules.roles import Permission
from queries.store.sessions import audit_read, needs
from queries.store.tables import Address, BillingDetail, ContactPerson, Email, Invoice, Party, Phone


@dataclass(frozen=True)
class Origin:
    """Origin of a datum and its day (alkuperä)."""

    source: str
    sourced_on: date


@dataclass(frozen=True)
class ReachRow:
    """An e-mail address or a telephone number."""

    id: int
    version: int
    kind: str
    value: str
    purpose: str
    is_primary: bool
    origin: Origin


@dataclass(frozen=True)
class AddressRow:
    id: int
    version: int
    street: str
    post_code: str | None
    town: str | None
    country: str
    purpose: str
    is_primary: bool
    origin: Origin


@dataclass(frozen=True)
class BillingRow:
    id: int
    version: int
    method: str
    e_invoice_address: str | None
    operator: str | None
    email: str | None
    iban: str | None
    payment_days: int
    buyer_reference: str | None
    origin: Origin


@dataclass(frozen=True)
class LinkedParty:
    """A contact person of the organisation, or an organisation of the person."""

    link_id: int
    party_id: int
    name: str
    title: str | None


@dataclass(frozen=True)
class CustomerCard:
    """One party with its details; sums in cents."""

    id: int
    version: int
    customer_number: str | None
    kind: str
    name: str
    given_name: str | None
    family_name: str | None
    business_id: str | None
    foreign_id: str | None
    language: str
    status: str
    roles: tuple[str, ...]
    started_on: date
    ended_on: date | None
    origin: Origin
    changed_at: datetime
    changed_by: str
    open_cents: int
    overdue_cents: int
    emails: tuple[ReachRow, ...]
    phones: tuple[ReachRow, ...]
    addresses: tuple[AddressRow, ...]
    billing: tuple[BillingRow, ...]
    linked: tuple[LinkedParty, ...]


@needs(Permission.SEE_CUSTOMERS)
def customer_card(session: Session, party_id: int, *, today: date) -> CustomerCard:
    """The card of one party; 5 statements, and a read line when the reading ends.

    :raises NotFound: when there is no such party.
    """
    found = session.execute(
        select(Party, _open_cents(), _open_cents(Invoice.due_on < today)).where(
            Party.id == party_id
        )
    ).first()
    if found is None:
        raise NotFound("party", party_id)
    party, open_cents, overdue_cents = found
    audit_read(session, "party", party_id, party_id=party_id)
    reach = _reach(session, party_id)
    return CustomerCard(
        id=party.id,
        version=party.version,
        customer_number=party.customer_number,
        kind=party.kind,
        name=party.name,
        given_name=party.given_name,
        family_name=party.family_name,
        business_id=party.business_id,
        foreign_id=party.foreign_id,
        language=party.language,
        status=party.status,
        roles=roles_of(party),
        started_on=party.started_on,
        ended_on=party.ended_on,
        origin=Origin(party.source, party.sourced_on),
        changed_at=party.changed_at,
        changed_by=party.changed_by,
        open_cents=int(open_cents or 0),
        overdue_cents=int(overdue_cents or 0),
        emails=tuple(row for row in reach if row.kind == "email"),
        phones=tuple(row for row in reach if row.kind == "phone"),
        addresses=_addresses(session, party_id),
        billing=_billing(session, party_id),
        linked=_linked(session, party_id),
    )


def _open_cents(*more: ColumnElement[bool]) -> ScalarSelect[int]:
    return (
        select(func.sum(Invoice.open_cents))
        .where(Invoice.party_id == Party.id, *more)
        .correlate(Party)
        .scalar_subquery()
    )


def _reach(session: Session, party_id: int) -> list[ReachRow]:
    def one(model: type[Email | Phone], value: Any, kind: str) -> Select[Any]:
        query: Select[Any] = select(
            literal(kind).label("kind"),
            model.id,
            model.version,
            value.label("value"),
            model.purpose,
            model.is_primary,
            model.source,
            model.sourced_on,
        )
        return query.where(model.party_id == party_id)

    rows = session.execute(
        union_all(one(Email, Email.address, "email"), one(Phone, Phone.number, "phone"))
    )
    found = [
        ReachRow(
            row.id,
            row.version,
            row.kind,
            row.value,
            row.purpose,
            bool(row.is_primary),
            Origin(row.source, row.sourced_on),
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: (not row.is_primary, row.id))


def _addresses(session: Session, party_id: int) -> tuple[AddressRow, ...]:
    rows = session.scalars(
        select(Address)
        .where(Address.party_id == party_id)
        .order_by(Address.is_primary.desc(), Address.id)
    )
    return tuple(
        AddressRow(
            row.id,
            row.version,
            row.street,
            row.post_code,
            row.town,
            row.country,
            row.purpose,
            row.is_primary,
            Origin(row.source, row.sourced_on),
        )
        for row in rows
    )


def _billing(session: Session, party_id: int) -> tuple[BillingRow, ...]:
    rows = session.scalars(
        select(BillingDetail).where(BillingDetail.party_id == party_id).order_by(BillingDetail.id)
    )
    return tuple(
        BillingRow(
            row.id,
            row.version,
            row.method,
            row.e_invoice_address,
            row.operator,
            row.email,
            row.iban,
            row.payment_days,
            row.buyer_reference,
            Origin(row.source, row.sourced_on),
        )
        for row in rows
    )


def _linked(session: Session, party_id: int) -> tuple[LinkedParty, ...]:
    other = aliased(Party)
    rows = session.execute(
        select(ContactPerson.id, other.id.label("party_id"), other.name, ContactPerson.title)
        .join(
            other,
            or_(
                (other.id == ContactPerson.person_id) & (ContactPerson.organisation_id == party_id),
                (other.id == ContactPerson.organisation_id) & (ContactPerson.person_id == party_id),
            ),
        )
        .where(or_(ContactPerson.organisation_id == party_id, ContactPerson.person_id == party_id))
        .order_by(other.sort_name, other.id)
    )
    return tuple(LinkedParty(*row) for row in rows)
