"""A customer with many invoices, put into the store in bulk."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert, update

from queries.store.sessions import Store
from queries.store.tables import (
    FinancialYear,
    Invoice,
    InvoiceLine,
    Note,
    Payment,
    ServiceOrder,
    WorkEntry,
)
from tests.factories.records import make_address, make_email, make_party, make_phone

_STAMP = {"version": 1, "changed_at": datetime(2026, 3, 5, 10, tzinfo=UTC), "changed_by": "x"}
FIRST = date(2021, 1, 4)


def busy_customer(store: Store, invoices: int) -> int:
    """A customer with so many invoices of three lines, each with its order, work and payment."""
    party_id = make_party(store, name="Ahkera Asiakas Oy", is_customer=True)
    for maker in (make_address, make_email, make_phone):
        maker(store, party_id)
    days = [FIRST + timedelta(days=3 * n) for n in range(invoices)]
    numbers = range(1, invoices + 1)
    own = {"party_id": party_id, **_STAMP}
    with store.engine.begin() as connection:
        connection.execute(
            insert(FinancialYear),
            [
                {"starts_on": date(year, 1, 1), "ends_on": date(year, 12, 31), **_STAMP}
                for year in range(2021, 2030)
            ],
        )
        connection.execute(
            insert(ServiceOrder),
            [
                {
                    "id": n,
                    "number": f"T{n}",
                    "title": f"Sähkötyö {n}",
                    "status": "done",
                    "description": "Keskuksen vaihto ja mittaukset",
                    "ordered_on": day,
                    "closed_on": day,
                    **own,
                }
                for n, day in zip(numbers, days, strict=True)
            ],
        )
        connection.execute(
            insert(WorkEntry),
            [
                {
                    "order_id": n,
                    "done_on": day,
                    "done_by": "Veikko",
                    "minutes": 150,
                    "description": f"Työ tehty, kohde {n}",
                    **own,
                }
                for n, day in zip(numbers, days, strict=True)
            ],
        )
        connection.execute(
            insert(Invoice),
            [
                {
                    "id": n,
                    "kind": "invoice",
                    "status": "draft",
                    "origin": "finvoice",
                    "number": f"L{n}",
                    "order_id": n,
                    "issued_on": day,
                    "due_on": day + timedelta(days=14),
                    "reference": f"{1000 + n}",
                    "buyer_name": "Ahkera Asiakas Oy",
                    "buyer_address": "Kasarminkatu 10, 50100 Mikkeli",
                    "net_cents": 30000,
                    "vat_cents": 7650,
                    "total_cents": 37650,
                    "open_cents": 0,
                    **own,
                }
                for n, day in zip(numbers, days, strict=True)
            ],
        )
        connection.execute(
            insert(InvoiceLine),
            [
                {
                    "invoice_id": n,
                    "position": line,
                    "description": f"Asennus {n}.{line}",
                    "quantity_thousandths": 1000,
                    "unit": "hour",
                    "unit_price_cents": 10000,
                    "discount_basis_points": 0,
                    "vat_category": "standard",
                    "vat_basis_points": 2550,
                    "net_cents": 10000,
                }
                for n in numbers
                for line in (1, 2, 3)
            ],
        )
        connection.execute(update(Invoice).values(status="issued").where(Invoice.id > 0))
        connection.execute(
            insert(Payment),
            [
                {
                    "invoice_id": n,
                    "paid_on": day + timedelta(days=10),
                    "amount_cents": 37650,
                    "source": "invoice",
                    **own,
                }
                for n, day in zip(numbers, days, strict=True)
            ],
        )
        connection.execute(
            insert(Note),
            [
                {"text": f"Sovittu työmaasta {n}", "noted_on": day, "noted_by": "x", **own}
                for n, day in zip(numbers[:100], days, strict=False)
            ],
        )
    return party_id
