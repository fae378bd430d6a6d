"""Figures of an access report: ``python -m tests.bench.access [--invoices N]``.

A customer with many invoices asks for a report: how long each step takes by the clock and by the
processor's time (other work on the machine slows the first), and how long others wait meanwhile for
a customer card. Figures are printed, nothing is asserted.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

from queries.documents.access.json_file import as_json
from queries.documents.access.pdf import as_pdf
from queries.documents.access.report import AccessReport, access_report
from queries.documents.access.review import review
from queries.reads.customers.customer_card import customer_card
from queries.rules.roles import Actor, Role
from queries.store.engine import sqlite_url
from queries.store.migrate import create_store
from queries.store.sessions import Store
from tests.factories.many_invoices import busy_customer
from tests.factories.records import make_person, make_phone

METER = Actor("mittari", Role.MANAGER)
TODAY = date(2026, 3, 5)
ROUNDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=500)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(create_store(sqlite_url(Path(folder) / "register.sqlite"))) as store,
    ):
        report(store, options.invoices)


def report(store: Store, invoices: int) -> None:
    party_id = busy_customer(store, invoices)
    other = make_person(store)
    make_phone(store, other)
    made = _made(store, party_id)
    steps: dict[str, Callable[[], object]] = {
        "read and gather": lambda: _made(store, party_id),
        "look for others": lambda: _reviewed(store, party_id, made),
        "PDF": lambda: as_pdf(made),
        "JSON": lambda: as_json(made),
        "all of it": lambda: _whole(store, party_id),
    }
    print(f"{invoices} invoices; PDF {len(as_pdf(made)):,} bytes, JSON {len(as_json(made)):,}")
    print(f"{'step':<18}{'ms':>9}{'processor':>11}")
    for name, step in steps.items():
        walls, works = zip(*(_timed(step) for _round in range(ROUNDS)), strict=True)
        print(f"{name:<18}{statistics.median(walls):>9.0f}{statistics.median(works):>11.0f}")
    alone = _waits(store, other, until=time.perf_counter() + 1)
    thread = threading.Thread(target=lambda: [_whole(store, party_id) for _round in range(ROUNDS)])
    thread.start()
    beside = _waits(store, other, alive=thread.is_alive)
    for name, waits in (("alone", alone), ("while reports are made", beside)):
        print(
            f"customer card {name}: median {statistics.median(waits):.0f} ms,"
            f" longest {max(waits):.0f} ms ({len(waits)} times)"
        )


def _made(store: Store, party_id: int) -> AccessReport:
    with store.reading(METER) as session:
        return access_report(session, party_id, language="fi", today=TODAY)


def _reviewed(store: Store, party_id: int, made: AccessReport) -> None:
    with store.reading(METER) as session:
        review(session, made, party_id)


def _whole(store: Store, party_id: int) -> None:
    made = _made(store, party_id)
    _reviewed(store, party_id, made)
    as_pdf(made)
    as_json(made)


def _timed(step: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock, and of the processor."""
    wall, work = time.perf_counter(), time.process_time()
    step()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - work) * 1000


def _waits(
    store: Store, party_id: int, *, until: float = 0, alive: Callable[[], bool] | None = None
) -> list[float]:
    """Measure how long each reading of a card took, one after another."""
    found = []
    while alive() if alive else time.perf_counter() < until:
        begun = time.perf_counter()
        with store.reading(METER) as session:
            customer_card(session, party_id, today=TODAY)
        found.append((time.perf_counter() - begun) * 1000)
    return found


if __name__ == "__main__":
    main()
