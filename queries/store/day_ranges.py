"""Conditions on the Helsinki day of a column: in one of several ranges, or in none of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from queries.rules.calendar_fi import day_begins
from queries.rules.periods import Span


def within(
    column: ColumnElement[Any] | InstrumentedAttribute[Any],
    spans: Sequence[Span],
    *,
    instants: bool = False,
) -> ColumnElement[bool]:
    """The column's day lies in one of the spans: an index range each."""
    return or_(false(), *(_in_span(column, span, instants=instants) for span in spans))


def _in_span(
    column: ColumnElement[Any] | InstrumentedAttribute[Any], span: Span, *, instants: bool
) -> ColumnElement[bool]:
    first, last = span
    if not instants:
        below = column <= last
        return below if first == date.min else and_(column >= first, below)
    below = true() if last == date.max else column < day_begins(last + timedelta(days=1))
    return below if first == date.min else and_(column >= day_begins(first), below)


def outside(column: InstrumentedAttribute[Any], spans: Sequence[Span]) -> ColumnElement[bool]:
    """The column's day lies in none of the spans, which are in order; unknown where it is none."""
    if not spans:
        return column.is_not(None)
    instants = column.key.endswith("_at")
    found: list[ColumnElement[bool]] = []
    after: date | None = None
    for first, last in spans:
        if first != date.min:
            before = column < (day_begins(first) if instants else first)
            found.append(before if after is None else and_(_later(column, after), before))
        after = last
    if after is not None and after != date.max:
        found.append(_later(column, after))
    return or_(*found) if found else false()


def _later(column: InstrumentedAttribute[Any], day: date) -> ColumnElement[bool]:
    if column.key.endswith("_at"):
        return column >= day_begins(day + timedelta(days=1))
    return column > day
