from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from queries.errors import AlreadyIssued, InvalidInputs, NotAllowed, NotFound, StaleRecord
from queries.reads.sales.invoice import invoice_record
from queries.rules.identifiers import reference_number
from queries.store import derived
from queries.writes.customers.parties import AmendParty, amend_party
from queries.writes.sales.invoices import IssueInvoice, issue_invoice
from tests.conftest import NOW
from tests.factories.records import (
    MAKER,
    TODAY,
    business_id,
    make_address,
    make_billing,
    make_order,
    make_party,
)
from tests.factories.sales import line, make_draft, make_invoice, noon
from tests.support.trails import everything, trail_of


def _issue(store, actor, draft, now, **values):
    inputs = IssueInvoice(**{"id": draft, "version": 1, "issued_on": TODAY} | values)
    return store.carry_out(issue_invoice, inputs, actor=actor, now=now)


def _record(store, actor, invoice):
    with store.reading(actor) as session:
        return invoice_record(session, invoice)


def _refused(store, actor, draft, now, **values) -> list[tuple[str, str]]:
    before = everything(store)
    with pytest.raises(InvalidInputs) as refusal:
        _issue(store, actor, draft, now, **values)
    assert everything(store) == before
    return [(error.field, error.code) for error in refusal.value.errors]


def test_an_issued_invoice_has_its_number_reference_days_and_buyer(store, office, now):
    party = make_party(store, business_id=business_id(1))
    make_address(store, party, street="Kotikatu 1")
    make_address(
        store,
        party,
        street="Laskukatu 2",
        purpose="billing",
        country="SE",
        post_code="111 22",
        town="Stockholm",
    )
    make_billing(store, party, payment_days=30, buyer_reference="Kustannuspaikka 7")
    draft = make_draft(store, party)
    assert _issue(store, office, draft, now) == draft
    record = _record(store, office, draft)
    assert (record.status, record.number, record.issued_on, record.due_on) == (
        "issued",
        "1001",
        TODAY,
        date(2026, 4, 4),
    )
    assert (record.reference, reference_number(record.reference)) == ("10016", "10016")
    assert (record.buyer_name, record.buyer_business_id, record.buyer_reference) == (
        "Mäntyharjun Sähköasennus Oy",
        business_id(1),
        "Kustannuspaikka 7",
    )
    assert record.buyer_address == "Laskukatu 2\n111 22 Stockholm\nSE"
    assert (record.net_cents, record.vat_cents, record.total_cents, record.open_cents) == (
        10_000,
        2_550,
        12_550,
        12_550,
    )
    assert trail_of(store, "invoice")[-1] == (
        "issue_invoice",
        draft,
        party,
        "olli",
        [
            "buyer_address",
            "buyer_business_id",
            "buyer_name",
            "buyer_reference",
            "due_on",
            "issued_on",
            "number",
            "open_cents",
            "reference",
            "status",
        ],
    )
    with store.engine.connect() as connection:
        assert derived.differences(connection) == []


def test_without_billing_details_there_are_two_weeks_and_the_orders_reference(store, office, now):
    party = make_party(store)
    order = make_order(store, party, buyer_reference="Tilaus 5")
    draft = make_draft(store, party, order_id=order)
    _issue(store, office, draft, now)
    record = _record(store, office, draft)
    assert (record.due_on, record.buyer_reference, record.buyer_address) == (
        date(2026, 3, 19),
        "Tilaus 5",
        None,
    )


def test_the_buyer_stays_as_of_the_day_of_issue(store, office, now):
    party = make_party(store)
    invoice = make_invoice(store, party)
    renamed = AmendParty(
        id=party,
        version=1,
        kind="organisation",
        name="Uusi Nimi Oy",
        started_on=date(2024, 1, 15),
        source="office",
        sourced_on=TODAY,
    )
    store.carry_out(amend_party, renamed, actor=office, now=now)
    record = _record(store, office, invoice)
    assert (record.buyer_name, record.party_name) == ("Mäntyharjun Sähköasennus Oy", "Uusi Nimi Oy")


