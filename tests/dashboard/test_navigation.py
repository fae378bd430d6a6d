"""Pages and menu of each role, and the words around the pages."""

from __future__ import annotations

import json
import re

import pytest

from dashboard.navigation import PAGES
from dashboard.words import word
from queries.rules.roles import CONSOLE
from queries.writes.sales.services import AmendService, amend_service
from tests.factories.records import make_party, make_person
from tests.support.apps import KEEPER, offers, page, press, signed_in, texts
from tests.support.words import fi

CLOSED = fi("refusals.not_allowed")


@pytest.mark.parametrize("name", ["order", "invoice"])
def test_a_viewer_is_offered_no_form_that_could_not_be_saved(sqlite_store, name):
    party = str(make_party(sqlite_store))
    closed = page(signed_in(sqlite_store, "viewer"), name, party=party)
    assert CLOSED in texts(closed)
    assert len(closed.text_input) == 0
    assert len(page(signed_in(sqlite_store, "office"), name, party=party).text_input) > 0


def test_a_viewer_opens_no_form_of_a_service(sqlite_store):
    inputs = AmendService(
        code="A",
        name="Asennus",
        unit="hour",
        unit_price="62,00",
        vat_category="standard",
        active=True,
    )
    service = str(sqlite_store.carry_out(amend_service, inputs, actor=KEEPER))
    viewer = page(signed_in(sqlite_store, "viewer"), "services", id=service)
    assert [field.key for field in viewer.text_input] == ["search.services"]
    assert viewer.dataframe[0].proto.selection_mode == []
    office = page(signed_in(sqlite_store, "office"), "services", id=service)
    assert len(office.text_input) == 4


def test_a_row_opens_by_its_box_and_by_any_of_its_cells(sqlite_store):
    make_person(sqlite_store)
    app = page(signed_in(sqlite_store), "customers")
    assert len(app.dataframe[0].proto.selection_mode) == 2


def test_a_search_among_customers_goes_on_among_everyone(sqlite_store):
    make_person(sqlite_store)
    make_party(sqlite_store, name="Kumppani Oy", is_customer=False, is_partner=True)
    app = page(signed_in(sqlite_store), "customers")
    assert not offers(app, "customers.search_everyone")
    app.text_input(key="search.customers").set_value("kumppani").run()
    assert len(app.dataframe) == 0
    press(app, "customers.search_everyone")
    assert list(app.dataframe[0].value[fi("fields.name")]) == ["Kumppani Oy"]
    assert dict(app.query_params) == {"role": "any"}
    assert not offers(app, "customers.search_everyone")


def test_the_command_line_is_named_in_words_in_the_trail(sqlite_store):
    inputs = AmendService(
        code="A",
        name="Asennus",
        unit="hour",
        unit_price="62,00",
        vat_category="standard",
        active=True,
    )
    sqlite_store.carry_out(amend_service, inputs, actor=CONSOLE)
    app = page(signed_in(sqlite_store), "trail")
    assert fi("trail.console") in list(app.dataframe[0].value[fi("fields.actor")])


def test_the_uploader_and_its_refusal_speak_the_pages_language(sqlite_store):
    sheets = texts(page(signed_in(sqlite_store), "import_"))
    for words in (
        fi("widgets.choose_file"),
        fi("widgets.largest_file", megabytes=20),
        fi("widgets.file_refused", megabytes=20),
    ):
        assert f'content:"{words}' in sheets


def test_people_are_counted_whole_on_the_axis_of_a_chart(sqlite_store):
    make_party(sqlite_store)
    app = page(signed_in(sqlite_store), "overview")
    app.run()
    specs = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    assert [spec["layout"]["yaxis"].get("dtick") for spec in specs] == [None, None, 1]


def test_a_long_figure_is_smaller_in_its_frame(sqlite_store):
    make_party(sqlite_store)
    shown = texts(page(signed_in(sqlite_store), "overview"))
    said = re.findall(r'<strong style="--signs:(\d+)">([^<]*)</strong>', shown)
    assert said
    assert [len(value) for _, value in said] == [int(signs) for signs, _ in said]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_on_an_empty_store(sqlite_store, name):
    app = page(signed_in(sqlite_store, "administrator"), name)
    assert CLOSED not in texts(app)
    assert not app.exception


@pytest.mark.parametrize("typed", ["9" * 30, "-1", "x", ""])
def test_an_organisation_that_is_none_opens_the_form_of_a_new_customer(sqlite_store, typed):
    app = page(signed_in(sqlite_store, "office"), "new_customer", of=typed)
    assert app.title[0].value == word("new_customer.title", "fi")
