"""Values that commands keep beside the rows they are computed from: open balances and towns.

No trigger keeps them: each command writes them under the lock of the invoice or the party. So they
are compared like what triggers keep, and computed anew with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import Connection, ScalarSelect, func, select, update

from queries.rules.settlement import left_open, open_balances
from queries.store.tables import Address, Invoice, InvoiceStatus, Party, Payment, WriteOff


def differences(connection: Connection) -> list[str]:
    """Each open balance and town that is not what its rows say, as ``table.column/key``."""
    balances = [f"invoice.open_cents/{key}" for key, _ in sorted(_wrong_balances(connection))]
    wrong = select(Party.id).where(Party.town.is_distinct_from(_first_town()))
    towns = connection.scalars(wrong.order_by(Party.id))
    return [*balances, *(f"party.town/{key}" for key in towns)]


def rebuild(connection: Connection) -> None:
    """Write what the rows say."""
    for key, cents in list(_wrong_balances(connection)):
        connection.execute(update(Invoice).where(Invoice.id == key).values(open_cents=cents))
    town = _first_town()
    connection.execute(update(Party).where(Party.town.is_distinct_from(town)).values(town=town))


def _first_town() -> ScalarSelect[str | None]:
    """The town of the primary address, else of the first."""
    return (
        select(Address.town)
        .where(Address.party_id == Party.id)
        .order_by(Address.is_primary.desc(), Address.id)
        .limit(1)
        .correlate(Party)
        .scalar_subquery()
    )


def _wrong_balances(connection: Connection) -> Iterator[tuple[int, int]]:
    """Find the invoices and credit notes with a wrong balance, and the right one of each."""
    sums = [
        select(of.invoice_id, func.sum(of.amount_cents).label("cents"))
        .group_by(of.invoice_id)
        .subquery()
        for of in (Payment, WriteOff)
    ]
    root = func.coalesce(Invoice.credits_id, Invoice.id)
    told = (func.coalesce(of.c.cents, 0) for of in sums)
    query = select(root, Invoice.id, Invoice.total_cents, Invoice.open_cents, *told)
    for of in sums:
        query = query.outerjoin(of, of.c.invoice_id == Invoice.id)
    # An invoice is older than its credit notes, which are settled in the order of their ids.
    rows = connection.execute(
        query.where(Invoice.status == InvoiceStatus.ISSUED).order_by(root, Invoice.id),
        execution_options={"yield_per": 2_000},
    )
    for _, members in groupby(rows, key=lambda row: row[0]):
        family = list(members)
        own, *notes = [(total, int(paid)) for _, _, total, _, paid, _ in family]
        unpaid, left = open_balances(own, notes)
        for (_, key, _, stands, _, given_up), balance in zip(family, (unpaid, *left), strict=True):
            cents = left_open(balance, int(given_up))
            if cents != stands:
                yield key, cents
