"""An erasure on request: what no statute keeps is erased at the next disposal, the rest by
itself."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from queries.errors import IdentityUnverified, NotFound, RuleRefusal
from queries.reads.requests.erasure_plan import erasure_plan
from queries.reads.requests.request_card import request_card
from queries.reads.requests.request_list import who_is_this
from queries.rules.requests import LetterKind
from queries.store.backup.ledger import ledger_of
from queries.writes.commands import Seen
from queries.writes.customers.parties import ChangeStatus, change_status
from queries.writes.requests.answers import RightAnswer, answer_not_in_register
from queries.writes.requests.erasure import FulfilErasure, fulfil_erasure
from queries.writes.requests.identity import NoteIdentity, note_identity
from queries.writes.requests.requests import IdentifyParty, close_request, identify_party
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from queries.writes.sales.write_offs import WriteOffBalance, write_off_balance
from tests.factories.disposals import DAY, OVER, SOLD, counts, dispose, hold, invoice, sold
from tests.factories.records import MAKER, make_party, make_person
from tests.factories.requests import SENT, make_letter, make_request, seen, version_of
from tests.factories.sales import version_of as row_version
from tests.support.filled import filled_once
from tests.support.trails import everything

ASKED_ON = date(2020, 1, 10)
THEN = datetime(2020, 1, 10, 10, 0, tzinfo=UTC)


@pytest.fixture
def ledger(store, tmp_path):
    return ledger_of(store, tmp_path)


@filled_once
def years(store):
    inputs = AmendFinancialYear(starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
    store.carry_out(amend_financial_year, inputs, actor=MAKER, now=SOLD)


def asked(store, party, *, identity=True):
    """A request for erasure of 10.1.2020, with its letter; returns it."""
    request = make_request(store, party, ("erasure",), received_on=ASKED_ON, now=THEN)
    if identity:
        inputs = NoteIdentity(**seen(store, request), method="signature", checked_on=ASKED_ON)
        store.carry_out(note_identity, inputs, actor=MAKER, now=THEN)
    make_letter(store, request, LetterKind.ERASED, "erasure", now=THEN)
    return request


def erase(store, request):
    inputs = FulfilErasure(**seen(store, request), sent_on=ASKED_ON, channel="post")
    store.carry_out(fulfil_erasure, inputs, actor=MAKER, now=THEN)


def refused(store, request) -> Exception:
    before = everything(store)
    with pytest.raises(RuleRefusal) as refusal:
        erase(store, request)
    assert everything(store) == before
    return refusal.value


def test_the_plan_says_what_goes_and_what_stays(store, years):
    party, _order, _bill = sold(store)
    with store.reading(MAKER) as session:
        plan = erasure_plan(session, party, today=ASKED_ON)
    assert [(line.kind, line.goes_now, line.keep_until) for line in plan.lines] == [
        ("invoice", False, date(2024, 12, 31)),
        ("order", False, date(2024, 12, 31)),
        ("note", True, None),
        ("party", False, date(2024, 12, 31)),
    ]
    assert (plan.in_force, plan.held, plan.completes_on) == (False, False, date(2024, 12, 31))


def open_bill(store):
    """An ended customer with an unpaid invoice of 2018; the party and the invoice."""
    party = make_party(
        store, given_name="Aino", family_name="Esimerkki", started_on=date(2018, 1, 1), now=SOLD
    )
    bill = invoice(store, party, paid=False)
    end = ChangeStatus(id=party, version=1, status="ended", ended_on=date(2019, 12, 1))
    store.carry_out(change_status, end, actor=MAKER, now=THEN)
    return party, bill


def test_the_plan_says_that_an_open_balance_waits(store, years):
    party, _bill = open_bill(store)
    with store.reading(MAKER) as session:
        before = erasure_plan(session, party, today=ASKED_ON)
        after = erasure_plan(session, party, today=DAY)
    lines = [
        (line.kind, line.code, line.goes_now, line.keep_until, line.waits)
        for line in (*before.lines, *after.lines)
    ]
    assert lines == [
        ("invoice", "voucher", False, date(2024, 12, 31), True),
        ("party", "follows_party", False, date(2024, 12, 31), True),
        ("invoice", "open_balance", False, None, True),
        ("party", "follows_party", False, None, True),
    ]
    assert (before.open_balances, before.in_force, before.is_whole) == (1, False, False)
    assert (after.open_balances, after.in_force, after.is_whole) == (1, False, False)
    assert after.completes_on is None


def test_what_only_an_open_balance_keeps_is_not_said_to_be_erased(store, ledger, years):
    """The answer is in part, and the person goes once the balance was written off."""
    party, bill = open_bill(store)
    request = make_request(store, party, ("erasure",), received_on=DAY, now=OVER)
    proved = NoteIdentity(**seen(store, request), method="signature", checked_on=DAY)
    store.carry_out(note_identity, proved, actor=MAKER, now=OVER)
    make_letter(store, request, LetterKind.ERASED, "erasure", now=OVER)
    inputs = FulfilErasure(**seen(store, request), sent_on=DAY, channel="post")
    store.carry_out(fulfil_erasure, inputs, actor=MAKER, now=OVER)
    inputs = Seen(id=request, version=version_of(store, request))
    store.carry_out(close_request, inputs, actor=MAKER, now=OVER)
    with store.reading(MAKER) as session:
        (right,) = request_card(session, request, today=DAY).rights
    assert (right.status, right.completes_on) == ("partly", None)
    dispose(store, ledger, DAY)
    assert counts(store)["party"] == 1
    given_up = WriteOffBalance(
        invoice_id=bill,
        version=row_version(store, "invoice", bill),
        written_off_on=date(2018, 12, 31),
        reason="Maksukyvytön",
    )
    store.carry_out(write_off_balance, given_up, actor=MAKER, now=OVER)
    dispose(store, ledger, DAY)
    assert counts(store) == {}


def test_each_voucher_stays_until_its_own_day(store, years):
    party = make_party(
        store, given_name="Aino", family_name="Esimerkki", started_on=date(2018, 1, 1), now=SOLD
    )
    inputs = AmendFinancialYear(starts_on=date(2019, 1, 1), ends_on=date(2019, 12, 31))
    store.carry_out(amend_financial_year, inputs, actor=MAKER, now=SOLD)
    for day in (date(2018, 3, 5), date(2019, 5, 2), date(2019, 6, 3)):
        invoice(store, party, on=day)
    end = ChangeStatus(id=party, version=1, status="ended", ended_on=date(2019, 12, 1))
    store.carry_out(change_status, end, actor=MAKER, now=THEN)
    with store.reading(MAKER) as session:
        before = erasure_plan(session, party, today=ASKED_ON)
        after = erasure_plan(session, party, today=date(2025, 1, 1))
    assert [(line.kind, line.count, line.goes_now, line.keep_until) for line in before.lines] == [
        ("invoice", 1, False, date(2024, 12, 31)),
        ("invoice", 2, False, date(2025, 12, 31)),
        ("party", 1, False, date(2025, 12, 31)),
    ]
    assert [(line.kind, line.count, line.goes_now, line.keep_until) for line in after.lines] == [
        ("invoice", 1, True, None),
        ("invoice", 2, False, date(2025, 12, 31)),
        ("party", 1, False, date(2025, 12, 31)),
    ]
    assert after.completes_on == date(2025, 12, 31)


def test_part_goes_now_and_the_rest_when_its_day_has_come(store, ledger, years):
    party, _order, _bill = sold(store)
    before = counts(store)
    request = asked(store, party)
    erase(store, request)
    assert counts(store) == before  # the command itself erases nothing
    inputs = Seen(id=request, version=version_of(store, request))
    store.carry_out(close_request, inputs, actor=MAKER, now=THEN)
    with store.reading(MAKER) as session:
        (right,) = request_card(session, request, today=ASKED_ON).rights
    assert (right.status, right.completes_on) == ("partly", date(2024, 12, 31))
    dispose(store, ledger, ASKED_ON)
    assert counts(store) == {table: n for table, n in before.items() if table != "note"}
    dispose(store, ledger, DAY)
    assert counts(store) == {}
    with store.reading(MAKER) as session:
        card = request_card(session, request, today=DAY)
    assert (card.party_id, card.status, card.rights[0].status) == (None, "closed", "partly")


def test_while_the_request_is_open_nothing_goes(store, ledger, years):
    party, _order, _bill = sold(store)
    before = counts(store)
    erase(store, asked(store, party))
    dispose(store, ledger, DAY)
    assert counts(store) == before


def test_without_identity_nothing_is_erased(store, years):
    party, _order, _bill = sold(store)
    assert isinstance(refused(store, asked(store, party, identity=False)), IdentityUnverified)


def test_a_hold_and_a_relation_in_force_stand_in_the_way(store, years):
    party, _order, _bill = sold(store)
    request = asked(store, party)
    hold(store, "party", party)
    assert refused(store, request).code == "under_hold"
    assert refused(store, asked(store, make_person(store, "Bertta"))).code == "relation_in_force"


def test_who_was_erased_asks_again_and_is_nobody_of_the_register(store, ledger, years):
    party, _order, _bill = sold(store)
    request = asked(store, party)
    erase(store, request)
    inputs = Seen(id=request, version=version_of(store, request))
    store.carry_out(close_request, inputs, actor=MAKER, now=THEN)
    dispose(store, ledger, DAY)
    with pytest.raises(NotFound):
        make_request(store, party)
    again = make_request(store, claimed_contact="040 123 4567")
    with store.reading(MAKER) as session:
        assert who_is_this(session, name="Aino Esimerkki", contact="040 123 4567") == ()
    inputs = IdentifyParty(id=again, version=1, registered="not_in_register")
    store.carry_out(identify_party, inputs, actor=MAKER)
    make_letter(store, again, LetterKind.NOT_IN_REGISTER, "access")
    inputs = RightAnswer(**seen(store, again), **SENT, asked="access")
    store.carry_out(answer_not_in_register, inputs, actor=MAKER)
    with store.reading(MAKER) as session:
        assert request_card(session, again, today=DAY).rights[0].status == "fulfilled"


def test_recipients_are_told_of_an_erasure_or_it_says_why_not(store, years):
    party, _order, _bill = sold(store)
    with store.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO recipient (id, name, kind, purpose, country, version, changed_at,"
                " changed_by) VALUES (1, 'Tilitoimisto', 'processor', 'kirjanpito', 'FI', 1,"
                " '2019-01-01 10:00:00', 'maija')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO disclosure (party_id, recipient_id, what, disclosed_on, noted_by)"
                " VALUES (:party, 1, 'laskut', '2019-01-01', 'maija')"
            ),
            {"party": party},
        )
    request = asked(store, party)
    refusal = refused(store, request)
    assert (refusal.code, refusal.facts["n"]) == ("recipients_not_told", 1)
    inputs = FulfilErasure(
        **seen(store, request), sent_on=ASKED_ON, channel="post", untold_reason="Yritys on lakannut"
    )
    store.carry_out(fulfil_erasure, inputs, actor=MAKER, now=THEN)
    with store.reading(MAKER) as session:
        (right,) = request_card(session, request, today=ASKED_ON).rights
    assert right.refusal_reason == "Yritys on lakannut"
