from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import text

from queries.documents.certificate import as_json
from queries.reads.retention.disposals import disposal_items
from queries.store.backup.ledger import ledger_of
from queries.store.tables import Party
from queries.writes.commands import Seen
from queries.writes.customers.notes import remove_note
from queries.writes.customers.parties import ChangeStatus, change_status
from queries.writes.retention.disposal import carry_on
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from queries.writes.retention.holds import release_hold
from queries.writes.settings import SetPeriod, set_period
from tests.factories.disposals import (
    OVER,
    SOLD,
    approve,
    counts,
    dispose,
    ended_person,
    hold,
    invoice,
    linked,
    pay,
    propose,
    reasons,
    restrict,
    review,
    sold,
)
from tests.factories.papers import make_paper
from tests.factories.records import MAKER, make_note, make_order, make_party, make_person, make_work
from tests.support.filled import filled_once
from tests.support.trails import everything


@pytest.fixture
def ledger(store, tmp_path):
    return ledger_of(store, tmp_path)


@filled_once
def years(store):
    for year in (2018, 2019):
        inputs = AmendFinancialYear(starts_on=date(year, 1, 1), ends_on=date(year, 12, 31))
        store.carry_out(amend_financial_year, inputs, actor=MAKER, now=SOLD)


@pytest.mark.parametrize(
    ("scope", "which", "why"),
    [
        (
            "party",
            0,
            {
                ("invoice", "hold"): 1,
                ("order", "hold"): 1,
                ("note", "hold"): 1,
                ("party", "hold"): 1,
            },
        ),
        (
            "order",
            1,
            {
                ("invoice", "hold"): 1,
                ("order", "hold"): 1,
                ("party", "has_records:voucher:2024-12-31"): 1,
            },
        ),
        (
            "invoice",
            2,
            {
                ("invoice", "hold"): 1,
                ("order", "hold"): 1,
                ("party", "has_records:voucher:2024-12-31"): 1,
            },
        ),
        ("class", "note", {("note", "class_hold:note"): 1, ("party", "class_hold:note"): 1}),
    ],
)
def test_a_hold_placed_after_the_approval_keeps_what_it_covers(
    store, ledger, years, scope, which, why
):
    keys = sold(store)
    run = propose(store)
    approve(store, run)
    held = hold(store, scope, which if scope == "class" else keys[which])
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    found = review(store, run)
    assert reasons(found) == why
    assert found.gone == 4 - len(why)
    store.carry_out(release_hold, Seen(id=held, version=1), actor=MAKER, now=OVER)
    dispose(store, ledger)
    assert counts(store) == {}


def test_a_restriction_keeps_everything_of_the_party(store, ledger, years):
    party, _order, _bill = sold(store)
    run = propose(store)
    approve(store, run)
    restrict(store, party)
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    assert reasons(review(store, run)) == {
        (kind, "restriction"): 1 for kind in ("invoice", "order", "note", "party")
    }


def test_a_payment_that_came_since_moves_the_deadline(store, ledger, years):
    _party, _order, bill = sold(store)
    run = propose(store)
    approve(store, run)
    for amount in ("-50", "50"):
        pay(store, bill, date(2019, 2, 1), amount)
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    assert reasons(review(store, run)) == {
        ("invoice", "still_retained:voucher:2025-12-31"): 1,
        ("order", "still_retained:voucher:2025-12-31"): 1,
        ("party", "has_records:voucher:2025-12-31"): 1,
    }


def test_a_financial_year_that_went_since_keeps_its_vouchers(store, ledger, years):
    sold(store)
    run = propose(store)
    approve(store, run)
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM financial_year WHERE starts_on = '2018-01-01'"))
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    assert reasons(review(store, run)) == {
        ("invoice", "year_missing"): 1,
        ("order", "year_missing"): 1,
        ("party", "has_records:voucher:"): 1,
    }


def test_a_longer_period_set_since_keeps_notes(store, ledger, years):
    sold(store)
    run = propose(store)
    approve(store, run)
    store.carry_out(set_period, SetPeriod(code="note", months=120), actor=MAKER, now=OVER)
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    assert reasons(review(store, run)) == {
        ("note", "still_retained:note:2028-03-01"): 1,
        ("party", "has_records:note:2028-03-01"): 1,
    }


def test_a_relation_opened_again_keeps_the_party(store, ledger):
    party = ended_person(store)
    run = propose(store)
    approve(store, run)
    again = ChangeStatus(id=party, version=2, status="active", ended_on=None)
    store.carry_out(change_status, again, actor=MAKER, now=OVER)
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    assert reasons(review(store, run)) == {("party", "in_force"): 1}


