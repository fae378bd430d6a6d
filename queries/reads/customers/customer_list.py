"""The list of customers, partners and contact persons."""

from __future__ import annotations

import enum
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, false, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from queries.reads.paging import Page, Total, count_up_to, page_of
from queries.rules.roles import Permission
from queries.store.search_query import found_parties
from queries.store.sessions import needs
from queries.store.tables import Email, Invoice, Party, Phone, Summary

PAGE_SIZE = 50


class PartyRole(enum.StrEnum):
    CUSTOMER = "customer"
    PARTNER = "partner"
    CONTACT = "contact"


class CustomerSort(enum.StrEnum):
    NAME = "name"
    NAME_DOWN = "name_down"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, kw_only=True)
class CustomerFilter:
    """Filter of the list; None is no restriction."""

    text: str = ""
    role: str | None = PartyRole.CUSTOMER
    kind: str | None = None
    status: str | None = None
    language: str | None = None
    town: str | None = None
    started_month: str | None = None
    ended_month: str | None = None
    sort: str = CustomerSort.NAME


@dataclass(frozen=True)
class CustomerRow:
    """A line of the list; ``open_cents`` is what the party owes in all."""

    id: int
    name: str
    kind: str
    status: str
    roles: tuple[str, ...]
    town: str | None
    language: str
    business_id: str | None
    email: str | None
    phone: str | None
    started_on: date
    ended_on: date | None
    open_cents: int


_ROLE_COLUMNS: dict[str, InstrumentedAttribute[bool]] = {
    PartyRole.CUSTOMER: Party.is_customer,
    PartyRole.PARTNER: Party.is_partner,
    PartyRole.CONTACT: Party.is_contact,
}

_ORDERS: dict[str, tuple[list[InstrumentedAttribute[Any]], bool]] = {
    CustomerSort.NAME: ([Party.sort_name, Party.id], False),
    CustomerSort.NAME_DOWN: ([Party.sort_name, Party.id], True),
    CustomerSort.NEWEST: ([Party.started_on, Party.id], True),
    CustomerSort.OLDEST: ([Party.started_on, Party.id], False),
}


@needs(Permission.SEE_CUSTOMERS)
def customer_list(
    session: Session,
    wanted: CustomerFilter,
    *,
    after: int | None = None,
    before: int | None = None,
    size: int = PAGE_SIZE,
) -> Page[CustomerRow]:
    """One page of the parties that the filter lets through; at most 6 statements.

    :param after: the id of the party to page on after, ``before`` the one to page back before; one
        that is gone means the first page.
    """
    query = _filtered(session, wanted)
    key, descending = _ORDERS[wanted.sort]
    return page_of(
        session,
        query,
        key,
        lambda rows: _rows(session, [row[0] for row in rows]),
        total=_total(session, wanted, query),
        descending=descending,
        after=after,
        before=before,
        size=size,
    )


def _rows(session: Session, parties: list[Party]) -> list[CustomerRow]:
    ids = [party.id for party in parties]
    emails = _first_of(session, Email.party_id, Email.address, Email.is_primary, Email.id, ids)
    phones = _first_of(session, Phone.party_id, Phone.number, Phone.is_primary, Phone.id, ids)
    balances = _balances(session, ids)
    return [
        _row(party, emails.get(party.id), phones.get(party.id), balances.get(party.id, 0))
        for party in parties
    ]


def _filtered(session: Session, wanted: CustomerFilter) -> Select[Party]:
    query = select(Party)
    if wanted.role is not None:
        query = query.where(_ROLE_COLUMNS[wanted.role])
    for column, value in (
        (Party.kind, wanted.kind),
        (Party.status, wanted.status),
        (Party.language, wanted.language),
        (Party.town, wanted.town),
    ):
        if value is not None:
            query = query.where(column == value)
    for day, month in (
        (Party.started_on, wanted.started_month),
        (Party.ended_on, wanted.ended_month),
    ):
        if month is not None:
            query = query.where(*in_month(day, month))
    found = found_parties(session, wanted.text)
    return query if found is None else query.where(Party.id.in_(found))


def in_month(day: SQLColumnExpression[date | None], month: str) -> list[ColumnElement[bool]]:
    """``day`` is in the month ``2026-03``, as an index range; no day is in what is no month."""
    year, _, number = month.partition("-")
    try:
        first = date(int(year), int(number), 1)
        last = date(int(year), int(number), monthrange(int(year), int(number))[1])
    except ValueError:
        return [false()]
    return [day >= first, day <= last]


def _total(session: Session, wanted: CustomerFilter, query: Select[Party]) -> Total:
    if wanted == CustomerFilter(sort=wanted.sort):
        n = session.scalar(select(func.sum(Summary.count)).where(Summary.name == "customers"))
        return Total(int(n or 0))
    return count_up_to(session, query.with_only_columns(Party.id))


def _first_of(
    session: Session, owner: Any, value: Any, primary: Any, key: Any, ids: list[int]
) -> dict[int, str]:
    """The primary, else the first, value of each party."""
    if not ids:
        return {}
    rows = session.execute(select(owner, value).where(owner.in_(ids)).order_by(primary, key.desc()))
    return {party_id: text for party_id, text in rows}  # noqa: C416 - the last one wins


def _balances(session: Session, ids: list[int]) -> dict[int, int]:
    if not ids:
        return {}
    rows = session.execute(
        select(Invoice.party_id, func.sum(Invoice.open_cents))
        .where(Invoice.party_id.in_(ids))
        .group_by(Invoice.party_id)
    )
    return {party_id: int(cents) for party_id, cents in rows}


def _row(party: Party, email: str | None, phone: str | None, open_cents: int) -> CustomerRow:
    return CustomerRow(
        id=party.id,
        name=party.name,
        kind=party.kind,
        status=party.status,
        roles=roles_of(party),
        town=party.town,
        language=party.language,
        business_id=party.business_id,
        email=email,
        phone=phone,
        started_on=party.started_on,
        ended_on=party.ended_on,
        open_cents=open_cents,
    )


def roles_of(party: Party) -> tuple[str, ...]:
    """The roles of a party, customer first."""
    flags = (party.is_customer, party.is_partner, party.is_contact)
    return tuple(role for role, has in zip(PartyRole, flags, strict=True) if has)


@needs(Permission.SEE_CUSTOMERS)
def towns(session: Session, *, most: int = 200) -> tuple[str, ...]:
    """The towns of the register in order, at most ``most``; statements: one index step a town.

    A recursive walk over the index (a "loose scan"): the list of all rows is not read.
    """
    first = select(func.min(Party.town).label("town")).cte("walk", recursive=True)
    following = (
        select(func.min(Party.town)).where(Party.town > first.c.town).correlate(first)
    ).scalar_subquery()
    walk = first.union_all(select(following).where(first.c.town.is_not(None)))
    rows = session.scalars(select(walk.c.town).where(walk.c.town.is_not(None)).limit(most))
    return tuple(town for town in rows if town)
