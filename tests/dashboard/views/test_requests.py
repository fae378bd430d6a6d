"""The pages of requests under AppTest: from a letter to the closed file."""

from __future__ import annotations

import json
from datetime import date

import pytest

from dashboard.ui import clock
from dashboard.words import LANGUAGES, word
from queries.reads.requests.request_card import request_card
from queries.reads.requests.request_list import open_requests, restrictions_of
from queries.rules.roles import Actor, Role
from tests.conftest import NOW
from tests.factories.records import TODAY, make_email, make_order, make_person
from tests.factories.requests import make_answered, make_closed, make_identity, make_request
from tests.support.apps import offers, page, press, signed_in, texts
from tests.support.words import fi, start_of

MANAGER = Actor("maija", Role.MANAGER)


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def _card(store, request: int):
    with store.reading(MANAGER, now=NOW) as session:
        return request_card(session, request, today=TODAY)


def test_what_is_due_is_listed_with_its_figures(sqlite_store):
    party = make_person(sqlite_store)
    make_request(sqlite_store, party, received_on=date(2026, 2, 1))  # due 2.3.: overdue
    make_request(sqlite_store, party, ("erasure",))
    make_closed(sqlite_store, party)
    app = page(signed_in(sqlite_store), "requests")
    assert {metric.label: metric.value for metric in app.metric} == {
        fi("requests.figures.overdue"): "1",
        fi("requests.figures.soon"): "0",
        fi("requests.figures.open"): "2",
    }
    frames = [frame.value for frame in app.dataframe]
    assert frames[0][fi("requests.columns.number")].tolist() == ["2026-0001", "2026-0002"]
    assert frames[0][fi("requests.columns.left")].tolist() == [
        fi("requests.overdue", n=3),
        fi("requests.left", n=15),
    ]
    assert frames[1][fi("requests.columns.number")].tolist() == ["2026-0003"]


def test_a_month_in_which_nobody_asked_has_its_place_in_the_chart(sqlite_store):
    party = make_person(sqlite_store)
    make_request(sqlite_store, party, received_on=date(2025, 11, 20))
    make_request(sqlite_store, party, ("erasure", "access"))
    app = page(signed_in(sqlite_store), "requests")
    (spec,) = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    assert [bar["x"] for bar in spec["data"]] == [["11/2025", "12/2025", "1/2026", "2/2026"]] * 2
    assert spec["layout"]["yaxis"]["dtick"] == 1


def test_a_letter_is_recorded_answered_and_closed(sqlite_store):
    party = make_person(sqlite_store)
    make_email(sqlite_store, party, "aino@esimerkki.example")
    app = page(signed_in(sqlite_store), "requests", new="1")
    app.text_input(key="request-new.received_on").input("20.2.2026")
    app.text_input(key="request-new.claimed_name").input("Aino Esimerkki")
    app.text_input(key="request-new.claimed_contact").input("aino@esimerkki.example")
    app.checkbox(key="request-new.asks_access").check()
    app.text_area(key="request-new.text").input("Haluan tietoni *kaikki*.")
    press(app, "requests.record")
    with sqlite_store.reading(MANAGER, now=NOW) as session:
        (row,) = open_requests(session, today=TODAY)
    app = page(app, "request", id=str(row.id))
    said = texts(app)
    assert fi("requests.title", number="2026-0001") in said
    assert fi("requests.clock.months", received="20.2.2026", n=1, ends="20.3.2026") in said
    assert "Haluan tietoni *kaikki*." in said
    assert f"{fi('match_reasons.same_email')}, {fi('match_reasons.same_name')}" in said
    press(app, "requests.this_one")
    assert fi("requests.identity_about") in texts(app)
    press(app, "requests.prepare")
    assert start_of("refusals.identity_unverified") in texts(app)
    app.selectbox(key=f"identity-{row.id}.method").select("call_back")
    press(app, "forms.save")
    # The form that noted the check is another one, closed, once the check is recorded.
    assert [one.key for one in app.selectbox if one.key.endswith(".method")] == [
        f"identity-{row.id}-1.method"
    ]
    press(app, "requests.prepare")
    letters = _card(sqlite_store, row.id).letters
    assert [(one.kind, one.media_type, one.sent_on, one.language) for one in letters] == [
        ("access_report", "application/pdf", None, "fi"),
        ("access_report", "application/json", None, "fi"),
        ("access", "application/pdf", None, "fi"),
    ]
    press(app, "requests.sent")
    assert _card(sqlite_store, row.id).rights[0].status == "fulfilled"
    press(app, "requests.close")
    card = _card(sqlite_store, row.id)
    assert (card.status, card.closed_on) == ("closed", TODAY)
    assert [letter.sent_on for letter in card.letters] == [TODAY] * 3
    assert [element.value for element in app.success] == [fi("requests.closed_on", on="5.3.2026")]


def test_whom_no_suggestion_finds_is_searched_for(sqlite_store):
    party = make_person(sqlite_store, "Aino", "Esimerkki")
    request = make_request(sqlite_store, None, claimed_name="Aino Uusinimi")
    app = page(signed_in(sqlite_store), "request", id=str(request))
    assert not offers(app, "requests.this_one")
    app.text_input(key=f"search.request-{request}").input("Kukaties").run()
    assert fi("requests.not_found") in texts(app)
    app.text_input(key=f"search.request-{request}").input("esimerk").run()
    press(app, "requests.this_one")
    card = _card(sqlite_store, request)
    assert (card.party_id, card.registered) == (party, "in_register")


