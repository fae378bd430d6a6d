"""Every word on the screen, in Finnish, English and Swedish.

A catalogue is a folder of TOML files, one for each area; keys are dotted (``customers.title``),
facts are in braces. A key with ``one`` and ``other`` is chosen by the number ``n``.
"""

from __future__ import annotations

import functools
from datetime import date, datetime
from typing import Any

from babel import Locale

from queries.errors import InvalidInput, InvalidInputs, RegisterError
from queries.wording.catalogue import read_words
from queries.wording.formats import LOCALES, day, euros, instant, number

#: In the order in which they are offered.
LANGUAGES = ("fi", "en", "sv")


def word(key: str, language: str, **facts: object) -> str:
    """The words of ``key`` with its facts filled in; days and numbers in the language's own form.

    :raises KeyError: for a key or a fact that the catalogue does not have: a bug, found by tests.
    """
    entry = catalogue(language)[key]
    if isinstance(entry, dict):
        entry = entry[_plural(language, facts["n"])]
    return entry.format_map({name: _shown(value, language) for name, value in facts.items()})


def has_word(key: str, language: str) -> bool:
    return key in catalogue(language)


def sentence(error: RegisterError, language: str) -> str:
    """Return the sentence of a refusal: what, where and what to do.

    A rule's refusal of a value (``phone.form``) has a sentence of its own or shares the general
    one (``form``). Several wrong values are named one after another.
    """
    if isinstance(error, InvalidInputs):
        return " ".join(sentence(one, language) for one in error.errors)
    facts = _facts(error, language)
    for key in _keys(error):
        if has_word(key, language):
            try:
                return word(key, language, **facts)
            except KeyError:
                continue
    return word("refusals.other", language, code=error.code)


def _facts(error: RegisterError, language: str) -> dict[str, Any]:
    """Return the facts of a refusal, a table by the name of its rows."""
    facts = {name: fact for name, fact in error.facts.items() if fact is not None}
    if has_word(key := f"imports.tables.{facts.get('table')}", language):
        facts["table"] = word(key, language)
    if "cents" in facts:
        facts["sum"] = euros(facts["cents"], language)
    return facts


def _keys(error: RegisterError) -> list[str]:
    code = error.code
    keys = [f"refusals.{code}"]
    if isinstance(error, InvalidInput):
        keys.insert(0, f"refusals.{error.field}.{code}")
    if "." in code:
        keys.append(f"refusals.{code.rsplit('.', 1)[1]}")
    return keys


@functools.cache
def catalogue(language: str) -> dict[str, str | dict[str, str]]:
    """All words of one language by their dotted keys."""
    return dict(_flat(read_words("dashboard.words", language)))


def _flat(table: dict[str, Any], prefix: str = "") -> list[tuple[str, str | dict[str, str]]]:
    found: list[tuple[str, str | dict[str, str]]] = []
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, str) or set(value) == {"one", "other"}:
            found.append((key, value))
        else:
            found += _flat(value, f"{key}.")
    return found


@functools.cache
def _rule(language: str) -> Any:
    return Locale.parse(LOCALES[language]).plural_form


def _plural(language: str, n: object) -> str:
    return "one" if _rule(language)(n) == "one" else "other"


def _shown(value: Any, language: str) -> str:
    if isinstance(value, datetime):
        return instant(value, language)
    if isinstance(value, date):
        return day(value, language)
    if isinstance(value, int) and not isinstance(value, bool):
        return number(value, language)
    return str(value)
