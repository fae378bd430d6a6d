"""The steps of a request on its page, for the tests that go through one."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import press, settled
from tests.support.words import fi, start_of


def record(page: Page, name: str, contact: str, right: str) -> None:
    page.goto("/requests?new=1")
    page.get_by_label(fi("requests.fields.claimed_name")).fill(name)
    page.get_by_role("textbox", name=fi("requests.fields.claimed_contact")).fill(contact)
    press(page.get_by_text(right, exact=True).first)
    page.get_by_label(fi("requests.fields.text")).fill("Hei, *pyydän* tietojani.")
    press(page.get_by_role("button", name=fi("requests.record"), exact=True))
    page.get_by_role("heading", name=re.compile(f"^{start_of('requests.title')}20")).wait_for()
    settled(page)


def identify(page: Page, name: str) -> None:
    press(page.get_by_role("button", name=fi("requests.this_one")).first)
    page.get_by_role("button", name=fi("requests.open_card")).wait_for()
    settled(page)
    press(page.get_by_text(fi("requests.note_identity")))
    settled(page)
    press(page.get_by_role("button", name=fi("forms.save"), exact=True))
    expect(page.get_by_text(fi("identity_methods.known_email")).first).to_be_visible(timeout=60_000)
    settled(page)


def answer(page: Page) -> None:
    press(page.get_by_role("button", name=fi("requests.prepare"), exact=True).first)
    page.get_by_role("button", name=fi("requests.sent")).first.wait_for(timeout=60_000)
    settled(page)


def send_and_close(page: Page) -> None:
    press(page.get_by_role("button", name=fi("requests.sent")).first)
    close = page.get_by_role("button", name=fi("requests.close"))
    close.wait_for()
    settled(page)
    press(close)
    expect(page.get_by_text(re.compile(rf"^{start_of('requests.closed_on')}\d"))).to_be_visible(
        timeout=60_000
    )
    settled(page)
