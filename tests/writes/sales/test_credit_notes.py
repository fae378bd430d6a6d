from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from queries.errors import InvalidInputs, NotAllowed, NotFound, RuleRefusal, StaleRecord
from queries.reads.sales.invoice import InvoiceRecord, RelatedInvoice, invoice_record
from queries.rules.vat import RateTotal
from queries.store import derived
from queries.writes.sales.credit_notes import CreditInvoice, CreditLine, credit_invoice
from tests.factories.records import MAKER, TODAY, make_order, make_party
from tests.factories.sales import credit, line, make_draft, make_invoice, pay, version_of
from tests.support.trails import everything, trail_of


def _record(store, invoice: int) -> InvoiceRecord:
    with store.reading(MAKER) as session:
        return invoice_record(session, invoice)


def _sums(record: InvoiceRecord) -> tuple[int, int, int, int]:
    return record.net_cents, record.vat_cents, record.total_cents, record.open_cents


def _inputs(invoice: int, *lines: CreditLine, version: int = 2, **values: object) -> CreditInvoice:
    return CreditInvoice(
        **{"id": invoice, "version": version, "issued_on": TODAY, "lines": lines} | values
    )


def _refused(store, actor, inputs, now) -> list[tuple[str, str]]:
    before = everything(store)
    with pytest.raises(InvalidInputs) as refusal:
        store.carry_out(credit_invoice, inputs, actor=actor, now=now)
    assert everything(store) == before
    return [(error.field, error.code) for error in refusal.value.errors]


def _rule(store, actor, inputs, now) -> str:
    before = everything(store)
    with pytest.raises(RuleRefusal) as refusal:
        store.carry_out(credit_invoice, inputs, actor=actor, now=now)
    assert everything(store) == before
    return refusal.value.code


def test_a_whole_invoice_is_mirrored_and_settled(store, office, now):
    party = make_party(store)
    order = make_order(store, party)
    invoice = make_invoice(
        store,
        party,
        line("62,00", quantity="2,5", unit="hour", discount="10"),
        line("50", vat_category="reduced"),
        order_id=order,
    )
    note = store.carry_out(
        credit_invoice, _inputs(invoice, free_text="Väärä hinta"), actor=office, now=now
    )
    record, of = _record(store, note), _record(store, invoice)
    assert (record.kind, record.status, record.number, record.issued_on, record.due_on) == (
        "credit_note",
        "issued",
        "1002",
        TODAY,
        None,
    )
    assert (record.reference, record.free_text, record.order_id, record.buyer_name) == (
        None,
        "Väärä hinta",
        order,
        "Mäntyharjun Sähköasennus Oy",
    )
    assert record.credits == RelatedInvoice(invoice, "1001", TODAY, 23_182, 0)
    assert of.credit_notes == (RelatedInvoice(note, "1002", TODAY, -23_182, 0),)
    assert (_sums(of), _sums(record)) == ((18_950, 4_232, 23_182, 0), (-18_950, -4_232, -23_182, 0))
    assert [
        (
            row.position,
            row.quantity_thousandths,
            row.unit,
            row.unit_price_cents,
            row.discount_basis_points,
            row.vat_basis_points,
            row.net_cents,
        )
        for row in record.lines
    ] == [
        (1, -2_500, "hour", 6_200, 1_000, 2_550, -13_950),
        (2, -1_000, "piece", 5_000, 0, 1_350, -5_000),
    ]
    assert [row.left_cents for row in of.lines] == [0, 0]
    assert trail_of(store, "invoice")[-1] == (
        "credit_invoice",
        note,
        party,
        "olli",
        ["credits_id", "free_text", "issued_on", "lines", "number", "open_cents"],
    )
    with store.engine.connect() as connection:
        assert derived.differences(connection) == []


def test_a_paid_invoice_that_is_credited_is_owed_to_the_customer(store):
    invoice = make_invoice(store, make_party(store))
    pay(store, invoice, "100")
    note = credit(store, invoice)
    assert (_record(store, invoice).open_cents, _record(store, note).open_cents) == (0, -10_000)


def test_credit_notes_in_parts_come_to_the_invoice_to_the_cent(store, office, now):
    invoice = make_invoice(store, make_party(store), line("0,10"), line("0,10"), line("0,10"))
    first, second, third = (row.id for row in _record(store, invoice).lines)
    notes = [
        credit(store, invoice, CreditLine(line_id=first)),
        credit(store, invoice, CreditLine(line_id=second, net="0,07")),
        credit(
            store,
            invoice,
            CreditLine(line_id=second, net="0,03"),
            CreditLine(line_id=third, net="0,01"),
        ),
    ]
    assert [row.left_cents for row in _record(store, invoice).lines] == [0, 0, 9]
    notes.append(credit(store, invoice))
    records = [_record(store, note) for note in notes]
    # Of 0,30 the tax is 0,0765 -> 0,08; of 0,10, 0,17, 0,21 and 0,30 it is 3, 4, 5 and 8 cents.
    assert [(r.net_cents, r.vat_cents) for r in records] == [
        (-10, -3),
        (-7, -1),
        (-4, -1),
        (-9, -3),
    ]
    assert [r.vat for r in records] == [
        (RateTotal("standard", 2_550, net, vat),)
        for net, vat in ((-10, -3), (-7, -1), (-4, -1), (-9, -3))
    ]
    assert [
        [(row.position, row.quantity_thousandths, row.unit_price_cents) for row in r.lines]
        for r in records
    ] == [[(1, -1_000, 10)], [(2, -1_000, 7)], [(2, -1_000, 3), (3, -1_000, 1)], [(3, -1_000, 9)]]
    whole = _record(store, invoice)
    assert (whole.total_cents, whole.credited_cents, whole.open_cents) == (38, 38, 0)
    version = version_of(store, "invoice", invoice)
    assert _rule(store, office, _inputs(invoice, version=version), now) == "already_credited"


