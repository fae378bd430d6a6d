"""A letter arrives: recorded, identified, report sent, closed; an erasure with part kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text

from queries.store.engine import sqlite_url
from tests.browser.conftest import shot


@pytest.fixture
def query(demo_server):
    """Asks the server's store beside it."""
    engine = create_engine(sqlite_url(Path(demo_server.folder) / "register.sqlite"))

    def ask(sql: str, **values: object):
        with engine.connect() as connection:
            return connection.execute(text(sql), values).all()

    yield ask
    engine.dispose()


def settled(page: Page) -> None:
    page.wait_for_timeout(250)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=20_000)
    expect(page.locator("[data-stale=true]")).to_have_count(0, timeout=20_000)


def record(page: Page, name: str, contact: str, right: str) -> None:
    page.goto("/requests?new=1")
    page.get_by_label("Pyytäjän nimi").fill(name)
    page.get_by_role("textbox", name="Yhteystieto, josta pyyntö tuli").fill(contact)
    page.get_by_text(right, exact=True).first.click()
    page.get_by_label("Mitä kirjoitettiin tai sanottiin").fill("Hei, *pyydän* tietojani.")
    page.get_by_role("button", name="Kirjaa", exact=True).click()
    page.get_by_role("heading", name=re.compile("^Pyyntö 20")).wait_for()
    settled(page)


def identify(page: Page, name: str) -> None:
    page.get_by_role("button", name="Tämä on hän").first.click()
    page.get_by_role("button", name="Avaa asiakaskortti").wait_for()
    settled(page)
    page.get_by_text("Kirjaa tarkistus").click()
    page.get_by_role("button", name="Tallenna", exact=True).click()
    expect(page.get_by_text(re.compile("Tuli tunnetusta")).first).to_be_visible(timeout=60_000)
    settled(page)


def answer(page: Page) -> None:
    page.get_by_role("button", name="Valmistele", exact=True).first.click()
    page.get_by_role("button", name="Lähetetty: kirjaa vastaus").first.wait_for(timeout=60_000)
    settled(page)


def send_and_close(page: Page) -> None:
    page.get_by_role("button", name="Lähetetty: kirjaa vastaus").first.click()
    close = page.get_by_role("button", name="Päätä pyyntö")
    close.wait_for()
    settled(page)
    close.click()
    expect(page.get_by_text(re.compile(r"^Päätetty \d"))).to_be_visible(timeout=60_000)
    settled(page)


def test_a_letter_arrives_and_the_report_is_sent(page, signed_in, query):
    party, name, address = query(
        "SELECT party.id, name, address FROM party JOIN email ON email.party_id = party.id"
        " WHERE kind = 'person' AND is_customer ORDER BY party.id LIMIT 1"
    )[0]
    signed_in(page, "manager")
    record(page, name, address, "Tarkastaa tietonsa")
    expect(page.get_by_text("Hei, *pyydän* tietojani.")).to_be_visible()
    expect(page.get_by_text(re.compile("sama sähköposti")).first).to_be_visible()
    shot(page, "request_new")
    identify(page, name)
    answer(page)
    shot(page, "request_report")
    send_and_close(page)
    shot(page, "request_closed")
    assert query("SELECT status, party_id FROM data_subject_request ORDER BY id DESC LIMIT 1") == [
        ("closed", party)
    ]
    (letter,) = query("SELECT kind, length(content), sha256 FROM request_letter"
                      " ORDER BY id DESC LIMIT 1")  # fmt: skip
    assert letter.kind == "access_report"
    page.get_by_role("link", name="Pyynnöt").first.click()
    page.get_by_role("heading", name="Pyynnöt", exact=True).wait_for()
    settled(page)
    shot(page, "requests")


def test_an_erasure_keeps_what_the_law_keeps(page, signed_in, query):
    party, name, address = query(
        "SELECT party.id, name, address FROM party JOIN email ON email.party_id = party.id"
        " WHERE kind = 'person' AND status = 'ended' AND EXISTS (SELECT 1 FROM invoice WHERE"
        " invoice.party_id = party.id AND invoice.issued_on > '2024-01-01') AND NOT EXISTS"
        " (SELECT 1 FROM service_order WHERE service_order.party_id = party.id AND"
        " service_order.status IN ('open', 'in_progress')) ORDER BY party.id LIMIT 1"
    )[0]
    signed_in(page, "manager")
    record(page, name, address, "Poistaa tietonsa")
    identify(page, name)
    expect(page.get_by_text("Mitä poistaminen tekee")).to_be_visible()
    expect(page.get_by_text(re.compile("asti, käyttö rajoitettu")).first).to_be_visible()
    answer(page)
    shot(page, "request_erasure")
    send_and_close(page)
    (right,) = query("SELECT status, completes_on FROM request_right ORDER BY id DESC LIMIT 1")
    assert right.status == "partly"
    assert str(right.completes_on).endswith("-12-31")
    page.goto(f"/customer?id={party}")
    expect(page.get_by_text(re.compile("Poistamista on pyydetty"))).to_be_visible(timeout=60_000)
    shot(page, "customer_erasing")
