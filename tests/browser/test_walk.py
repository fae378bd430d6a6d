"""A manager's walk: find a customer, correct the phone, see it in the trail; and two at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, select

from queries.store.engine import sqlite_url
from queries.store.tables import Party, Phone
from tests.browser.conftest import press, settled, shot
from tests.support.words import fi, start_of

PAGES = ("", "customers", "services", "orders", "invoices", "import_", "trail")


@pytest.fixture
def customer(demo_server) -> tuple[int, str, int]:
    """A demonstration customer with a phone: id, name and the phone's id."""
    engine = create_engine(sqlite_url(Path(demo_server.folder) / "register.sqlite"))
    with engine.connect() as connection:
        found = connection.execute(
            select(Party.id, Party.name, Phone.id)
            .join(Phone)
            .where(Party.is_customer, Party.kind == "person")
            .order_by(Party.id)
            .limit(1)
        ).one()
    engine.dispose()
    return tuple(found)


def click_first_row(page: Page) -> None:
    """The grid is one canvas: a click on the text of the row below its head."""
    box = page.get_by_test_id("stDataFrame").bounding_box()
    page.mouse.click(box["x"] + 120, box["y"] + 52)


def open_phone_form(page: Page, party: int, phone: int) -> None:
    page.goto(f"/customer?id={party}")
    press(page.locator(f".st-key-phone-{phone}\\.open button, .st-key-phone-{phone}-open button"))
    page.get_by_label(fi("fields.number"), exact=True).wait_for()


def test_find_correct_and_see_it_in_the_trail(page, signed_in, customer):
    party, name, phone = customer
    signed_in(page, "manager")
    settled(page)
    shot(page, "overview")
    press(page.get_by_role("link", name=fi("pages.customers")))
    page.get_by_role("heading", name=fi("pages.customers")).wait_for()
    search = page.get_by_label(fi("customers.search"))
    search.press_sequentially(name.lower(), delay=20)
    expect(page.get_by_text(fi("customers.found", n=1), exact=True)).to_be_visible(timeout=60_000)
    expect(search).to_be_focused()
    settled(page)
    click_first_row(page)
    page.get_by_role("heading", name=name, exact=True).wait_for()
    assert page.url.endswith(f"/customer?id={party}")
    open_phone_form(page, party, phone)
    page.get_by_label(fi("fields.number"), exact=True).fill("050 123 4567")
    press(page.get_by_role("button", name=fi("forms.save"), exact=True))
    page.get_by_text("+358 50 1234567").wait_for()
    settled(page)
    shot(page, "customer")
    press(page.get_by_role("link", name=fi("pages.trail")))
    page.get_by_role("heading", name=fi("pages.trail")).wait_for()
    settled(page)
    grid = page.get_by_test_id("stDataFrame").locator("canvas").first
    expect(grid).to_contain_text(f"{fi('actions.amend_phone')} ({fi('fields.number')})")
    shot(page, "trail")


def test_the_second_of_two_browsers_is_refused_and_keeps_what_was_typed(
    new_context, signed_in, customer
):
    party, _name, phone = customer
    mine = signed_in(new_context().new_page(), "manager")
    theirs = signed_in(new_context().new_page(), "office")
    for page, number in ((mine, "045 111 2222"), (theirs, "040 333 4444")):
        open_phone_form(page, party, phone)
        page.get_by_label(fi("fields.number"), exact=True).fill(number)
    press(theirs.get_by_role("button", name=fi("forms.save"), exact=True))
    theirs.get_by_text("+358 40 3334444").wait_for()
    press(mine.get_by_role("button", name=fi("forms.save"), exact=True))
    mine.get_by_text(start_of("forms.conflict_by", by="olli")).wait_for()
    assert mine.get_by_label(fi("fields.number"), exact=True).input_value() == "045 111 2222"
    row = mine.get_by_role("row", name=re.compile(f"^{fi('fields.number')}"))
    assert row.inner_text().split("\t") == [fi("fields.number"), "045 111 2222", "+358 40 3334444"]
    shot(mine, "conflict")
    press(mine.get_by_role("button", name=fi("forms.save_over")))
    mine.get_by_text("+358 45 1112222").wait_for()


def test_hostile_names_are_read_to_the_letter(page, signed_in, demo_server):
    engine = create_engine(sqlite_url(Path(demo_server.folder) / "register.sqlite"))
    with engine.connect() as connection:
        starred = connection.execute(
            select(Party.id, Party.name).where(Party.name.contains("*"))
        ).first()
    engine.dispose()
    assert starred is not None
    signed_in(page, "viewer")
    page.goto(f"/customer?id={starred.id}")
    page.get_by_role("heading", name=starred.name, exact=True).wait_for()


def test_an_address_of_no_page_or_of_anothers_says_so_in_the_own_language(page, signed_in):
    signed_in(page, "viewer")
    page.goto("/trail")
    page.get_by_text(fi("refusals.not_allowed")).wait_for()
    page.goto("/nosuchpage")
    page.get_by_role("heading", name=fi("pages.overview"), exact=True).wait_for()
    settled(page)
    assert page.get_by_role("dialog").count() == 0
