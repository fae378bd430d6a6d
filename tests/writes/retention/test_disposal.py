from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from queries.errors import InvalidInputs, NotAllowed, RuleRefusal, StaleRecord, StoreRefusal
from queries.reads.retention.disposals import disposal_items, disposal_runs
from queries.reads.settings import setting_as_set
from queries.rules.roles import Actor, Role
from queries.store import derived
from queries.store.backup.ledger import ledger_of
from queries.writes.commands import Seen
from queries.writes.retention.disposal import (
    SECOND_PERSON,
    AskSecondPerson,
    DisposeBatch,
    approve_disposal,
    ask_second_person,
    carry_on,
    dispose_batch,
    finish_disposal,
    withdraw_disposal,
)
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from queries.writes.settings import ChangeSetting, change_setting
from tests.factories.disposals import (
    OTHER,
    OVER,
    SOLD,
    approve,
    counts,
    dispose,
    hold,
    propose,
    review,
    sold,
)
from tests.factories.records import MAKER, make_person, make_phone
from tests.support.filled import filled_once
from tests.support.trails import everything, trail_of


@pytest.fixture
def ledger(store, tmp_path):
    return ledger_of(store, tmp_path)


@filled_once
def years(store):
    for year in (2018, 2019):
        inputs = AmendFinancialYear(starts_on=date(year, 1, 1), ends_on=date(year, 12, 31))
        store.carry_out(amend_financial_year, inputs, actor=MAKER, now=SOLD)


def refused(call):
    with pytest.raises(RuleRefusal) as refusal:
        call()
    return refusal.value.code


def test_what_is_over_goes_and_everything_else_stays_as_it_was(store, ledger, years):
    keep = make_person(store, "Veikko")
    make_phone(store, keep)
    before = everything(store)
    sold(store)
    found = dispose(store, ledger)
    assert (found.gone, found.stayed, found.waiting) == (4, 0, 0)
    assert [(group.kind, group.class_code, group.count) for group in found.groups] == [
        ("invoice", "voucher", 1),
        ("order", "voucher", 1),
        ("note", "note", 1),
        ("party", "voucher", 1),
    ]
    after = everything(store)
    for table in (
        "party",
        "phone",
        "invoice",
        "service_order",
        "note",
        "invoice_line",
        "party_search",
        "party_facts",
        "email",
        "disposal_gate",
    ):
        assert after[table] == before[table], table
    with store.engine.connect() as connection:
        assert derived.differences(connection) == []
    assert found.run.status == "done"
    assert found.run.rows == {
        "invoice": 1,
        "invoice_line": 1,
        "note": 1,
        "party": 1,
        "party_facts": 1,
        "party_search": 1,
        "payment": 1,
        "phone": 1,
        "service_order": 1,
    }


def test_a_day_early_nothing_goes(store, ledger, years):
    sold(store)
    before = counts(store)
    run = propose(store, date(2024, 12, 31))
    assert [(group.kind, group.count) for group in review(store, run).groups] == [("note", 1)]
    assert counts(store) == before


def test_a_proposal_erases_nothing_and_is_withdrawn(store, ledger, years):
    sold(store)
    before = counts(store)
    run = propose(store)
    assert refused(lambda: propose(store)) == "disposal_under_way"
    store.carry_out(withdraw_disposal, Seen(id=run, version=1), actor=MAKER, now=OVER)
    assert refused(lambda: approve_again(store, run)) == "disposal_decided"
    with pytest.raises(RuleRefusal):
        carry_on(store, ledger, run, actor=MAKER, now=OVER)
    assert counts(store) == before
    assert propose(store) == run + 1


def approve_again(store, run):
    store.carry_out(approve_disposal, Seen(id=run, version=2), actor=MAKER, now=OVER)


def test_a_day_to_come_is_no_day_to_dispose_by(store):
    with pytest.raises(InvalidInputs):
        propose(store, OVER.date() + timedelta(days=1))


def test_the_proposer_does_not_approve_where_a_second_person_is_asked_for(store, ledger, years):
    sold(store)
    store.carry_out(change_setting, ChangeSetting(name=SECOND_PERSON, value=True), actor=MAKER)
    run = propose(store)
    assert refused(lambda: approve(store, run)) == "second_person"
    approve(store, run, actor=OTHER)
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    assert review(store, run).gone == 4


