from __future__ import annotations

import pytest

from dashboard.restored_words import sentences
from queries.store.safeguards import CarriedOver, Named

WHOLE = Named(
    holds=((3, "invoice", "1044"), (4, "class", "note"), (5, "party", "12"), (6, "order", "1001")),
    requests=("2026-0007",), restrictions=(12, 14),
)  # fmt: skip
EVERYTHING = CarriedOver(WHOLE, WHOLE, True, (("2019-01-01", "2020-06-30"),), ("note",), (2,))


def test_each_thing_is_named_by_what_a_person_knows():
    said = sentences(CarriedOver(carried=WHOLE, years=EVERYTHING.years), "en")
    assert said == [
        "Holds that the backup lacked were brought over from the replaced store:"
        " 3 (invoice 1044), 4 (class Note), 5 (party 12), 6 (order 1001).",
        "Open requests with their files, or whom they are about, were missing from the backup and"
        " were brought over from the replaced store: 2026-0007.",
        "Restrictions of processing that the backup lacked were brought over from the replaced"
        " store. Parties: 12, 14.",
        "A financial year was changed or removed after the backup: 1.1.2019–30.6.2020."
        " Correct it on the page Financial years.",
    ]


def test_nothing_is_said_of_nothing():
    assert sentences(CarriedOver(), "fi") == []


@pytest.mark.parametrize("language", ["fi", "en", "sv"])
def test_everything_has_a_sentence_of_its_own(language):
    said = sentences(EVERYTHING, language)
    assert len(set(said)) == 10
