"""Counts and lists against a plain loop over the rows, on both engines."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from queries.reads.retention.disposals import disposal_review
from queries.reads.retention.figures import RetentionState, count_of, retention_figures
from queries.reads.retention.forecast import retention_forecast
from queries.reads.retention.reasons import customer_retention, explained
from queries.reads.retention.record_list import retention_list
from queries.reads.retention.rows import RetentionFilter
from queries.rules.periods import Periods
from queries.rules.retention import FinancialYearSpan
from queries.writes.customers.parties import ChangeStatus, change_status
from queries.writes.retention.disposal import ProposeDisposal, propose_disposal
from tests.factories.records import MAKER, make_note, make_order, make_party
from tests.factories.retention import hold, make_year, period, years_from_elsewhere
from tests.factories.sales import credit, make_draft, make_invoice, noon, pay, version_of
from tests.oracles import deadlines
from tests.support.filled import filled_once
from tests.support.statements import plan_steps, statements, whole_tables_read

DAY = date(2025, 3, 5)
#: A gap: 2017 is not recorded.
YEARS = (
    (date(2015, 1, 1), date(2016, 6, 30)),
    (date(2016, 7, 1), date(2016, 12, 31)),
    (date(2018, 1, 1), date(2018, 12, 31)),
)
STATES = list(RetentionState)


@filled_once
def dealings(store):
    """Four customers with files of every kind, on both sides of every border."""
    for starts_on, ends_on in YEARS:
        make_year(store, starts_on, ends_on)
    period(store, "note", 30)
    parties = [
        make_party(store, name=f"Yritys {n} Oy", started_on=date(2014, 1, 1)) for n in range(4)
    ]
    first, second, third, fourth = parties
    for issued_on in (
        date(2015, 5, 5),
        date(2016, 6, 30),
        date(2016, 7, 1),
        date(2017, 2, 2),
        date(2018, 3, 3),
        date(2019, 4, 4),
    ):
        make_invoice(store, first, issued_on=issued_on)
    order = make_order(store, second, status="done", ordered_on=date(2018, 1, 1))
    late = make_invoice(store, second, order_id=order, issued_on=date(2019, 4, 5))
    pay(store, late, "25,50", paid_on=date(2019, 5, 5))
    old = make_invoice(store, third, issued_on=date(2019, 4, 6))
    credit(store, old, issued_on=date(2019, 6, 6))
    for months in (0, 22, 23, 24, 25, 40):
        day = DAY - timedelta(days=30 * months)
        make_order(store, third, status="quote", ordered_on=day)
        make_note(store, fourth, noted_on=day)
    make_draft(store, third, now=noon(DAY - timedelta(days=800)))
    make_draft(store, third, now=noon(DAY))
    for party, ended_on in ((second, date(2020, 1, 1)), (fourth, date(2023, 3, 10))):
        inputs = ChangeStatus(
            id=party, version=version_of(store, "party", party), status="ended", ended_on=ended_on
        )
        store.carry_out(change_status, inputs, actor=MAKER)
    make_party(store, name="Kysyjä Oy", status="lead", started_on=date(2023, 1, 1))
    make_party(store, name="Uusi kysyjä Oy", status="lead", started_on=date(2025, 1, 1))
    return parties


def files(store):
    periods = Periods(tuple(FinancialYearSpan(*year) for year in YEARS), {"note": 30})
    return deadlines.files(store, periods)


def expected(store, state, today):
    """The keys of the files in a state, and their classes."""
    first, before = state.deadlines(today)
    found = files(store)
    if state == RetentionState.MISSING:
        return [file[:3] for file in found if file[3] is None and file[1] == "voucher"]
    first = first or date.min
    return [file[:3] for file in found if file[3] is not None and first <= file[3] < before]


def figures(store, today=DAY):
    with store.reading(MAKER) as session:
        return retention_figures(session, today=today)


def listed(store, *, today=DAY, size=50, **wanted):
    """All rows, paged through."""
    rows, after = [], None
    with store.reading(MAKER) as session:
        while True:
            page = retention_list(
                session, RetentionFilter(**wanted), today=today, after=after, size=size
            )
            rows += page.rows
            after = page.next_key
            if after is None:
                return rows


@pytest.mark.parametrize("today", [DAY, date(2023, 1, 1), date(2022, 12, 31), date(2026, 1, 1)])
def test_counts_and_lists_are_what_a_loop_over_the_rows_finds(store, dealings, today):
    shown = figures(store, today)
    for state in (
        RetentionState.OVERDUE,
        RetentionState.DAYS_30,
        RetentionState.DAYS_90,
        RetentionState.DAYS_365,
        RetentionState.MISSING,
    ):
        told = sorted(expected(store, state, today))
        rows = listed(store, state=state, today=today)
        assert sorted((row.kind, row.code, row.id) for row in rows) == told
        by_class = Counter((kind, code) for kind, code, _key in told)
        assert {
            (count.kind, count.code): count_of(count, state)
            for count in shown.counts
            if count_of(count, state)
        } == dict(by_class)
        assert shown.of(state) == len(told)


def test_the_oldest_and_the_next_deadline(store, dealings):
    shown = figures(store)
    until = [until for kind, _code, _key, until in files(store) if kind != "party" and until]
    assert shown.oldest == min(until) == date(2022, 12, 31)
    assert shown.next_due == min(day for day in until if day >= DAY)
    assert shown.next_count == sum(day == shown.next_due for day in until)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_pages_follow_each_other_by_deadline_without_gap_or_overlap(store, dealings, size):
    for state in (RetentionState.OVERDUE, RetentionState.MISSING, RetentionState.DAYS_365):
        whole = listed(store, state=state)
        assert listed(store, state=state, size=size) == whole
        untils = [row.keep_until for row in whole if row.kind != "party" and row.keep_until]
        assert untils == sorted(untils)
        kinds = [row.kind == "party" for row in whole]
        assert kinds == sorted(kinds)


def test_a_row_says_what_it_is(store, dealings):
    rows = {row.key: row for row in listed(store, kind="invoice")}
    row = rows["invoice_days-1"]
    assert (row.kind, row.id, row.party, row.number, row.code, row.event_on, row.keep_until) == (
        "invoice",
        1,
        "Yritys 0 Oy",
        "1001",
        "voucher",
        date(2015, 5, 5),
        date(2022, 12, 31),
    )


def test_filters_by_kind_rule_customer_and_words(store, dealings):
    everything = listed(store)
    assert listed(store, kind="note") == [row for row in everything if row.kind == "note"]
    assert listed(store, code="voucher") == [row for row in everything if row.code == "voucher"]
    third = dealings[2]
    assert listed(store, party_id=third) == [row for row in everything if row.party_id == third]
    assert listed(store, text="yritys 2") == listed(store, party_id=third)
    with store.reading(MAKER) as session:
        page = retention_list(session, RetentionFilter(party_id=third), today=DAY)
    assert page.total is not None
    assert (page.total.n, page.total.exact) == (len(page.rows), True)


def test_what_is_held_is_listed_apart_and_not_as_overdue(store, dealings):
    overdue = listed(store)
    third = dealings[2]
    hold(store, "party", third)
    hold(store, "invoice", 1)
    theirs = [row for row in overdue if row.party_id == third or row.key == "invoice_days-1"]
    rest = [row for row in overdue if row not in theirs]
    assert listed(store, state="held") == theirs
    assert listed(store) == rest
    shown = figures(store)
    assert (shown.of(RetentionState.OVERDUE), shown.of(RetentionState.HELD)) == (
        len(rest),
        len(theirs),
    )


def test_a_hold_on_a_class_holds_all_of_it(store, dealings):
    overdue = listed(store)
    hold(store, "class", class_code="note")
    notes = [row for row in overdue if row.code == "note"]
    assert listed(store, state="held") == notes
    assert listed(store) == [row for row in overdue if row not in notes]
    assert figures(store).of(RetentionState.HELD) == len(notes)


def test_a_hold_on_a_class_holds_whom_anything_of_it_happened_with(store, dealings):
    overdue = listed(store)
    asker = next(row for row in overdue if row.party == "Kysyjä Oy")
    assert asker.kind == "party"
    hold(store, "class", class_code="quote_or_lead")
    held = [row for row in overdue if row.code == "quote_or_lead"] + [asker]
    assert listed(store, state="held") == held
    assert listed(store) == [row for row in overdue if row not in held]
    shown = figures(store)
    assert (shown.of(RetentionState.OVERDUE), shown.of(RetentionState.HELD)) == (
        len(overdue) - len(held),
        len(held),
    )
    run = store.carry_out(propose_disposal, ProposeDisposal(as_of=DAY), actor=MAKER)
    with store.reading(MAKER) as session:
        review = disposal_review(session, run)
        _why, keepers = explained(session, asker.key, today=DAY)
    # The invoices are unpaid, and wait for somebody's decision.
    unpaid = [row for row in overdue if row.kind == "invoice"]
    assert review.kept_back == Counter(row.kind for row in [*held, *unpaid])
    assert [one.class_code for one in keepers.holds] == ["quote_or_lead"]


def test_a_hold_on_a_class_is_no_matter_of_whom_nothing_of_it_tells(store, dealings):
    hold(store, "class", class_code="payroll_ledger")
    hold(store, "class", class_code="note")
    first, *_others, fourth = dealings
    with store.reading(MAKER) as session:
        seen = [
            [one.class_code for one in customer_retention(session, party, today=DAY).keepers.holds]
            for party in (first, fourth)
        ]
    assert seen == [[], ["note"]]


def test_a_changed_year_and_period_take_effect_at_once(store, dealings):
    assert figures(store).of(RetentionState.MISSING) == 5
    make_year(store, date(2017, 1, 1), date(2017, 12, 31))
    assert figures(store).of(RetentionState.MISSING) == 4
    before = len(listed(store, kind="note"))
    period(store, "note", 0, version=1)
    assert len(listed(store, kind="note")) > before


def test_the_forecast_counts_each_file_in_the_month_of_its_deadline(store, dealings):
    with store.reading(MAKER) as session:
        shown = retention_forecast(session, today=DAY)
    told = Counter(
        (until.replace(day=1), kind, code)
        for kind, code, _key, until in files(store)
        if until is not None and until >= DAY
    )
    assert {(row.month, row.kind, row.code): row.count for row in shown} == dict(told)


def test_a_mark_that_is_gone_or_nonsense_is_the_first_page(store, dealings):
    first = listed(store, size=3)[:3]
    with store.reading(MAKER) as session:
        for mark in ("invoice_days-999", "nothing-1", "invoice_days-x", "-", "party-"):
            page = retention_list(session, RetentionFilter(), today=DAY, after=mark, size=3)
            assert list(page.rows) == first


def test_statements_are_few_and_read_no_whole_table(store, dealings):
    hold(store, "party", dealings[2])

    def read(session):
        retention_figures(session, today=DAY)
        retention_list(session, RetentionFilter(), today=DAY, after="rest_days-2", size=3)
        retention_list(session, RetentionFilter(party_id=dealings[2]), today=DAY)

    counted = []
    for query in (
        lambda s: retention_figures(s, today=DAY),
        lambda s: retention_list(s, RetentionFilter(), today=DAY),
        lambda s: retention_forecast(s, today=DAY),
    ):
        with store.reading(MAKER) as session, statements(store.engine) as seen:
            query(session)
        counted.append(len(seen))
    assert counted == [5, 4, 4]
    if store.engine.dialect.name != "sqlite":
        return
    with store.reading(MAKER) as session, statements(store.engine) as seen:
        read(session)
    #: Tables of which a company has few rows, read whole by their nature.
    few = {"financial_year", "legal_hold", "restriction", "data_subject_request"}
    steps = whole_tables_read(store.engine, seen)
    assert [step for step in steps if step.split()[1] not in few] == []
    # By this index every invoice that is no credit note is read: as good as the whole table.
    walked = [step for step in plan_steps(store.engine, seen) if "ix_invoice_credits" in step]
    assert walked == []


def test_years_that_overlap_keep_for_the_longer_time_and_are_a_fault(store):
    years_from_elsewhere(
        store, (date(2017, 7, 1), date(2018, 6, 30)), (date(2018, 1, 1), date(2019, 1, 31))
    )
    party = make_party(store, started_on=date(2014, 1, 1))
    for day in (date(2017, 12, 31), date(2018, 1, 1), date(2018, 7, 7)):
        make_invoice(store, party, issued_on=day)
    with store.reading(MAKER) as session:
        figures = retention_figures(session, today=DAY)
        wanted = RetentionFilter(state=RetentionState.OVERDUE)
        overdue = retention_list(session, wanted, today=DAY)
        forecast = retention_forecast(session, today=DAY)
    assert figures.overlapping == ((date(2018, 1, 1), date(2018, 6, 30)),)
    assert (figures.of(RetentionState.OVERDUE), figures.of(RetentionState.MISSING)) == (1, 0)
    # The first year ends in 2018 and the second in 2019.
    assert [row.keep_until for row in overdue.rows] == [date(2024, 12, 31)]
    assert (figures.next_due, figures.next_count) == (date(2025, 12, 31), 2)
    assert forecast
    run = store.carry_out(propose_disposal, ProposeDisposal(as_of=DAY), actor=MAKER, now=noon(DAY))
    with store.reading(MAKER) as session:
        review = disposal_review(session, run)
    assert [(group.kind, group.count) for group in review.groups] == [("invoice", 1)]
