"""The report of a customer with many invoices: steady work, and made beside other work.

Its seconds are printed by ``python -m tests.bench.access``.
"""

from __future__ import annotations

import shutil
import threading
from contextlib import closing
from datetime import date

import pytest

from queries.documents.access.pdf import as_pdf
from queries.documents.access.report import access_report
from queries.documents.access.review import review
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from tests.factories.many_invoices import busy_customer
from tests.support.work import calls_of

TODAY = date(2026, 3, 5)


def work_of(store, manager, invoices):
    """The calls of gathering a report, setting it and looking through it."""
    party_id = busy_customer(store, invoices)
    with store.reading(manager) as session:
        report = access_report(session, party_id, language="fi", today=TODAY)
    assert len(report.section("invoice").entries) == invoices

    def gathered():
        with store.reading(manager) as session:
            access_report(session, party_id, language="fi", today=TODAY)

    def reviewed():
        with store.reading(manager) as session:
            assert review(session, report, party_id).complete

    return [calls_of(step) for step in (gathered, lambda: as_pdf(report), reviewed)]


@pytest.fixture
def another_store(sqlite_template, tmp_path):
    path = tmp_path / "another.sqlite"
    shutil.copy(sqlite_template, path)
    with closing(open_store(sqlite_url(path))) as store:
        yield store


def test_ten_times_the_invoices_are_ten_times_the_work(sqlite_store, another_store, manager):
    few = work_of(sqlite_store, manager, 50)
    many = work_of(another_store, manager, 500)
    assert [more <= 11 * less for less, more in zip(few, many, strict=True)] == [True] * 3


def test_others_go_on_while_a_paper_is_set(sqlite_store, manager):
    """The typesetter lets go of the interpreter: a thread beside it is never held for long."""
    party_id = busy_customer(sqlite_store, 200)
    with sqlite_store.reading(manager) as session:
        report = access_report(session, party_id, language="fi", today=TODAY)
    made: list[bytes] = []
    thread = threading.Thread(target=lambda: made.append(as_pdf(report)))
    turns = 0
    thread.start()
    while thread.is_alive():
        thread.join(0.001)
        turns += 1
    assert made[0].startswith(b"%PDF-")
    assert turns >= 20
