from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from math import gcd

import pytest
from sqlalchemy import Date, DateTime, String, Text, func, select
from sqlalchemy.orm import Session

from queries.demonstration import numbers
from queries.demonstration.catalogue import SERVICES
from queries.demonstration.days import Days
from queries.demonstration.names import AWKWARD_NAMES
from queries.demonstration.plan import Planner
from queries.rules import vat
from queries.rules.identifiers import (
    business_id,
    e_invoice_address,
    email,
    find_personal_identity_codes,
    make_reference,
    phone,
    post_code,
)
from queries.rules.settlement import open_balances
from queries.store.search import index_parties, sort_name
from queries.store.tables import (
    Address,
    BillingDetail,
    ContactPerson,
    Email,
    FinancialYear,
    Invoice,
    InvoiceLine,
    NumberSeries,
    Party,
    PartySearch,
    Payment,
    Phone,
    ServiceOrder,
    TrailEntry,
    VatCategory,
    WorkEntry,
)
from tests.factories.demonstrations import OURS, TODAY, fill, fresh


@pytest.fixture(scope="module")
def company(sqlite_template, tmp_path_factory):
    """A demonstration of 300 customers that the reading tests share."""
    store = fill(fresh(sqlite_template, tmp_path_factory.mktemp("company")), 300)
    yield store
    store.close()


@pytest.fixture
def session(company):
    with Session(company.engine) as session:
        yield session


def test_one_line_in_the_trail_says_it(session):
    rows = session.execute(select(TrailEntry.action, TrailEntry.actor, TrailEntry.at)).all()
    assert rows == [("build_demonstration", "demo", datetime(2026, 3, 5, 9, 15, tzinfo=UTC))]


def test_people_and_organisations(session):
    by_kind = dict(
        session.execute(
            select(Party.kind, func.count()).where(Party.is_customer).group_by(Party.kind)
        ).all()
    )
    assert sum(by_kind.values()) == 300
    assert 0.35 < by_kind["person"] / 300 < 0.5
    statuses = set(session.scalars(select(Party.status).where(Party.is_customer)))
    assert statuses == {"lead", "active", "ended"}
    assert set(session.scalars(select(Party.language))) == {"fi", "sv", "en"}
    partners = session.execute(select(Party.is_customer).where(Party.is_partner)).scalars().all()
    assert sorted(partners) == [False] * 6 + [True] * 3
    orphans = session.scalar(
        select(func.count())
        .select_from(Party)
        .where(Party.is_contact, ~Party.id.in_(select(ContactPerson.person_id)))
    )
    assert orphans == 0
    sources = set(session.scalars(select(Party.source)))
    assert sources == {"email", "phone", "form", "meeting", "ytj", "import"}


def test_awkward_names_are_three_and_kept_literally(session):
    found = session.scalars(select(Party.name).where(Party.name.in_(AWKWARD_NAMES))).all()
    assert sorted(found) == sorted(AWKWARD_NAMES)


def test_names_are_ordered_and_searched_as_the_register_does_it(session):
    for party in session.scalars(select(Party)):
        family_first = " ".join(part for part in (party.family_name, party.given_name) if part)
        assert party.sort_name == sort_name(family_first or party.name)
    before = dict(session.execute(select(PartySearch.party_id, PartySearch.text)).all())
    index_parties(session, sorted(before))
    assert dict(session.execute(select(PartySearch.party_id, PartySearch.text)).all()) == before
    assert session.scalar(select(func.count()).select_from(Party)) == len(before)


def test_identifiers_are_valid(session):
    for column, rule in (
        (Party.business_id, business_id),
        (Email.address, email),
        (Phone.number, phone),
        (Address.post_code, post_code),
        (BillingDetail.e_invoice_address, e_invoice_address),
    ):
        values = [value for value in session.scalars(select(column)) if value]
        assert values
        assert [rule(value) for value in values] == values
    assert all(value.endswith(".example") for value in session.scalars(select(Email.address)))
    assert all(value[:6] in {"+35847", "+35848"} for value in session.scalars(select(Phone.number)))
    assert all((value or "9")[0] == "9" for value in session.scalars(select(Party.business_id)))


def test_no_personal_identity_code_anywhere(session):
    for table in OURS:
        for column in table.columns:
            if isinstance(column.type, String | Text):
                everything = "\n".join(v for v in session.scalars(select(column)) if v)
                assert find_personal_identity_codes(everything) == [], column


def test_business_ids_never_come_twice():
    assert gcd(numbers._STRIDE, 1_000_000) == 1
    drawn = list(islice(numbers.business_ids(7), 20_000))
    assert len(set(drawn)) == len(drawn)
    assert [business_id(value) for value in drawn[:2000]] == drawn[:2000]


