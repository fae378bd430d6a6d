"""The documents' words: the same in every language, none empty, each fact known."""

from __future__ import annotations

import pytest

from queries.documents import words
from queries.rules.notice import LANGUAGES
from tests.support.pdf_text import facts_in


def leaves(language: str) -> dict[str, str]:
    found: dict[str, str] = {}

    def walk(key: str, entry) -> None:
        if isinstance(entry, str):
            found[key] = entry
        elif isinstance(entry, dict):
            for name, part in entry.items():
                walk(f"{key}.{name}", part)
        else:
            for n, part in enumerate(entry):
                walk(f"{key}[{n}]", part)

    walk("", words.catalogue(language))
    return found


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_languages_say_the_same_things(language):
    finnish, other = leaves("fi"), leaves(language)
    assert set(other) == set(finnish)
    assert {key for key in finnish if facts_in(finnish[key]) != facts_in(other[key])} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_entry_is_empty(language):
    assert {key for key, entry in leaves(language).items() if not entry.strip()} == set()


def test_no_language_is_left_untranslated():
    """The same words in two languages are names and signs, not sentences."""
    finnish = leaves("fi")
    for language in ("sv", "en"):
        same = {
            key
            for key, entry in leaves(language).items()
            if entry == finnish[key] and " " in entry and "{" not in entry
        }
        assert same == set()


def test_a_key_or_language_that_is_not_there_is_a_bug():
    with pytest.raises(KeyError):
        words.phrase("letters.received.nothing", "fi")
    with pytest.raises(KeyError):
        words.phrase("letters.received", "fi")
    with pytest.raises(KeyError):
        words.catalogue("de")