def test_the_vat_is_that_of_the_day_of_supply(store, office):
    party = make_party(store)
    rates = []
    for issued_on, supplied_on in (
        (date(2024, 8, 31), None),
        (date(2024, 9, 1), None),
        (date(2024, 9, 2), date(2024, 8, 31)),
    ):
        invoice = make_invoice(store, party, issued_on=issued_on, supplied_on=supplied_on)
        record = _record(store, office, invoice)
        rates.append((record.lines[0].vat_basis_points, record.vat_cents, record.total_cents))
    assert rates == [(2_400, 2_400, 12_400), (2_550, 2_550, 12_550), (2_400, 2_400, 12_400)]


@pytest.mark.parametrize(
    "more", [{"business_id": business_id(3)}, {"foreign_id": "SE556042722001"}]
)
def test_reverse_charge_bears_no_tax(store, office, more):
    party = make_party(store, **more)
    invoice = make_invoice(store, party, line("100", vat_category="reverse_charge"), line("50"))
    record = _record(store, office, invoice)
    assert [(r.vat_category, r.net_cents, r.vat_cents) for r in record.vat] == [
        ("standard", 5_000, 1_275),
        ("reverse_charge", 10_000, 0),
    ]


@pytest.mark.parametrize("more", [{}, {"foreign_id": "HRB 12345"}, {"family_name": "Esimerkki"}])
def test_reverse_charge_is_for_a_buyer_with_a_vat_number(store, more):
    party = make_party(store, **more)
    draft = make_draft(store, party, line("100", vat_category="reverse_charge"), line("50"))
    before = everything(store)
    inputs = IssueInvoice(id=draft, version=1, issued_on=date(2026, 3, 5))
    with pytest.raises(InvalidInputs) as refused:
        store.carry_out(issue_invoice, inputs, actor=MAKER, now=NOW)
    assert [(e.field, e.code) for e in refused.value.errors] == [("lines", "reverse_charge_buyer")]
    assert everything(store) == before


def test_a_lead_that_is_invoiced_is_a_customer(store, office, now):
    party = make_party(store, status="lead")
    _issue(store, office, make_draft(store, party), now)
    with store.engine.connect() as connection:
        assert connection.scalar(text("SELECT status FROM party")) == "active"


def test_numbers_have_no_gap_and_go_the_way_of_the_days(store, office, now):
    party = make_party(store)
    make_invoice(store, party, issued_on=date(2026, 2, 10))
    early, late = make_draft(store, party), make_draft(store, party)
    assert _refused(store, office, early, now, issued_on=date(2026, 2, 9)) == [
        ("issued_on", "before_last_issued")
    ]
    _issue(store, office, late, now, issued_on=date(2026, 2, 10))
    _issue(store, office, early, now, issued_on=date(2026, 2, 11))
    with store.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT number, issued_on FROM invoice ORDER BY number")
        ).all()
    assert [(number, str(day)) for number, day in rows] == [
        ("1001", "2026-02-10"),
        ("1002", "2026-02-10"),
        ("1003", "2026-02-11"),
    ]


def test_a_series_that_was_taken_over_keeps_to_its_latest_day(store, office, now):
    party = make_party(store)
    make_invoice(store, party, issued_on=date(2026, 2, 10))
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE number_series SET next_number = 5000"))
    draft = make_draft(store, party)
    assert _refused(store, office, draft, now, issued_on=date(2026, 2, 9)) == [
        ("issued_on", "before_last_issued")
    ]
    _issue(store, office, draft, now)
    assert _record(store, office, draft).number == "5000"


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"issued_on": TODAY + timedelta(days=1)}, ("issued_on", "day_in_future")),
        ({"issued_on": None}, ("issued_on", "required")),
        ({"due_on": TODAY - timedelta(days=1)}, ("due_on", "due_before_issue")),
        ({"due_on": date(3000, 1, 1)}, ("due_on", "day_out_of_range")),
        ({"supplied_on": TODAY + timedelta(days=1)}, ("supplied_on", "supply_after_issue")),
    ],
)
def test_what_is_not_valid_is_refused_beside_its_field(sqlite_store, office, now, values, refused):
    draft = make_draft(sqlite_store, make_party(sqlite_store))
    assert _refused(sqlite_store, office, draft, now, **values) == [refused]


