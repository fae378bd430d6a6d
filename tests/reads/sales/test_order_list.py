from __future__ import annotations

from datetime import date, timedelta

import pytest

from queries.errors import NotAllowed, NotFound
from queries.reads.paging import Total
from queries.reads.sales.order import WorkRow, order_record
from queries.reads.sales.order_list import OrderFilter, OrderRow, OrderSort, OrderState, order_list
from queries.rules.roles import Permission
from queries.store.tables import OrderStatus
from tests.factories.records import MAKER, TODAY, make_order, make_party, make_work
from tests.factories.sales import make_draft, make_invoice, make_service
from tests.support.filled import filled_once
from tests.support.statements import statements, whole_tables_read


def _ids(store, **wanted: object) -> list[int]:
    with store.reading(MAKER) as session:
        page = order_list(session, OrderFilter(**wanted), today=TODAY)
    assert page.total == Total(len(page.rows))
    return [row.id for row in page.rows]


@filled_once
def orders(store) -> dict[str, int]:
    """Orders of every kind, of two customers."""
    first = make_party(store, name="Aamun Kahvila Oy")
    second = make_party(store, name="Illan Bistro Oy")
    service = make_service(store)
    early, late = date(2026, 1, 10), date(2026, 3, 1)
    return {
        "first": first,
        "second": second,
        "service": service,
        "quote": make_order(store, first, status="quote", ordered_on=late),
        "old": make_order(store, first, status="quote", ordered_on=TODAY - timedelta(days=30)),
        "open": make_order(store, second, ordered_on=late, service_id=service, due_on=TODAY),
        "late": make_order(store, second, ordered_on=early, due_on=TODAY - timedelta(days=1)),
        "going": make_order(
            store, first, status="in_progress", ordered_on=early, due_on=date(2026, 2, 1)
        ),
        "done": make_order(
            store, first, status="done", ordered_on=early, due_on=early, service_id=service
        ),
        "off": make_order(store, second, status="cancelled", ordered_on=late),
    }


def test_a_line_shows_the_order_its_customer_and_service(store, orders, viewer):
    wanted = OrderFilter(service_id=orders["service"], party_id=orders["second"])
    with store.reading(viewer) as session:
        page = order_list(session, wanted, today=TODAY)
    assert page.rows == (
        OrderRow(
            id=orders["open"],
            number="1003",
            party_id=orders["second"],
            party_name="Illan Bistro Oy",
            service_name="Sähköasentajan työ",
            title="Sähkökeskuksen vaihto",
            status="open",
            ordered_on=date(2026, 3, 1),
            due_on=TODAY,
            closed_on=None,
            late=False,
        ),
    )
    assert (page.total, page.next_key, page.previous_key) == (Total(1), None, None)


FILTERS = [
    ({}, ["off", "open", "quote", "old", "done", "going", "late"]),
    ({"sort": OrderSort.OLDEST}, ["late", "going", "done", "old", "quote", "open", "off"]),
    ({"sort": OrderSort.DUE}, ["going", "late", "open"]),
    ({"state": OrderStatus.QUOTE}, ["quote", "old"]),
    ({"state": OrderStatus.OPEN}, ["open", "late"]),
    ({"state": OrderStatus.DONE}, ["done"]),
    ({"state": OrderState.UNFINISHED}, ["open", "going", "late"]),
    ({"state": OrderState.UNFINISHED, "sort": OrderSort.DUE}, ["going", "late", "open"]),
    ({"state": OrderState.LATE, "sort": OrderSort.DUE}, ["going", "late"]),
    ({"state": OrderState.OLD_QUOTE}, ["old"]),
    ({"month": "2026-01"}, ["done", "going", "late"]),
    ({"month": "2026-03", "state": OrderStatus.CANCELLED}, ["off"]),
    ({"text": "aamu"}, ["quote", "old", "done", "going"]),
    ({"text": "BISTRO", "state": OrderState.LATE}, ["late"]),
    ({"text": "100"}, ["off", "open", "quote", "old", "done", "going", "late"]),
    ({"text": " 1004 "}, ["late"]),
    ({"text": "9999"}, []),
    ({"text": "olematon"}, []),
]


def test_filters_and_orders(store, orders):
    for wanted, expected in FILTERS:
        rows = [orders[name] for name in expected]
        assert (wanted, _ids(store, **wanted)) == (wanted, rows)


