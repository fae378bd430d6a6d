from __future__ import annotations

import pytest

from queries.intake.post_codes import read_pcf
from queries.reads.notice.post_codes import PostCodeChanges, places_of, post_code_changes
from tests.factories.post_code_files import PLACES, bring_codes, pcf
from tests.factories.records import MAKER
from tests.support.statements import statements


def changes(store, raw):
    file = read_pcf(raw)
    with store.reading(MAKER) as session:
        return post_code_changes(session, file.places, run_on=file.run_on)


def test_the_towns_of_codes(store):
    bring_codes(store, pcf())
    with statements(store.engine) as seen, store.reading(MAKER) as session:
        found = places_of(session, ["50100", "00580", "99999"])
    assert len(seen) == 1
    assert {code: place.town_fi for code, place in found.items()} == {
        "00580": "Helsinki",
        "50100": "Mikkeli",
    }
    with store.reading(MAKER) as session:
        assert places_of(session, []) == {}


@pytest.mark.parametrize(
    ("code", "town", "right"),
    [
        ("50100", "MIKKELI", True),
        ("50100", " mikkeli", True),
        ("50100", "S:t Michel", True),
        ("50100", "Helsinki", False),
        ("00580", "Mikkeli", False),
        ("00580", "Helsingfors", True),
        ("52100", "Anttola", True),
        ("52100", "Mikkeli", True),
        ("50100", "", False),
    ],
)
def test_a_town_belongs_to_a_code_in_either_language_or_as_its_municipality(
    sqlite_store, code, town, right
):
    bring_codes(sqlite_store, pcf())
    with sqlite_store.reading(MAKER) as session:
        assert places_of(session, [code])[code].has(town) is right


def test_what_a_file_would_do(store):
    assert changes(store, pcf()) == PostCodeChanges(5, 0, 0, 0, older=False)
    bring_codes(store, pcf())
    assert changes(store, pcf()) == PostCodeChanges(0, 0, 0, 5, older=False)
    assert not changes(store, pcf()).does_something
    moved = ("57130", "SAVONRANTA", "SAVONRANTA", "SAVONLINNA", "NYSLOTT")
    older = pcf(*PLACES[:3], moved, ("99999", "KORVATUNTURI", "", "", ""), run_on="20260301")
    assert changes(store, older) == PostCodeChanges(1, 1, 1, 3, older=True)