def test_what_was_removed_since_is_already_gone(store, ledger):
    party = make_person(store)
    make_note(store, party, noted_on=date(2018, 3, 1))
    run = propose(store)
    approve(store, run)
    store.carry_out(remove_note, Seen(id=1, version=1), actor=MAKER, now=OVER)
    carry_on(store, ledger, run, actor=MAKER, now=OVER)
    with store.reading(MAKER) as session:
        (item,) = disposal_items(session, run, kind="note", outcome="gone")
    assert item.reason == "already_gone"
    found = review(store, run)
    assert (found.gone, found.removed, found.stayed, found.waiting) == (0, 1, 0, 0)
    said = json.loads(as_json(found))
    assert (said["disposed_files"], said["removed_before_files"]) == (0, 1)


def test_a_contact_person_goes_with_the_organisation_it_follows(store, ledger):
    person = make_party(
        store,
        given_name="Kaisa",
        family_name="Kontakti",
        is_customer=False,
        is_contact=True,
        started_on=date(2018, 1, 1),
        now=OVER,
    )
    organisation = make_party(
        store, status="ended", started_on=date(2018, 1, 1), ended_on=date(2018, 6, 1), now=OVER
    )
    linked(store, organisation, person)
    run = propose(store)
    approve(store, run)
    carry_on(store, ledger, run, actor=MAKER, now=OVER, limit=1)
    assert counts(store) == {}
    assert everything(store)["contact_person"] == []


def test_a_hold_on_an_organisation_keeps_its_contact_person(store, ledger):
    person = make_party(
        store,
        given_name="Kaisa",
        family_name="Kontakti",
        is_customer=False,
        is_contact=True,
        started_on=date(2018, 1, 1),
        now=OVER,
    )
    organisation = make_party(
        store, status="ended", started_on=date(2018, 1, 1), ended_on=date(2018, 6, 1), now=OVER
    )
    linked(store, organisation, person)
    hold(store, "party", organisation)
    found = dispose(store, ledger)
    assert reasons(found) == {("party", "hold"): 1, ("party", "linked_party_kept"): 1}


def _end(store, party):
    with store.reading(MAKER) as session:
        version = session.get_one(Party, party).version
    inputs = ChangeStatus(id=party, version=version, status="ended", ended_on=date(2018, 12, 1))
    store.carry_out(change_status, inputs, actor=MAKER, now=OVER)


def _parties(store):
    return {row[0] for row in everything(store)["party"]}


def _reached(store, *, going_on=False):
    """A person through whom an organisation is reached that has ended, and its invoice."""
    organisation = make_party(store, name="Riita Oy", started_on=date(2017, 1, 1), now=SOLD)
    bill = invoice(store, organisation)
    person = make_party(
        store,
        given_name="Kaisa",
        family_name="Kontakti",
        is_customer=False,
        is_contact=True,
        started_on=date(2018, 1, 1),
        now=SOLD,
    )
    linked(store, organisation, person)
    if going_on:
        make_order(store, organisation, status="open", ordered_on=date(2018, 2, 1), now=SOLD)
    _end(store, organisation)
    return organisation, bill, person


@pytest.mark.parametrize("how", ["party", "class", "invoice", "paper"])
def test_a_contact_person_stays_as_long_as_the_organisation_does(store, ledger, years, how):
    organisation, bill, person = _reached(store)
    if how == "paper":
        make_paper(store, organisation, class_code="books", now=OVER)
    else:
        hold(store, how, {"party": organisation, "class": "voucher", "invoice": bill}[how])
    dispose(store, ledger)
    assert _parties(store) == {organisation, person}


def test_a_contact_person_of_an_organisation_whose_job_goes_on_stays(store, ledger, years):
    organisation, _bill, person = _reached(store, going_on=True)
    dispose(store, ledger)
    assert _parties(store) == {organisation, person}


def test_a_contact_person_goes_with_the_last_of_several_organisations(store, ledger, years):
    _organisation, _bill, person = _reached(store)
    other = make_party(store, name="Toinen Oy", started_on=date(2017, 1, 1), now=SOLD)
    linked(store, other, person)
    _end(store, other)
    dispose(store, ledger)
    assert _parties(store) == set()


def test_work_that_was_done_after_the_invoice_keeps_the_order(store, ledger, years):
    """The invoice of 2018 is erased; the work of 2019 supports it, and is kept until the end of
    2025."""
    party = make_party(
        store, given_name="Aino", family_name="Esimerkki", started_on=date(2018, 1, 1), now=SOLD
    )
    order = make_order(store, party, status="done", ordered_on=date(2018, 2, 1), now=SOLD)
    invoice(store, party, order, on=date(2018, 12, 20))
    make_work(store, order, done_on=date(2019, 3, 15))
    dispose(store, ledger)
    assert counts(store)["work_entry"] == 1
    assert "invoice" not in counts(store)
    with store.engine.connect() as connection:
        asked = "SELECT voucher_on, rest_on FROM service_order"
        assert [str(day) for day in connection.execute(text(asked)).one()] == ["2019-03-15", "None"]
