"""One record never stops a disposal: what fails stays with its reason, and a run can be ended."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from queries.errors import RegisterError
from queries.store.backup.ledger import ledger_of
from queries.writes.commands import Seen
from queries.writes.retention.disposal import DisposeBatch, carry_on, dispose_batch, end_early
from queries.writes.retention.disposal import withdraw_disposal as withdraw
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from queries.writes.sales.orders import ChangeOrderStatus, change_order_status
from tests.factories.disposals import (
    OVER,
    SOLD,
    approve,
    counts,
    ended_person,
    propose,
    reasons,
    review,
    sold,
)
from tests.factories.records import MAKER, make_note

TRAP = {
    "sqlite": (
        "CREATE TRIGGER trap BEFORE DELETE ON note WHEN OLD.id = {key}"
        " BEGIN SELECT RAISE(ABORT, 'broken'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " PERFORM 1 / 0; RETURN OLD; END $$",
        "CREATE TRIGGER trap BEFORE DELETE ON note FOR EACH ROW WHEN (OLD.id = {key})"
        " EXECUTE FUNCTION trap()",
    ),
}
"""A record at which the store itself fails, in a way that no command foresees."""


@pytest.fixture
def ledger(store, tmp_path):
    inputs = AmendFinancialYear(starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
    store.carry_out(amend_financial_year, inputs, actor=MAKER, now=SOLD)
    return ledger_of(store, tmp_path)


def _trap(store, key):
    with store.engine.begin() as connection:
        for statement in TRAP[store.engine.dialect.name]:
            connection.exec_driver_sql(statement.format(key=key))


def _notes(store, n):
    party = ended_person(store)
    for _ in range(n):
        make_note(store, party, noted_on=date(2018, 3, 1))
    with store.engine.connect() as connection:
        return list(connection.execute(text("SELECT id FROM note ORDER BY id")).scalars())


def test_a_record_at_which_the_program_fails_stays_and_the_others_go(store, ledger):
    notes = _notes(store, 20)
    _trap(store, notes[11])
    run = propose(store)
    approve(store, run)
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    found = review(store, run)
    assert found.run.status == "done"
    assert reasons(found) == {
        ("note", "failed"): 1,
        ("party", "has_records:contact_without_transaction:2020-06-01"): 1,
    }
    with store.engine.connect() as connection:
        assert connection.execute(text("SELECT id FROM note")).scalars().all() == [notes[11]]


def test_an_order_that_is_reopened_after_the_proposal_stays_with_its_customer(store, ledger):
    _party, order, _bill = sold(store)
    run = propose(store)
    approve(store, run)
    inputs = ChangeOrderStatus(id=order, version=2, status="open")
    store.carry_out(change_order_status, inputs, actor=MAKER, now=OVER)
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    assert ("order", "in_force") in reasons(review(store, run))
    assert ("party", "in_force") in reasons(review(store, run))


def test_a_disposal_that_was_begun_can_be_ended_with_what_is_left(store, ledger):
    _notes(store, 5)
    run = propose(store)
    approve(store, run)
    inputs = DisposeBatch(run_id=run, ledger=ledger, limit=2)
    with ledger.held(), store.writing(MAKER, now=OVER, token="batch") as uow:
        dispose_batch(uow, inputs)
    version = review(store, run).run.version
    with pytest.raises(RegisterError) as refused:
        store.carry_out(withdraw, Seen(id=run, version=version), actor=MAKER, now=OVER)
    assert refused.value.code == "disposal_decided"
    end_early(store, run, version, actor=MAKER, now=OVER)
    found = review(store, run)
    assert (found.run.status, found.gone, found.waiting) == ("done", 2, 0)
    assert reasons(found) == {("note", "ended"): 3, ("party", "ended"): 1}
    assert counts(store)["note"] == 3
    assert review(store, propose(store)).count == 4


def test_a_disposal_that_was_not_begun_is_withdrawn_and_not_ended(store, ledger):
    _notes(store, 1)
    run = propose(store)
    approve(store, run)
    with pytest.raises(RegisterError) as refused:
        end_early(store, run, review(store, run).run.version, actor=MAKER, now=OVER)
    assert refused.value.code == "disposal_decided"
