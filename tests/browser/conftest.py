"""A real server with a small made-up company, and a real browser that watches itself.

A test fails when the page logs an error to the console or asks any host but the server.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from tests.browser.chromium import FLAGS, find_chromium
from tests.support.server import served

OUTPUT = Path(__file__).parent / "output"
#: Set where a machine without a browser is a failure, as in CI.
REQUIRED = "ASIAKASREKISTERI_REQUIRE_BROWSER"

#: How long a page may take, in milliseconds: a slow machine is not a failure.
PATIENCE = 90_000
expect.set_options(timeout=PATIENCE)

_CHROMIUM = find_chromium()
if _CHROMIUM is None:
    if os.environ.get(REQUIRED):
        raise RuntimeError(f"{REQUIRED} is set and there is no Chromium")
    collect_ignore_glob = ["test_*.py"]

#: On an address below the root Streamlit's front end asks for the server there first.
_LOOKS_FOR_SERVER = re.compile(r"/[a-z_]+/_stcore/(health|host-config)$")


def pytest_collection_modifyitems(items) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@dataclass(frozen=True)
class DemoServer:
    """``people`` has user name and password by role."""

    base: str
    people: dict[str, tuple[str, str]]
    folder: Path


@dataclass
class Watched:
    """Errors of a browser, and the hosts that it requested."""

    base: str
    complaints: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", self._request)

    def _console(self, message) -> None:
        where = message.location.get("url", "")
        if message.type == "error" and not _LOOKS_FOR_SERVER.search(where):
            self.complaints.append(f"{message.text} ({where})")

    def _request(self, request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self._host:
            self.complaints.append(f"asked {request.url}")

    @property
    def _host(self) -> str:
        return urlsplit(self.base).netloc


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory) -> Iterator[DemoServer]:
    """A server with sixty made-up customers."""
    folder = tmp_path_factory.mktemp("demo")
    with served(folder, "demo", "--customers", "60", "--seed", "7") as server:
        rows = [line.rstrip("\n").split("\t") for line in server.output]
        people = {role: (user, password) for user, password, role in rows}
        yield DemoServer(server.base, people, folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser of one file: while it is open, no other test of its process runs a loop."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def new_context(browser, demo_server) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browsers that share nothing; each is watched, and complaints fail the test."""
    watched = Watched(demo_server.base)
    opened: list[BrowserContext] = []

    def make(**settings: object) -> BrowserContext:
        context = browser.new_context(base_url=demo_server.base, locale="fi-FI", **settings)
        context.set_default_timeout(PATIENCE)
        watched.watch(context)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
    assert watched.complaints == []


@pytest.fixture
def page(new_context) -> Page:
    return new_context().new_page()


@pytest.fixture
def signed_in(demo_server) -> Callable[[Page, str], Page]:
    """Signs a page in as the user of a role: ``signed_in(page, "manager")``."""

    def sign_in(page: Page, role: str) -> Page:
        username, password = demo_server.people[role]
        page.goto("/")
        fill_in(page, username, password)
        inside(page).wait_for()
        return page

    return sign_in


def inside(page: Page) -> Locator:
    """Return the sign-out, which is on every page of a signed-in user."""
    return page.locator(".st-key-sign_out")


def settled(page: Page) -> None:
    """Wait until the script has run and its elements are drawn."""
    page.wait_for_timeout(150)
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=PATIENCE)
    expect(page.locator("[data-stale=true]")).to_have_count(0, timeout=PATIENCE)


def press(what: Locator) -> None:
    """Click as a person does, who sees the page first: what is pressed while the page is being
    drawn may be gone before the button comes up again, and the click with it."""
    what.wait_for()
    settled(what.page)
    what.click()


def fill_in(page: Page, username: str, password: str) -> None:
    """Send the form of the sign-in page."""
    form = page.get_by_test_id("stForm")
    fields = form.get_by_test_id("stTextInput").locator("input")
    fields.nth(0).fill(username)
    fields.nth(1).fill(password)
    press(form.get_by_test_id("stFormSubmitButton").get_by_role("button"))


def shot(page: Page, name: str) -> None:
    """Save a picture of the page for a person to look at, in ``tests/browser/output``."""
    OUTPUT.mkdir(exist_ok=True)
    page.screenshot(path=OUTPUT / f"{name}.png")
