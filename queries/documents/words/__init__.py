"""The words of documents, in Finnish, Swedish and English.

A language is a folder of TOML files; keys are dotted. Documents have words of their own: a document
is written to a person, not to a user of the screen, and stays as it was sent.
"""

from __future__ import annotations

from typing import Any

from queries.wording.catalogue import read_words


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


def catalogue(language: str) -> dict[str, Any]:
    """All words of one language, nested."""
    return read_words("queries.documents.words", language)
