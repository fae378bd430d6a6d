"""The notice in a real browser: the controller's details, publishing, the files."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import press, shot
from tests.support.pdf_text import words_of

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
    tab(page, "Asetukset")
    press(page.locator(".st-key-notice-controller-open button"))
    name = page.get_by_label("Nimi", exact=True)
    name.fill(NAME)
    page.get_by_label("Y-tunnus", exact=True).fill("1234567-8")
    press(page.get_by_role("button", name="Tallenna", exact=True))
    expect(page.get_by_text("Y-tunnuksen tarkistenumero ei täsmää")).to_be_visible()
    expect(name).to_have_value(NAME)
    page.get_by_label("Y-tunnus", exact=True).fill("")
    press(page.get_by_role("button", name="Tallenna", exact=True))
    expect(page.locator(".register-facts").first).to_contain_text(NAME)
    press(page.locator(".st-key-notice-publish-open button"))
    page.get_by_label("Mikä muuttui", exact=True).fill("Uusi nimi")
    press(page.get_by_role("button", name="Julkaise seloste", exact=True))
    expect(page.get_by_text("vastaa rekisteriä.")).to_be_visible()
    tab(page, "Seloste")
    shown = page.get_by_role("tabpanel", name="Seloste", exact=True)
    expect(shown.get_by_text(f"Rekisterinpitäjä on {NAME}")).to_be_visible()
    shot(page, "notice")
    source = downloaded(page, "Lataa verkkosivu").decode()
    assert "Tietosuojaseloste: *Malli* &lt;b&gt;Oy&lt;/b&gt;, asiakasrekisteri" in source
    assert "Luonnos" not in source  # it says what was just published
    assert f"Tietosuojaseloste: {NAME}, asiakasrekisteri" in words_of(downloaded(page, "Lataa PDF"))
    tab(page, "Seloste käsittelytoimista")
    book = openpyxl.load_workbook(io.BytesIO(downloaded(page, "Lataa Excel")))
    assert book["Rekisterinpitäjä"]["B2"].value == NAME
    tab(page, "Versiot ja muutokset")
    expect(page.locator("ins").first).to_have_text(f"Tietosuojaseloste: {NAME}, asiakasrekisteri")
    expect(page.get_by_role("cell", name="Uusi nimi")).to_be_visible()
    shot(page, "notice_versions")


def test_the_page_of_the_web_site_reads_well_alone(page, signed_in, new_context):
    signed_in(page, "viewer")
    page.goto("/notice")
    source = downloaded(page, "Lataa verkkosivu").decode()
    alone = new_context(java_script_enabled=False, offline=True).new_page()
    alone.set_content(source)
    expect(alone.get_by_role("heading", level=1)).to_have_count(1)
    expect(alone.get_by_role("heading", level=2)).to_have_count(15)
    assert alone.evaluate("document.documentElement.lang") == "fi"
    shot(alone, "notice_alone")
