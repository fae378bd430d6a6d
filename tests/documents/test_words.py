"""The documents' words: the same in every language, none empty, each fact known."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from queries.documents import words
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


@pytest.mark.parametrize("language", words.LANGUAGES)
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


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fi", ("5.3.2026", "5.3.2026 klo 12.00", "1\u00a0234,50\u00a0€", "1\u00a0234,5")),
        ("sv", ("5.3.2026", "5.3.2026 kl. 12.00", "1\u00a0234,50\u00a0€", "1\u00a0234,5")),
        ("en", ("5.3.2026", "5.3.2026, 12:00", "€1,234.50", "1,234.5")),
    ],
)
def test_days_instants_sums_and_numbers(language, expected):
    assert (
        words.day(date(2026, 3, 5), language),
        words.instant(datetime(2026, 3, 5, 10, tzinfo=UTC), language),
        words.euros(123450, language),
        words.number(words.Decimal("1234.5"), language),
    ) == expected


def test_a_key_or_language_that_is_not_there_is_a_bug():
    with pytest.raises(KeyError):
        words.phrase("letters.received.nothing", "fi")
    with pytest.raises(KeyError):
        words.phrase("letters.received", "fi")
    with pytest.raises(KeyError):
        words.catalogue("de")
