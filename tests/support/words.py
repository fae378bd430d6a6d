"""The words of the screen by their keys in the catalogue, so that a test reads without Finnish."""

from __future__ import annotations

import string

from dashboard.words import catalogue, word

_END = "\N{END OF TEXT}"


def fi(key: str, **facts: object) -> str:
    """Return the Finnish words of a key with these facts: ``fi("customers.found", n=1)``."""
    return word(key, "fi", **facts)


def start_of(key: str, **facts: object) -> str:
    """Return the Finnish words of a key up to the first fact that is not given."""
    entry = catalogue("fi")[key]
    told = entry if isinstance(entry, str) else entry["other"]
    names = {name for _text, name, _spec, _conversion in string.Formatter().parse(told) if name}
    return fi(key, **facts, **dict.fromkeys(names - facts.keys(), _END)).partition(_END)[0]
