"""Money that is owed keeps its record, until somebody has decided that it is not owed any more."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from queries.errors import InvalidInputs, RuleRefusal
from queries.reads.overview import before_disposal
from queries.reads.retention.reasons import Event, record_explained
from queries.reads.sales.invoice import invoice_record
from queries.store import derived, derived_sums
from queries.store.backup.ledger import ledger_of
from queries.store.tables import HoldScope
from queries.writes.commands import Seen
from queries.writes.retention.disposal import withdraw_disposal
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from queries.writes.sales.write_offs import (
    ReverseWriteOff,
    WriteOffBalance,
    reverse_write_off,
    write_off_balance,
)
from tests.factories import sales
from tests.factories.disposals import (
    DAY,
    OVER,
    SOLD,
    counts,
    dispose,
    invoice,
    pay,
    propose,
    reasons,
    review,
)
from tests.factories.records import MAKER, make_party
from tests.factories.sales import credit
from tests.support.filled import filled_once


@pytest.fixture
def ledger(store, tmp_path):
    inputs = AmendFinancialYear(starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
    store.carry_out(amend_financial_year, inputs, actor=MAKER, now=SOLD)
    return ledger_of(store, tmp_path)


@filled_once
def party(store):
    return make_party(
        store, given_name="Aino", family_name="Esimerkki", started_on=date(2018, 1, 1), now=SOLD
    )


def _row(store, key):
    query = text("SELECT version, open_cents, claim_on, last_event_on FROM invoice WHERE id = :key")
    with store.engine.connect() as connection:
        return connection.execute(query, {"key": key}).one()


def _write_off(store, key, on=DAY, now=OVER):
    inputs = WriteOffBalance(
        invoice_id=key,
        version=_row(store, key).version,
        written_off_on=on,
        reason="Velallinen on maksukyvytön",
    )
    return store.carry_out(write_off_balance, inputs, actor=MAKER, now=now)


def _reverse(store, key, on=DAY, now=OVER):
    inputs = ReverseWriteOff(
        invoice_id=key,
        version=_row(store, key).version,
        reversed_on=on,
        reason="Kirjattu väärälle laskulle",
    )
    return store.carry_out(reverse_write_off, inputs, actor=MAKER, now=now)


def _why(store, key):
    with store.reading(MAKER, now=OVER) as session:
        return record_explained(session, HoldScope.INVOICE, key, today=DAY)[0]


def test_an_open_claim_that_falls_due_late_is_kept_as_a_claim(store, ledger, party):
    bill = invoice(store, party, due_on=date(2025, 6, 30), paid=False)
    found = _why(store, bill)
    assert (found.event, found.event_on, found.reason.kind, found.keep_until) == (
        Event.DUE,
        date(2025, 6, 30),
        "claim",
        date(2028, 6, 30),
    )
    assert review(store, propose(store)).count == 0
    with pytest.raises(RuleRefusal) as refused:
        _write_off(store, bill)
    assert (refused.value.code, refused.value.facts["keep_until"]) == (
        "claim_in_force",
        date(2028, 6, 30),
    )


def test_a_lapsed_claim_goes_only_after_a_decision(store, ledger, party):
    bill = invoice(store, party, paid=False)
    owed = _row(store, bill).open_cents
    proposed = propose(store)
    assert review(store, proposed).kept_back == {"invoice": 1}
    store.carry_out(withdraw_disposal, Seen(id=proposed, version=1), actor=MAKER, now=OVER)
    found = dispose(store, ledger)
    assert reasons(found) == {("invoice", "open_balance"): 1}
    assert found.sums == {"owed": owed}
    with store.reading(MAKER, now=OVER) as session:
        told = {one.name: one.total.n for one in before_disposal(session, today=DAY)}
    assert told == {"lapsed": 1, "unbilled": 0, "left_open": 0}
    _write_off(store, bill, on=date(2018, 12, 31))
    assert _row(store, bill).open_cents == 0
    found = dispose(store, ledger)
    assert (found.gone, found.sums) == (1, {"written_off": owed})
    assert "invoice" not in counts(store)


def test_a_write_off_is_an_event_of_the_invoice(store, ledger, party):
    bill = invoice(store, party, paid=False)
    _write_off(store, bill)
    assert str(_row(store, bill).last_event_on) == str(DAY)
    assert _why(store, bill).event == Event.WRITTEN_OFF
    assert review(store, propose(store)).count == 0


def test_a_balance_that_is_owed_to_the_customer_keeps_its_record(store, ledger, party):
    bill = invoice(store, party)
    note = credit(store, bill, issued_on=date(2018, 4, 1))
    owed = -_row(store, note).open_cents
    assert owed > 0
    found = dispose(store, ledger)
    assert (reasons(found), found.sums) == ({("invoice", "open_balance"): 1}, {"to_refund": owed})
    _write_off(store, note, on=date(2018, 12, 31))
    assert dispose(store, ledger).gone == 1


def test_what_is_paid_all_the_same_is_owed_to_nobody(store, ledger, party):
    bill = invoice(store, party, paid=False)
    _write_off(store, bill)
    pay(store, bill, DAY, "50")
    assert _row(store, bill).open_cents == 0
    with store.engine.connect() as connection:
        assert derived.differences(connection) == []


def test_what_is_refused(store, ledger, party):
    paid = invoice(store, party)
    with pytest.raises(RuleRefusal) as refused:
        _write_off(store, paid)
    assert refused.value.code == "nothing_open"


@pytest.mark.parametrize("paid_on", [None, date(2018, 4, 1)])
def test_it_is_entered_no_earlier_than_what_made_the_balance(store, ledger, party, paid_on):
    bill = invoice(store, party, paid=False)
    since = paid_on or date(2018, 3, 19)
    if paid_on:
        pay(store, bill, paid_on, "50")
    refused = {
        since - timedelta(days=1): "before_balance",
        DAY + timedelta(days=1): "day_in_future",
    }
    for on, code in refused.items():
        with pytest.raises(InvalidInputs) as wrong:
            _write_off(store, bill, on=on)
        assert [(error.field, error.code) for error in wrong.value.errors] == [
            ("written_off_on", code)
        ]
    _write_off(store, bill, on=since)
    assert _row(store, bill).open_cents == 0


def test_a_mistaken_write_off_is_taken_back(store, ledger, party):
    bill = invoice(store, party, paid=False)
    owed = _row(store, bill).open_cents
    _write_off(store, bill, on=date(2018, 12, 31))
    _reverse(store, bill)
    assert _row(store, bill).open_cents == owed
    assert str(_row(store, bill).last_event_on) == str(DAY)
    assert _why(store, bill).event == Event.WRITE_OFF_REVERSED
    with store.reading(MAKER, now=OVER) as session:
        record = invoice_record(session, bill)
        told = {one.name: one.total.n for one in before_disposal(session, today=DAY)}
    assert [(row.amount_cents, row.takes_back) for row in record.write_offs] == [
        (owed, False),
        (-owed, True),
    ]
    assert (record.written_off_cents, record.payable_cents) == (0, owed)
    assert told["lapsed"] == 0
    with store.engine.connect() as connection:
        assert derived.differences(connection) == []
        assert derived_sums.differences(connection) == []


def test_what_was_taken_back_is_written_off_again(store, ledger, party):
    """Taking it back interrupts no limitation: the claim has lapsed as it had before."""
    bill = invoice(store, party, paid=False)
    _write_off(store, bill)
    _reverse(store, bill)
    _write_off(store, bill)
    assert _row(store, bill).open_cents == 0
    _reverse(store, bill)
    assert _row(store, bill).open_cents > 0


def test_a_disposal_counts_only_what_is_still_written_off(store, ledger, party):
    bill = invoice(store, party, paid=False)
    owed = _row(store, bill).open_cents
    for _ in range(2):
        _write_off(store, bill, on=date(2018, 12, 31))
        _reverse(store, bill, on=date(2018, 12, 31))
    assert reasons(dispose(store, ledger)) == {("invoice", "open_balance"): 1}
    _write_off(store, bill, on=date(2018, 12, 31))
    found = dispose(store, ledger)
    assert (found.gone, found.sums) == (1, {"written_off": owed})


def test_what_was_paid_after_the_write_off_is_not_open_again(store, ledger, party):
    bill = invoice(store, party, paid=False)
    owed = _row(store, bill).open_cents
    _write_off(store, bill)
    pay(store, bill, DAY, "50")
    _reverse(store, bill)
    assert _row(store, bill).open_cents == owed - 5_000


def test_what_of_a_reversal_is_refused(store, ledger, party):
    bill = invoice(store, party, paid=False)
    with pytest.raises(RuleRefusal) as refused:
        _reverse(store, bill)
    assert refused.value.code == "nothing_written_off"
    _write_off(store, bill, on=date(2019, 12, 31))
    with pytest.raises(InvalidInputs) as wrong:
        _reverse(store, bill, on=date(2019, 12, 30))
    assert [(error.field, error.code) for error in wrong.value.errors] == [
        ("reversed_on", "before_write_off")
    ]
    _reverse(store, bill)
    with pytest.raises(RuleRefusal) as refused:
        _reverse(store, bill)
    assert refused.value.code == "nothing_written_off"


def test_a_balance_on_the_other_side_waits_for_the_reversal(store, ledger, party):
    bill = invoice(store, party, paid=False)
    owed = _row(store, bill).open_cents
    _write_off(store, bill, on=date(2018, 12, 31))
    paid_on = date(2019, 1, 31)
    sales.pay(store, bill, "500", paid_on=paid_on, accept_overpayment=True)
    assert _row(store, bill).open_cents == owed - 50_000
    with pytest.raises(RuleRefusal) as refused:
        _write_off(store, bill)
    assert refused.value.code == "other_write_off"
    _reverse(store, bill)
    _write_off(store, bill)
    assert _row(store, bill).open_cents == 0


def test_crediting_what_was_written_off_asks_first(store, ledger, party):
    bill = invoice(store, party, paid=False)
    owed = _row(store, bill).open_cents
    _write_off(store, bill, on=date(2018, 12, 31))
    with pytest.raises(InvalidInputs) as wrong:
        credit(store, bill, issued_on=DAY)
    [asked] = wrong.value.errors
    assert (asked.field, asked.code) == ("accept_written_off", "credits_written_off")
    assert (asked.facts["cents"], asked.facts["on"]) == (owed, date(2018, 12, 31))
    _reverse(store, bill)
    credit(store, bill, issued_on=DAY)
    assert _row(store, bill).open_cents == 0


def test_crediting_what_was_written_off_is_confirmed(store, ledger, party):
    bill = invoice(store, party, paid=False)
    _write_off(store, bill, on=date(2018, 12, 31))
    credit(store, bill, issued_on=DAY, accept_written_off=True)
    with store.reading(MAKER, now=OVER) as session:
        record = invoice_record(session, bill)
    assert (record.open_cents, record.credited_cents) == (0, record.total_cents)
    assert len(record.write_offs) == 1
