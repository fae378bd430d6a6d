"""Every word is there, in every language, and says the same things."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import string
from pathlib import Path

import pytest

import queries.rules
from dashboard.words import LANGUAGES, catalogue, has_word, word
from queries.errors import RegisterError

ROOT = Path(__file__).parents[2]
SOURCES = [*sorted((ROOT / "dashboard").rglob("*.py")), *sorted((ROOT / "queries").rglob("*.py"))]

#: Tests that open pages, in the dashboard and in a browser.
PAGE_TESTS = [
    path
    for folder in ("dashboard/ui", "dashboard/views", "dashboard/web", "browser")
    for path in sorted((ROOT / "tests" / folder).rglob("*.py"))
]
#: Column heads that imported files have of their own, whatever the screen calls them.
HEADS_OF_FILES = {"Maa", "Nimi", "Sähköposti", "Y-tunnus"}

#: Codes and actions that are put together from a variable, as the code that does it has them.
COMPOSED_ACTIONS = {
    f"{doing}_{noun}"
    for doing in ("add", "amend", "remove")
    for noun in ("phone", "email", "address")
}


def texts_of(entry: str | dict[str, str]) -> list[str]:
    return list(entry.values()) if isinstance(entry, dict) else [entry]


def facts(entry: str | dict[str, str]) -> set[str]:
    return {
        name
        for text in texts_of(entry)
        for _lit, name, _spec, _conv in string.Formatter().parse(text)
        if name
    }


def test_the_languages_have_the_same_keys():
    keys = {language: set(catalogue(language)) for language in LANGUAGES}
    assert keys["en"] == keys["fi"]
    assert keys["sv"] == keys["fi"]


@pytest.mark.parametrize("language", ["en", "sv"])
def test_each_entry_tells_the_same_facts(language):
    differing = {
        key
        for key, entry in catalogue("fi").items()
        if facts(entry) != facts(catalogue(language)[key])
        or isinstance(entry, dict) != isinstance(catalogue(language)[key], dict)
    }
    assert differing == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_entry_is_empty_or_a_key(language):
    texts = {key: text for key, entry in catalogue(language).items() for text in texts_of(entry)}
    bad = {
        key
        for key, text in texts.items()
        if not text.strip() or re.fullmatch(r"[a-z]+_[a-z_]+", text)
    }
    assert bad == set()


def calls(name: str) -> list[tuple[Path, ast.Call]]:
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = node.func
                if getattr(called, "attr", getattr(called, "id", None)) == name:
                    found.append((path, node))
    return found


def constants(name: str, position: int) -> set[str]:
    """The literal arguments at this position of every call of this name."""
    return {
        call.args[position].value
        for _path, call in calls(name)
        if len(call.args) > position
        and isinstance(call.args[position], ast.Constant)
        and isinstance(call.args[position].value, str)
    }


def test_every_word_that_a_page_asks_for_is_there():
    asked = constants("t", 0) | constants("word", 0) | constants("flash", 0)
    missing = {key for key in asked if not has_word(key, "fi")}
    assert missing == set()


def test_every_action_of_the_trail_has_words():
    noted = constants("audit", 0) | COMPOSED_ACTIONS
    for path in SOURCES:  # action = "a" if ... else "b"
        for found in re.finditer(r'action = "(\w+)" if .* else "(\w+)"', path.read_text("utf-8")):
            noted |= set(found.groups())
    noted |= constants("remove", 2)
    for path in (ROOT / "queries" / "writes").rglob("*.py"):  # "add_a", "amend_a"
        for found in re.finditer(r'"(\w+)", "(amend_\w+)"', path.read_text("utf-8")):
            noted |= set(found.groups())
    noted |= {f"open_{subject}" for subject in constants("audit_read", 1)}
    assert {action for action in noted if not has_word(f"actions.{action}", "fi")} == set()


def refusal_codes() -> set[str]:
    """The codes of refusals that are raised by a literal."""
    codes = constants("refuse", 1) | constants("InvalidInput", 1)
    for kind in all_kinds(RegisterError):
        if kind.__name__ not in {
            "InvalidInput",
            "InvalidInputs",
            "NotFound",
            "NotAllowed",
            "StaleRecord",
        }:
            codes |= constants(kind.__name__, 0)
    return codes | {"not_allowed", "stale_record", "not_found", "already_issued"}


def all_kinds(kind: type) -> set[type]:
    return {kind} | {below for each in kind.__subclasses__() for below in all_kinds(each)}


def test_every_refusal_has_a_sentence():
    says = {key.removeprefix("refusals.") for key in catalogue("fi") if key.startswith("refusals.")}
    ends = {key.rsplit(".", 1)[-1] for key in says}
    missing = {
        code for code in refusal_codes() if code not in says and code.rsplit(".", 1)[-1] not in ends
    }
    assert missing == set()


def rule_codes() -> set[str]:
    """``field.code`` of every refusal that the rules document in their ``CODES``."""
    found = set()
    for module in pkgutil.iter_modules(queries.rules.__path__):
        codes = getattr(importlib.import_module(f"queries.rules.{module.name}"), "CODES", {})
        found |= {f"{field}.{code}" for field, its in codes.items() for code in its}
    return found


def test_every_refusal_of_a_rule_has_a_sentence():
    missing = {
        code
        for code in rule_codes()
        if not has_word(f"refusals.{code}", "fi")
        and not has_word(f"refusals.{code.rsplit('.', 1)[1]}", "fi")
    }
    assert missing == set()


def test_a_test_of_a_page_looks_the_words_of_the_screen_up():
    """A whole label or sentence of the catalogue is a key there, not a literal."""
    said = {text for entry in catalogue("fi").values() for text in texts_of(entry)}
    written = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value}"
        for path in PAGE_TESTS
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and node.value in said
        and not (path.name == "test_import.py" and node.value in HEADS_OF_FILES)
    }
    assert written == set()


def test_plurals_days_and_numbers():
    assert word("customers.found", "fi", n=1) == "1 osuma"
    assert word("customers.found", "sv", n=0) == "0 träffar"
    assert (
        word("customers.found_many", "en", n=10_000)
        == "More than 10,000 matches – narrow the search"
    )
