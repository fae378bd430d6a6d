"""The portability package: what the person provided, each file described and counted."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import date

import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import Boolean, select

from queries.documents.portability import guarded, portability_package, portable_tables
from queries.errors import NotAllowed, NotFound
from queries.intake.readers.delimited import read_delimited
from queries.rules.notice import LANGUAGES
from queries.rules.personal_data import PERSONAL_DATA
from queries.rules.roles import Actor, Role
from queries.store.tables import Base
from tests.factories.data_subjects import Person, surroundings
from tests.factories.records import make_address, make_email, make_party, make_phone
from tests.support.statements import statements

TODAY = date(2026, 3, 5)


@pytest.fixture
def two(store) -> tuple[Person, Person]:
    surroundings(store, range(1, 3))
    return Person(store, "Qa·", 1), Person(store, "Zu·", 2)


def packed(store, party_id, actor, **more):
    given = {"language": "fi", "today": TODAY, "request_number": "2026-0007", **more}
    with store.reading(actor) as session:
        return portability_package(session, party_id, **given)


def unzipped(package) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
        assert archive.testzip() is None
        return {info.filename: archive.read(info) for info in archive.infolist()}


def test_it_holds_what_the_map_says_is_portable_and_nothing_else(store, two, manager):
    person, other = two
    files = unzipped(packed(store, person.id, manager))
    tables = portable_tables()
    assert {name for name in files if name.startswith("data/")} == {
        f"data/{table}.{kind}" for table in tables for kind in ("json", "csv")
    }
    with store.engine.connect() as connection:
        for table, columns in tables.items():
            its = Base.metadata.tables[table]
            row = (
                connection.execute(select(its).where(its.c.id == person.rows[table]["id"]))
                .mappings()
                .one()
            )
            (record,) = json.loads(files[f"data/{table}.json"])
            expected = {column: row[column] for column in columns}
            if table == "contact_person":
                expected = {"organisation": "Organisaatio-1", "title": row["title"]}
            if table == "service_order":
                del expected["service_id"]
                expected["service"] = "Palvelu-1"
            assert record == {
                name: value.isoformat() if isinstance(value, date) else value
                for name, value in expected.items()
            }
    for content in files.values():
        assert other.mark.encode() not in content


def test_the_portable_tables_are_those_of_the_map():
    expected = {
        table
        for table, its in PERSONAL_DATA.items()
        if its.owner and any(entry and entry.in_portability for entry in its.columns.values())
    }
    assert set(portable_tables()) == expected
    assert "invoice" not in expected
    assert "party_id" not in portable_tables()["email"]


def test_csv_and_json_say_the_same(store, two, manager):
    person, _other = two
    files = unzipped(packed(store, person.id, manager))
    for table in portable_tables():
        records = json.loads(files[f"data/{table}.json"])
        rows = list(csv.DictReader(io.StringIO(files[f"data/{table}.csv"].decode(), newline="")))
        told = {True: "true", False: "false", None: ""}
        assert rows == [
            {
                name: told[value] if value is None or isinstance(value, bool) else str(value)
                for name, value in record.items()
            }
            for record in records
        ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_file_is_valid_by_its_schema_and_described_by_csvw(store, two, manager, language):
    person, _other = two
    files = unzipped(packed(store, person.id, manager, language=language))
    described = json.loads(files["csv-metadata.json"])
    assert described["@context"] == ["http://www.w3.org/ns/csvw", {"@language": language}]
    columns = {its["url"]: its["tableSchema"]["columns"] for its in described["tables"]}
    for table in portable_tables():
        schema = json.loads(files[f"schemas/{table}.schema.json"])
        Draft202012Validator.check_schema(schema)
        Draft202012Validator(schema).validate(json.loads(files[f"data/{table}.json"]))
        header = files[f"data/{table}.csv"].decode().split("\r\n")[0].split(",")
        assert [column["name"] for column in columns[f"data/{table}.csv"]] == header
        for column in columns[f"data/{table}.csv"]:
            stored = Base.metadata.tables[table].c.get(column["name"])
            if stored is not None and isinstance(stored.type, Boolean):
                assert column["datatype"] == "boolean"


def test_the_manifest_counts_and_hashes_every_other_file(store, two, manager):
    person, _other = two
    package = packed(store, person.id, manager)
    files = unzipped(package)
    manifest = json.loads(files.pop("manifest.json"))
    assert [entry["name"] for entry in manifest["files"]] == list(files)
    for entry in manifest["files"]:
        content = files[entry["name"]]
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert entry["bytes"] == len(content)
    assert {e["name"]: e["records"] for e in manifest["files"] if e["records"] is not None} == {
        f"data/{table}.{kind}": 1 for table in portable_tables() for kind in ("json", "csv")
    }
    assert (manifest["made_on"], manifest["request_number"]) == ("2026-03-05", "2026-0007")
    assert manifest["controller"] == {"name": "Kixit Oy", "email": "toimisto@kixit.example"}
    assert package.sha256 == hashlib.sha256(package.content).hexdigest()
    assert package.records == dict.fromkeys(portable_tables(), 1)
    assert package.name == "asiakasrekisteri-portability-2026-0007.zip"


def test_the_same_data_give_the_same_bytes(store, two, manager):
    person, _other = two
    assert packed(store, person.id, manager) == packed(store, person.id, manager)


FORMULAS = ["=1+1", "+358 40", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'x", "''"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_starts_a_formula_and_each_can_be_had_back(text):
    assert guarded(text) == f"'{text}"


def test_a_hostile_name_is_literal_in_json_and_no_formula_in_csv(store, manager):
    name = '=HYPERLINK("http://x.example";"*a* #b $c$ <i>")'
    party_id = make_party(store, name=name, is_customer=True)
    make_phone(store, party_id, "040 123 4567")
    make_address(store, party_id, street='Katu "1", b\r\nC'.replace("\r\n", " "))
    files = unzipped(packed(store, party_id, manager))
    (record,) = json.loads(files["data/party.json"])
    assert record["name"] == name
    for content in (content for file, content in files.items() if file.endswith(".csv")):
        for row in csv.reader(io.StringIO(content.decode(), newline="")):
            assert [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    (phone,) = csv.DictReader(io.StringIO(files["data/phone.csv"].decode(), newline=""))
    assert phone["number"] == "'+358401234567"


def test_the_house_can_read_its_own_csv(store, manager):
    party_id = make_party(store, name="Malli Oy", is_customer=True)
    make_email(store, party_id, "a@malli.example")
    files = unzipped(packed(store, party_id, manager))
    read = read_delimited(files["data/email.csv"])
    assert (read.encoding, read.delimiter, len(read.rows)) == ("utf-8", ",", 2)


def test_statements_do_not_grow_with_the_rows(store, two, manager):
    person, _other = two
    with statements(store.engine) as seen, store.reading(manager) as session:
        portability_package(session, person.id, language="fi", today=TODAY)
    reading = [said for said in seen if "trail_entry" not in said]
    assert len(reading) == len(portable_tables()) + 3


def test_there_is_no_package_of_nobody_nor_for_a_viewer(store, manager):
    with pytest.raises(NotFound):
        packed(store, 4711, manager)
    party_id = make_party(store, name="Malli Oy", is_customer=True)
    with pytest.raises(NotAllowed):
        packed(store, party_id, Actor("ville", Role.VIEWER))
