from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from queries.errors import InvalidInputs, NotAllowed, NotFound, RuleRefusal, StaleRecord
from queries.reads.sales.order import order_record
from queries.store import derived
from queries.store.tables import Service, ServiceOrder
from queries.writes.commands import stamp
from queries.writes.sales.orders import (
    AmendOrder,
    ChangeOrderStatus,
    amend_order,
    change_order_status,
)
from tests.factories.records import TODAY, make_order, make_party, make_work
from tests.support.trails import everything, trail_of

TOMORROW = TODAY + timedelta(days=1)


def _inputs(party_id: int, **values: object) -> AmendOrder:
    return AmendOrder(**{"party_id": party_id, "title": "Pihatyöt", "ordered_on": TODAY} | values)


def _refused(store, actor, inputs, now, command=amend_order) -> set[tuple[str, str]]:
    before = everything(store)
    with pytest.raises(InvalidInputs) as refusal:
        store.carry_out(command, inputs, actor=actor, now=now)
    assert everything(store) == before
    return {(error.field, error.code) for error in refusal.value.errors}


def _service(store, office, now, *, active: bool = True) -> int:
    with store.writing(office, now=now) as uow:
        service = Service(
            code="A1",
            name="Asennus",
            unit="hour",
            unit_price_cents=5_000,
            vat_category="standard",
            active=active,
        )
        stamp(uow, service)
        uow.session.add(service)
        uow.session.flush()
        uow.audit("add_service", "service", service.id)
        return service.id


def test_a_recorded_order_gets_the_next_number(store, office, now):
    party = make_party(store)
    first = store.carry_out(amend_order, _inputs(party), actor=office, now=now)
    second = store.carry_out(
        amend_order,
        _inputs(
            party,
            title="  Ka\u0308ytävän valot ",
            status="quote",
            due_on=TOMORROW,
            description="Kaksi\nriviä",
            buyer_reference="PO 17",
        ),
        actor=office,
        now=now,
    )
    with store.reading(office, now=now) as session:
        assert order_record(session, first).number == "1001"
        record = order_record(session, second)
    assert (record.number, record.title, record.description, record.status) == (
        "1002",
        "Käytävän valot",
        "Kaksi\nriviä",
        "quote",
    )
    assert (record.ordered_on, record.due_on, record.closed_on, record.version) == (
        TODAY,
        TOMORROW,
        None,
        1,
    )
    assert (record.buyer_reference, record.changed_by, record.changed_at) == ("PO 17", "olli", now)


def test_recording_leaves_one_trail_line(store, office, now):
    party = make_party(store)
    order = store.carry_out(amend_order, _inputs(party), actor=office, now=now)
    assert trail_of(store, "service_order") == [
        (
            "add_order",
            order,
            party,
            "olli",
            [
                "buyer_reference",
                "description",
                "due_on",
                "number",
                "ordered_on",
                "party_id",
                "service_id",
                "status",
                "title",
            ],
        )
    ]


def test_amending_changes_what_differs_and_names_it(store, office, now):
    party = make_party(store)
    order = make_order(store, party)
    inputs = _inputs(party, id=order, version=1, title="Uusi nimi", ordered_on=date(2026, 2, 2))
    assert store.carry_out(amend_order, inputs, actor=office, now=now) == order
    assert trail_of(store, "service_order")[1:] == [
        ("amend_order", order, party, "olli", ["title"])
    ]
    with store.reading(office, now=now) as session:
        record = order_record(session, order)
    assert (record.title, record.version, record.number) == ("Uusi nimi", 2, "1001")


def test_amending_to_the_same_changes_nothing_and_leaves_no_line(store, office, now):
    party = make_party(store)
    order = make_order(store, party)
    before = everything(store)
    inputs = _inputs(
        party, id=order, version=1, title="Sähkökeskuksen vaihto", ordered_on=date(2026, 2, 2)
    )
    store.carry_out(amend_order, inputs, actor=office, now=now)
    assert everything(store) == before