def test_a_refusal_has_its_letter_and_citation(sqlite_store):
    party = make_person(sqlite_store)
    request = make_request(sqlite_store, party, ("erasure",))
    app = page(signed_in(sqlite_store), "request", id=str(request))
    app.get("button_group")[0].set_value("refuse").run()
    form = f"prepare-{request}-refused-erasure"
    assert app.selectbox(key=f"{form}.ground").value is None
    app.text_area(key=f"{form}.reason").input("Laskut ovat tositteita.")
    press(app, "requests.prepare")
    assert fi("refusals.letter_fact_missing", fact=fi("requests.fields.ground")) in texts(app)
    app.selectbox(key=f"{form}.ground").select("legal_obligation")
    app.text_area(key=f"{form}.reason").input("Laskut ovat tositteita.")
    press(app, "requests.prepare")
    (letter,) = _card(sqlite_store, request).letters
    assert "Laskut ovat tositteita." in letter.text
    assert "Art. 17(3)(b)" in letter.text
    assert f"refuse-{request}-erasure.reason" not in {one.key for one in app.text_area}
    press(app, "requests.sent")
    (right,) = _card(sqlite_store, request).rights
    assert (right.status, right.refusal_ground, right.refusal_reason) == (
        "refused",
        "legal_obligation",
        "Laskut ovat tositteita.",
    )


def test_restriction_is_seen_and_stops_edits(sqlite_store):
    party = make_person(sqlite_store)
    request = make_request(sqlite_store, party, ("restriction",))
    app = page(signed_in(sqlite_store), "request", id=str(request))
    app.text_area(key=f"restrict-{request}.reason").input("Osoite on kiistetty")
    press(app, "requests.restrict_now")
    with sqlite_store.reading(MANAGER, now=NOW) as session:
        assert [one.since for one in restrictions_of(session, party)] == [TODAY]
    order, other = make_order(sqlite_store, make_person(sqlite_store, "Bertta")), "Bertta Esimerkki"
    since = fi("requests.restricted_since", on="5.3.2026")
    for name, query in (
        ("customer", {"id": str(party)}),
        ("order", {"party": str(party)}),
        ("invoice", {"party": str(party)}),
        ("request", {"id": str(request)}),
    ):
        app.query_params.clear()
        assert since in texts(page(app, name, **query)), name
    app.query_params.clear()
    assert since not in texts(page(app, "order", id=str(order)))
    app.query_params.clear()
    said = texts(page(app, "customers"))
    assert (since in said, "Aino Esimerkki" in said, other in said) == (False, True, False)
    make_request(sqlite_store, make_person(sqlite_store, "Cecilia"))
    said = texts(page(app, "requests"))
    assert ("Aino Esimerkki" in said, "Cecilia" in said) == (True, False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_closed_request_reads_in_every_language(sqlite_store, language):
    request = make_closed(sqlite_store, make_person(sqlite_store))
    app = page(signed_in(sqlite_store, language=language), "request", id=str(request))
    closed = word("requests.closed_on", language, on="5.3.2026")
    assert [element.value for element in app.success] == [closed]


def test_the_office_prepares_and_the_manager_answers(sqlite_store):
    request = make_answered(sqlite_store, make_person(sqlite_store))
    app = page(signed_in(sqlite_store, "office"), "request", id=str(request))
    assert not offers(app, "requests.close")


def test_the_office_restricts_at_once(sqlite_store):
    party = make_person(sqlite_store)
    request = make_request(sqlite_store, party, ("restriction",))
    app = page(signed_in(sqlite_store, "office"), "request", id=str(request))
    app.text_area(key=f"restrict-{request}.reason").input("Osoite on kiistetty")
    press(app, "requests.restrict_now")
    with sqlite_store.reading(MANAGER, now=NOW) as session:
        (standing,) = restrictions_of(session, party)
    assert standing.reason == "Osoite on kiistetty"
    assert not offers(app, "requests.restrict_now")
    assert _card(sqlite_store, request).rights[0].status == "open"


def test_a_viewer_has_no_such_page(sqlite_store):
    app = signed_in(sqlite_store, "viewer")
    app.run()
    assert "requests" not in app.session_state["pages"]


def test_a_package_is_prepared_and_the_overview_counts(sqlite_store):
    request = make_request(sqlite_store, make_person(sqlite_store), ("portability",))
    make_identity(sqlite_store, request)
    app = signed_in(sqlite_store)
    app.run()
    assert fi("requests.figures.soon") in texts(app)
    press(page(app, "request", id=str(request)), "requests.prepare")
    package, cover = _card(sqlite_store, request).letters
    assert (package.kind, package.media_type) == ("portability_package", "application/zip")
    assert (cover.kind, cover.media_type) == ("portability", "application/pdf")
    assert package.sha256 in cover.text


def test_an_objection_noted_for_the_wrong_person_is_said_to_stay(sqlite_store):
    person = make_person(sqlite_store)
    objection, access = (
        make_request(sqlite_store, person, (right,)) for right in ("objection", "access")
    )
    app = page(signed_in(sqlite_store), "request", id=str(objection))
    assert fi("requests.not_this_stopped") in texts(app)
    app.query_params.clear()
    assert fi("requests.not_this_stopped") not in texts(page(app, "request", id=str(access)))


def test_a_request_that_there_is_not_leads_back(sqlite_store):
    app = page(signed_in(sqlite_store), "request", id="99")
    assert [one.label for one in app.get("page_link")] == [fi("requests.back")]
    assert fi("refusals.not_found") in texts(app)
