"""An import that is ended while it is carried out, by a person or with the server: nothing of it
stays."""

from __future__ import annotations

import sqlite3

from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE, fill_in, inside, press
from tests.support.server import served
from tests.support.words import fi

ROWS = 6000
_FILE = "\n".join(
    ["Nimi;Katuosoite;Postinumero;Postitoimipaikka;Sähköposti;Puhelin"]
    + [
        f"Yritys {n} Oy;Tie {n};50100;Mikkeli;y{n}@yritys.example;050 {n:07}"
        for n in range(1, ROWS + 1)
    ]
)


def parties(folder):
    with sqlite3.connect(folder / "register.sqlite") as connection:
        return connection.execute("SELECT count(*) FROM party").fetchone()[0]


def begin(page):
    press(page.locator(".st-key-import-carry_out button"))
    expect(page.get_by_text(fi("import.being_carried_out"))).to_be_visible()


def test_nothing_stays_of_an_import_that_a_person_or_the_end_of_the_server_cut_short(
    browser, tmp_path
):
    with served(tmp_path, "demo", "--customers", "20", "--seed", "7") as server:
        before = parties(tmp_path)
        rows = [line.rstrip("\n").split("\t") for line in server.output]
        user, password = next((name, word) for name, word, role in rows if role == "office")
        context = browser.new_context(base_url=server.base, locale="fi-FI")
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto("/")
        fill_in(page, user, password)
        inside(page).wait_for()
        page.goto("/import_")
        file = {"name": "a.csv", "mimeType": "text/csv", "buffer": _FILE.encode()}
        page.locator("input[type=file]").set_input_files(file)
        begin(page)
        page.locator(".st-key-import-end_early button").click()  # while the page is being drawn
        expect(page.get_by_text(fi("import.ended_early"))).to_be_visible()
        assert parties(tmp_path) == before
        begin(page)
        assert server.stop() == 0
        assert parties(tmp_path) == before
        context.close()
