"""Figures of the pages' reads: ``python -m tests.bench [--customers N] [--data FOLDER]``.

For each page: the statements of all its reads together, their median time warm, and the statements
whose plan reads a whole table (there should be none). Figures are printed, nothing is asserted.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session
from tqdm import tqdm

from queries.demonstration import build
from queries.reads.customers.customer_card import customer_card
from queries.reads.customers.customer_list import CustomerFilter, customer_list, towns
from queries.reads.customers.timeline import timeline
from queries.reads.overview import overview
from queries.reads.retention.first_page import retention_view
from queries.reads.retention.forecast import retention_forecast
from queries.reads.retention.reasons import customer_retention
from queries.reads.retention.record_list import retention_list
from queries.reads.retention.rows import RetentionFilter
from queries.reads.sales.invoice import invoice_record
from queries.reads.sales.invoice_list import InvoiceFilter, invoice_list
from queries.reads.sales.order import order_record
from queries.reads.sales.order_list import OrderFilter, order_list
from queries.reads.sales.services import service_list
from queries.reads.trail import TrailFilter, trail
from queries.rules.roles import Actor, Role
from queries.store.engine import sqlite_url
from queries.store.migrate import create_store, open_store
from queries.store.sessions import Store
from queries.store.tables import Base, Invoice, Party, ServiceOrder

READER = Actor("mittari", Role.MANAGER)
ROUNDS = 15
Read = Callable[[Session], object]


def pages(store: Store, today: date) -> dict[str, list[Read]]:
    """Return the reads of each page, on records in the middle of the store."""
    with store.engine.connect() as connection:
        busiest = connection.execute(
            select(Invoice.party_id)
            .group_by(Invoice.party_id)
            .order_by(func.count().desc())
            .limit(1)
        ).scalar_one()
        middle = connection.execute(select(func.max(Party.id) / 2)).scalar_one()
        order = connection.execute(select(func.max(ServiceOrder.id) / 2)).scalar_one()
        invoice = connection.execute(select(func.max(Invoice.id) / 2)).scalar_one()
        name = connection.execute(select(Party.name).where(Party.id == int(middle))).scalar_one()
    part = name[1:7]

    def customers(**wanted: object) -> Read:
        marks = {key: wanted.pop(key) for key in ("after",) if key in wanted}
        return lambda session: customer_list(session, CustomerFilter(**wanted), **marks)

    return {
        "overview": [lambda session: overview(session, today=today)],
        "customers": [towns, customers()],
        "customers, far page": [towns, customers(after=int(middle))],
        "customers, by town": [towns, customers(town="Mikkeli")],
        "customers, search": [towns, customers(text=part)],
        "customer, the busiest": [
            lambda session: customer_card(session, busiest, today=today),
            lambda session: timeline(session, busiest),
        ],
        "orders": [service_list, lambda s: order_list(s, OrderFilter(), today=today)],
        "order": [service_list, lambda s: order_record(s, int(order))],
        "invoices": [lambda s: invoice_list(s, InvoiceFilter(), today=today)],
        "invoices, overdue": [
            lambda s: invoice_list(s, InvoiceFilter(state="overdue"), today=today)
        ],
        "invoice": [service_list, lambda s: invoice_record(s, int(invoice))],
        "services": [service_list],
        "retention": [lambda s: retention_view(s, RetentionFilter(), today=today)],
        "retention, parties": [
            lambda s: retention_list(s, RetentionFilter(kind="party"), today=today)
        ],
        "retention, within a year": [
            lambda s: retention_list(s, RetentionFilter(state="days_365"), today=today)
        ],
        "retention, forecast": [lambda s: retention_forecast(s, today=today)],
        "retention, the busiest": [lambda s: customer_retention(s, busiest, today=today)],
        "trail": [lambda session: trail(session, TrailFilter())],
    }


def measure(store: Store, reads: list[Read]) -> tuple[int, float, list[str]]:
    """Statements, median milliseconds, and the plans' steps that read a whole table."""
    sent: list[tuple[str, object]] = []

    def note(_connection, _cursor, statement, values, _context, _many) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "EXPLAIN")):
            sent.append((statement, values))

    event.listen(store.engine, "before_cursor_execute", note)
    run(store, reads)
    event.remove(store.engine, "before_cursor_execute", note)
    times = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        run(store, reads)
        times.append((time.perf_counter() - begun) * 1000)
    return len(sent), statistics.median(times), scans(store, sent)


def run(store: Store, reads: list[Read]) -> None:
    # The session is left without its read lines: they are writes, measured with the writes.
    with store.reading(READER) as session:
        for read in reads:
            read(session)
        session.info["opened"].clear()


def scans(store: Store, sent: list[tuple[str, object]]) -> list[str]:
    """Tables that a plan reads through without an index, by SQLite's own account.

    A walk in key order that ends at a LIMIT is not one; one that sorts first is.
    """
    found = []
    with store.engine.connect() as connection:
        for statement, values in sent:
            steps = [
                row[3]
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            ]
            bounded = "LIMIT" in statement and not any("TEMP B-TREE" in step for step in steps)
            for step in steps:
                table = step.removeprefix("SCAN ").split()[0]
                whole = step.startswith("SCAN ") and " USING " not in step
                if whole and not bounded and table in Base.metadata.tables:
                    found.append(table)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--data", type=Path, help="folder with a register.sqlite that stands")
    options = parser.parse_args()
    with ExitStack() as stack:
        if options.data:
            store = open_store(sqlite_url(options.data / "register.sqlite"))
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            store = create_store(sqlite_url(folder / "register.sqlite"))
            bar = stack.enter_context(tqdm(total=options.customers, unit=" customers"))
            build(
                store,
                customers=options.customers,
                seed=1,
                today=date.today(),  # noqa: DTZ011 - any day does
                progress=lambda done, _total: bar.update(done - bar.n),
            )
        stack.callback(store.close)
        report(store)


def report(store: Store) -> None:
    tables = (Party, ServiceOrder, Invoice)
    with store.engine.connect() as connection:
        counts = [connection.execute(select(func.count(t.id))).scalar_one() for t in tables]
    print("{:,} parties, {:,} orders, {:,} invoices".format(*counts))
    print(f"{'page':<26}{'statements':>11}{'ms':>9}  whole tables read")
    for name, reads in pages(store, date.today()).items():  # noqa: DTZ011 - any day does
        count, milliseconds, whole = measure(store, reads)
        print(f"{name:<26}{count:>11}{milliseconds:>9.1f}  {', '.join(whole) or 'none'}")


if __name__ == "__main__":
    main()
