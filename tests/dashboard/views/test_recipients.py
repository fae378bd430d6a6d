"""The page of recipients under AppTest, and disclosures on the customer card."""

from __future__ import annotations

import pytest

from dashboard.ui import clock
from dashboard.words import LANGUAGES, word
from queries.reads.recipients import disclosures_of, recipient_list
from queries.rules.roles import Actor, Role
from tests.conftest import NOW
from tests.factories.recipients import make_recipient
from tests.factories.records import make_person
from tests.support.apps import offers, page, press, signed_in, texts
from tests.support.words import fi, start_of

MANAGER = Actor("maija", Role.MANAGER)


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def rows(store):
    with store.reading(MANAGER, now=NOW) as session:
        return recipient_list(session)


def test_a_recipient_is_added_after_its_basis_is_given(sqlite_store):
    app = page(signed_in(sqlite_store), "recipients")
    assert fi("recipients.none") in texts(app)
    press(app, "recipients.add")
    form = "recipient-new"
    for name, value in (
        ("name", "Tuntikirja Oy"),
        ("what", "Työtunnit"),
        ("purpose", "Työn seuranta"),
        ("country", "US"),
        ("agreement", "DPA"),
        ("agreed_on", "1.2.2025"),
    ):
        app.text_input(key=f"{form}.{name}").input(value)
    app.selectbox(key=f"{form}.kind").select("work_tracking")
    press(app, "forms.save")
    assert start_of("refusals.transfer_basis_missing", country="US") in texts(app)
    assert rows(sqlite_store) == ()
    app.selectbox(key=f"{form}.transfer_basis").select("adequacy")
    press(app, "forms.save")
    (row,) = rows(sqlite_store)
    assert (row.name, row.country, row.transfer_basis) == ("Tuntikirja Oy", "US", "adequacy")
    (frame,) = [frame.value for frame in app.dataframe]
    assert frame[fi("recipients.fields.country")].tolist() == [
        f"US · {fi('transfer_bases_short.adequacy')}"
    ]
    assert fi("recipients.outside", outside=1, n=1) in texts(app)


def test_what_has_to_be_seen_to_is_said(sqlite_store):
    make_recipient(sqlite_store, name="Vanha", ends_on=NOW.date().replace(day=4))
    make_recipient(sqlite_store, name="Ilman", agreement=None, agreed_on=None)
    said = texts(page(signed_in(sqlite_store), "recipients"))
    assert fi("recipients.ended", n=1) in said
    assert fi("recipients.without_agreement", n=1) in said
    assert fi("recipients.outside_without_basis", n=1) not in said


def test_an_agreement_ends_and_a_slip_is_removed(sqlite_store):
    key = make_recipient(sqlite_store)
    app = page(signed_in(sqlite_store), "recipients", id=str(key))
    app.text_input(key=f"recipient-end-{key}.ends_on").input("30.6.2026")
    press(app, "forms.save", form=f"recipient-end-{key}")
    assert not app.exception, app.exception
    assert str(rows(sqlite_store)[0].ends_on) == "2026-06-30"
    app = page(app, "recipients", id=str(key))
    press(app, "forms.remove_yes")
    assert rows(sqlite_store) == ()


def test_a_viewer_sees_and_does_not_edit(sqlite_store):
    make_recipient(sqlite_store)
    app = page(signed_in(sqlite_store, "viewer"), "recipients")
    assert [frame.value[fi("recipients.fields.name")].tolist() for frame in app.dataframe] == [
        ["Tilitoimisto Malli Oy"]
    ]
    assert not offers(app, "recipients.add")


def test_a_disclosure_is_noted_on_the_card(sqlite_store):
    party, key = make_person(sqlite_store), make_recipient(sqlite_store)
    app = signed_in(sqlite_store)
    app.session_state[f"given-{party}"] = True
    app = page(app, "customer", id=str(party))
    assert fi("recipients.nothing_given") in texts(app)
    press(app, "recipients.note")
    app.text_input(key=f"disclosure-new-{party}.what").input("Nimi ja puhelinnumero")
    press(app, "forms.save")
    with sqlite_store.reading(MANAGER, now=NOW) as session:
        (row,) = disclosures_of(session, party)
    assert (row.recipient, row.what) == ("Tilitoimisto Malli Oy", "Nimi ja puhelinnumero")
    assert key == 1
    assert "Nimi ja puhelinnumero" in texts(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_reads_in_every_language(sqlite_store, language):
    make_recipient(sqlite_store)
    app = page(signed_in(sqlite_store, language=language), "recipients")
    assert word("recipients.outside", language, outside=0, n=1) in texts(app)
