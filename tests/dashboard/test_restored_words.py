from __future__ import annotations

import pytest

from dashboard.restored_words import sentences
from queries.store.backup.carry_holds import CarriedOver, NamedRecord

WHOLE = NamedRecord(
    holds=((3, "invoice", "1044"), (4, "class", "note"), (5, "party", "12"), (6, "order", "1001")),
    requests=("2026-0007",),
    restrictions=(12, 14),
)
EVERYTHING = CarriedOver(
    WHOLE,
    WHOLE,
    True,
    (("2019-01-01", "2020-06-30"),),
    ("note",),
    (2,),
    (("party", "12", "in_force"), ("invoice", "1044", "another_record")),
    ledger_lost=True,
)


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


def test_an_erasure_that_was_not_repeated_is_named_with_the_reason():
    assert sentences(CarriedOver(unrepeated=EVERYTHING.unrepeated), "en") == [
        "An erasure was not repeated, because a statute, a hold or an open request keeps the"
        " record, or it is not the one that was erased: Party details 12 (The relation or order is"
        " in force), Invoice 1044 (Another record of the same number). Look at each one. If the"
        " erasure was right, correct the record and dispose of it."
    ]


def test_nothing_is_said_of_nothing():
    assert sentences(CarriedOver(), "fi") == []


@pytest.mark.parametrize("language", ["fi", "en", "sv"])
def test_everything_has_a_sentence_of_its_own(language):
    said = sentences(EVERYTHING, language)
    assert len(set(said)) == 12
