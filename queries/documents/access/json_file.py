"""The access report as JSON, and its JSON Schema (draft 2020-12).

Machine-readable beside the paper: codes and raw values (days in ISO 8601, sums in cents) each with
the words that the paper has for them.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from queries.documents import words
from queries.documents.access.pdf import kept_text
from queries.documents.access.report import AccessReport, ReportEntry, ReportField, ReportSection
from queries.documents.access.row_retention import Keeping
from queries.documents.access.subject_data import Disclosed
from queries.documents.controller_details import authority
from queries.rules.notice import LANGUAGES

SCHEMA_NAME = "access-report.schema.json"


def as_json(report: AccessReport) -> bytes:
    """The report as UTF-8 JSON; the same report gives the same bytes."""
    return json.dumps(_document(report), ensure_ascii=False).encode()


def access_schema() -> dict[str, Any]:
    """The JSON Schema that every report is valid by."""
    text, texts = {"type": "string"}, {"type": "array", "items": {"type": "string"}}
    day = {"type": "string", "format": "date"}
    coded = _object(code=text, text=text)
    field = _object(
        column=text,
        label=text,
        purpose=coded,
        legal_basis=coded,
        source=coded,
        retention_class=text,
    )
    datum = _object(
        value={"type": ["string", "integer", "boolean", "null"]},
        text=text,
        redacted={"type": "boolean"},
    )
    kept = _object(
        state={"enum": [state.value for state in Keeping]},
        until={"type": ["string", "null"], "format": "date"},
        retention_class=text,
        citation=text,
        text=text,
    )
    record = _object(
        key={"type": "integer"}, kept=kept, data={"type": "object", "additionalProperties": datum}
    )
    section = _object(
        table=text,
        title=text,
        fields={"type": "array", "items": field},
        records={"type": "array", "items": record},
    )
    maybe = {"type": ["string", "null"]}
    recipient = _object(
        name=text,
        kind=text,
        purpose=text,
        country=text,
        transfer_basis=maybe,
        what=text,
        disclosed_on=day,
    )
    agreed = _object(
        name=text, kind=text, purpose=text, country=text, transfer_basis=maybe, what=maybe
    )
    house = _object(
        name=text, address=texts, contact_name=text, contact_email=text, contact_phone=text
    )
    whole = _object(
        language={"enum": list(LANGUAGES)},
        made_on=day,
        request_number=maybe,
        name=text,
        controller=house,
        sections={"type": "array", "items": section},
        recipients={"type": "array", "items": recipient},
        agreed_recipients={"type": "array", "items": agreed},
        automated_decisions=text,
        redactions=texts,
        rights=texts,
        authority=texts,
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_NAME,
        "title": "Access report (GDPR Art. 15)",
        **whole,
    }


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _document(report: AccessReport) -> dict[str, Any]:
    house = report.controller
    return {
        "language": report.language,
        "made_on": report.made_on.isoformat(),
        "request_number": report.request_number,
        "name": report.name,
        "controller": {
            "name": house.name,
            "address": list(house.lines[1:]),
            "contact_name": house.contact_name,
            "contact_email": house.contact_email,
            "contact_phone": house.contact_phone,
        },
        "sections": [_section(section, report.language) for section in report.sections],
        "recipients": [_recipient(one) for one in report.recipients],
        "agreed_recipients": [asdict(one) for one in report.agreed],
        "automated_decisions": words.phrase("report.automated", report.language),
        "redactions": list(report.redactions),
        "rights": words.branch("report.rights_list", report.language),
        "authority": list(authority(report.language)),
    }


def _section(section: ReportSection, language: str) -> dict[str, Any]:
    return {
        "table": section.table,
        "title": section.title,
        "fields": [_field(field, language) for field in section.fields],
        "records": [_record(entry, language) for entry in section.entries],
    }


def _field(field: ReportField, language: str) -> dict[str, Any]:
    def coded(group: str, code: str) -> dict[str, str]:
        return {"code": code, "text": words.phrase(f"record.{group}.{code}", language)}

    return {
        "column": field.column,
        "label": field.label,
        "purpose": coded("purposes", field.purpose),
        "legal_basis": coded("bases", field.legal_basis),
        "source": coded("origins", field.source),
        "retention_class": field.retention_class,
    }


def _record(entry: ReportEntry, language: str) -> dict[str, Any]:
    kept = entry.kept
    return {
        "key": entry.key,
        "data": {
            datum.column: {"value": datum.value, "text": datum.text, "redacted": datum.redacted}
            for datum in entry.data
        },
        "kept": {
            "state": str(kept.state),
            "until": None if kept.until is None else kept.until.isoformat(),
            "retention_class": kept.retention_class,
            "citation": kept.citation,
            "text": kept_text(kept, language),
        },
    }


def _recipient(one: Disclosed) -> dict[str, str | None]:
    said = asdict(one)
    del said["recipient_id"]
    said["disclosed_on"] = said.pop("on")
    return said