def test_a_stale_order_is_refused_with_what_stands_now(store, office, manager, now):
    party = make_party(store)
    order = make_order(store, party)
    store.carry_out(
        amend_order,
        _inputs(party, id=order, version=1, title="Toisen nimi"),
        actor=manager,
        now=now,
    )
    before = everything(store)
    with pytest.raises(StaleRecord) as refusal:
        store.carry_out(
            amend_order, _inputs(party, id=order, version=1, title="Oma"), actor=office, now=now
        )
    assert everything(store) == before
    assert (refusal.value.theirs["title"], refusal.value.version, refusal.value.changed_by) == (
        "Toisen nimi",
        2,
        "maija",
    )


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"title": "  "}, ("title", "required")),
        ({"title": "x" * 201}, ("title", "too_long")),
        ({"title": "Kaapeli\x07"}, ("title", "control_character")),
        ({"title": "Kaapeli\u202elepaak"}, ("title", "control_character")),
        ({"description": "131052-9085"}, ("description", "personal_identity_code")),
        ({"ordered_on": TOMORROW}, ("ordered_on", "day_in_future")),
        ({"ordered_on": None}, ("ordered_on", "required")),
        ({"ordered_on": date(1826, 3, 5)}, ("ordered_on", "day_out_of_range")),
        ({"due_on": TODAY - timedelta(days=1)}, ("due_on", "due_before_order")),
        ({"status": "done"}, ("status", "choice")),
        ({"status": "nonsense"}, ("status", "choice")),
        ({"service_id": 77}, ("service_id", "not_for_sale")),
        ({"buyer_reference": "x" * 101}, ("buyer_reference", "too_long")),
    ],
)
def test_what_is_not_valid_is_refused_beside_its_field(sqlite_store, office, now, values, refused):
    party = make_party(sqlite_store)
    assert _refused(sqlite_store, office, _inputs(party, **values), now) == {refused}


def test_all_fields_are_refused_at_once(store, office, now):
    party = make_party(store)
    inputs = _inputs(party, title="", due_on=date(2026, 1, 1), ordered_on=TOMORROW)
    assert _refused(store, office, inputs, now) == {
        ("title", "required"),
        ("ordered_on", "day_in_future"),
        ("due_on", "due_before_order"),
    }


def test_a_service_that_is_no_longer_sold_stays_on_the_orders_that_have_it(store, office, now):
    party = make_party(store)
    service = _service(store, office, now)
    order = make_order(store, party, service_id=service)
    with store.writing(office, now=now) as uow:
        uow.session.get_one(Service, service).active = False
        uow.audit("amend_service", "service", service)
    assert _refused(store, office, _inputs(party, service_id=service), now) == {
        ("service_id", "not_for_sale")
    }
    kept = _inputs(party, id=order, version=1, service_id=service, title="Sama palvelu")
    assert store.carry_out(amend_order, kept, actor=office, now=now) == order


def test_an_order_stays_with_its_customer(store, office, now):
    party, other = make_party(store), make_party(store, name="Toinen Oy")
    order = make_order(store, party)
    assert _refused(store, office, _inputs(other, id=order, version=1), now) == {
        ("party_id", "party_fixed")
    }


def test_only_a_customer_orders(store, office, now):
    partner = make_party(store, is_customer=False, is_partner=True)
    assert _refused(store, office, _inputs(partner), now) == {("party_id", "not_a_customer")}


def test_an_ended_customer_orders_nothing_new_but_what_stands_is_corrected(store, office, now):
    party = make_party(store)
    order = make_order(store, party)
    with store.engine.begin() as connection:
        connection.execute(
            text("UPDATE party SET status = 'ended', ended_on = :day"), {"day": TODAY}
        )
    before = everything(store)
    with pytest.raises(RuleRefusal) as refusal:
        store.carry_out(amend_order, _inputs(party), actor=office, now=now)
    assert refusal.value.code == "party_ended"
    assert everything(store) == before
    inputs = _inputs(party, id=order, version=1)
    assert store.carry_out(amend_order, inputs, actor=office, now=now) == order


def test_a_lead_that_orders_becomes_a_customer_and_one_that_asks_does_not(store, office, now):
    asks = make_party(store, name="Kysyvä Oy", status="lead")
    orders = make_party(store, name="Tilaava Oy", status="lead")
    quote = make_order(store, asks, status="quote")
    make_order(store, orders)
    assert _statuses(store) == {asks: "lead", orders: "active"}
    accept = ChangeOrderStatus(id=quote, version=1, status="open")
    store.carry_out(change_order_status, accept, actor=office, now=now)
    assert _statuses(store) == {asks: "active", orders: "active"}
    assert trail_of(store, "service_order")[-1] == (
        "change_order_status",
        quote,
        asks,
        "olli",
        ["party_status", "status"],
    )
    with store.engine.connect() as connection:
        assert derived.differences(connection) == []


