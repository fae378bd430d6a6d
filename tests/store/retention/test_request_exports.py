"""An export in the file of a request is erased with the data in it; what shows the answer stays."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from queries.reads.requests.request_card import request_card
from queries.store.backup.ledger import ledger_of
from queries.store.tables import DataSubjectRequest, RequestLetter
from queries.writes.commands import Seen
from queries.writes.retention.holds import release_hold
from tests.conftest import NOW
from tests.factories.disposals import dispose, ended_person, hold
from tests.factories.records import MAKER, TODAY, make_note, make_person
from tests.factories.requests import make_closed


@pytest.fixture
def ledger(store, tmp_path):
    return ledger_of(store, tmp_path)


def letters(store):
    """Kind, content and day of every letter, in order."""
    columns = (RequestLetter.kind, RequestLetter.content, RequestLetter.sent_on)
    with store.engine.connect() as connection:
        return [
            tuple(row) for row in connection.execute(select(*columns).order_by(RequestLetter.id))
        ]


REPORT = ("access_report", b"%PDF-1.7 kirje", date(2026, 3, 5))
EMPTIED = ("access_report", b"", date(2026, 3, 5))


def test_it_goes_with_the_party(store, ledger):
    party = ended_person(store)
    request = make_closed(store, party)
    assert letters(store) == [REPORT]
    assert dispose(store, ledger).gone == 1
    assert letters(store) == [EMPTIED]
    with store.engine.connect() as connection:
        text = connection.scalar(select(DataSubjectRequest.text))
    assert text == "Haluan tietoni."
    with store.reading(MAKER, now=NOW) as session:
        (letter,) = request_card(session, request, today=TODAY).letters
    assert (letter.is_there, letter.text, len(letter.sha256)) == (False, None, 64)


def test_it_goes_with_the_first_datum_that_is_erased(store, ledger):
    party = make_person(store)
    make_note(store, party, noted_on=date(2018, 3, 1))
    make_closed(store, party)
    make_closed(store, make_person(store, "Bo"))
    assert dispose(store, ledger).gone == 1
    assert letters(store) == [EMPTIED, REPORT]


def test_a_hold_on_the_class_keeps_it_whole(store, ledger):
    make_closed(store, ended_person(store))
    hold(store, "class", "request_file")
    assert dispose(store, ledger).gone == 1
    assert letters(store) == [REPORT]


def test_one_that_outlived_its_party_goes_with_the_next_erasure(store, ledger):
    make_closed(store, ended_person(store))
    held = hold(store, "class", "request_file")
    dispose(store, ledger)
    store.carry_out(release_hold, Seen(id=held, version=1), actor=MAKER, now=NOW)
    ended_person(store, "Veikko")
    dispose(store, ledger)
    assert letters(store) == [EMPTIED]