def test_a_second_person_is_asked_for_until_nothing_is_under_way(store, ledger, years):
    sold(store)

    def ask(asked, version, actor=OTHER):
        inputs = AskSecondPerson(asked=asked, version=version)
        return store.carry_out(ask_second_person, inputs, actor=actor, now=OVER)

    with pytest.raises(NotAllowed):
        ask(True, None, Actor("olli", Role.OFFICE))
    ask(True, None)
    with store.reading(MAKER) as session:
        stands = setting_as_set(session, SECOND_PERSON)
    assert (stands.value, stands.version, stands.changed_by) == (True, 1, OTHER.username)
    run = propose(store)
    assert refused(lambda: approve(store, run)) == "second_person"
    assert refused(lambda: ask(False, 1, MAKER)) == "disposal_under_way"
    store.carry_out(withdraw_disposal, Seen(id=run, version=1), actor=MAKER, now=OVER)
    with pytest.raises(StaleRecord):
        ask(False, None)
    ask(False, 1)
    approve(store, propose(store))
    assert [(line[0], line[4]) for line in trail_of(store, "setting")] == [
        ("name_register", ["register.identity"]),
        ("ask_second_person", [SECOND_PERSON]),
        ("ask_second_person", [SECOND_PERSON]),
    ]


def test_an_unapproved_one_is_not_carried_out(store, ledger, years):
    sold(store)
    run = propose(store)
    code = refused(lambda: carry_on(store, ledger, run, actor=MAKER, now=OVER))
    assert code == "disposal_unapproved"
    empty = counts(store)
    assert empty["party"] == 1


def test_an_empty_proposal_is_not_approved(store):
    assert refused(lambda: approve(store, propose(store))) == "disposal_empty"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OFFICE])
def test_who_may_not(store, ledger, role):
    with pytest.raises(NotAllowed):
        propose(store, actor=Actor("olli", role))


def test_batches_go_on_where_they_were_and_nothing_is_done_twice(store, ledger, years):
    for _ in range(5):
        sold(store)
    run = propose(store)
    approve(store, run)
    with ledger.held():
        inputs = DisposeBatch(run_id=run, ledger=ledger, limit=2)
        assert store.carry_out(dispose_batch, inputs, actor=MAKER, token="one", now=OVER) == 2
    assert review(store, run).gone == 2
    assert refused(lambda: finish(store, run, version=3)) == "disposal_unfinished"
    carry_on(store, ledger, run, actor=MAKER, now=OVER, limit=3)
    lines = ledger.path.read_text()
    trail = trail_of(store, "disposal_run")
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    assert ledger.path.read_text() == lines
    assert trail_of(store, "disposal_run") == trail
    assert [line[0] for line in trail] == (
        ["propose_disposal", "approve_disposal"] + ["carry_out_disposal"] * 8 + ["finish_disposal"]
    )
    assert counts(store) == {}
    assert ledger.read().unsettled == []
    assert {table: len(names) for table, names in ledger.read().erased.items()} == {
        "invoice": 5,
        "service_order": 5,
        "note": 5,
        "party": 5,
    }


def finish(store, run, version):
    store.carry_out(finish_disposal, Seen(id=run, version=version), actor=MAKER, now=OVER)


def test_without_its_intent_on_the_disk_nothing_is_erased(store, ledger, years, monkeypatch):
    sold(store)
    before = everything(store)
    run = propose(store)
    approve(store, run)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("queries.store.backup.ledger._write", full)
    with pytest.raises(StoreRefusal) as refusal:
        carry_on(store, ledger, run, actor=MAKER, now=OVER)
    assert refusal.value.code == "ledger_unwritable"
    for table in ("party", "invoice", "payment", "note", "disposal_gate"):
        assert everything(store)[table] == before[table]
    monkeypatch.undo()
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    assert counts(store) == {}


def test_nobody_else_gets_through_the_guards(store, ledger, years):
    sold(store)
    for statement in ("DELETE FROM invoice", "DELETE FROM party", "DELETE FROM service_order"):
        with pytest.raises(DBAPIError), store.engine.begin() as connection:
            connection.execute(text(statement))


def test_the_trail_says_what_went_and_no_value(store, ledger, years):
    sold(store)
    dispose(store, ledger)
    lines = [line for line in trail_of(store, "disposal_run") if line[0] == "carry_out_disposal"]
    assert [line[4] for line in lines] == [
        ["invoice=1", "invoice_line=1", "payment=1"],
        ["service_order=1"],
        ["note=1"],
        ["party=1", "party_facts=1", "party_search=1", "phone=1"],
    ]


def test_the_review_counts_what_is_kept_back_before_anything_is_done(store, ledger, years):
    party, _order, _bill = sold(store)
    sold(store, "Veikko")
    hold(store, "party", party)
    run = propose(store)
    found = review(store, run)
    assert found.kept_back == {"invoice": 1, "order": 1, "note": 1, "party": 1}
    assert [(group.kind, group.count, group.waiting) for group in found.groups] == [
        ("invoice", 2, 2),
        ("order", 2, 2),
        ("note", 2, 2),
        ("party", 2, 2),
    ]
    with store.reading(MAKER) as session:
        items = disposal_items(session, run, kind="party", size=1)
        more = disposal_items(session, run, kind="party", after=items[0].record_id)
        assert [run.id for run in disposal_runs(session)] == [run]
    assert [item.party for item in (*items, *more)] == ["Aino Esimerkki", "Veikko Esimerkki"]
