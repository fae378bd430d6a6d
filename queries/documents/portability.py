"""The portability package: what the person provided, for another system (GDPR Art. 20).

A ZIP with one JSON and one CSV file a table, the JSON Schema of each, the CSVW description of all
(W3C, csv-metadata.json) and a manifest with counts and SHA-256. What is in it is said by
``in_portability`` in the personal-data map: given by the person, processed by contract, by
automated means. Keys of our own are left out; an organisation or a service is named.

CSV is read by spreadsheets, so a text that would start a formula has an apostrophe before it, and
so has a text that begins with an apostrophe: taking one off gives the text back. JSON has each
value as it is. The same data give the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date
from sqlalchemy.orm import Session

from queries.documents.access.labels import codes, label, plain, table_title
from queries.documents.access.subject_data import Names, Rows, gather, is_owners_key, names_of
from queries.documents.controller_details import Controller, controller
from queries.rules.personal_data import PERSONAL_DATA
from queries.rules.roles import Permission
from queries.store.sessions import audit_read, needs
from queries.store.tables import Base

FORMAT = "asiakasrekisteri-portability"
VERSION = 1

#: What a spreadsheet takes for the beginning of a formula, and the sign that says it is none.
_GUARDED = tuple("=+-@\t\r\n＝＋－＠'")

#: Keys that a table has of others: the package has what they name in their place.
_NAMED = {"organisation_id": ("organisation", "parties"), "service_id": ("service", "services")}

_JSON_TYPES = {bool: "boolean", int: "integer"}


@dataclass(frozen=True)
class PackedFile:
    """A file of the package, with how many records it has (None for what describes others)."""

    name: str
    media_type: str
    records: int | None
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Package:
    """The package: a ZIP; ``files`` are those in it, the manifest last."""

    name: str
    content: bytes
    sha256: str
    files: tuple[PackedFile, ...]

    @property
    def records(self) -> dict[str, int]:
        """Count the records of each table."""
        return {
            file.name.removeprefix("data/").removesuffix(".json"): file.records
            for file in self.files
            if file.records is not None and file.name.endswith(".json")
        }


@dataclass(frozen=True)
class _Column:
    """A column as the package has it.

    :param column: of the store; ``name``: of the package.
    """

    column: str
    name: str
    title: str
    kind: str
    is_day: bool
    choices: tuple[str, ...]


@needs(Permission.SEE_REQUESTS)
def portability_package(
    session: Session,
    party_id: int,
    *,
    language: str,
    today: date,
    request_number: str | None = None,
) -> Package:
    """Pack what a party has provided; one statement a table, two for names, one for the
    controller.

    A read line of the party when the reading ends.

    :param language: of the titles; the names of files and fields are the same in each.
    :raises NotFound: when there is no such party, or no more.
    """
    tables = portable_tables()
    rows = gather(session, party_id, tables)
    audit_read(session, "party", party_id, party_id=party_id)
    names = names_of(session, rows)
    columns = {table: _columns(table, its, language) for table, its in tables.items()}
    files = _data_files(rows, names, columns)
    files += [
        PackedFile(
            f"schemas/{table}.schema.json",
            "application/schema+json",
            None,
            _json(_schema(table, its, language)),
        )
        for table, its in columns.items()
    ]
    files.append(
        PackedFile(
            "csv-metadata.json", "application/csvm+json", None, _json(_csvw(columns, language))
        )
    )
    manifest = _manifest(files, controller(session), language, today, request_number)
    files.append(PackedFile("manifest.json", "application/json", None, _json(manifest)))
    content = _zip(files, today)
    name = f"{FORMAT}-{request_number or today.isoformat()}.zip"
    return Package(name, content, hashlib.sha256(content).hexdigest(), tuple(files))


def portable_tables() -> dict[str, tuple[str, ...]]:
    """The columns of each table that the map says are portable; keys of the owner left out."""
    found = {
        table: tuple(
            column
            for column, entry in its.columns.items()
            if entry is not None and entry.in_portability and not is_owners_key(table, column)
        )
        for table, its in PERSONAL_DATA.items()
        if its.owner
    }
    return {table: columns for table, columns in found.items() if columns}


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> guarded("=1+1"), guarded("+358401234567"), guarded("'x"), guarded("a=b")
    ("'=1+1", "'+358401234567", "''x", 'a=b')
    """
    return f"'{text}" if text.startswith(_GUARDED) else text


