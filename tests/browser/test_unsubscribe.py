"""A whole letter: the office exports an issue, a reader leaves by its link, without a script."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine, select

from dashboard.words import LANGUAGES, word
from queries.store.engine import sqlite_url
from queries.store.tables import Subscription
from tests.browser.conftest import press, shot
from tests.support.words import fi

WORDS = {
    language: (word("unsubscribe.button", language), word("unsubscribe.done_title", language))
    for language in LANGUAGES
}


def subscribers(server) -> set[str]:
    engine = create_engine(sqlite_url(Path(server.folder) / "register.sqlite"))
    with engine.connect() as connection:
        found = set(connection.execute(select(Subscription.address)).scalars())
    engine.dispose()
    return found


@pytest.fixture
def letters(page, signed_in, demo_server) -> list[dict[str, str]]:
    """The rows of an issue that the office exported on its page."""
    signed_in(page, "office")
    page.goto("/newsletter")
    page.get_by_label(fi("newsletter.fields.issue")).fill("Kevätkirje")
    press(page.get_by_role("button", name=fi("newsletter.export")))
    button = page.get_by_role("button", name=fi("newsletter.download"))
    button.wait_for()
    with page.expect_download() as download:
        press(button)
    text = Path(download.value.path()).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_reader_leaves_without_a_script_and_a_mail_program_by_one_click(
    letters, new_context, demo_server
):
    before = subscribers(demo_server)
    first, second, *_rest = letters
    assert {first["Email"], second["Email"]} <= before
    reader = new_context(java_script_enabled=False, color_scheme="dark").new_page()
    for _look in range(2):
        reader.goto(first["Unsubscribe"])
    shot(reader, "unsubscribe")
    assert subscribers(demo_server) == before
    button, done = WORDS[first["Language"]]
    assert reader.locator("html").get_attribute("lang") == first["Language"]
    reader.get_by_role("button", name=button).click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(done)
    assert subscribers(demo_server) == before - {first["Email"]}
    assert reader.context.cookies() == []

    field, value = second["List-Unsubscribe-Post"].split("=")
    address = second["List-Unsubscribe"].strip("<>")
    answer = httpx.post(address, data={field: value})
    assert answer.status_code == 200
    assert subscribers(demo_server) == before - {first["Email"], second["Email"]}


def test_the_page_is_reached_by_keyboard_and_fits_a_phone(new_context):
    reader = new_context(java_script_enabled=False, viewport={"width": 320, "height": 500})
    page = reader.new_page()
    page.goto("/unsubscribe/en-AAAAAAAAAAAAAAAAAAAAAA")
    box = page.get_by_role("button", name=WORDS["en"][0]).bounding_box()
    assert box["x"] + box["width"] <= 320
    assert box["height"] >= 44
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(WORDS["en"][1])
