from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from queries.errors import NotFound
from queries.reads.paging import Total
from queries.reads.sales.invoice import invoice_record
from queries.reads.sales.invoice_list import (
    Age,
    InvoiceFilter,
    InvoiceRow,
    InvoiceSort,
    InvoiceState,
    age_days,
    invoice_list,
)
from queries.rules.roles import Permission
from tests.factories.records import MAKER, TODAY, make_party
from tests.factories.sales import credit, line, make_draft, make_invoice, noon, pay
from tests.support.filled import filled_once
from tests.support.statements import plan_steps, statements, whole_tables_read


def _due(days: int) -> date:
    return TODAY + timedelta(days=days)


@filled_once
def invoices(store) -> dict[str, int]:
    """Invoices of every state and age, issued in this order, of two customers."""
    first = make_party(store, name="Aamun Kahvila Oy")
    second = make_party(store, name="Illan Bistro Oy")
    days = iter(date(2025, 11, 1) + timedelta(days=n) for n in range(20))
    made: dict[str, int] = {"first": first, "second": second}
    for name, due in (
        ("d91", -91),
        ("d90", -90),
        ("d31", -31),
        ("d30", -30),
        ("d15", -15),
        ("d14", -14),
        ("d1", -1),
        ("today", 0),
        ("later", 10),
    ):
        made[name] = make_invoice(store, first, issued_on=next(days), due_on=_due(due))
    made["paid"] = make_invoice(store, second, issued_on=next(days), due_on=_due(-5))
    pay(store, made["paid"], "125,50")
    made["credited"] = make_invoice(store, second, issued_on=next(days), due_on=_due(-5))
    pay(store, made["credited"], "25,50")
    made["note"] = credit(store, made["credited"], issued_on=date(2026, 3, 1))
    made["draft"] = make_draft(store, second, now=noon(TODAY - timedelta(days=6)))
    made["forgotten"] = make_draft(store, second, now=noon(TODAY - timedelta(days=7)))
    return made


_LATE = ["d91", "d90", "d31", "d30", "d15", "d14", "d1"]
_OPEN = [*_LATE, "today", "later"]
_ISSUED = [*_OPEN, "paid", "credited", "note"]


def _names(store, invoices, **wanted: object) -> list[str]:
    with store.reading(MAKER) as session:
        page = invoice_list(session, InvoiceFilter(**wanted), today=TODAY)
    assert page.total == Total(len(page.rows))
    names = {key: name for name, key in invoices.items() if name not in {"first", "second"}}
    return [names[row.id] for row in page.rows]


FILTERS = [
    ({}, _ISSUED[::-1]),
    ({"sort": InvoiceSort.OLDEST}, _ISSUED),
    ({"sort": InvoiceSort.DUE}, _ISSUED),
    ({"state": InvoiceState.OPEN}, _OPEN[::-1]),
    ({"state": InvoiceState.OPEN, "sort": InvoiceSort.DUE}, _OPEN),
    ({"state": InvoiceState.OVERDUE, "sort": InvoiceSort.DUE}, _LATE),
    ({"state": InvoiceState.PAID}, ["credited", "paid"]),
    ({"state": InvoiceState.CREDIT_NOTE}, ["note"]),
    ({"state": InvoiceState.REFUND}, ["note"]),
    ({"state": InvoiceState.DRAFT}, ["forgotten", "draft"]),
    ({"state": InvoiceState.DRAFT, "sort": InvoiceSort.OLDEST}, ["draft", "forgotten"]),
    ({"state": InvoiceState.OLD_DRAFT}, ["forgotten"]),
    ({"age": Age.NOT_DUE}, ["later", "today"]),
    ({"age": Age.DAYS_1_14}, ["d1", "d14"]),
    ({"age": Age.DAYS_15_30, "sort": InvoiceSort.DUE}, ["d30", "d15"]),
    ({"age": Age.DAYS_31_90, "state": InvoiceState.OPEN}, ["d31", "d90"]),
    ({"age": Age.OVER_90}, ["d91"]),
    ({"age": Age.OVER_90, "state": InvoiceState.OVERDUE}, ["d91"]),
    ({"age": Age.NO_DUE_DAY}, []),
    ({"month": "2026-03"}, ["note"]),
    ({"month": "2025-11", "state": InvoiceState.PAID}, ["credited", "paid"]),
    ({"text": "bistro"}, ["note", "credited", "paid"]),
    ({"text": "1002"}, ["d90"]),
    ({"text": "1003 2"}, ["d31"]),
    ({"text": "101"}, ["note", "credited", "paid"]),
    ({"text": "aamu", "age": Age.OVER_90}, ["d91"]),
    ({"text": "olematon"}, []),
]


def test_filters_and_orders(store, invoices):
    for wanted, expected in FILTERS:
        assert (wanted, _names(store, invoices, **wanted)) == (wanted, expected)


def test_a_line_shows_the_invoice_and_its_customer(store, invoices, viewer):
    wanted = InvoiceFilter(age=Age.DAYS_15_30, party_id=invoices["first"])
    with store.reading(viewer) as session:
        page = invoice_list(session, wanted, today=TODAY)
    assert page.rows[1] == InvoiceRow(
        id=invoices["d30"],
        kind="invoice",
        status="issued",
        number="1004",
        party_id=invoices["first"],
        party_name="Aamun Kahvila Oy",
        issued_on=date(2025, 11, 4),
        due_on=_due(-30),
        total_cents=12_550,
        open_cents=12_550,
        days_late=30,
    )


