"""A contact form from a plain page of the company's site, without a script, to the inbox."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine, select

from queries.store.engine import sqlite_url
from queries.store.tables import FormMessage
from tests.browser.conftest import press, shot
from tests.support.words import fi

NAME = "*Aino* <b>Esimerkki</b>"


@dataclass
class Site:
    """The company's site: one page, at an origin of its own."""

    origin: str
    html: str = ""


@pytest.fixture
def site() -> Iterator[Site]:
    kept = Site("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            page = f"<!doctype html><html lang=fi><title>Kixit</title><main>{kept.html}</main>"
            self.wfile.write(page.encode())

        def log_message(self, *_words: object) -> None:
            """Nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.origin = f"http://localhost:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield kept
    server.shutdown()
    server.server_close()


def messages(server, name: str) -> list[int]:
    """The keys of the messages that wait in the inbox from somebody of this name."""
    engine = create_engine(sqlite_url(Path(server.folder) / "register.sqlite"))
    with engine.connect() as connection:
        found = connection.execute(select(FormMessage.id).where(FormMessage.name == name)).scalars()
        keys = list(found)
    engine.dispose()
    return keys


def new_form(page, name: str, origin: str) -> str:
    """Add a form as a manager does; return what the page gives to copy to the site."""
    page.goto("/messages")
    press(page.get_by_role("button", name=fi("messages.add_form"), exact=True))
    page.get_by_label(fi("messages.fields.name"), exact=True).fill(name)
    page.get_by_label(fi("messages.fields.origins"), exact=True).fill(origin)
    press(page.get_by_role("button", name=fi("forms.save"), exact=True))
    shown = page.get_by_test_id("stCode").locator("code")
    shown.wait_for()
    return shown.inner_text()


def test_a_visitor_without_a_script_writes_mends_and_is_thanked(
    page, signed_in, browser, site, demo_server
):
    signed_in(page, "manager")
    site.html = new_form(page, "Sivusto ilman skriptiä", site.origin)
    assert site.html.startswith(f'<form method="post" action="{demo_server.base}/forms/')
    # A browser of its own: the site is another host than the register's.
    visitor = browser.new_context(java_script_enabled=False, locale="fi-FI").new_page()
    visitor.goto(site.origin)
    visitor.get_by_label(fi("form_pages.fields.name"), exact=True).fill(NAME)
    visitor.get_by_label(fi("form_pages.fields.message"), exact=True).fill(
        "Voitteko *tarjota*?\n\n$x$ ja [a](b)"
    )
    visitor.get_by_role("button", name=fi("form_pages.send"), exact=True).click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text(fi("form_pages.mend_title"))
    expect(visitor.get_by_label(fi("form_pages.fields.name"), exact=True)).to_have_value(NAME)
    expect(visitor.get_by_role("listitem")).to_have_text(
        re.compile(f"^{fi('form_pages.fields.email')}: ")
    )
    shot(visitor, "web_form_mend")
    visitor.get_by_label(fi("form_pages.fields.email"), exact=True).fill(
        "aino.lomake@posti.example"
    )
    visitor.get_by_role("button", name=fi("form_pages.send"), exact=True).click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text(fi("form_pages.thanks_title"))
    assert visitor.url.endswith("/thanks")
    assert visitor.context.cookies() == []
    shot(visitor, "web_form_thanks")
    visitor.reload()  # sends nothing again: the page is only shown
    visitor.context.close()

    (message,) = messages(demo_server, NAME)
    page.goto(f"/messages?id={message}")
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    shown = page.get_by_test_id("stMain")
    for line in ("Voitteko *tarjota*?", "$x$ ja [a](b)", "aino.lomake@posti.example"):
        expect(shown).to_contain_text(line)
    shot(page, "web_form_inbox")


def test_a_page_of_another_site_sends_nothing(page, signed_in, browser, site, demo_server):
    signed_in(page, "manager")
    site.html = new_form(page, "Toisen sivuston lomake", "https://www.kixit.example")
    visitor = browser.new_context(java_script_enabled=False, locale="fi-FI").new_page()
    visitor.goto(site.origin)
    visitor.get_by_label(fi("form_pages.fields.name"), exact=True).fill("Vieras")
    visitor.get_by_label(fi("form_pages.fields.phone"), exact=True).fill("040 123 4567")
    visitor.get_by_role("button", name=fi("form_pages.send"), exact=True).click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text(fi("form_pages.problem_title"))
    visitor.context.close()
    assert messages(demo_server, "Vieras") == []
