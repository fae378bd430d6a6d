"""Labels of the store's tables, columns and values in documents."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from queries.documents import words
from queries.documents.access.subject_data import Names
from queries.store.plain_values import as_json, from_json
from queries.wording import formats

#: Columns whose codes are called the same wherever they are.
_SHARED = {"language", "source", "purpose", "unit", "vat_category", "channel", "asked"}

_KEYS = {
    "service_id": "services",
    "party_id": "parties",
    "person_id": "parties",
    "organisation_id": "parties",
    "order_id": "orders",
    "invoice_id": "invoices",
    "credits_id": "invoices",
    "room_id": "rooms",
    "consent_text_id": "consents",
}


#: Columns that hold several values as JSON.
_AS_JSON = {("import_row", "said"), ("import_before", "stood")}
#: Values among them that are of the record and who edited it, not of the person.
_OF_THE_RECORD = {"version", "changed_at", "changed_by"}


def table_title(table: str, language: str) -> str:
    """Return the name of the rows of a table."""
    return words.phrase(f"record.tables.{table}", language)


def label(table: str, column: str, language: str) -> str:
    """Return the label of a column of a table."""
    fields = words.branch("record.fields", language)
    return str(fields["of"].get(table, {}).get(column) or fields[column])


@functools.cache
def codes(table: str, column: str, language: str) -> Mapping[str, str]:
    """Return the labels of a column's codes; empty for a column that holds none."""
    values = words.branch("record.values", language)
    if column in values["of"].get(table, {}):
        return MappingProxyType(values["of"][table][column])
    return MappingProxyType(values[column] if column in _SHARED else {})


def shown(table: str, column: str, value: Any, names: Names, language: str) -> str:
    """A value as a person reads it; empty for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return words.phrase("record.values.yes" if value else "record.values.no", language)
    if isinstance(value, date):
        return _time(value, language)
    if column in _KEYS:
        return str(getattr(names, _KEYS[column]).get(value, value))
    if isinstance(value, int):
        return _number(column, value, language)
    text = str(value)
    if (table, column) in _AS_JSON:
        text = _unfolded(text, language)
    return codes(table, column, language).get(text, text)


def of_the_person(table: str, column: str, value: Any) -> Any:
    """Return the value without what it says of the record itself and of who edited it."""
    if (table, column) not in _AS_JSON or not str(value).startswith("{"):
        return value
    kept = {name: one for name, one in from_json(value).items() if name not in _OF_THE_RECORD}
    return as_json(kept)


def plain(value: Any) -> str | int | bool | None:
    """A value as JSON has it: days and instants in ISO 8601, sums in cents."""
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(type(value).__name__)


def _unfolded(text: str, language: str) -> str:
    """Values that are kept as JSON, each with what it is called."""
    if not text.startswith("{"):
        return text
    fields = words.branch("record.fields", language)
    said = []
    for name, value in from_json(text).items():
        if isinstance(value, list):
            said += [", ".join(_leaves(one)) for one in value]
        else:
            said.append(f"{fields.get(name, name)}: {', '.join(_leaves(value)) or '–'}")
    return "; ".join(said)


def _leaves(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [leaf for one in value.values() for leaf in _leaves(one)]
    if isinstance(value, list):
        return [leaf for one in value for leaf in _leaves(one)]
    return [] if value is None else [str(value)]


def _time(value: date, language: str) -> str:
    if isinstance(value, datetime):
        return formats.instant(value, language)
    return formats.day(value, language)


def _number(column: str, value: int, language: str) -> str:
    if column.endswith("_cents"):
        return formats.euros(value, language)
    if column.endswith("_thousandths"):
        return formats.number(Decimal(value) / 1000, language)
    if column.endswith("_basis_points"):
        return _with_unit("percent", Decimal(value) / 100, language)
    unit = {"minutes": "minutes", "payment_days": "days", "size": "bytes"}.get(column)
    return str(value) if unit is None else _with_unit(unit, value, language)


def _with_unit(unit: str, value: int | Decimal, language: str) -> str:
    return words.phrase(f"record.values.{unit}", language).format(n=formats.number(value, language))