def test_an_invoice_that_came_without_a_due_day_has_a_class_of_its_own(store, invoices):
    with store.engine.begin() as connection:
        connection.execute(text("INSERT INTO disposal_gate VALUES (1)"))
        connection.execute(
            text("UPDATE invoice SET due_on = NULL WHERE id = :id"), {"id": invoices["today"]}
        )
        connection.execute(text("DELETE FROM disposal_gate"))
    assert _names(store, invoices, age=Age.NO_DUE_DAY) == ["today"]
    assert _names(store, invoices, age=Age.NOT_DUE) == ["later"]
    assert _names(store, invoices, state=InvoiceState.OPEN) == _OPEN[::-1]
    dated = [name for name in _OPEN if name != "today"]
    assert _names(store, invoices, state=InvoiceState.OPEN, sort=InvoiceSort.DUE) == dated


def test_the_ages_meet_and_do_not_overlap():
    spans = sorted(age_days(age, TODAY) for age in Age)
    for (_, last), (first, _) in itertools.pairwise(spans):
        assert first - last == timedelta(days=1)


@pytest.mark.parametrize(
    "wanted",
    [
        InvoiceFilter(),
        InvoiceFilter(state=InvoiceState.OPEN, sort=InvoiceSort.DUE),
        InvoiceFilter(state=InvoiceState.DRAFT),
    ],
)
def test_pages_by_key_forward_and_back(store, wanted):
    party = make_party(store)
    for _ in range(7):
        make_invoice(store, party)
        make_draft(store, party)
    seen, pages, after = [], [], None
    with store.reading(MAKER) as session:
        while True:
            page = invoice_list(session, wanted, today=TODAY, after=after, size=3)
            pages.append(page)
            seen += [row.id for row in page.rows]
            if page.next_key is None:
                break
            after = page.next_key
        whole = [row.id for row in invoice_list(session, wanted, today=TODAY).rows]
        assert (seen, len(seen)) == (whole, 7)
        back = invoice_list(session, wanted, today=TODAY, before=pages[2].previous_key, size=3)
        assert back.rows == pages[1].rows


@pytest.mark.parametrize(
    ("wanted", "n"),
    [
        (InvoiceFilter(), 2),
        (InvoiceFilter(month="2026-03"), 2),
        (InvoiceFilter(state=InvoiceState.OVERDUE, sort=InvoiceSort.DUE), 2),
        (InvoiceFilter(state=InvoiceState.OPEN), 2),
        (InvoiceFilter(state=InvoiceState.PAID), 2),
        (InvoiceFilter(state=InvoiceState.CREDIT_NOTE), 2),
        (InvoiceFilter(state=InvoiceState.REFUND), 2),
        (InvoiceFilter(state=InvoiceState.OLD_DRAFT), 2),
        (InvoiceFilter(text="aamu"), 3),
        (InvoiceFilter(text="1001"), 3),
    ],
)
def test_the_list_is_few_statements_and_reads_no_whole_table(sqlite_store, wanted, n):
    store = sqlite_store
    party = make_party(store, name="Aamun Kahvila Oy")
    first = make_invoice(store, party)
    make_invoice(store, party)
    with store.reading(MAKER) as session, statements(store.engine) as seen:
        invoice_list(session, wanted, today=TODAY)
        assert len(seen) == n
        invoice_list(session, wanted, today=TODAY, after=first)
        # Drafts are in the order of their ids: nothing is looked up of the one to page on after.
        assert len(seen) == 2 * n + (wanted.state != InvoiceState.OLD_DRAFT)
    assert whole_tables_read(store.engine, seen) == []


def test_a_search_begins_from_what_it_found(sqlite_store):
    store = sqlite_store
    make_invoice(store, make_party(store, name="Aamun Kahvila Oy"))
    for state in (None, InvoiceState.OVERDUE, InvoiceState.PAID, InvoiceState.DRAFT):
        wanted = InvoiceFilter(text="aamu", state=state, month="2026-03")
        with store.reading(MAKER) as session, statements(store.engine) as seen:
            invoice_list(session, wanted, today=TODAY)
        walked = {
            index
            for index in ("ix_invoice_status", "ix_invoice_issued_on", "ix_invoice_open_due")
            for step in plan_steps(store.engine, seen)
            if index in step
        }
        assert (state, walked) == (state, set())


def test_a_record_is_at_most_six_statements(store):
    party = make_party(store)
    invoice = make_invoice(store, party, line("10"), line("20"))
    note = credit(store, invoice)
    for key, n in ((invoice, 5), (note, 6)):
        with store.reading(MAKER) as session, statements(store.engine) as seen:
            invoice_record(session, key)
            assert len(seen) == n


def test_an_opened_invoice_leaves_a_read_line(store, viewer, now):
    party = make_party(store)
    invoice = make_invoice(store, party)
    with store.reading(viewer, now=now) as session:
        invoice_record(session, invoice)
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT actor, subject, subject_id, party_id FROM trail_entry WHERE kind = 'read'"
        ).all()
    assert [tuple(row) for row in rows] == [("ville", "invoice", invoice, party)]


def test_rights_and_what_is_gone(store, viewer):
    assert invoice_list.__right__ == invoice_record.__right__ == Permission.SEE_BILLING
    with pytest.raises(NotFound), store.reading(viewer) as session:
        invoice_record(session, 404)
