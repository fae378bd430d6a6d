from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from queries.errors import InvalidInputs, NotAllowed, NotFound, StaleRecord
from queries.reads.sales.invoice import PaymentRow, invoice_record
from queries.store import derived
from queries.writes.sales.payments import RecordPayment, record_payment
from tests.factories.records import MAKER, TODAY, make_party
from tests.factories.sales import credit, make_draft, make_invoice, pay, version_of
from tests.support.trails import everything, trail_of


def _inputs(invoice: int, amount: str = "125,50", **values: object) -> RecordPayment:
    return RecordPayment(
        **{"invoice_id": invoice, "version": 2, "paid_on": TODAY, "amount": amount} | values
    )


def _open(store, *invoices: int) -> list[int]:
    with store.reading(MAKER) as session:
        return [invoice_record(session, invoice).open_cents for invoice in invoices]


def _refused(store, actor, inputs, now) -> list[tuple[str, str]]:
    before = everything(store)
    with pytest.raises(InvalidInputs) as refusal:
        store.carry_out(record_payment, inputs, actor=actor, now=now)
    assert everything(store) == before
    return [(error.field, error.code) for error in refusal.value.errors]


def test_a_payment_takes_down_what_is_open(store, office, now):
    party = make_party(store)
    invoice = make_invoice(store, party, issued_on=date(2026, 2, 1))
    first = store.carry_out(
        record_payment,
        _inputs(invoice, "25,50", paid_on=date(2026, 2, 10), source="email"),
        actor=office,
        now=now,
    )
    second = store.carry_out(
        record_payment, _inputs(invoice, "100", version=3), actor=office, now=now
    )
    with store.reading(office, now=now) as session:
        record = invoice_record(session, invoice)
    assert record.open_cents == 0
    assert record.payments == (
        PaymentRow(first, date(2026, 2, 10), 2_550, "email", "olli"),
        PaymentRow(second, TODAY, 10_000, "office", "olli"),
    )
    columns = ["amount_cents", "invoice_id", "open_cents", "paid_on", "source"]
    assert trail_of(store, "payment") == [
        ("record_payment", first, party, "olli", columns),
        ("record_payment", second, party, "olli", columns),
    ]
    with store.engine.connect() as connection:
        assert derived.differences(connection) == []


def test_too_much_is_asked_about_and_owed_to_the_customer(store, office, now):
    invoice = make_invoice(store, make_party(store))
    assert _refused(store, office, _inputs(invoice, "125,51"), now) == [("amount", "overpayment")]
    inputs = _inputs(invoice, "130", accept_overpayment=True)
    store.carry_out(record_payment, inputs, actor=office, now=now)
    assert _open(store, invoice) == [-450]
    pay(store, invoice, "-4,50")
    assert _open(store, invoice) == [0]


def test_a_slip_is_corrected_by_the_opposite_sum(store, office, now):
    invoice = make_invoice(store, make_party(store))
    pay(store, invoice, "100")
    too_far = _inputs(invoice, "-100,01", version=3)
    assert _refused(store, office, too_far, now) == [("amount", "more_than_paid")]
    pay(store, invoice, "-100")
    assert _open(store, invoice) == [12_550]


def test_a_credit_note_is_paid_back_and_no_further(store, office, now):
    invoice = make_invoice(store, make_party(store))
    pay(store, invoice, "100")
    note = credit(store, invoice)
    assert _open(store, invoice, note) == [0, -10_000]
    version = version_of(store, "invoice", note)
    for amount, code in (("-100,01", "more_than_owed"), ("1", "more_than_paid")):
        inputs = _inputs(note, amount, version=version, accept_overpayment=True)
        assert _refused(store, office, inputs, now) == [("amount", code)]
    pay(store, note, "-100")
    assert _open(store, invoice, note) == [0, 0]
    pay(store, note, "40")
    assert _open(store, invoice, note) == [0, -4_000]


def test_a_correction_settles_with_the_credit_note(store):
    invoice = make_invoice(store, make_party(store))
    pay(store, invoice, "125,50")
    note = credit(store, invoice)
    assert _open(store, invoice, note) == [0, -12_550]
    pay(store, invoice, "-125,50")
    assert _open(store, invoice, note) == [0, 0]


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"amount": ""}, ("amount", "required")),
        ({"amount": "0"}, ("amount", "zero")),
        ({"amount": "sata"}, ("amount", "amount.form")),
        ({"amount": "1.234"}, ("amount", "amount.ambiguous")),
        ({"amount": "0,001"}, ("amount", "amount.precision")),
        ({"amount": "-1"}, ("amount", "more_than_paid")),
        ({"paid_on": TODAY + timedelta(days=1)}, ("paid_on", "day_in_future")),
        ({"paid_on": None}, ("paid_on", "required")),
        ({"paid_on": date(2025, 3, 3)}, ("paid_on", "long_before_issue")),
        ({"source": "cash"}, ("source", "choice")),
    ],
)
def test_what_is_not_valid_is_refused_beside_its_field(sqlite_store, office, now, values, refused):
    invoice = make_invoice(sqlite_store, make_party(sqlite_store))
    assert _refused(sqlite_store, office, _inputs(invoice, **values), now) == [refused]


def test_a_payment_in_advance_of_the_invoice_is_taken(store, office, now):
    invoice = make_invoice(store, make_party(store))
    inputs = _inputs(invoice, paid_on=date(2026, 1, 2))
    assert store.carry_out(record_payment, inputs, actor=office, now=now) > 0


def test_a_draft_is_not_paid(store, office, now):
    draft = make_draft(store, make_party(store))
    inputs = _inputs(draft, "1", version=1, accept_overpayment=True)
    assert _refused(store, office, inputs, now) == [("invoice_id", "not_issued")]


def test_what_a_colleague_just_recorded_is_not_recorded_again(store, office, manager, now):
    invoice = make_invoice(store, make_party(store))
    store.carry_out(record_payment, _inputs(invoice), actor=manager, now=now)
    before = everything(store)
    with pytest.raises(StaleRecord) as refusal:
        store.carry_out(record_payment, _inputs(invoice), actor=office, now=now)
    assert (refusal.value.theirs, refusal.value.changed_by) == ({"open_cents": 0}, "maija")
    assert everything(store) == before


def test_two_at_once_record_one(store, now):
    invoice = make_invoice(store, make_party(store))
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def record() -> None:
        start.wait()
        try:
            store.carry_out(record_payment, _inputs(invoice), actor=MAKER, now=now)
        except StaleRecord:
            outcomes.append("stale")
        else:
            outcomes.append("recorded")

    threads = [threading.Thread(target=record) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["recorded", "stale"]
    assert _open(store, invoice) == [0]


def test_the_store_itself_keeps_a_payment_as_it_is(store):
    pay(store, make_invoice(store, make_party(store)), "10")
    before = everything(store)
    for change in ("UPDATE payment SET amount_cents = 1", "DELETE FROM payment"):
        with pytest.raises(DBAPIError, match="guarded"), store.engine.begin() as connection:
            connection.execute(text(change))
    assert everything(store) == before


def test_rights_and_what_is_gone(store, viewer, office, now):
    invoice = make_invoice(store, make_party(store))
    with pytest.raises(NotAllowed):
        store.carry_out(record_payment, _inputs(invoice), actor=viewer, now=now)
    with pytest.raises(NotFound):
        store.carry_out(record_payment, _inputs(404), actor=office, now=now)