def _columns(table: str, names: Sequence[str], language: str) -> tuple[_Column, ...]:
    found = []
    for name in names:
        column = Base.metadata.tables[table].c[name]
        kind = "string" if name in _NAMED else _JSON_TYPES.get(column.type.python_type, "string")
        found.append(
            _Column(
                name,
                _NAMED.get(name, (name,))[0],
                label(table, name, language),
                kind,
                isinstance(column.type, Date),
                tuple(codes(table, name, language)),
            )
        )
    return tuple(found)


def _data_files(
    rows: Rows, names: Names, columns: Mapping[str, Sequence[_Column]]
) -> list[PackedFile]:
    files = []
    for table, its in columns.items():
        records = [
            {column.name: _value(column, row, names) for column in its} for row in rows[table]
        ]
        files += [
            PackedFile(f"data/{table}.json", "application/json", len(records), _json(records)),
            PackedFile(f"data/{table}.csv", "text/csv", len(records), _csv(its, records)),
        ]
    return files


def _value(column: _Column, row: Mapping[str, Any], names: Names) -> str | int | bool | None:
    value = row[column.column]
    if value is not None and column.column in _NAMED:
        known: Mapping[int, str] = getattr(names, _NAMED[column.column][1])
        return known[value]
    return plain(value)


def _csv(columns: Sequence[_Column], records: Sequence[Mapping[str, Any]]) -> bytes:
    """RFC 4180, UTF-8; true and false as CSVW has them."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    for record in records:
        writer.writerow([_cell(record[column.name]) for column in columns])
    return written.getvalue().encode()


def _cell(value: str | int | bool | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else guarded(value)


def _schema(table: str, columns: Sequence[_Column], language: str) -> dict[str, Any]:
    """JSON Schema, draft 2020-12."""
    properties: dict[str, Any] = {}
    for column in columns:
        its: dict[str, Any] = {"title": column.title, "type": [column.kind, "null"]}
        if column.is_day:
            its["format"] = "date"
        if column.choices:
            its["enum"] = [*column.choices, None]
        properties[column.name] = its
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{table}.schema.json",
        "title": table_title(table, language),
        "type": "array",
        "items": {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        },
    }


def _csvw(columns: Mapping[str, Sequence[_Column]], language: str) -> dict[str, Any]:
    """Metadata Vocabulary for Tabular Data (W3C, 17 December 2015)."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": language}],
        "dialect": {"encoding": "utf-8", "lineTerminators": ["\r\n"], "header": True},
        "tables": [
            {
                "url": f"data/{table}.csv",
                "dc:title": table_title(table, language),
                "tableSchema": {
                    "columns": [
                        {
                            "name": column.name,
                            "titles": [column.name, column.title],
                            "datatype": "date" if column.is_day else column.kind,
                            "null": "",
                        }
                        for column in its
                    ]
                },
            }
            for table, its in columns.items()
        ],
    }


def _manifest(
    files: Sequence[PackedFile],
    house: Controller,
    language: str,
    today: date,
    request_number: str | None,
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "made_on": today.isoformat(),
        "language": language,
        "request_number": request_number,
        "legal_basis": "GDPR Art. 20",
        "controller": {"name": house.name, "email": house.email},
        "files": [
            {
                "name": file.name,
                "media_type": file.media_type,
                "records": file.records,
                "bytes": len(file.content),
                "sha256": file.sha256,
            }
            for file in files
        ],
    }


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode()


def _zip(files: Sequence[PackedFile], day: date) -> bytes:
    """Stored, not deflated: compression differs from one library to another, these bytes do not."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            info = zipfile.ZipInfo(file.name, (day.year, day.month, day.day, 0, 0, 0))
            info.external_attr = 0o600 << 16
            archive.writestr(info, file.content)
    return packed.getvalue()
