"""The browser of the browser tests: where it is. Standard library alone: the launcher uses it
too."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)

#: No sandbox as root; the others keep the browser from talking to anybody but the server.
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    *(("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()),
)


def find_chromium() -> Path | None:
    """Debian's chromium, a Chrome, or the one that Playwright downloaded."""
    for name in _NAMES:
        if where := shutil.which(name):
            return Path(where)
    for path in map(Path, _MAC):
        if path.exists():
            return path
    return _of_playwright()


def _of_playwright() -> Path | None:
    if sys.platform == "darwin":
        cache, inner = Path.home() / "Library/Caches/ms-playwright", "**/Chromium"
    else:
        cache, inner = Path.home() / ".cache/ms-playwright", "chrome-linux*/chrome"
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or cache)
    found = [path for folder in cache.glob("chromium-*") for path in folder.glob(inner)]
    return max((path for path in found if path.is_file()), default=None)
