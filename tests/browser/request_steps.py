"""The steps of a request on its page, for the tests that go through one."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import press, settled


def record(page: Page, name: str, contact: str, right: str) -> None:
    page.goto("/requests?new=1")
    page.get_by_label("Pyytäjän nimi").fill(name)
    page.get_by_role("textbox", name="Yhteystieto, josta pyyntö tuli").fill(contact)
    press(page.get_by_text(right, exact=True).first)
    page.get_by_label("Mitä kirjoitettiin tai sanottiin").fill("Hei, *pyydän* tietojani.")
    press(page.get_by_role("button", name="Kirjaa", exact=True))
    page.get_by_role("heading", name=re.compile("^Pyyntö 20")).wait_for()
    settled(page)


def identify(page: Page, name: str) -> None:
    press(page.get_by_role("button", name="Tämä on hän").first)
    page.get_by_role("button", name="Avaa asiakaskortti").wait_for()
    settled(page)
    press(page.get_by_text("Kirjaa tarkistus"))
    settled(page)
    press(page.get_by_role("button", name="Tallenna", exact=True))
    expect(page.get_by_text(re.compile("Tuli tunnetusta")).first).to_be_visible(timeout=60_000)
    settled(page)


def answer(page: Page) -> None:
    press(page.get_by_role("button", name="Valmistele", exact=True).first)
    page.get_by_role("button", name="Lähetetty: kirjaa vastaus").first.wait_for(timeout=60_000)
    settled(page)


def send_and_close(page: Page) -> None:
    press(page.get_by_role("button", name="Lähetetty: kirjaa vastaus").first)
    close = page.get_by_role("button", name="Päätä pyyntö")
    close.wait_for()
    settled(page)
    press(close)
    expect(page.get_by_text(re.compile(r"^Päätetty \d"))).to_be_visible(timeout=60_000)
    settled(page)
