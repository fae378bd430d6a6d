"""The words of documents, in Finnish, Swedish and English; days and sums as they are written.

A language is a folder of TOML files; keys are dotted. Documents have words of their own: a document
is written to a person, not to a user of the screen, and stays as it was sent.
"""

from __future__ import annotations

import functools
import tomllib
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files
from typing import Any

from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal, get_decimal_symbol, get_group_symbol

from queries.rules.calendar_fi import HELSINKI

LANGUAGES = ("fi", "sv", "en")

_LOCALES = {"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}
_UNGROUPED = 1000
_INSTANT = {"fi": "d.M.yyyy 'klo' H.mm", "sv": "d.M.yyyy 'kl.' H.mm", "en": "d.M.yyyy, HH:mm"}


def phrase(key: str, language: str) -> str:
    """The words of a dotted key.

    :raises KeyError: for a key that is not there, or a language: a bug, found by tests.
    """
    found = branch(key, language)
    if not isinstance(found, str):
        raise KeyError(key)
    return found


def branch(key: str, language: str) -> Any:
    """Return the value of a dotted key: words, or a table of them."""
    found: Any = catalogue(language)
    for part in key.split("."):
        found = found[part]
    return found


@functools.cache
def catalogue(language: str) -> dict[str, Any]:
    """All words of one language; a first part that two files define is an error."""
    if language not in LANGUAGES:
        raise KeyError(language)
    merged: dict[str, Any] = {}
    folder = files("queries.documents.words") / language
    for file in sorted(folder.iterdir(), key=lambda item: item.name):
        if file.name.endswith(".toml"):
            for key, entry in tomllib.loads(file.read_text(encoding="utf-8")).items():
                if key in merged:
                    raise ValueError(f"{key} is defined twice in {language}")
                merged[key] = entry
    return merged


def day(value: date, language: str) -> str:  # noqa: ARG001 - asked like the others
    """5.3.2026 in every language: one notation, no doubt about day and month."""
    return f"{value.day}.{value.month}.{value.year}"


def instant(value: datetime, language: str) -> str:
    """An instant in Helsinki time, in the language's own way of telling it."""
    return str(
        format_datetime(value, _INSTANT[language], tzinfo=HELSINKI, locale=_LOCALES[language])
    )


def euros(cents: int, language: str) -> str:
    """A sum of cents as 1 234,50 €."""
    frame, group, point = _money(language, cents < 0)
    whole, rest = divmod(abs(cents), 100)
    return frame.format(f"{whole:,}".replace(",", group) + f"{point}{rest:02}")


@functools.lru_cache(maxsize=1024)
def number(value: int | Decimal, language: str) -> str:
    """1 234 or 1 234,5, in the language's own form; three decimals at most."""
    if isinstance(value, int) and 0 <= value < _UNGROUPED:
        return str(value)
    return str(format_decimal(value, "#,##0.###", locale=_LOCALES[language]))


@functools.cache
def _money(language: str, negative: bool) -> tuple[str, str, str]:
    """Return how babel writes sums: a frame for the digits, and the signs between them.

    A report has thousands of sums, and writing each by babel takes most of its time.
    """
    locale = _LOCALES[language]
    written = str(format_currency(Decimal(-111 if negative else 111) / 100, "EUR", locale=locale))
    point = get_decimal_symbol(locale)
    return written.replace(f"1{point}11", "{}"), get_group_symbol(locale), point
