"""Erasures of a ledger are repeated where they were lawful; the rest is kept and named."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from queries.errors import RuleRefusal
from queries.reads.restored import restore_to_check
from queries.store.backup.ledger import ledger_of
from queries.store.backup.ledger_marks import note_mark
from queries.store.backup.record_origins import origins_of
from queries.writes.commands import Seen
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from queries.writes.retention.holds import release_hold
from tests.conftest import NOW
from tests.factories.disposals import DAY, OVER, dispose, ended_person, hold, invoice, propose, sold
from tests.factories.records import MAKER, make_note, make_person
from tests.support.filled import filled_once
from tests.support.restores import backed_up, make_unreadable, restored
from tests.support.trails import everything

TODAY = date(2026, 3, 5)


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@filled_once
def years(store):
    for year in (2018, 2026):
        inputs = AmendFinancialYear(starts_on=date(year, 1, 1), ends_on=date(year, 12, 31))
        store.carry_out(amend_financial_year, inputs, actor=MAKER, now=OVER)


def told(store, folder, *, origins=None, asked=None, on=TODAY, **keys):
    """A ledger that says of these records that they were erased; the store has them still."""
    ledger = ledger_of(store, folder)
    with ledger.held():
        mark = ledger.intend("told", on, keys, {}, origins=origins, asked=asked)
    ledger.confirm("told")
    with store.writing(MAKER) as uow:
        note_mark(uow.session, mark)
        uow.audit("carry_out_disposal", "disposal_run", 1, columns=())


def its_origins(store, table, *keys):
    with store.engine.execution_options(register_reading=True).connect() as connection:
        return {table: origins_of(connection, table, keys)}


def keys_of(store, table):
    return [row[0] for row in everything(store)[table]]


def kept(done):
    return done.replayed.kept.unrepeated


def test_a_record_of_another_origin_is_kept_and_named(store, folder):
    party = ended_person(store)
    copy = backed_up(store, folder)
    told(store, folder, origins={"party": {party: "1@2001-01-01T00:00:00"}}, party=[party])
    done, back = restored(store, folder, copy)
    assert keys_of(back, "party") == [party]
    assert kept(done) == (("party", str(party), "another_record"),)
    back.close()


def test_what_is_kept_waits_for_a_person(store, folder):
    party = make_person(store)
    copy = backed_up(store, folder)
    told(store, folder, party=[party])
    done, back = restored(store, folder, copy)
    assert kept(done) == (("party", str(party), "in_force"),)
    with back.reading(MAKER) as session:
        assert restore_to_check(session).restores == ((TODAY, done.replayed.kept),)
    with pytest.raises(RuleRefusal) as refusal:
        propose(back, now=NOW)
    assert refusal.value.code == "restore_unchecked"
    back.close()


def test_without_proof_the_law_decides(store, folder, years):
    gone, live = ended_person(store), make_person(store, "Bo")
    bill = invoice(store, live, on=TODAY)
    copy = backed_up(store, folder)
    told(store, folder, invoice=[bill], party=[gone, live])
    done, back = restored(store, folder, copy)
    assert (keys_of(back, "party"), keys_of(back, "invoice")) == ([live], [bill])
    assert kept(done) == (("invoice", "1001", "still_retained"), ("party", str(live), "in_force"))
    back.close()


def test_a_hold_or_a_day_to_come_makes_no_erasure_lawful(store, folder, years):
    party = ended_person(store)
    hold(store, "party", party)
    later = ended_person(store, "Bo", ended_on=date(2025, 1, 31))
    copy = backed_up(store, folder)
    told(store, folder, on=date(2060, 1, 1), party=[party, later])
    done, back = restored(store, folder, copy)
    assert kept(done) == (("party", str(party), "hold"), ("party", str(later), "still_retained"))
    back.close()


def test_the_same_record_stays_where_a_statute_keeps_it(store, folder, years):
    party = ended_person(store)
    bill = invoice_of_today(store)
    copy = backed_up(store, folder)
    known = its_origins(store, "invoice", bill) | its_origins(store, "party", party)
    told(store, folder, origins=known, invoice=[bill], party=[party])
    done, back = restored(store, folder, copy)
    assert kept(done) == (("invoice", "1001", "still_retained"),)
    assert keys_of(back, "party") == [party + 1]
    back.close()


def invoice_of_today(store):
    return invoice(store, make_person(store, "Bo"), on=TODAY)


def test_the_same_record_goes_although_the_copy_says_that_it_is_in_force(store, folder):
    party = make_person(store)
    copy = backed_up(store, folder)
    told(store, folder, origins=its_origins(store, "party", party), party=[party])
    done, back = restored(store, folder, copy)
    assert (keys_of(back, "party"), kept(done)) == ([], ())
    back.close()


def test_who_asked_for_it_goes_without_proof(store, folder):
    party = ended_person(store, ended_on=date(2025, 1, 31))
    copy = backed_up(store, folder)
    told(store, folder, asked={"party": [party]}, party=[party])
    done, back = restored(store, folder, copy)
    assert (keys_of(back, "party"), kept(done)) == ([], ())
    back.close()


def test_a_party_stays_while_a_file_of_it_was_kept(store, folder):
    party = ended_person(store)
    note = make_note(store, party, noted_on=date(2026, 3, 1))
    copy = backed_up(store, folder)
    told(store, folder, origins=its_origins(store, "party", party), note=[note], party=[party])
    done, back = restored(store, folder, copy)
    assert kept(done) == (
        ("note", str(note), "still_retained"),
        ("party", str(party), "has_records"),
    )
    back.close()


@pytest.mark.parametrize("lost", [False, True])
def test_what_was_disposed_of_after_its_hold_was_released_does_not_come_back(
    store, folder, years, lost
):
    party, _order, _bill = sold(store)
    key = hold(store, "party", party)
    copy = backed_up(store, folder)
    release = Seen(id=key, version=1)
    store.carry_out(release_hold, release, actor=MAKER, now=OVER)
    dispose(store, ledger_of(store, folder))
    if lost:
        make_unreadable(store)
    done, back = restored(store, folder, copy)
    assert (keys_of(back, "party"), keys_of(back, "invoice"), kept(done)) == ([], [], ())
    back.close()


def test_a_restore_adds_what_the_disposals_of_the_replaced_store_say(store, folder, years):
    party, _order, _bill = sold(store)
    copy = backed_up(store, folder)
    dispose(store, ledger_of(store, folder))
    shutil.rmtree(folder / "ledger")
    done, back = restored(store, folder, copy, without_ledger=True)
    assert (keys_of(back, "party"), done.replayed.kept.ledger_lost) == ([], True)
    ledger = ledger_of(back, folder)
    assert ledger.pseudonym("party", party) in ledger.read().erased["party"]
    done, again = restored(back, folder, copy)
    assert (keys_of(again, "party"), kept(done)) == ([], ())
    again.close()


def test_a_restored_store_remembers_what_was_repeated_in_it(store, folder, years):
    party, order, bill = sold(store)
    copy = backed_up(store, folder)
    dispose(store, ledger_of(store, folder))
    make_unreadable(store)
    _done, back = restored(store, folder, copy)
    assert [row[:2] for row in everything(back)["erased_record"]] == [
        ("invoice", bill),
        ("note", 1),
        ("party", party),
        ("service_order", order),
    ]
    shutil.rmtree(folder / "ledger")
    done, again = restored(back, folder, copy, without_ledger=True)
    assert (keys_of(again, "party"), kept(done)) == ([], ())
    again.close()


def test_an_unsettled_batch_is_confirmed_by_the_restore_that_repeats_it(store, folder):
    party = ended_person(store)
    copy = backed_up(store, folder)
    ledger = ledger_of(store, folder)
    with ledger.held():
        ledger.intend(
            "unknown", DAY, {"party": [party]}, {}, origins=its_origins(store, "party", party)
        )
    make_unreadable(store)
    _done, back = restored(store, folder, copy)
    assert ledger.read().unsettled == []
    _done, again = restored(back, folder, copy)
    assert keys_of(again, "party") == []
    again.close()
