"""The notice in a real browser: the controller's details, publishing, the files."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from queries.documents.words import phrase
from tests.browser.conftest import press, shot
from tests.support.pdf_text import words_of
from tests.support.words import fi

NAME = "*Malli* <b>Oy</b>"


@pytest.fixture
def page(new_context):
    """A tall window, so that the pictures hold the notice."""
    return new_context(viewport={"width": 1280, "height": 2000}).new_page()


def tab(page, name):
    press(page.get_by_role("tab", name=name, exact=True))


def downloaded(page, label) -> bytes:
    with page.expect_download() as download:
        press(page.get_by_role("button", name=label).locator("visible=true"))
    return Path(download.value.path()).read_bytes()


def test_a_company_writes_itself_in_publishes_and_takes_the_files(page, signed_in):
    signed_in(page, "manager")
    page.goto("/notice")
    tab(page, fi("notice.tabs.settings"))
    press(page.locator(".st-key-notice-controller-open button"))
    name = page.get_by_label(fi("notice.fields.name"), exact=True)
    name.fill(NAME)
    page.get_by_label(fi("notice.fields.business_id"), exact=True).fill("1234567-8")
    press(page.get_by_role("button", name=fi("forms.save"), exact=True))
    expect(page.get_by_text(fi("refusals.business_id.check_digit"))).to_be_visible()
    expect(name).to_have_value(NAME)
    page.get_by_label(fi("notice.fields.business_id"), exact=True).fill("")
    press(page.get_by_role("button", name=fi("forms.save"), exact=True))
    expect(page.locator(".register-facts").first).to_contain_text(NAME)
    press(page.locator(".st-key-notice-publish-open button"))
    page.get_by_label(fi("notice.fields.summary"), exact=True).fill("Uusi nimi")
    press(page.get_by_role("button", name=fi("notice.publish"), exact=True))
    expect(
        page.get_by_text(re.compile(fi("notice.current", number=r"\d+", on=r"[\d.]+")))
    ).to_be_visible()
    tab(page, fi("notice.tabs.text"))
    shown = page.get_by_role("tabpanel", name=fi("notice.tabs.text"), exact=True)
    identity, _address = phrase("notice.controller.identity", "fi").split(", ")
    expect(shown.get_by_text(identity.format(name=NAME))).to_be_visible()
    shot(page, "notice")
    source = downloaded(page, fi("notice.download_html")).decode()
    title = phrase("notice.title", "fi")
    assert title.format(name="*Malli* &lt;b&gt;Oy&lt;/b&gt;") in source
    draft, _day = phrase("notice.draft", "fi").split()
    assert draft not in source  # it says what was just published
    assert title.format(name=NAME) in words_of(downloaded(page, fi("notice.download_pdf")))
    tab(page, fi("notice.tabs.record"))
    book = openpyxl.load_workbook(io.BytesIO(downloaded(page, fi("notice.download_xlsx"))))
    assert book[phrase("processing.sheets.controller", "fi")]["B2"].value == NAME
    tab(page, fi("notice.tabs.changes"))
    expect(page.locator("ins").first).to_have_text(title.format(name=NAME))
    expect(page.get_by_role("cell", name="Uusi nimi")).to_be_visible()
    shot(page, "notice_versions")


def test_the_page_of_the_web_site_reads_well_alone(page, signed_in, new_context):
    signed_in(page, "viewer")
    page.goto("/notice")
    source = downloaded(page, fi("notice.download_html")).decode()
    alone = new_context(java_script_enabled=False, offline=True).new_page()
    alone.set_content(source)
    expect(alone.get_by_role("heading", level=1)).to_have_count(1)
    expect(alone.get_by_role("heading", level=2)).to_have_count(15)
    assert alone.evaluate("document.documentElement.lang") == "fi"
    shot(alone, "notice_alone")