def _statuses(store) -> dict[int, str]:
    with store.engine.connect() as connection:
        return dict(connection.execute(text("SELECT id, status FROM party")).all())


def test_a_status_closes_on_a_day_and_opens_again(store, office, now):
    party = make_party(store)
    order = make_order(store, party)
    for version, status, closed_on in (
        (1, "in_progress", None),
        (2, "done", TODAY),
        (3, "open", None),
    ):
        inputs = ChangeOrderStatus(id=order, version=version, status=status, closed_on=closed_on)
        store.carry_out(change_order_status, inputs, actor=office, now=now)
        with store.reading(office, now=now) as session:
            record = order_record(session, order)
        assert (record.status, record.closed_on, record.version) == (status, closed_on, version + 1)
    assert [line[4] for line in trail_of(store, "service_order")[1:]] == [
        ["status"],
        ["closed_on", "status"],
        ["closed_on", "status"],
    ]


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"status": "lost"}, ("status", "choice")),
        ({"status": "done"}, ("closed_on", "required")),
        ({"status": "done", "closed_on": TOMORROW}, ("closed_on", "day_in_future")),
        (
            {"status": "cancelled", "closed_on": date(2026, 2, 1)},
            ("closed_on", "close_before_order"),
        ),
    ],
)
def test_a_status_that_cannot_be_is_refused(sqlite_store, office, now, values, refused):
    order = make_order(sqlite_store, make_party(sqlite_store))
    inputs = ChangeOrderStatus(id=order, version=1, **values)
    assert _refused(sqlite_store, office, inputs, now, change_order_status) == {refused}


def test_an_order_with_work_is_no_quote(store, office, now):
    order = make_order(store, make_party(store))
    back = ChangeOrderStatus(id=order, version=1, status="quote")
    store.carry_out(change_order_status, back, actor=office, now=now)
    store.carry_out(
        change_order_status,
        ChangeOrderStatus(id=order, version=2, status="open"),
        actor=office,
        now=now,
    )
    make_work(store, order)
    inputs = ChangeOrderStatus(id=order, version=3, status="quote")
    assert _refused(store, office, inputs, now, change_order_status) == {("status", "not_a_quote")}


def test_an_order_day_after_its_closing_is_refused(store, office, now):
    party = make_party(store)
    order = make_order(store, party, status="done", closed_on=date(2026, 2, 10))
    inputs = _inputs(party, id=order, version=2, ordered_on=date(2026, 2, 11))
    assert _refused(store, office, inputs, now) == {("ordered_on", "order_after_close")}


def test_a_viewer_records_nothing(store, viewer, now):
    party = make_party(store)
    before = everything(store)
    with pytest.raises(NotAllowed):
        store.carry_out(amend_order, _inputs(party), actor=viewer, now=now)
    assert everything(store) == before


def test_what_is_gone_is_not_found(store, office, now):
    with pytest.raises(NotFound):
        store.carry_out(amend_order, _inputs(404), actor=office, now=now)
    with pytest.raises(NotFound):
        store.carry_out(amend_order, _inputs(404, id=5, version=1), actor=office, now=now)


def test_an_undone_order_gives_its_number_back(store, office, now):
    party = make_party(store)

    def interrupted(uow, inputs):
        amend_order(uow, inputs)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        store.carry_out(interrupted, _inputs(party), actor=office, now=now)
    order = store.carry_out(amend_order, _inputs(party), actor=office, now=now)
    with store.engine.connect() as connection:
        assert connection.execute(text("SELECT id, number FROM service_order")).all() == [
            (order, "1001")
        ]


def test_one_command_is_carried_out_once(store, office, now):
    party = make_party(store)
    first = store.carry_out(amend_order, _inputs(party), actor=office, now=now, token="t" * 32)
    again = store.carry_out(amend_order, _inputs(party), actor=office, now=now, token="t" * 32)
    assert first == again
    with store.reading(office) as session:
        assert session.query(ServiceOrder).count() == 1
