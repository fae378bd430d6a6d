"""Values of columns and facts as JSON and back: days, instants and decimals come back as what they
were."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

_DAY, _INSTANT, _DECIMAL = "$day", "$instant", "$decimal"


def as_json(value: Any) -> str:
    """
    >>> as_json({"on": date(2026, 3, 5), "n": 2})
    '{"on": {"$day": "2026-03-05"}, "n": 2}'
    """
    return json.dumps(value, ensure_ascii=False, default=_marked)


def from_json(text: str) -> Any:
    """
    >>> from_json(as_json({"on": date(2026, 3, 5), "percent": Decimal("25.5")}))
    {'on': datetime.date(2026, 3, 5), 'percent': Decimal('25.5')}
    >>> from_json(as_json({"at": datetime(2026, 3, 5, 12, 30)}))
    {'at': datetime.datetime(2026, 3, 5, 12, 30)}
    """
    return json.loads(text, object_hook=_unmarked)


def _marked(value: Any) -> Mapping[str, str]:
    if isinstance(value, datetime):
        return {_INSTANT: value.isoformat()}
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    if isinstance(value, Decimal):
        return {_DECIMAL: str(value)}
    raise TypeError(type(value).__name__)


def _unmarked(found: dict[str, Any]) -> Any:
    if set(found) == {_DAY}:
        return date.fromisoformat(found[_DAY])
    if set(found) == {_INSTANT}:
        return datetime.fromisoformat(found[_INSTANT])
    return Decimal(found[_DECIMAL]) if set(found) == {_DECIMAL} else found
