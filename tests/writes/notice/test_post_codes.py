from __future__ import annotations

import pytest
from sqlalchemy import select

from queries.errors import RegisterError
from queries.store.tables import ImportBatch, PostCode, TrailEntry
from tests.factories.post_code_files import PLACES, bring_codes, pcf
from tests.factories.records import MAKER


def rows(store, *columns):
    with store.reading(MAKER) as session:
        return [tuple(row) for row in session.execute(select(*columns).order_by(columns[0]))]


def test_codes_are_brought_in_and_noted(store):
    batch = bring_codes(store, pcf())
    assert rows(store, PostCode.code, PostCode.town_sv) == [
        ("00530", "Helsingfors"),
        ("00580", "Helsingfors"),
        ("50100", "S:t Michel"),
        ("52100", "Anttola"),
        ("57130", "Nyslott"),
    ]
    assert rows(store, ImportBatch.id, ImportBatch.form, ImportBatch.created) == [
        (batch, "post_codes", 5)
    ]
    assert rows(store, TrailEntry.action, TrailEntry.subject_id) == [("replace_post_codes", batch)]


def test_the_same_file_again_changes_nothing(store):
    bring_codes(store, pcf())
    with pytest.raises(RegisterError) as refused:
        bring_codes(store, pcf())
    assert refused.value.code == "import_nothing"
    assert len(rows(store, TrailEntry.id)) == 1


def test_a_newer_file_takes_the_place_of_all_codes(store):
    bring_codes(store, pcf())
    moved = ("57130", "SAVONRANTA", "SAVONRANTA", "SAVONLINNA", "NYSLOTT")
    batch = bring_codes(store, pcf(*PLACES[:3], moved, run_on="20260309"))
    assert rows(store, PostCode.code, PostCode.town_fi) == [
        ("00580", "Helsinki"),
        ("50100", "Mikkeli"),
        ("52100", "Anttola"),
        ("57130", "Savonranta"),
    ]
    counts = (ImportBatch.id, ImportBatch.created, ImportBatch.changed, ImportBatch.skipped)
    assert rows(store, *counts)[-1] == (batch, 0, 2, 3)
