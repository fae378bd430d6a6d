"""One service order with its work and invoices, one work entry, and whom to record them for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from queries.errors import NotFound
from queries.rules.company_ids import vat_number_of
from queries.rules.roles import Permission
from queries.store.sessions import audit_read, needs
from queries.store.tables import Invoice, Party, Service, ServiceOrder, WorkEntry


@dataclass(frozen=True)
class WorkRow:
    id: int
    version: int
    done_on: date
    done_by: str
    description: str
    minutes: int
    material: str | None


@dataclass(frozen=True)
class OrderInvoiceRow:
    id: int
    kind: str
    status: str
    number: str | None
    issued_on: date | None
    total_cents: int
    open_cents: int


@dataclass(frozen=True)
class OrderRecord:
    """One order as it is edited; ``unit_price_cents`` and the rest are those of its service."""

    id: int
    version: int
    number: str
    party_id: int
    party_name: str
    party_status: str
    service_id: int | None
    service_name: str | None
    title: str
    description: str | None
    status: str
    ordered_on: date
    due_on: date | None
    closed_on: date | None
    buyer_reference: str | None
    changed_at: datetime
    changed_by: str
    work: tuple[WorkRow, ...]
    invoices: tuple[OrderInvoiceRow, ...]


@needs(Permission.SEE_CUSTOMERS)
def order_record(session: Session, order_id: int) -> OrderRecord:
    """One order with its work and invoices; 3 statements, and a read line when the reading ends.

    :raises NotFound: when there is no such order.
    """
    found = session.execute(
        select(ServiceOrder, Party.name, Party.status, Service.name)
        .join(Party, Party.id == ServiceOrder.party_id)
        .outerjoin(Service, Service.id == ServiceOrder.service_id)
        .where(ServiceOrder.id == order_id)
    ).first()
    if found is None:
        raise NotFound("service_order", order_id)
    order, party_name, party_status, service_name = found
    audit_read(session, "service_order", order_id, party_id=order.party_id)
    return OrderRecord(
        id=order.id,
        version=order.version,
        number=order.number,
        party_id=order.party_id,
        party_name=party_name,
        party_status=party_status,
        service_id=order.service_id,
        service_name=service_name,
        title=order.title,
        description=order.description,
        status=order.status,
        ordered_on=order.ordered_on,
        due_on=order.due_on,
        closed_on=order.closed_on,
        buyer_reference=order.buyer_reference,
        changed_at=order.changed_at,
        changed_by=order.changed_by,
        work=_work(session, order_id),
        invoices=_invoices(session, order_id),
    )


@dataclass(frozen=True)
class WorkRecord(WorkRow):
    """One work entry as it is edited, with the order and customer that it belongs to."""

    order_id: int
    order_number: str
    party_id: int
    changed_at: datetime
    changed_by: str


@needs(Permission.SEE_CUSTOMERS)
def work_record(session: Session, entry_id: int) -> WorkRecord:
    """One work entry; one statement, and a read line when the reading ends.

    :raises NotFound: when there is no such entry.
    """
    found = session.execute(
        select(WorkEntry, ServiceOrder.number)
        .join(ServiceOrder, ServiceOrder.id == WorkEntry.order_id)
        .where(WorkEntry.id == entry_id)
    ).first()
    if found is None:
        raise NotFound("work_entry", entry_id)
    entry, number = found
    audit_read(session, "work_entry", entry_id, party_id=entry.party_id)
    return WorkRecord(
        id=entry.id,
        version=entry.version,
        done_on=entry.done_on,
        done_by=entry.done_by,
        description=entry.description,
        minutes=entry.minutes,
        material=entry.material,
        order_id=entry.order_id,
        order_number=number,
        party_id=entry.party_id,
        changed_at=entry.changed_at,
        changed_by=entry.changed_by,
    )


def _work(session: Session, order_id: int) -> tuple[WorkRow, ...]:
    rows = session.scalars(
        select(WorkEntry)
        .where(WorkEntry.order_id == order_id)
        .order_by(WorkEntry.done_on.desc(), WorkEntry.id.desc())
    )
    return tuple(
        WorkRow(
            row.id,
            row.version,
            row.done_on,
            row.done_by,
            row.description,
            row.minutes,
            row.material,
        )
        for row in rows
    )


def _invoices(session: Session, order_id: int) -> tuple[OrderInvoiceRow, ...]:
    rows = session.scalars(
        select(Invoice).where(Invoice.order_id == order_id).order_by(Invoice.id.desc())
    )
    return tuple(
        OrderInvoiceRow(
            row.id, row.kind, row.status, row.number, row.issued_on, row.total_cents, row.open_cents
        )
        for row in rows
    )


@dataclass(frozen=True)
class OrderBuyer:
    """The customer for whom something is recorded.

    :param vat_number: None where no ID of theirs is one: they owe no tax in the seller's place.
    """

    id: int
    name: str
    status: str
    vat_number: str | None


@needs(Permission.SEE_CUSTOMERS)
def buyer(session: Session, party_id: int) -> OrderBuyer:
    """The customer to record an order or a draft for; one statement.

    :raises NotFound: when there is no such party.
    """
    found = session.execute(
        select(Party.id, Party.name, Party.status, Party.business_id, Party.foreign_id).where(
            Party.id == party_id
        )
    ).first()
    if found is None:
        raise NotFound("party", party_id)
    return OrderBuyer(*found[:3], vat_number_of(found.business_id, found.foreign_id))