def test_nothing_without_lines_or_below_nothing_is_issued(store, office, now):
    party = make_party(store)
    negative = make_draft(store, party, line("10"), line("20", quantity="-1"))
    assert _refused(store, office, negative, now) == [("lines", "negative_total")]
    empty = make_draft(store, party)
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM invoice_line"))
    assert _refused(store, office, empty, now) == [("lines", "no_lines")]


def test_a_draft_that_changed_or_is_issued_is_refused(store, office, viewer, now):
    party = make_party(store)
    draft = make_draft(store, party)
    with pytest.raises(StaleRecord):
        _issue(store, office, draft, now, version=2)
    with pytest.raises(NotAllowed):
        _issue(store, viewer, draft, now)
    with pytest.raises(NotFound):
        _issue(store, office, 404, now)
    _issue(store, office, draft, now)
    before = everything(store)
    with pytest.raises(AlreadyIssued):
        _issue(store, office, draft, now, version=2)
    assert everything(store) == before


CHANGES = [
    "UPDATE invoice SET total_cents = total_cents + 1, net_cents = net_cents + 1",
    "UPDATE invoice SET number = '9'",
    "UPDATE invoice SET status = 'draft', number = NULL, open_cents = 0",
    "UPDATE invoice SET buyer_name = 'Toinen'",
    "DELETE FROM invoice",
    "UPDATE invoice_line SET net_cents = 1",
    "DELETE FROM invoice_line",
    (
        "INSERT INTO invoice_line (invoice_id, position, description, quantity_thousandths,"
        " unit, unit_price_cents, discount_basis_points, vat_category, vat_basis_points,"
        " net_cents) SELECT invoice_id, 2, description, 1, unit, 1, 0, vat_category, 0, 0"
        " FROM invoice_line"
    ),
]


def test_the_store_itself_keeps_an_issued_invoice_as_it_is(store):
    make_invoice(store, make_party(store))
    before = everything(store)
    for change in CHANGES:
        with pytest.raises(DBAPIError, match="guarded"), store.engine.begin() as connection:
            connection.execute(text(change))
    assert everything(store) == before


def test_two_who_issue_at_once_leave_no_gap_and_no_duplicate(store, now):
    party = make_party(store)
    drafts = [make_draft(store, party) for _ in range(12)]
    start = threading.Barrier(2)
    failures: list[BaseException] = []

    def issue(own: list[int]) -> None:
        start.wait()
        for draft in own:
            try:
                _issue(store, MAKER, draft, now)
            except BaseException as failure:  # noqa: BLE001 - shown by the assertion below
                failures.append(failure)

    threads = [threading.Thread(target=issue, args=(drafts[n::2],)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with store.engine.connect() as connection:
        numbers = connection.execute(text("SELECT number FROM invoice ORDER BY number")).scalars()
        assert list(numbers) == [str(1001 + n) for n in range(12)]
        assert derived.differences(connection) == []


def test_one_command_is_carried_out_once(store, office, now):
    draft = make_draft(store, make_party(store))
    inputs = IssueInvoice(id=draft, version=1, issued_on=TODAY)
    outcomes = [
        store.carry_out(issue_invoice, inputs, actor=office, now=noon(TODAY), token="t" * 32)
        for _ in range(2)
    ]
    assert outcomes == [draft, draft]
    assert len(trail_of(store, "invoice")) == 2