def test_references_are_the_rules_own():
    for number in (1001, 9999, 10_000, 123_456, 999_999, 1_000_000, 10_346_789):
        assert numbers.reference(number) == make_reference(number)


@pytest.mark.parametrize(
    ("series", "numbered", "day"),
    [("invoice", Invoice, Invoice.issued_on), ("order", ServiceOrder, ServiceOrder.ordered_on)],
)
def test_numbers_have_no_gap_and_follow_the_days(session, series, numbered, day):
    rows = sorted(
        (int(number), on)
        for number, on in session.execute(
            select(numbered.number, day).where(numbered.number.is_not(None))
        )
    )
    assert [number for number, _ in rows] == list(range(1001, 1001 + len(rows)))
    assert [on for _, on in rows] == sorted(on for _, on in rows)
    going_on = session.scalar(select(NumberSeries.next_number).where(NumberSeries.name == series))
    assert going_on == 1001 + len(rows)


def lines_by_invoice(session):
    lines = defaultdict(list)
    for line in session.scalars(select(InvoiceLine).order_by(InvoiceLine.position)):
        lines[line.invoice_id].append(line)
    return lines


def test_invoices_are_whole(session):
    lines = lines_by_invoice(session)
    categories, statuses = set(), set()
    for invoice in session.scalars(select(Invoice)):
        own = lines[invoice.id]
        for line in own:
            assert line.net_cents == vat.line_total(
                line.quantity_thousandths, line.unit_price_cents, line.discount_basis_points
            )
        totals = vat.invoice_totals(own)
        sums = (totals.net_cents, totals.vat_cents, totals.total_cents)
        assert (invoice.net_cents, invoice.vat_cents, invoice.total_cents) == sums
        categories |= {line.vat_category for line in own}
        statuses.add(invoice.status)
        if invoice.status == "draft":
            assert (invoice.number, invoice.issued_on, invoice.buyer_name) == (None, None, None)
        elif invoice.kind == "invoice":
            assert [line.position for line in own] == list(range(1, len(own) + 1))
            assert invoice.reference == make_reference(int(invoice.number))
            for line in own:
                rate = vat.vat_basis_points(line.vat_category, invoice.issued_on)
                assert line.vat_basis_points == rate
    assert categories == set(VatCategory)
    assert statuses == {"draft", "issued"}


def test_credit_notes_turn_lines_of_their_invoice_round(session):
    lines = lines_by_invoice(session)
    parts = set()
    for note in session.scalars(select(Invoice).where(Invoice.kind == "credit_note")):
        invoice = session.get_one(Invoice, note.credits_id)
        assert (note.reference, note.due_on) == (None, None)
        assert note.issued_on >= invoice.issued_on
        assert int(note.number) > int(invoice.number)
        credited = {line.position: line for line in lines[invoice.id]}
        for line in lines[note.id]:
            own = credited[line.position]
            assert (line.service_id, line.vat_basis_points) == (
                own.service_id,
                own.vat_basis_points,
            )
            assert line.quantity_thousandths == -own.quantity_thousandths
            assert line.net_cents == -own.net_cents
        parts.add(len(lines[note.id]) < len(credited))
    assert parts == {True, False}


def test_the_buyer_is_written_as_issuing_writes_it(session):
    billed = {}
    for address in session.scalars(select(Address).order_by(Address.purpose.desc(), Address.id)):
        billed[address.party_id] = f"{address.street}\n{address.post_code} {address.town}"
    bought = session.execute(
        select(Invoice, Party)
        .join(Party, Party.id == Invoice.party_id)
        .where(Invoice.status == "issued")
    ).all()
    for invoice, party in bought:
        assert (invoice.buyer_name, invoice.buyer_business_id) == (party.name, party.business_id)
        assert invoice.buyer_address == billed[party.id]


def test_what_is_open_is_what_the_rules_say(session):
    paid = defaultdict(int)
    for payment in session.scalars(select(Payment)):
        paid[payment.invoice_id] += payment.amount_cents
    notes = defaultdict(list)
    for note in session.scalars(select(Invoice).where(Invoice.kind == "credit_note")):
        assert note.total_cents < 0
        notes[note.credits_id].append(note)
    assert notes
    for invoice in session.scalars(
        select(Invoice).where(Invoice.kind == "invoice", Invoice.status == "issued")
    ):
        own = notes.pop(invoice.id, [])
        is_open, notes_open = open_balances(
            (invoice.total_cents, paid[invoice.id]), [(n.total_cents, paid[n.id]) for n in own]
        )
        assert invoice.open_cents == is_open
        assert tuple(note.open_cents for note in own) == notes_open
    assert notes == {}


