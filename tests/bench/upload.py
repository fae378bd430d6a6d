"""Sessions of a real browser that give files to the import page, for the benchmarks."""

from __future__ import annotations

import time
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.async_api import Browser, Page, Playwright, async_playwright

from tests.browser.chromium import FLAGS, find_chromium

#: How long a page may take, in milliseconds.
_PATIENCE = 300_000
_ANSWER = ".register-table, [data-testid=stAlert]"


class Session:
    """A signed-in user with a page of its own."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def sign_in(self, username: str, password: str) -> None:
        await self._page.goto("/")
        fields = self._page.get_by_test_id("stForm").get_by_test_id("stTextInput").locator("input")
        await fields.nth(0).fill(username)
        await fields.nth(1).fill(password)
        await self._page.get_by_test_id("stFormSubmitButton").get_by_role("button").click()
        await self._page.locator(".st-key-sign_out").wait_for()

    async def open_import(self) -> None:
        await self._page.goto("/import_")
        await self._page.locator("input[type=file]").wait_for(state="attached")

    async def open_customers(self) -> None:
        await self._page.goto("/customers")
        await self._page.locator("[data-testid=stDataFrame]").first.wait_for()

    async def give(self, path: Path) -> tuple[float, str]:
        """Upload a file and wait for the answer; return its moment and its longest line."""
        await self._page.locator("input[type=file]").set_input_files(path)
        answer = self._page.locator(_ANSWER).first
        await answer.wait_for()
        answered = time.perf_counter()
        lines = (await answer.inner_text()).splitlines()
        return answered, max(lines, key=len)[:60]


class Uploads:
    """A browser whose sessions share nothing but the server."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._playwright: Playwright
        self._browser: Browser

    async def __aenter__(self) -> Self:
        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(
            executable_path=find_chromium(), args=list(FLAGS)
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._browser.close()
        await self._playwright.stop()

    async def signed_in(self, username: str, password: str) -> Session:
        context = await self._browser.new_context(base_url=self._base, locale="en-GB")
        context.set_default_timeout(_PATIENCE)
        session = Session(await context.new_page())
        await session.sign_in(username, password)
        return session
