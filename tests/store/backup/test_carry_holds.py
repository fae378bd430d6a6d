"""Blocks made since the backup keep records after the restore, or are named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from queries.errors import RuleRefusal, StaleRecord
from queries.reads.restored import restore_to_check
from queries.store import derived
from queries.store.backup.carry_holds import CarriedOver, NamedRecord
from queries.store.backup.ledger import ledger_of
from queries.store.backup.restore import restore
from queries.store.migrate import open_store
from queries.store.tables import DataSubjectRequest
from queries.writes.commands import Seen
from queries.writes.requests.requests import (
    IdentifyParty,
    LinkRequest,
    identify_party,
    link_request,
)
from queries.writes.restore_review import ConfirmChecked, confirm_checked
from queries.writes.retention.disposal import carry_on, withdraw_disposal
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from queries.writes.retention.holds import AmendHold, amend_hold, release_hold
from queries.writes.settings import SetPeriod, set_period
from tests.conftest import NOW
from tests.factories.disposals import (
    DAY,
    OVER,
    SOLD,
    approve,
    counts,
    dispose,
    hold,
    invoice,
    propose,
    reasons,
    restrict,
    review,
    sold,
)
from tests.factories.records import MAKER, make_person
from tests.factories.requests import (
    make_closed,
    make_identity,
    make_letter,
    make_request,
    version_of,
)
from tests.support.filled import filled_once
from tests.support.restores import backed_up, restored
from tests.support.trails import everything

YEAR = date(2018, 1, 1), date(2018, 12, 31)


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@filled_once
def year(store):
    inputs = AmendFinancialYear(starts_on=YEAR[0], ends_on=YEAR[1])
    return store.carry_out(amend_financial_year, inputs, actor=MAKER, now=SOLD)


def to_check(store):
    with store.reading(MAKER) as session:
        return restore_to_check(session)


def code_of(call):
    with pytest.raises(RuleRefusal) as refusal:
        call()
    return refusal.value.code


def table(store, name):
    return everything(store)[name]


def test_holds_of_since_keep_after_the_restore_as_before(store, folder, year):
    sold(store)
    copy = backed_up(store, folder)
    hold(store, "party", 1)
    hold(store, "order", 1)
    hold(store, "invoice", 1)
    store.carry_out(
        amend_hold,
        AmendHold(scope="class", class_code="note", reason="Tutkinta", review_on=DAY),
        actor=MAKER,
        now=OVER,
    )
    wanted = table(store, "legal_hold")
    done, back = restored(store, folder, copy)
    assert table(back, "legal_hold") == wanted
    assert done.replayed.kept == CarriedOver(
        carried=NamedRecord(
            holds=(
                (1, "party", "1"),
                (2, "order", "1001"),
                (3, "invoice", "1001"),
                (4, "class", "note"),
            )
        )
    )
    assert to_check(back) is None
    done = dispose(back, ledger_of(back, folder))
    assert reasons(done) == {
        ("invoice", "hold"): 1,
        ("order", "hold"): 1,
        ("note", "hold"): 1,
        ("party", "hold"): 1,
    }
    back.close()


def test_an_open_request_comes_with_its_file(store, folder, year):
    sold(store)
    copy = backed_up(store, folder)
    first = make_request(store, 1)
    make_identity(store, first)
    make_letter(store, first, "received", None)
    make_request(store, 1, ("erasure",), linked_to=first)
    files = ("data_subject_request", "request_right", "identity_check", "request_letter")
    wanted = {name: table(store, name) for name in files}
    done, back = restored(store, folder, copy)
    assert {name: table(back, name) for name in files} == wanted
    numbers = NamedRecord(requests=("2026-0001", "2026-0002"))
    assert done.replayed.kept == CarriedOver(carried=numbers)
    assert dispose(back, ledger_of(back, folder)).gone == 0
    make_request(back, 1)
    assert len(table(back, "data_subject_request")) == 3
    back.close()


def test_whose_a_request_is_that_was_found_out_since_is_known(store, folder, year):
    sold(store)
    other = make_person(store, "Bo")
    request = make_request(store, other)
    make_identity(store, request)
    make_letter(store, request, "received", None)
    copy = backed_up(store, folder)
    later = make_request(store, 1, ("erasure",))
    inputs_list = (
        (identify_party, IdentifyParty(**whose(store, request), party_id=1)),
        (link_request, LinkRequest(**whose(store, request), linked_to=later)),
    )
    for at, (command, inputs) in enumerate(inputs_list):
        store.carry_out(
            command, replace(inputs, version=inputs.version + at), actor=MAKER, now=OVER
        )
    make_identity(store, request)
    wanted = table(store, "identity_check")
    done, back = restored(store, folder, copy)
    assert done.replayed.kept == CarriedOver(
        carried=NamedRecord(requests=("2026-0001", "2026-0002"))
    )
    with back.engine.connect() as connection:
        found = connection.execute(
            select(
                DataSubjectRequest.id, DataSubjectRequest.party_id, DataSubjectRequest.linked_to
            ).order_by(DataSubjectRequest.id)
        )
        assert [tuple(row) for row in found] == [(request, 1, later), (later, 1, None)]
    assert table(back, "identity_check") == wanted
    assert table(back, "request_letter") == []
    assert dispose(back, ledger_of(back, folder)).gone == 0
    back.close()


def whose(store, request):
    return {"id": request, "version": version_of(store, request)}


def test_a_restriction_of_since_stands(store, folder, year):
    sold(store)
    copy = backed_up(store, folder)
    restrict(store, 1)
    wanted = table(store, "restriction")
    done, back = restored(store, folder, copy)
    assert table(back, "restriction") == wanted
    assert done.replayed.kept == CarriedOver(carried=NamedRecord(restrictions=(1,)))
    assert reasons(dispose(back, ledger_of(back, folder)))["party", "restriction"] == 1
    back.close()


def test_what_was_over_before_the_restore_does_not_come(store, folder, year):
    sold(store)
    copy = backed_up(store, folder)
    store.carry_out(
        release_hold, Seen(id=hold(store, "party", 1), version=1), actor=MAKER, now=OVER
    )
    make_closed(store, 1)
    done, back = restored(store, folder, copy)
    assert done.replayed.kept == CarriedOver()
    assert (table(back, "legal_hold"), table(back, "data_subject_request")) == ([], [])
    back.close()


def test_what_the_copy_knew_is_not_told(store, folder, year):
    sold(store)
    hold(store, "party", 1)
    restrict(store, 1)
    make_request(store, 1)
    done, back = restored(store, folder, backed_up(store, folder))
    assert done.replayed.kept == CarriedOver()
    back.close()


def test_what_is_on_records_that_the_copy_lacks_is_named_and_nothing_goes(store, folder, year):
    sold(store)
    copy = backed_up(store, folder)
    later = make_person(store, "Bo")
    bill = invoice(store, later)
    hold(store, "invoice", bill)
    hold(store, "party", later)
    restrict(store, later)
    make_request(store, later)
    number = "2026-0001"
    done, back = restored(store, folder, copy)
    kept = CarriedOver(
        carried=NamedRecord(requests=(number,)),
        lacking=NamedRecord(((1, "invoice", "1002"), (2, "party", "2")), (number,), (2,)),
    )
    assert done.replayed.kept == kept
    with back.engine.connect() as connection:
        assert connection.scalars(select(DataSubjectRequest.party_id)).all() == [None]
    assert code_of(lambda: propose(back)) == "restore_unchecked"
    found = to_check(back)
    assert [told for _on, told in found.restores] == [kept]
    with pytest.raises(StaleRecord):
        back.carry_out(
            confirm_checked, ConfirmChecked(version=found.version + 1), actor=MAKER, now=OVER
        )
    back.carry_out(confirm_checked, ConfirmChecked(version=found.version), actor=MAKER, now=OVER)
    assert to_check(back) is None
    assert dispose(back, ledger_of(back, folder)).gone == 4
    back.close()


def test_what_nobody_has_looked_at_waits_through_the_next_restore(store, folder, year):
    sold(store)
    copy = backed_up(store, folder)
    hold(store, "party", make_person(store, "Bo"))
    _done, back = restored(store, folder, copy)
    later = backed_up(back, folder, "later")
    back.close()
    done = restore(later, back.engine.url, folder, now=NOW + timedelta(hours=1))
    again = open_store(back.engine.url)
    assert done.replayed.kept == CarriedOver()
    assert [told.lacking.holds for _on, told in to_check(again).restores] == [((1, "party", "2"),)]
    again.close()


def test_where_no_store_stood_somebody_has_to_look_too(sqlite_store, folder):
    copy = backed_up(sqlite_store, folder)
    sqlite_store.close()
    (folder / "register.sqlite").unlink()
    done, back = restored(sqlite_store, folder, copy)
    assert done.replayed.kept == CarriedOver(unread=True)
    assert code_of(lambda: propose(back)) == "restore_unchecked"
    back.close()


def test_where_the_replaced_store_is_lost_nothing_goes_before_somebody_looked(sqlite_store, folder):
    sold(sqlite_store)
    run = propose(sqlite_store)
    approve(sqlite_store, run)
    copy = backed_up(sqlite_store, folder)
    sqlite_store.close()
    (folder / "register.sqlite").write_bytes(b"SQLite format 3\0" + bytes(9000))
    done, back = restored(sqlite_store, folder, copy)
    assert done.replayed.kept == CarriedOver(unread=True)
    before = counts(back)
    ledger = ledger_of(back, folder)
    assert code_of(lambda: carry_on(back, ledger, run, actor=MAKER, now=OVER)) == (
        "restore_unchecked"
    )
    assert counts(back) == before
    back.close()


def test_an_approval_that_was_taken_back_is_none_in_the_copy(store, folder, year):
    sold(store)
    run = propose(store)
    approve(store, run)
    copy = backed_up(store, folder)
    store.carry_out(withdraw_disposal, Seen(id=run, version=2), actor=MAKER, now=OVER)
    done, back = restored(store, folder, copy)
    assert done.replayed.kept == CarriedOver(withdrawn=(run,))
    assert review(back, run).run.status == "withdrawn"
    back.close()


def test_a_year_that_ended_earlier_and_a_period_that_was_shorter_are_named(store, folder, year):
    copy = backed_up(store, folder)
    longer = AmendFinancialYear(id=year, version=1, starts_on=YEAR[0], ends_on=date(2019, 6, 30))
    store.carry_out(amend_financial_year, longer, actor=MAKER, now=OVER)
    for code, months in (("note", 120), ("quote_or_lead", 1)):
        store.carry_out(set_period, SetPeriod(code=code, months=months), actor=MAKER, now=OVER)
    done, back = restored(store, folder, copy)
    assert done.replayed.kept == CarriedOver(
        years=(("2018-01-01", "2018-12-31"),), periods=("note",)
    )
    assert code_of(lambda: propose(back)) == "restore_unchecked"
    back.close()


def test_nothing_derived_is_wrong_after_it(store, folder, year):
    sold(store)
    copy = backed_up(store, folder)
    hold(store, "party", 1)
    restrict(store, 1)
    make_request(store, 1)
    _done, back = restored(store, folder, copy)
    with back.engine.connect() as connection:
        assert derived.differences(connection) == []
    back.close()
