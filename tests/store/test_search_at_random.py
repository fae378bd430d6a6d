"""Random searches: no engine fails, and each finds what plain Python finds in the same texts.

``ASIAKASREKISTERI_SEARCHES=200000`` searches so many times on each engine; without it there are a
few hundred. ``ASIAKASREKISTERI_SQLITE=pysqlite3`` asks the SQLite of that driver in place of
Python's own, as the newest one with ``pysqlite3-binary`` installed by hand.
"""

from __future__ import annotations

import os
import unicodedata
from datetime import date
from importlib import import_module
from random import Random

import pytest
from sqlalchemy import insert, select
from sqlalchemy.dialects.sqlite import pysqlite

from queries.store.derived import search_index
from queries.store.search import sort_name
from queries.store.search_query import SHORTEST_PART, found_parties, searches
from queries.store.tables import Party, PartySearch
from tests.conftest import NOW

SEARCHES = int(os.environ.get("ASIAKASREKISTERI_SEARCHES", "400"))
DRIVER = os.environ.get("ASIAKASREKISTERI_SQLITE", "sqlite3")
PARTIES = 300
#: What engines, patterns, query languages and notations give a meaning of their own.
_SIGNS = "%_\\*?[]\"'`^$(){}+-:;,./|&=<>~#@! \t\n\0"
_PLAIN = "abcdeiknostuäöåABİıßẞſ0123456789"


def signs_by_category():
    found = {}
    for number in range(0x110000):
        found.setdefault(unicodedata.category(chr(number)), []).append(chr(number))
    return [found[name] for name in sorted(found)]


def random_text(rng, categories, *, longest):
    pools = (_PLAIN, _PLAIN, _SIGNS, None)
    text = ""
    for _ in range(rng.randint(1, longest)):
        pool = rng.choice(pools) or rng.choice(categories)
        text += " " if rng.random() < 0.08 else rng.choice(pool)
    return text


def random_search(rng, categories, texts):
    """Anything; or a part of a text that is there, whole or with one sign of it replaced."""
    kind = rng.random()
    if kind < 0.4:
        return random_text(rng, categories, longest=rng.choice((3, 12, 60)))
    if kind < 0.42:
        return random_text(rng, categories, longest=3) * rng.choice((500, 5_000))
    text = rng.choice(texts)
    start = rng.randrange(len(text))
    part = text[start : start + rng.randint(1, 24)]
    if kind < 0.7:
        at = rng.randrange(len(part))
        part = part[:at] + rng.choice(_SIGNS) + part[at + rng.randint(0, 1) :]
    return part if kind < 0.9 else f"{part} {rng.choice(texts)[:9]}"


def fill(store, rng, categories):
    rows = []
    for _ in range(PARTIES):
        name = random_text(rng, categories, longest=40).encode("utf-8", "replace").decode()
        name = f"{rng.choice(('Oja', 'İlves', 'Äijä', 'Straße'))} {name}".replace("\0", "")
        rows.append(
            {
                "kind": "organisation",
                "name": name,
                "sort_name": sort_name(name),
                "language": "fi",
                "status": "active",
                "is_customer": True,
                "is_partner": False,
                "is_contact": False,
                "started_on": date(2024, 1, 15),
                "source": "office",
                "sourced_on": date(2024, 1, 15),
                "version": 1,
                "changed_at": NOW,
                "changed_by": "tekija",
            }
        )
    with store.engine.begin() as connection:
        connection.execute(insert(Party), rows)
        search_index.rewrite(connection)


def expected(parties, typed):
    """The ids of the parties that the search means, by nothing but Python; None for no search."""
    if not (wanted := searches(typed)):
        return None
    found = set()
    for words in wanted:
        start = sort_name(" ".join(words))
        beginnings = all(len(word) < SHORTEST_PART for word in words)
        found |= {
            key
            for key, name, text in parties
            if (name.startswith(start) if beginnings else all(word in text for word in words))
        }
    return found


@pytest.fixture(scope="module")
def categories():
    return signs_by_category()


@pytest.fixture(autouse=True)
def _driver(monkeypatch):
    module = import_module(DRIVER)
    monkeypatch.setattr(pysqlite.dialect, "import_dbapi", classmethod(lambda _cls: module))


def test_random_searches_find_what_is_there(store, viewer, categories):
    rng = Random(20_260_305)  # noqa: S311 - the same each time is the point
    fill(store, rng, categories)
    with store.reading(viewer) as session:
        query = select(Party.id, Party.sort_name, PartySearch.text)
        parties = session.execute(query.join(PartySearch, PartySearch.party_id == Party.id)).all()
        texts = [text for _key, _name, text in parties]
        assert len(parties) == PARTIES
        hits = 0
        for _ in range(SEARCHES):
            typed = random_search(rng, categories, texts)
            found = found_parties(session, typed)
            ids = None if found is None else set(session.scalars(found))
            assert ids == expected(parties, typed), ascii(typed)
            hits += bool(ids)
    assert hits > SEARCHES / 10
