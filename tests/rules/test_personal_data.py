"""The map is compared with the schema itself: a column without an entry fails here."""

from __future__ import annotations

from itertools import pairwise

import pytest

from queries.rules.periods import OWN_CODES
from queries.rules.personal_data import PERSONAL_DATA, emptied_values, erased_rows
from queries.rules.personal_data_types import AS_RECORDED, FOLLOWS_PARTY, Personal
from queries.rules.statutes import STATUTES
from queries.store.tables import Base

TABLES = Base.metadata.tables
ENTRIES = [
    (table, column, entry)
    for table, its in PERSONAL_DATA.items()
    for column, entry in its.columns.items()
    if entry is not None
]


def test_every_column_of_the_schema_is_classified_and_nothing_else_is():
    schema = {(name, column.name) for name, table in TABLES.items() for column in table.columns}
    mapped = {(name, column) for name, its in PERSONAL_DATA.items() for column in its.columns}
    assert schema - mapped == set()
    assert mapped - schema == set()


def test_every_class_is_one_of_the_rules():
    known = {rule.code for rule in STATUTES} | set(OWN_CODES) | {FOLLOWS_PARTY, AS_RECORDED}
    assert {entry.retention_class for _table, _column, entry in ENTRIES} - known == set()


def test_every_table_with_the_key_of_a_party_says_how_it_is_reached():
    """The trail and the items of a disposal speak of parties that may be gone."""
    pointing = {
        name
        for name, table in TABLES.items()
        if any(key.column.table.name == "party" for key in table.foreign_keys)
    }
    assert {name for name in pointing if not PERSONAL_DATA[name].owner} == set()


@pytest.mark.parametrize("name", [name for name, its in PERSONAL_DATA.items() if its.owner])
def test_the_way_to_the_party_is_one_of_columns(name):
    owner = PERSONAL_DATA[name].owner
    assert owner[0].split(".")[0] == name
    for step, following in pairwise(owner):
        table, column = step.split(".")
        keys = {key.column.table.name for key in TABLES[table].c[column].foreign_keys}
        other = TABLES[following.split(".")[0]]
        back = {key.column.table.name for key in next(iter(other.primary_key)).foreign_keys}
        assert keys == {other.name} or back == {table}
    table, column = owner[-1].split(".")
    keys = {key.column.table.name for key in TABLES[table].c[column].foreign_keys}
    assert keys == {"party"} or (table, column) in {("party", "id"), ("legal_hold", "party_id")}


@pytest.mark.parametrize(("table", "column", "entry"), ENTRIES)
def test_what_is_replaced_stands_in_a_row_that_stays(table, column, entry: Personal):
    if entry.erased == "row":
        return
    columns = TABLES[table].c
    assert not columns[column].primary_key
    assert entry.erased != "NULL" or columns[column].nullable


def test_free_text_of_people_is_never_impersonal():
    """Text columns without an entry are codes, keys and hashes of our own: named one by one."""
    impersonal = {
        f"{name}.{column}"
        for name, its in PERSONAL_DATA.items()
        for column, entry in its.columns.items()
        if entry is None and "TEXT" in str(TABLES[name].c[column].type).upper()
    }
    assert impersonal == {
        "disposal_run.counts",
        "disposal_run.sums",
        "setting.value",
        "trail_entry.columns",
        "consent_text.text",
        "web_form.origins",
        "notice_version.fi",
        "notice_version.sv",
        "notice_version.en",
    }


def test_the_rows_that_go_are_those_of_the_files():
    assert set(erased_rows()) == {
        "party",
        "contact_person",
        "address",
        "email",
        "phone",
        "billing_detail",
        "note",
        "party_search",
        "party_facts",
        "service_order",
        "work_entry",
        "invoice",
        "invoice_line",
        "payment",
        "write_off",
        "restriction",
        "data_subject_request",
        "request_right",
        "request_suspension",
        "identity_check",
        "request_attachment",
        "request_letter",
        "disclosure",
        "source_notice",
        "subscription",
        "paper_party",
        "import_row",
        "import_mention",
        "import_before",
    }


def test_what_is_emptied_and_stays_names_every_place_that_tells_of_the_person():
    """A record's own table keeps only rights, days, codes and numbers of ours afterwards."""
    emptied = {name: emptied_values(name) for name in PERSONAL_DATA if emptied_values(name)}
    assert emptied == {
        "data_subject_request": {
            "party_id": None,
            "claimed_name": None,
            "claimed_contact": None,
            "text": None,
            "registered": "unknown",
            "extension_reason": None,
            "linked_to": None,
        },
        "request_right": {"refusal_reason": None},
        "import_batch": {"name": None, "settings": None},
        "paper_record": {"title": "-", "room_id": None, "shelf": None},
    }
