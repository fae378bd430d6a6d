"""A letter arrives: recorded, identified, the report looked through and sent, closed; an erasure of
which a part is kept; what is refused, with what was typed still there."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine, text

from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from tests.browser.conftest import press, settled, shot
from tests.browser.request_steps import answer, identify, record, send_and_close
from tests.factories.records import make_note
from tests.support.words import fi, start_of


@pytest.fixture
def query(demo_server):
    """Asks the server's store beside it."""
    engine = create_engine(sqlite_url(Path(demo_server.folder) / "register.sqlite"))

    def ask(sql: str, **values: object):
        with engine.connect() as connection:
            return connection.execute(text(sql), values).all()

    yield ask
    engine.dispose()


@pytest.fixture
def spoken_of(demo_server, query) -> tuple[int, str, str, str]:
    """Return a person, their address, and somebody else whom a note of theirs names."""
    party, name, address = query(
        "SELECT party.id, name, address FROM party JOIN email ON email.party_id = party.id"
        " WHERE kind = 'person' AND is_customer ORDER BY party.id LIMIT 1"
    )[0]
    (other,) = query(
        "SELECT name FROM party WHERE kind = 'person' AND is_customer AND id <> :id"
        " ORDER BY id DESC LIMIT 1",
        id=party,
    )[0]
    store = open_store(sqlite_url(Path(demo_server.folder) / "register.sqlite"))
    make_note(store, party, text=f"Soitto: {other} lupasi *maksaa*.")
    store.close()
    return party, name, address, other


def test_a_letter_arrives_and_the_reviewed_report_is_sent(page, signed_in, query, spoken_of):
    party, name, address, other = spoken_of
    signed_in(page, "manager")
    record(page, name, address, fi("asked.access"))
    expect(page.get_by_text("Hei, *pyydän* tietojani.")).to_be_visible()
    expect(page.get_by_text(fi("match_reasons.same_email")).first).to_be_visible()
    shot(page, "request_new")
    identify(page, name)
    press(page.get_by_role("button", name=fi("requests.prepare"), exact=True).first)
    expect(page.get_by_text(start_of("refusals.marks_undecided"))).to_be_visible()
    expect(page.locator("mark", has_text=other).first).to_be_visible()
    settled(page)
    shot(page, "request_review")
    press(page.get_by_text(fi("requests.review.redact"), exact=True).first)
    settled(page)
    rest = page.get_by_role("button", name=fi("requests.review.all_redact"))
    if rest.count():
        press(rest)
    expect(page.get_by_text(fi("requests.review.decided"))).to_be_visible()
    settled(page)
    answer(page)
    shot(page, "request_report")
    send_and_close(page)
    shot(page, "request_closed")
    assert query("SELECT status, party_id FROM data_subject_request ORDER BY id DESC LIMIT 1") == [
        ("closed", party)
    ]
    letters = query(
        "SELECT kind, media_type, sent_on, sha256, content, text FROM request_letter"
        " WHERE request_id = (SELECT max(id) FROM data_subject_request) ORDER BY id"
    )
    assert [(one.kind, one.media_type) for one in letters] == [
        ("access_report", "application/pdf"),
        ("access_report", "application/json"),
        ("access", "application/pdf"),
    ]
    for one in letters:
        assert one.sent_on is not None
        assert hashlib.sha256(one.content).hexdigest() == one.sha256
        assert other not in one.content.decode("utf-8", errors="ignore")
    assert b"lupasi *maksaa*." in letters[1].content
    assert start_of("requests.review.noted_redacted") in letters[0].text
    press(page.get_by_role("link", name=fi("requests.back")).first)
    page.get_by_role("heading", name=fi("pages.requests"), exact=True).wait_for()
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
    record(page, name, address, fi("asked.erasure"))
    identify(page, name)
    expect(page.get_by_text(fi("requests.plan.caption"))).to_be_visible()
    expect(
        page.get_by_text(re.compile(fi("requests.stays", until=r"\d+\.\d+\.\d+"))).first
    ).to_be_visible()
    answer(page)
    shot(page, "request_erasure")
    send_and_close(page)
    (right,) = query("SELECT status, completes_on FROM request_right ORDER BY id DESC LIMIT 1")
    assert right.status == "partly"
    assert str(right.completes_on).endswith("-12-31")
    page.goto(f"/customer?id={party}")
    expect(page.get_by_text(start_of("requests.erasing_since"))).to_be_visible(timeout=60_000)
    shot(page, "customer_erasing")


def test_what_is_refused_stays_as_it_was_typed(page, signed_in, query):
    before = query("SELECT count(*) FROM data_subject_request")
    signed_in(page, "manager")
    page.goto("/requests?new=1")
    day = page.get_by_label(fi("requests.fields.received_on"))
    day.fill("1.1.2100")
    page.get_by_label(fi("requests.fields.claimed_name")).fill("Joku *Muu*")
    page.get_by_label(fi("requests.fields.text")).fill("Antakaa tietoni.")
    press(page.get_by_role("button", name=fi("requests.record"), exact=True))
    expect(page.get_by_text(start_of("refusals.day_in_future"))).to_be_visible()
    expect(day).to_have_value("1.1.2100")
    expect(page.get_by_label(fi("requests.fields.claimed_name"))).to_have_value("Joku *Muu*")
    expect(page.get_by_label(fi("requests.fields.text"))).to_have_value("Antakaa tietoni.")
    shot(page, "request_refused")
    assert query("SELECT count(*) FROM data_subject_request") == before
    day.fill("20.1.2026")
    press(page.get_by_text(fi("asked.access"), exact=True).first)
    press(page.get_by_role("button", name=fi("requests.record"), exact=True))
    page.get_by_role("heading", name=re.compile(f"^{start_of('requests.title')}20")).wait_for()
    settled(page)
    files = page.locator("input[type=file]")
    files.set_input_files(
        {"name": "kirje.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x90\x00 program"}
    )
    press(page.get_by_role("button", name=fi("requests.attach_now"), exact=True))
    expect(page.get_by_text(fi("refusals.content.program"))).to_be_visible()
    settled(page)
    files.set_input_files(
        {
            "name": "viesti.eml",
            "mimeType": "message/rfc822",
            "buffer": b"From: joku@muu.example\r\n\r\nHei",
        }
    )
    press(page.get_by_role("button", name=fi("requests.attach_now"), exact=True))
    expect(page.get_by_text("viesti.eml").first).to_be_visible()
    settled(page)
    assert query("SELECT name, media_type FROM request_attachment") == [
        ("viesti.eml", "message/rfc822")
    ]