def test_the_service_and_customer_filters(store, orders):
    assert _ids(store, service_id=orders["service"]) == [orders["open"], orders["done"]]
    assert _ids(store, party_id=orders["second"]) == [orders["off"], orders["open"], orders["late"]]


@pytest.mark.parametrize("sort", list(OrderSort))
def test_pages_by_key_forward_and_back(store, sort):
    party = make_party(store)
    for n in range(7):
        day = date(2026, 1, 1) + timedelta(days=n // 2)
        make_order(store, party, ordered_on=day, due_on=day)
    wanted = OrderFilter(sort=sort)
    seen, pages, after = [], [], None
    with store.reading(MAKER) as session:
        while True:
            page = order_list(session, wanted, today=TODAY, after=after, size=3)
            pages.append(page)
            seen += [row.id for row in page.rows]
            if page.next_key is None:
                break
            after = page.next_key
        whole = [row.id for row in order_list(session, wanted, today=TODAY).rows]
        assert seen == whole
        assert [len(page.rows) for page in pages] == [3, 3, 1]
        assert [page.previous_key is None for page in pages] == [True, False, False]
        back = order_list(session, wanted, today=TODAY, before=pages[2].previous_key, size=3)
        assert back.rows == pages[1].rows
        gone = order_list(session, wanted, today=TODAY, after=404, size=3)
        assert gone.rows == pages[0].rows


@pytest.mark.parametrize(
    ("wanted", "most"),
    [
        (OrderFilter(), 2),
        (OrderFilter(state=OrderState.LATE, sort=OrderSort.DUE), 2),
        (OrderFilter(text="aamu", month="2026-01"), 2),
    ],
)
def test_the_list_is_few_statements_and_reads_no_whole_table(sqlite_store, wanted, most):
    store = sqlite_store
    party = make_party(store, name="Aamun Kahvila Oy")
    first = make_order(store, party)
    make_order(store, party)
    with store.reading(MAKER) as session, statements(store.engine) as seen:
        order_list(session, wanted, today=TODAY)
        assert len(seen) == most
        order_list(session, wanted, today=TODAY, after=first)
        assert len(seen) == 2 * most + 1
    assert whole_tables_read(store.engine, seen) == []


def test_an_order_has_its_work_and_invoices(store, orders, viewer):
    order, party = orders["open"], orders["second"]
    first = make_work(store, order, done_on=date(2026, 3, 2))
    second = make_work(store, order, done_on=date(2026, 3, 3), minutes=15, material="Sulake")
    invoice = make_invoice(store, party, order_id=order)
    draft = make_draft(store, party, order_id=order)
    with store.reading(viewer) as session, statements(store.engine) as seen:
        record = order_record(session, order)
        assert len(seen) == 3
    assert record.work == (
        WorkRow(second, 1, date(2026, 3, 3), "Veikko Vasara", "Keskus vaihdettu", 15, "Sulake"),
        WorkRow(first, 1, date(2026, 3, 2), "Veikko Vasara", "Keskus vaihdettu", 150, None),
    )
    assert [(row.id, row.status, row.number, row.open_cents) for row in record.invoices] == [
        (draft, "draft", None, 0),
        (invoice, "issued", "1001", 12_550),
    ]
    assert (record.party_name, record.party_status, record.service_name) == (
        "Illan Bistro Oy",
        "active",
        "Sähköasentajan työ",
    )


def test_an_opened_order_leaves_a_read_line(store, orders, viewer, now):
    with store.reading(viewer, now=now) as session:
        order_record(session, orders["open"])
    with store.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT actor, subject, subject_id, party_id FROM trail_entry WHERE kind = 'read'"
        ).all()
    assert [tuple(row) for row in rows] == [
        ("ville", "service_order", orders["open"], orders["second"])
    ]


def test_rights_and_what_is_gone(store, viewer):
    assert order_list.__right__ == order_record.__right__ == Permission.SEE_CUSTOMERS
    with pytest.raises(NotFound), store.reading(viewer) as session:
        order_record(session, 404)
    with store.reading(viewer) as session:
        session.info.pop("actor")
        with pytest.raises(NotAllowed):
            order_list(session, OrderFilter(), today=TODAY)
