"""The catalogue of services."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.rules.roles import Permission
from queries.store.search import bounded, searchable
from queries.store.sessions import needs
from queries.store.tables import Service


@dataclass(frozen=True)
class ServiceRow:
    """A service; the price is without VAT, in cents, for one ``unit``."""

    id: int
    version: int
    code: str
    name: str
    unit: str
    unit_price_cents: int
    vat_category: str
    active: bool


@needs(Permission.SEE_BILLING)
def service_list(
    session: Session, *, text: str = "", only_active: bool = False
) -> tuple[ServiceRow, ...]:
    """The services in order of their codes; one statement.

    :param text: every word of it is part of the code or name.
    """
    query = select(Service).order_by(Service.code)
    if only_active:
        query = query.where(Service.active)
    words = searchable(bounded(text)).split()
    return tuple(
        ServiceRow(
            row.id,
            row.version,
            row.code,
            row.name,
            row.unit,
            row.unit_price_cents,
            row.vat_category,
            row.active,
        )
        for row in session.scalars(query)
        if all(word in searchable(f"{row.code} {row.name}") for word in words)
    )
