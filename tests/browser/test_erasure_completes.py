"""An erasure of which a part stays; then the clock is moved, and the one disposal service erases
the rest, and the file of the request with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import create_engine, text

from queries.store.engine import sqlite_url
from queries.store.migrate import create_store
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from queries.writes.users import AddUser, add_user
from tests.browser.conftest import PATIENCE, Watched, fill_in, inside, press, settled, shot
from tests.browser.request_steps import answer, identify, record, send_and_close
from tests.factories.disposals import SOLD, sold
from tests.factories.records import MAKER
from tests.support.server import served
from tests.support.words import fi

PASSWORD = "pitkä salasana kokeisiin"
ASKED_ON, OVER = "2020-01-10", "2025-02-03"


@pytest.fixture
def folder(tmp_path) -> Path:
    """A store with one person of 2018, whose voucher is kept until the end of 2024."""
    store = create_store(sqlite_url(tmp_path / "register.sqlite"))
    year = AmendFinancialYear(starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
    store.carry_out(amend_financial_year, year, actor=MAKER, now=SOLD)
    sold(store)
    user = AddUser(username="maija", name="Maija", role="manager", language="fi", password=PASSWORD)
    store.carry_out(add_user, user, actor=MAKER)
    store.close()
    return tmp_path


@contextmanager
def day(folder: Path, browser: Browser, on: str) -> Iterator[Page]:
    """The register on a day, with a manager signed in."""
    with served(folder, "serve", program=("tests.browser.later", on)) as server:
        watched = Watched(server.base)
        context = browser.new_context(base_url=server.base, locale="fi-FI")
        context.set_default_timeout(PATIENCE)
        watched.watch(context)
        page = context.new_page()
        page.goto("/")
        fill_in(page, "maija", PASSWORD)
        inside(page).wait_for()
        yield page
        context.close()
        assert watched.complaints == []


def stands(folder: Path) -> dict[str, int]:
    """Count the rows of the person in each table."""
    engine = create_engine(sqlite_url(folder / "register.sqlite"))
    tables = ("party", "invoice", "service_order", "note", "phone")
    with engine.connect() as connection:
        found = {
            table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608 - our own tables
            for table in tables
        }
    engine.dispose()
    return found


def dispose(page: Page) -> None:
    """Propose, approve and carry out in the browser."""
    page.goto("/disposal")
    press(page.get_by_role("button", name=fi("disposal.propose")))
    press(page.get_by_role("button", name=fi("disposal.approve"), exact=True))
    press(page.get_by_role("button", name=fi("disposal.carry_out"), exact=True))
    press(page.get_by_role("button", name=fi("disposal.sure_yes")))
    page.get_by_role("button", name=fi("disposal.download_pdf")).first.wait_for()
    settled(page)


def test_the_rest_of_an_erasure_goes_when_its_day_has_come(folder, browser):
    before = stands(folder)
    with day(folder, browser, ASKED_ON) as page:
        record(page, "Aino Esimerkki", "040 123 4567", fi("asked.erasure"))
        identify(page, "Aino Esimerkki")
        answer(page)
        send_and_close(page)
        expect(page.get_by_text(fi("requests.completes", on="31.12.2024"))).to_be_visible()
        dispose(page)
        assert stands(folder) == {**before, "note": 0}
    with day(folder, browser, OVER) as page:
        page.goto("/request?id=1")
        expect(page.get_by_text(fi("requests.storage_ended", on="31.12.2024"))).to_be_visible()
        dispose(page)
        shot(page, "erasure_completed")
        assert stands(folder) == dict.fromkeys(before, 0)
        page.goto("/request?id=1")
        expect(page.get_by_text(fi("requests.anonymised", on="3.2.2025"))).to_be_visible()
        expect(page.get_by_text("Aino Esimerkki")).to_have_count(0)