def test_receivables_of_every_age(session):
    last_days = {0: "not due", 14: "1-14", 30: "15-30", 90: "31-90", 10_000: "over 90"}
    ages = set()
    for due_on in session.scalars(select(Invoice.due_on).where(Invoice.open_cents > 0)):
        late = (TODAY - due_on).days
        ages.add(next(name for last, name in last_days.items() if late <= last))
    assert ages == {"not due", "1-14", "15-30", "31-90", "over 90"}
    part = select(Invoice.id).where(
        Invoice.open_cents > 0, Invoice.open_cents < Invoice.total_cents
    )
    assert session.scalar(part.limit(1)) is not None


def test_orders_stand_in_every_status_and_the_month_is_alive(session):
    statuses = set(session.scalars(select(ServiceOrder.status)))
    assert statuses == {"quote", "open", "in_progress", "done", "cancelled"}
    month = TODAY.replace(day=1) - timedelta(days=5)
    for day in (ServiceOrder.ordered_on, WorkEntry.done_on, Invoice.issued_on, Payment.paid_on):
        assert session.scalar(select(func.max(day))) >= month


def test_nothing_happened_after_today_or_before_the_company_began(session):
    ahead = {"due_on", "ends_on", "starts_on"}
    end = datetime(2026, 3, 6, tzinfo=UTC)
    for table in OURS:
        for column in table.columns:
            if column.name in ahead or not isinstance(column.type, Date):
                continue
            latest = session.scalar(select(func.max(column)))
            assert latest is None or latest <= TODAY, column
        if "changed_at" in table.columns and not isinstance(table.c.changed_at.type, DateTime):
            changed = session.scalar(select(func.max(table.c.changed_at)))
            assert changed is None or changed < end


def test_each_happening_follows_the_one_before(session):
    for order_day, closed, work_day in session.execute(
        select(ServiceOrder.ordered_on, ServiceOrder.closed_on, WorkEntry.done_on).join(
            WorkEntry, WorkEntry.order_id == ServiceOrder.id
        )
    ):
        assert order_day <= work_day <= (closed or TODAY)
    early = (
        select(func.count())
        .select_from(Payment)
        .join(Invoice, Invoice.id == Payment.invoice_id)
        .where(Payment.paid_on < Invoice.issued_on)
    )
    assert session.scalar(early) == 0
    too_early = (
        select(func.count())
        .select_from(ServiceOrder)
        .join(Party, Party.id == ServiceOrder.party_id)
        .where(ServiceOrder.ordered_on < Party.started_on)
    )
    assert session.scalar(too_early) == 0
    after_the_end = (
        select(func.count())
        .select_from(Invoice)
        .join(Party, Party.id == Invoice.party_id)
        .where(Invoice.issued_on > Party.ended_on)
    )
    assert session.scalar(after_the_end) == 0


def test_financial_years_follow_each_other_and_hold_every_voucher(session):
    years = session.execute(
        select(FinancialYear.starts_on, FinancialYear.ends_on).order_by(FinancialYear.starts_on)
    ).all()
    assert years[0] == (date(2015, 8, 1), date(2016, 12, 31))
    assert years[3:5] == [
        (date(2019, 1, 1), date(2020, 6, 30)),
        (date(2020, 7, 1), date(2021, 12, 31)),
    ]
    for (_, ends), (starts, _) in pairwise(years):
        assert starts == ends + timedelta(days=1)
    first, last = session.execute(
        select(func.min(Invoice.issued_on), func.max(Invoice.issued_on))
    ).one()
    assert years[0].starts_on <= first < date(2018, 1, 1)  # beyond six years: retention is overdue
    assert last <= years[-1].ends_on == date(2026, 12, 31)


def test_cabling_under_reverse_charge_is_sold_to_organisations_alone(session):
    sold = session.execute(
        select(Party.kind, Invoice.free_text, Invoice.vat_cents)
        .join(Invoice, Invoice.party_id == Party.id)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .where(InvoiceLine.vat_category == "reverse_charge", Invoice.kind == "invoice")
    ).all()
    assert set(sold) == {("organisation", "Käännetty verovelvollisuus (AVL 8 c §).", 0)}


def test_a_large_customer_has_200_orders_and_500_invoices():
    plans = list(Planner(Days(TODAY), 200, seed=1).plans(0))
    assert len(plans[107].jobs) == 200
    assert sum(len(job.bills) for job in plans[107].jobs) == 500


def test_the_measure_of_the_history():
    customers = 4000
    planner = Planner(Days(TODAY), customers, seed=1)
    plans = [plan for batch in planner.batches() for plan in planner.plans(batch)]
    jobs = [job for plan in plans for job in plan.jobs]
    assert 4.5 < len(jobs) / customers < 5.5
    assert 4.5 < sum(len(job.works) for job in jobs) / customers < 6
    assert 9.5 < sum(len(job.bills) for job in jobs) / customers < 11
    assert len(SERVICES) == 15
