"""The page of sources under AppTest: people to inform, those informed, unknown sources."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.panels import provenance_forms
from dashboard.ui import clock
from dashboard.words import LANGUAGES, word
from queries.reads.provenance import source_notices_of
from queries.rules.roles import Actor, Role
from tests.conftest import NOW
from tests.factories.messages import make_form, make_message
from tests.factories.records import make_address, make_person, make_phone
from tests.support.apps import offers, page, press, signed_in, texts
from tests.support.words import fi

MANAGER = Actor("maija", Role.MANAGER)
LATE, SOON = date(2026, 2, 2), date(2026, 2, 10)


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def from_ytj(store, given_name: str, since: date) -> int:
    party = make_person(store, given_name)
    make_address(store, party, source="ytj", sourced_on=since)
    return party


def told(store, party: int):
    with store.reading(MANAGER, now=NOW) as session:
        return [(row.told_on, row.how) for row in source_notices_of(session, party)]


def test_who_is_to_be_told_is_listed_and_noted(sqlite_store):
    aino, bertta = from_ytj(sqlite_store, "Aino", LATE), from_ytj(sqlite_store, "Bertta", SOON)
    app = page(signed_in(sqlite_store, "office"), "sources")
    assert {metric.label: metric.value for metric in app.metric} == {
        fi("provenance.figures.overdue"): "1",
        fi("provenance.figures.soon"): "1",
        fi("provenance.figures.waiting"): "2",
    }
    (frame,) = [frame.value for frame in app.dataframe]
    assert frame[fi("fields.name")].tolist() == ["Aino Esimerkki", "Bertta Esimerkki"]
    assert frame[fi("provenance.left")].tolist() == [
        fi("requests.overdue", n=3),
        fi("requests.left", n=5),
    ]
    app = page(app, "sources", id="1")
    assert f"{fi('provenance.data.address')}, 2.2.2026" in texts(app)
    assert [button.label for button in app.get("download_button")] == [
        fi("provenance.letter_pdf"),
        fi("provenance.letter_txt"),
    ]
    app.selectbox(key="source-1.how").select("phone")
    press(app, "provenance.note")
    assert (told(sqlite_store, aino), told(sqlite_store, bertta)) == (
        [(NOW.date(), "phone")],
        [(None, None)],
    )


def test_a_whole_page_is_noted_at_once(sqlite_store):
    people = [from_ytj(sqlite_store, name, LATE) for name in ("Aino", "Bertta")]
    app = page(signed_in(sqlite_store), "sources")
    app.text_input(key="source-page-1-2.told_on").input("4.3.2026")
    press(app, "provenance.note")
    assert [told(sqlite_store, party) for party in people] == [[(date(2026, 3, 4), "post")]] * 2
    assert fi("provenance.everybody_told") in [element.value for element in app.success]


def test_what_was_noted_by_mistake_is_taken_back(sqlite_store):
    people = [from_ytj(sqlite_store, name, LATE) for name in ("Aino", "Bertta")]
    app = page(signed_in(sqlite_store, "office"), "sources")
    press(app, "provenance.note")
    press(app, fi("provenance.retract_page", n=2))
    assert [told(sqlite_store, party) for party in people] == [[(None, None)]] * 2
    assert not offers(app, fi("provenance.retract_page", n=2))
    app = page(app, "sources", id="1")
    for _round in range(2):
        app.selectbox(key="source-1.how").select("phone")
        press(app, "provenance.note")
        assert told(sqlite_store, people[0]) == [(NOW.date(), "phone")]
        press(app, "provenance.retract_yes")
        assert told(sqlite_store, people[0]) == [(None, None)]


def test_the_letter_is_made_when_it_is_asked_for(sqlite_store):
    from_ytj(sqlite_store, "Aino", LATE)
    page(signed_in(sqlite_store), "sources", id="1")
    paper = provenance_forms._letter(MANAGER, 1, form="pdf")
    assert paper.startswith(b"%PDF")
    text = provenance_forms._letter(MANAGER, 1, form="txt").decode()
    assert text.startswith("Mistä tietosi asiakasrekisterissämme on saatu\n")


def test_data_without_a_source_lead_to_their_customers(sqlite_store):
    party = make_person(sqlite_store)
    make_phone(sqlite_store, party, source="unknown")
    app = page(signed_in(sqlite_store), "sources")
    assert fi("provenance.unknown_n", counted=1) in texts(app)
    (frame,) = [frame.value for frame in app.dataframe]
    assert frame.to_numpy().tolist() == [["Aino Esimerkki", fi("provenance.data.phone")]]


def test_a_viewer_reads_and_notes_nothing(sqlite_store):
    from_ytj(sqlite_store, "Aino", LATE)
    app = page(signed_in(sqlite_store, "viewer"), "sources", id="1")
    assert not offers(app, "provenance.note")
    assert app.get("download_button") == []


def test_the_card_and_the_overview_say_it_too(sqlite_store):
    party = from_ytj(sqlite_store, "Aino", LATE)
    make_message(sqlite_store, make_form(sqlite_store))
    app = page(signed_in(sqlite_store), "customer", id=str(party))
    assert fi(
        "provenance.untold", since="2.2.2026", source=fi("sources.ytj"), due="2.3.2026"
    ) in texts(app)
    app.query_params.clear()
    said = texts(page(app, "overview"))
    assert fi("provenance.overview") in said
    assert fi("provenance.late", counted=1) in said
    assert fi("messages.overview") in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_reads_in_every_language(sqlite_store, language):
    app = page(signed_in(sqlite_store, language=language), "sources")
    said = word("provenance.everybody_told", language)
    assert said in [element.value for element in app.success]