def test_an_invoice_is_not_credited_twice(store, office, now):
    invoice = make_invoice(store, make_party(store))
    credit(store, invoice)
    version = version_of(store, "invoice", invoice)
    assert _rule(store, office, _inputs(invoice, version=version), now) == "already_credited"
    assert _rule(store, office, _inputs(invoice), now) == "already_credited"


def test_what_is_not_an_invoice_of_some_sum_is_not_credited(store, office, now):
    party = make_party(store)
    invoice = make_invoice(store, party)
    nothing = make_invoice(store, party, line("10", discount="100"))
    note = credit(store, invoice)
    draft = make_draft(store, party)
    for wrong in (note, draft, nothing):
        version = version_of(store, "invoice", wrong)
        assert _rule(store, office, _inputs(wrong, version=version), now) == "not_creditable"


def test_a_line_is_credited_no_further_than_it_goes(store, office, now):
    party = make_party(store)
    invoice = make_invoice(store, party, line("100"), line("20", quantity="-1"))
    other = _record(store, make_invoice(store, party)).lines[0].id
    plus, minus = (row.id for row in _record(store, invoice).lines)

    def refused(*lines: CreditLine) -> list[tuple[str, str]]:
        return _refused(store, office, _inputs(invoice, *lines), now)

    assert refused(CreditLine(line_id=plus, net="100,01")) == [("lines.0.net", "more_than_left")]
    assert refused(CreditLine(line_id=plus, net="-1")) == [("lines.0.net", "wrong_sign")]
    assert refused(CreditLine(line_id=minus, net="5")) == [("lines.0.net", "wrong_sign")]
    assert refused(CreditLine(line_id=plus, net="paljon")) == [("lines.0.net", "amount.form")]
    assert refused(CreditLine(line_id=other)) == [("lines.0.line_id", "line_of_another")]
    assert refused(CreditLine(line_id=plus, net="1"), CreditLine(line_id=plus)) == [
        ("lines.1.line_id", "line_of_another")
    ]
    assert refused(CreditLine(line_id=plus)) == [("lines", "more_than_invoice")]
    assert refused(CreditLine(line_id=minus)) == [("lines", "no_lines")]
    assert refused(CreditLine(line_id=plus, net="0")) == [("lines", "no_lines")]
    credit(store, invoice, CreditLine(line_id=plus, net="80"))
    version = version_of(store, "invoice", invoice)
    assert _rule(store, office, _inputs(invoice, version=version), now) == "already_credited"


def test_the_days_of_a_credit_note(store, office, now):
    party = make_party(store)
    invoice = make_invoice(store, party, issued_on=date(2026, 2, 20))
    tomorrow = _inputs(invoice, issued_on=TODAY + timedelta(days=1))
    assert _refused(store, office, tomorrow, now) == [("issued_on", "day_in_future")]
    before = _inputs(invoice, issued_on=date(2026, 2, 19))
    assert _refused(store, office, before, now) == [("issued_on", "before_invoice")]
    make_invoice(store, party, issued_on=date(2026, 3, 1))
    between = _inputs(invoice, issued_on=date(2026, 2, 28))
    assert _refused(store, office, between, now) == [("issued_on", "before_last_issued")]


def test_a_refused_credit_note_leaves_no_gap(store, office, now):
    invoice = make_invoice(store, make_party(store))
    _refused(store, office, _inputs(invoice, issued_on=date(2026, 3, 4)), now)
    assert _record(store, credit(store, invoice)).number == "1002"


def test_a_stale_invoice_is_refused_with_what_is_open_now(store, office, manager, now):
    invoice = make_invoice(store, make_party(store))
    pay(store, invoice, "25,50")
    before = everything(store)
    with pytest.raises(StaleRecord) as refusal:
        store.carry_out(credit_invoice, _inputs(invoice), actor=office, now=now)
    assert refusal.value.theirs == {"open_cents": 10_000}
    assert everything(store) == before


def test_rights_and_what_is_gone(store, viewer, office, now):
    invoice = make_invoice(store, make_party(store))
    with pytest.raises(NotAllowed):
        store.carry_out(credit_invoice, _inputs(invoice), actor=viewer, now=now)
    with pytest.raises(NotFound):
        store.carry_out(credit_invoice, _inputs(404), actor=office, now=now)


def test_what_is_credited_stays_as_it_was_but_for_what_is_open(store):
    invoice = make_invoice(store, make_party(store))

    def fixed() -> list[object]:
        with store.engine.connect() as connection:
            row = (
                connection.execute(text("SELECT * FROM invoice WHERE id = :id"), {"id": invoice})
                .mappings()
                .one()
            )
            lines = connection.execute(
                text("SELECT * FROM invoice_line WHERE invoice_id = :id"), {"id": invoice}
            ).all()
        free = {"open_cents", "version", "changed_at", "changed_by"}
        return [{name: value for name, value in row.items() if name not in free}, lines]

    before = fixed()
    pay(store, invoice, "10")
    credit(store, invoice, CreditLine(line_id=_record(store, invoice).lines[0].id, net="1"))
    assert fixed() == before
