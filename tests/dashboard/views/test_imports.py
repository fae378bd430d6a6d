"""The page Tuonnit: the list, the record with every note, and undoing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from dashboard.words import LANGUAGES, word
from queries.store.tables import ImportBatch, Party
from tests.factories import import_files
from tests.factories.import_files import ROWS, csv_of, finvoice, finvoice_file
from tests.factories.records import make_note
from tests.support.apps import page, signed_in, texts
from tests.support.import_page import bring_in, opened
from tests.support.trails import only
from tests.support.words import fi, start_of

HOSTILE = "*Ab* [x](javascript:alert(1)) :red[y] $z$ <img src=x> & Oy"
FILE = csv_of(ROWS[0], (*ROWS[1][:6], "ei@@", ""))


def brought(store, name, data, **more):
    """Brought in now: what was brought in long ago has no details left."""
    return import_files.brought(store, name, data, now=datetime.now(UTC), **more)


def test_a_file_brought_in_on_the_page_is_in_the_list_with_its_name(sqlite_store):
    bring_in(opened(sqlite_store, "tammikuu.csv", csv_of(*ROWS)))
    app = page(signed_in(sqlite_store), "imports")
    assert list(app.dataframe[0].value[fi("imports.columns.name")]) == ["tammikuu.csv"]
    assert list(app.dataframe[0].value[fi("imports.columns.counts")]) == [
        fi("imports.counts.create", n=2)
    ]
    assert list(app.dataframe[0].value[fi("imports.columns.actor")]) == ["office-fi"]


def test_the_record_names_what_a_person_chose_and_nothing_that_was_recognised(sqlite_store):
    bring_in(opened(sqlite_store, "a.csv", csv_of(ROWS[0], encoding="cp1252")))
    assert [batch.settings for batch in only(sqlite_store, ImportBatch)] == [None]
    app = opened(sqlite_store, "b.csv", csv_of(ROWS[1], encoding="cp1252"), role="manager")
    boxes = {box.key.rsplit(".", 1)[-1]: box for box in app.selectbox}
    boxes["encoding"].set_value("iso-8859-15").run()
    column = next(box for box in app.selectbox if box.key.endswith(".7"))
    column.set_value("").run()
    bring_in(app)
    chosen = json.loads(only(sqlite_store, ImportBatch)[1].settings)
    assert chosen.keys() == {"encoding", "columns"}
    assert chosen["encoding"] == "iso-8859-15"
    assert "7" not in chosen["columns"]


def test_no_import_is_said(sqlite_store):
    app = page(signed_in(sqlite_store, "office"), "imports")
    assert [said.value for said in app.info] == [fi("imports.none")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_record_says_what_was_shown_and_more_rows_on_demand(sqlite_store, language):
    rows = [(str(n), f"Henkilö {n}", "", "", "", "", "ei@@", "") for n in range(150)]
    brought(sqlite_store, "a.csv", csv_of(ROWS[0], *rows), skip_refused=True)
    app = page(signed_in(sqlite_store, "office", language=language), "imports", id="1")
    assert word("refusals.email.form", language) in texts(app)
    assert "Henkilö 99" in texts(app)
    assert "Henkilö 149" not in texts(app)
    app.button(key="imports.most.1.more").click().run()
    assert not app.exception
    assert "Henkilö 149" in texts(app)


def test_hostile_names_are_shown_to_the_letter(sqlite_store):
    brought(sqlite_store, f"{HOSTILE[:40]}.csv".replace("/", ""), csv_of(("1", HOSTILE, *[""] * 6)))
    app = page(signed_in(sqlite_store), "imports", id="1")
    assert "&lt;img" in texts(app) or "*Ab*" in texts(app)
    assert "<img src=x>" not in texts(app)


def undo(app):
    assert app.button(key="imports.undo").disabled
    app.checkbox(key="imports.sure.1").check().run()
    app.button(key="imports.undo").click().run()
    assert not app.exception, app.exception
    return app


def test_an_import_is_undone_once_it_is_confirmed(sqlite_store):
    brought(sqlite_store, "a.csv", FILE, skip_refused=True)
    app = undo(page(signed_in(sqlite_store, "office"), "imports", id="1"))
    assert only(sqlite_store, Party) == []
    assert [said.value for said in app.toast] == [fi("imports.undone_now")]
    assert [button for button in app.button if button.key == "imports.undo"] == []
    assert only(sqlite_store, ImportBatch)[0].undone_by == "office-fi"
    again = page(signed_in(sqlite_store, "manager"), "imports")
    assert list(again.dataframe[0].value[fi("imports.columns.counts")]) == [
        ", ".join(
            (
                fi("imports.undone_short"),
                fi("imports.counts.create", n=1),
                fi("imports.counts.refuse", n=1),
            )
        )
    ]


def test_what_stands_in_the_way_is_said(sqlite_store):
    brought(sqlite_store, "a.csv", csv_of(*ROWS))
    make_note(sqlite_store, only(sqlite_store, Party)[0].id)
    app = undo(page(signed_in(sqlite_store, "office"), "imports", id="1"))
    assert [said.value for said in app.error] == [
        fi(
            "refusals.import_undo_added",
            name="Pihlajamäen Huolto Oy",
            id=1,
            table=fi("imports.tables.note"),
        )
    ]
    assert len(only(sqlite_store, Party)) == 2


def test_invoices_say_why_they_stay(sqlite_store):
    brought(sqlite_store, "a.xml", finvoice_file(finvoice()), skip_refused=True)
    app = undo(page(signed_in(sqlite_store, "office"), "imports", id="1"))
    assert start_of("refusals.import_undo_invoices", n=1) in app.error[0].value


@pytest.mark.parametrize(("role", "sees"), [("viewer", False), ("office", True)])
def test_the_page_is_offered_to_whom_it_is_open(sqlite_store, role, sees):
    app = signed_in(sqlite_store, role)
    app.run()
    assert ("imports" in app.session_state["pages"]) is sees


def test_an_import_that_is_not_there_says_so(sqlite_store):
    app = page(signed_in(sqlite_store), "imports", id="99")
    assert fi("refusals.not_found") in texts(app)
