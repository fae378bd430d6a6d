"""What a letter takes from its request and from what was typed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial

import pytest

from queries.documents.letters.request_letters import RequestLetters, change_line
from queries.errors import InvalidInput, RuleRefusal
from queries.reads.requests.request_card import request_card
from queries.rules.requests import Asked, LetterKind, RequestChannel
from queries.writes.customers.parties import ChangeStatus, change_status
from queries.writes.requests.requests import RecordRequest, record_request
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from tests.factories.disposals import invoice
from tests.factories.records import MAKER, make_party, make_person
from tests.factories.requests import make_identity, make_request

TODAY = date(2026, 3, 5)


@pytest.fixture
def letters(sqlite_store):
    """Return the letters of a request for rectification by somebody of the register."""
    return _letters_of(sqlite_store, make_person(sqlite_store))


def _letters_of(store, party_id):
    inputs = RecordRequest(
        received_on=date(2026, 3, 2),
        channel=RequestChannel.EMAIL,
        rights=(Asked.RECTIFICATION,),
        text="Korjatkaa tietoni.",
        language="fi",
        claimed_name="Aino Esimerkki",
        party_id=party_id,
    )
    key = store.carry_out(record_request, inputs, actor=MAKER)
    with store.reading(MAKER) as session:
        card = request_card(session, key, today=TODAY)
    return RequestLetters(card=card, reading=partial(store.reading, MAKER), today=TODAY)


def _rectified(letters, changes):
    return letters.answer(LetterKind.RECTIFIED, Asked.RECTIFICATION, {"changes": changes})


def test_a_correction_is_read_back_as_it_was_written(letters):
    made = _rectified(letters, change_line("Puhelin", "040  1234567", ""))
    assert (made.kind, made.asked, made.language) == ("rectified", "rectification", "fi")
    assert "Puhelin" in made.text
    assert "040 1234567" in made.text


@pytest.mark.parametrize("line", ["Puhelin", "Puhelin: 040", "Puhelin: 1 > 2 > 3"])
def test_a_correction_of_another_form_is_refused(letters, line):
    with pytest.raises(InvalidInput) as refusal:
        _rectified(letters, line)
    assert (refusal.value.field, refusal.value.code) == ("changes", "change_form")


def test_a_complaint_needs_a_reply(letters):
    with pytest.raises(InvalidInput) as refusal:
        letters.answer(LetterKind.COMPLAINT_INFO, Asked.COMPLAINT, {"reply": "  "})
    assert (refusal.value.field, refusal.value.code) == ("reply", "letter_field_missing")


def test_an_export_needs_the_party(sqlite_store):
    with pytest.raises(RuleRefusal) as refusal:
        _letters_of(sqlite_store, None).portability()
    assert refusal.value.code == "request_without_party"


def test_what_a_claim_keeps_is_not_said_to_be_kept_as_a_voucher(sqlite_store):
    """An unpaid invoice whose claim lapses after the time of the voucher."""
    then = datetime(2018, 3, 5, 10, tzinfo=UTC)
    year = AmendFinancialYear(starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
    sqlite_store.carry_out(amend_financial_year, year, actor=MAKER, now=then)
    values = {"given_name": "Aino", "family_name": "Esimerkki", "started_on": date(2018, 1, 1)}
    party = make_party(sqlite_store, **values, now=then)
    invoice(sqlite_store, party, paid=False, due_on=date(2025, 3, 5))
    end = ChangeStatus(id=party, version=1, status="ended", ended_on=date(2025, 6, 1))
    sqlite_store.carry_out(change_status, end, actor=MAKER)
    request = make_request(sqlite_store, party, ("erasure",))
    make_identity(sqlite_store, request)
    with sqlite_store.reading(MAKER) as session:
        card = request_card(session, request, today=TODAY)
    letters = RequestLetters(card=card, reading=partial(sqlite_store.reading, MAKER), today=TODAY)
    said = letters.answer(LetterKind.ERASED, Asked.ERASURE, {}).text
    assert "Lasku: 5.3.2028 asti, koska saatava voi vielä olla voimassa" in said
    assert "(Laki velan vanhentumisesta 728/2003" in said
    assert "kirjanpitolaki" not in said
