"""The settings that come along and the locks that everything is installed from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from streamlit import config

from dashboard.server import cookie_secret, settings
from dashboard.ui import safe_html

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def packages(texts) -> set[str]:
    """Names of packages, as they are compared (the packaging specification's normal form)."""
    found = (re.match(r"[A-Za-z0-9._-]+", text).group() for text in texts)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in found}


def locked(name: str) -> set[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return packages(line for line in lines if "==" in line)


def test_every_setting_is_one_that_streamlit_knows():
    assert sorted(set(settings()) - set(config._config_options_template)) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("browser.gatherUsageStats", False),
        ("client.disableDataExport", True),
        ("client.showErrorDetails", "none"),
        ("client.toolbarMode", "minimal"),
        ("runner.fastReruns", False),
        ("runner.postScriptGC", False),
        ("server.address", "127.0.0.1"),
        ("server.enableCORS", True),
        ("server.enableXsrfProtection", True),
        ("server.enableAgentApi", False),
        ("server.fileWatcherType", "none"),
        ("server.maxUploadSize", 20),
    ],
)
def test_what_protects_is_on(name, value):
    assert settings()[name] == value


def test_no_font_is_fetched():
    fonts = [value for name, value in settings().items() if "font" in name.lower()]
    assert [value for value in fonts if "http" in str(value) or "url" in str(value)] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_links_stand_out_enough(theme):
    """WCAG 2.2: 1.4.6 (7:1) for text, 1.4.3 (4.5:1) for links and buttons."""
    colours = {
        name.rsplit(".", 1)[1]: value
        for name, value in settings().items()
        if name.startswith(f"theme.{theme}.")
    }
    for ground in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(colours["textColor"], colours[ground]) >= 7
        for ink in ("linkColor", "primaryColor"):
            assert contrast(colours[ink], colours[ground]) >= 4.5
        assert contrast(colours["borderColor"], colours["backgroundColor"]) >= 2.9


@pytest.mark.parametrize(("theme", "nth"), [("light", 0), ("dark", 1)])
def test_what_a_primary_button_says_stands_out_on_it(theme, nth):
    inks = re.search(
        r"button\[kind=primary\].*light-dark\((#\w{6}),(#\w{6})\)", safe_html.STYLE
    ).groups()
    assert contrast(inks[nth], settings()[f"theme.{theme}.primaryColor"]) >= 4.5


def test_a_button_that_cannot_be_pressed_keeps_the_ink_of_its_own():
    rule = next(line for line in safe_html.STYLE.splitlines() if "button[kind=primary]" in line)
    assert rule.count("button[kind=") == rule.count(":not(:disabled)") == 2


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_locks_hold_what_the_project_needs():
    needed = packages(PROJECT["project"]["dependencies"])
    building = packages(PROJECT["dependency-groups"]["build"])
    extras = PROJECT["project"]["optional-dependencies"]
    assert needed | building <= locked("requirements.txt")
    everything = needed | building | packages(extras["test"]) | packages(extras["lint"])
    assert everything <= locked("requirements-test.txt")


def test_both_locks_say_the_same_of_what_both_hold():
    def versions(name: str) -> set[str]:
        text = (ROOT / name).read_text(encoding="utf-8")
        return {line.rstrip(" \\") for line in text.splitlines() if "==" in line}

    assert versions("requirements.txt") <= versions("requirements-test.txt")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_everything_locked_has_a_hash(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=\S)", text.strip())
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_cookie_secret_is_made_once_and_for_its_owner(tmp_path):
    folder = tmp_path / "data"
    first = cookie_secret(folder)
    assert re.fullmatch(r"[0-9a-f]{64}", first)
    assert cookie_secret(folder) == first
    assert (folder / "cookie-secret").stat().st_mode & 0o777 == 0o600
