from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select

from queries.reads.customers.customer_list import CustomerFilter, customer_list
from queries.reads.overview import overview, total_of
from queries.reads.paging import Page, Total
from queries.reads.sales.invoice_list import InvoiceFilter, invoice_list
from queries.reads.sales.order_list import OrderFilter, order_list
from queries.rules.roles import Permission
from queries.store.tables import Invoice
from tests.factories.records import MAKER, TODAY, make_order, make_party
from tests.factories.sales import credit, line, make_draft, make_invoice, noon, pay
from tests.support.filled import filled_once
from tests.support.statements import statements, whole_tables_read


def _ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@filled_once
def world(store):
    """A small company's books, with something under every figure."""
    _make_world(store)
    return store


def _make_world(store):
    party = make_party(store, started_on=date(2023, 5, 5))
    make_party(store, name="Uusi Oy", started_on=date(2026, 3, 1))
    make_party(
        store,
        name="Lopettanut Oy",
        status="ended",
        started_on=date(2025, 4, 30),
        ended_on=date(2026, 1, 31),
    )
    make_party(
        store, name="Kumppani Oy", is_customer=False, is_partner=True, started_on=date(2026, 3, 1)
    )
    for status, ordered_on, due_on in (
        ("quote", _ago(30), None),
        ("quote", _ago(29), None),
        ("open", _ago(10), _ago(1)),
        ("open", _ago(10), TODAY),
        ("open", _ago(3), None),
        ("in_progress", _ago(40), _ago(20)),
        ("done", _ago(60), _ago(50)),
        ("cancelled", _ago(60), _ago(50)),
    ):
        make_order(store, party, status=status, ordered_on=ordered_on, due_on=due_on)
    for issued_on, due_on in (
        (date(2024, 2, 10), date(2024, 2, 24)),
        (date(2024, 3, 10), date(2024, 3, 24)),
        (date(2025, 3, 10), date(2025, 3, 24)),
        (_ago(100), _ago(90)),
        (_ago(60), _ago(31)),
        (_ago(50), _ago(30)),
        (_ago(40), _ago(15)),
        (_ago(30), _ago(14)),
        (_ago(20), _ago(1)),
        (_ago(10), TODAY),
        (_ago(9), TODAY + timedelta(days=5)),
    ):
        make_invoice(store, party, line("200"), issued_on=issued_on, due_on=due_on)
    paid = make_invoice(store, party, line("100"), issued_on=_ago(4), due_on=_ago(2))
    pay(store, paid, "125,50")
    credit(store, paid, issued_on=_ago(3))
    make_draft(store, party, now=noon(_ago(7)))
    make_draft(store, party, now=noon(_ago(6)))


def _behind(session, wanted) -> tuple[Total, int]:
    """The total that the list says, and the rows that it really has, page by page."""
    n, after = 0, None
    while True:
        page = _page(session, wanted, after)
        n += len(page.rows)
        if page.next_key is None:
            return page.total, n
        after = page.next_key


def _page(session, wanted, after) -> Page:
    if isinstance(wanted, InvoiceFilter):
        return invoice_list(session, wanted, today=TODAY, after=after, size=3)
    if isinstance(wanted, OrderFilter):
        return order_list(session, wanted, today=TODAY, after=after, size=3)
    assert isinstance(wanted, CustomerFilter)
    return customer_list(session, wanted, after=after, size=3)


def test_the_figures(world):
    with world.reading(MAKER) as session:
        shown = overview(session, today=TODAY)
    assert {f.name: (f.total.n, f.cents) for f in shown.doing} == {
        "overdue": (9, 7 * 25_100 + 2 * 24_800),
        "late_orders": (2, None),
        "old_drafts": (1, None),
        "old_quotes": (1, None),
        "to_refund": (1, 12_550),
        "lapsed": (0, None),
        "unbilled": (0, None),
        "left_open": (0, None),
    }
    assert {f.name: f.total.n for f in shown.orders} == {"open": 3, "in_progress": 1, "quote": 2}
    assert {f.name: (f.total.n, f.cents) for f in shown.receivables} == {
        "not_due": (2, 50_200),
        "1_14": (2, 50_200),
        "15_30": (2, 50_200),
        "31_90": (2, 50_200),
        "over_90": (3, 25_100 + 2 * 24_800),
    }
    assert total_of(shown.receivables) == (11, 9 * 25_100 + 2 * 24_800)


def test_the_months(world):
    with world.reading(MAKER) as session:
        shown = overview(session, today=TODAY)
    assert [m.month for m in shown.invoiced][::23] == ["2024-04", "2026-03"]
    sums = {m.month: (m.cents, m.cents_year_before) for m in shown.invoiced}
    assert (sums["2025-02"], sums["2025-03"]) == ((0, 20_000), (20_000, 20_000))
    assert sums["2026-03"] == (0, 20_000)
    assert [m.month for m in shown.customers][::11] == ["2025-04", "2026-03"]
    customers = {m.month: (m.started, m.ended) for m in shown.customers}
    assert (customers["2025-04"], customers["2026-01"], customers["2026-03"]) == (
        (1, 0),
        (0, 1),
        (1, 0),
    )
    assert sum(started + ended for started, ended in customers.values()) == 3


def test_the_list_behind_each_figure_holds_exactly_what_was_counted(world):
    with world.reading(MAKER) as session:
        shown = overview(session, today=TODAY)
        for figure in (*shown.doing, *shown.orders, *shown.receivables):
            behind = _behind(session, figure.behind)
            assert (figure.name, behind) == (figure.name, (figure.total, figure.total.n))
        for month in shown.customers:
            for count, wanted in (
                (month.started, month.started_behind),
                (month.ended, month.ended_behind),
            ):
                assert _behind(session, wanted) == (Total(count), count)


def test_the_list_behind_a_month_comes_to_its_sum(world):
    with world.reading(MAKER) as session:
        shown = overview(session, today=TODAY)
        for month in shown.invoiced:
            ids = [row.id for row in invoice_list(session, month.behind, today=TODAY).rows]
            nets = session.scalars(select(Invoice.net_cents).where(Invoice.id.in_(ids)))
            assert (month.month, sum(nets)) == (month.month, month.cents)


def test_an_empty_register_has_an_overview(store, viewer):
    with store.reading(viewer) as session:
        shown = overview(session, today=TODAY)
    assert {f.total for f in (*shown.doing, *shown.orders, *shown.receivables)} == {Total(0)}
    assert (len(shown.invoiced), len(shown.customers)) == (24, 12)


def test_it_is_five_statements(world):
    with world.reading(MAKER) as session, statements(world.engine) as seen:
        overview(session, today=TODAY)
        assert len(seen) == 3


def test_no_statement_reads_a_whole_table(sqlite_store):
    _make_world(sqlite_store)
    with sqlite_store.reading(MAKER) as session, statements(sqlite_store.engine) as seen:
        overview(session, today=TODAY)
    assert whole_tables_read(sqlite_store.engine, seen) == []


def test_the_right_is_that_of_billing():
    assert overview.__right__ == Permission.SEE_BILLING
