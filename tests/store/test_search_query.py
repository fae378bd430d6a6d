"""Typed searches never harm the program, and find what they say."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
from sqlalchemy import insert, select

from queries.reads.customers.customer_list import CustomerFilter, customer_list
from queries.reads.paging import Total
from queries.store.derived import search_index
from queries.store.search import MOST_CHARACTERS, MOST_WORDS, bounded, is_cut, sort_name
from queries.store.search_query import MOST_FRAGMENTS, begins_with, fragments
from queries.store.tables import Party
from tests.conftest import NOW
from tests.factories.records import make_party, make_phone

_SEARCHED = """
import sys
from pathlib import Path
from queries.reads.customers.customer_list import CustomerFilter, customer_list
from queries.rules.roles import Actor, Role
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
store = open_store(sqlite_url(Path(sys.argv[1])))
with store.reading(Actor("ville", Role.VIEWER)) as session:
    for typed in sys.argv[2:]:
        page = customer_list(session, CustomerFilter(text=typed, role=None))
        print(",".join(row.name for row in page.rows))
"""


def found(store, actor, typed):
    with store.reading(actor) as session:
        page = customer_list(session, CustomerFilter(text=typed, role=None))
    return [row.name for row in page.rows]


def test_a_wildcard_that_was_typed_does_not_end_the_process(sqlite_store, sqlite_path):
    # Asked in a process of its own: a wildcard handed to the trigram index of SQLite 3.40 ends it.
    make_party(sqlite_store, name="M_m posti 10% alennus Oy")
    make_party(sqlite_store, name="Mim posti 100 alennus Oy")
    typed = ["10% alennus", "m_m posti", "%%% oy_", "_%_ %_%"]
    child = subprocess.run(  # noqa: S603 - the program of this test
        [sys.executable, "-c", _SEARCHED, str(sqlite_path), *typed],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (child.returncode, child.stderr) == (0, "")
    assert child.stdout.splitlines() == [
        "M_m posti 10% alennus Oy",
        "M_m posti 10% alennus Oy",
        "",
        "",
    ]


@pytest.mark.parametrize(
    "typed",
    [
        "\U0010ffff",
        "a\U0010ffff",
        "\ud7ff",
        "a\ud7ff",
        "ab\ud800c",
        "ab\0cd",
        "x" * 10_000,
        "x" * 60_000,
        "\U0001f600" * 13_000,
        "\u0378\u0378\u0378",
        "\ufffe\uffff abc",
        " ".join(f"w{number:04}" for number in range(2_000)),
        " ".join("ab" for _ in range(2_000)),
        "\ufdfa" * 300,
        "\"' OR 1=1 --",
        "\\\\",
        '"a" AND b*',
        "a" * 300 + " \ud800",
    ],
)
def test_nothing_that_can_be_typed_is_an_error(store, viewer, typed):
    make_party(store, name="Tähtituuli Oy")
    assert found(store, viewer, typed) == []


def test_a_search_that_is_too_long_is_cut_and_says_so():
    words = " ".join(f"w{number}" for number in range(MOST_WORDS))
    assert (bounded(words), is_cut(words)) == (words, False)
    assert (bounded(f"{words} more"), is_cut(f"{words} more")) == (words, True)
    long = "x" * MOST_CHARACTERS
    assert (bounded(long), is_cut(long)) == (long, False)
    assert (bounded(long + "y"), is_cut(long + "y")) == (long, True)
    assert (bounded(" \0 " * 40), is_cut(" \0 " * 40)) == ("", False)


def test_the_index_is_asked_for_few_fragments_of_a_long_text():
    word = "".join(chr(0x4E00 + number) for number in range(MOST_CHARACTERS))
    assert len(fragments([word]).split()) <= MOST_FRAGMENTS
    assert fragments(["abcd", "bcd"]) == '"abc" "bcd"'


@pytest.mark.parametrize(
    "start", ["a", "a\ud7ff", "a\U0010ffff", "\U0010ffff", "a\U0010ffff\U0010ffff"]
)
def test_a_beginning_is_a_range_to_the_very_end(store, viewer, start):
    names = [
        "a",
        "ab",
        "a\ud7ff",
        "a\ud7ffz",
        "a\ue000",
        "a\U0010ffff",
        "a\U0010ffff\U0010ffffz",
        "b",
        "\U0010ffff",
        "\U0010ffffz",
    ]
    for name in names:
        make_party(store, name=f"x {name}")
    with store.reading(viewer) as session:
        within = begins_with(Party.sort_name, f"x {start}")
        rows = session.scalars(select(Party.name).where(*within)).all()
    assert sorted(rows) == sorted(f"x {name}" for name in names if name.startswith(start))


@pytest.mark.parametrize(
    "typed",
    [
        "040",
        "0401",
        "040 123",
        "+35840",
        "+358 40 123",
        "00358",
        "0035840123",
        "358401234567",
        "123 4567",
        "+358 (0)40 123",
        "+358 040 123",
        "\uff10\uff14\uff10\uff11",
        "istanbul",
        "ISTANBUL",
        "İstanbul",
        "ıstanbul",
        "is",
        "İ",
        "strasse",
        "STRASSE",
        "straße",
        "A\u0308ngstro\u0308m",
        "Ångstro\u0308m",
        "\u212bngström",
        "Tähti\u00adtuuli",
        "täh\u200btituuli",
        "\ufeffistanbul",
        "o\ufb03ce",
    ],
)
def test_a_search_finds_what_a_person_expects(store, viewer, typed):
    name = "İstanbul Straße Ängström Ångström Tähtituuli Office Oy"
    make_phone(store, make_party(store, name=name))
    make_phone(store, make_party(store, name="Muu Oy"), "050 765 4321")
    assert name in found(store, viewer, typed)


@pytest.mark.parametrize("typed", ["070 123 4567", "+46 70", "0046701234567", "46701234567"])
def test_a_number_from_abroad_is_found_in_each_notation(store, viewer, typed):
    make_phone(store, make_party(store, name="Muu Oy"))
    make_phone(store, make_party(store, name="Rajan Takaa Ab"), "+46 70 123 4567")
    assert found(store, viewer, typed) == ["Rajan Takaa Ab"]


@pytest.mark.parametrize("typed", ["0401234568", "+46 40 123", "ängstrom", "0 40 124"])
def test_a_search_does_not_find_what_is_another(store, viewer, typed):
    make_phone(store, make_party(store, name="Ängström Oy"))
    assert found(store, viewer, typed) == []


@pytest.mark.parametrize("typed", ["sama sana", "s"])
def test_no_search_loses_a_customer_among_many_others(store, viewer, typed):
    others = 5_100
    row = {
        "kind": "organisation",
        "language": "fi",
        "status": "active",
        "is_customer": False,
        "is_partner": True,
        "is_contact": False,
        "started_on": date(2024, 1, 15),
        "source": "office",
        "sourced_on": date(2024, 1, 15),
        "version": 1,
        "changed_at": NOW,
        "changed_by": "tekija",
    }
    with store.engine.begin() as connection:
        names = [f"Sama Sana {number:05} Oy" for number in range(others)]
        rows = [row | {"name": name, "sort_name": sort_name(name)} for name in names]
        connection.execute(insert(Party), rows)
        search_index.rewrite(connection)
    make_party(store, name="Sama Sana 99999 Oy")
    with store.reading(viewer) as session:
        ours = customer_list(session, CustomerFilter(text=typed))
        every = customer_list(session, CustomerFilter(text=typed, role=None), size=others)
        last = every.next_key
        behind = customer_list(session, CustomerFilter(text=typed, role=None), after=last)
    assert (ours.total, [row.name for row in ours.rows]) == (Total(1), ["Sama Sana 99999 Oy"])
    assert (every.total, len(every.rows)) == (Total(others + 1), others)
    assert [row.name for row in behind.rows] == ["Sama Sana 99999 Oy"]
