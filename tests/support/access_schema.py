"""The JSON Schema of an access report (draft 2020-12)."""

from __future__ import annotations

from typing import Any

from queries.documents.access.row_retention import Keeping
from queries.rules.notice import LANGUAGES


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
