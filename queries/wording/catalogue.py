"""Words in files: a folder of TOML files for each language."""

from __future__ import annotations

import functools
import tomllib
from importlib.resources import files
from typing import Any

from queries.rules.notice import LANGUAGES


@functools.cache
def read_words(package: str, language: str) -> dict[str, Any]:
    """Return all words of a language below a package, nested as in their files.

    :raises KeyError: for another language.
    :raises ValueError: when two files have words for the same key.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    merged: dict[str, Any] = {}
    for file in sorted((files(package) / language).iterdir(), key=lambda item: item.name):
        if file.name.endswith(".toml"):
            _merge(merged, tomllib.loads(file.read_text(encoding="utf-8")), language)
    return merged


def _merge(merged: dict[str, Any], table: dict[str, Any], path: str) -> None:
    for name, value in table.items():
        key, known = f"{path}.{name}", merged.get(name)
        if isinstance(value, dict) and isinstance(known, dict):
            _merge(known, value, key)
        elif known is None:
            merged[name] = value
        else:
            raise ValueError(f"{key} is defined twice")
