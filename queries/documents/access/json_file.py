"""The access report as JSON.

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
from queries.documents.access.subject_data import Disclosed
from queries.documents.controller_details import authority


def as_json(report: AccessReport) -> bytes:
    """The report as UTF-8 JSON; the same report gives the same bytes."""
    return json.dumps(_document(report), ensure_ascii=False).encode()


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
