"""Pages of a list, by key: a page starts after (or before) a record, never at an offset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, TypeVarTuple

from sqlalchemy import Row, Select, SQLColumnExpression, func, select, tuple_
from sqlalchemy.orm import Session


class Keyed(Protocol):
    """A row with the id of its record."""

    @property
    def id(self) -> int: ...


RowT = TypeVar("RowT")
KeyedT = TypeVar("KeyedT", bound=Keyed)
_Ts = TypeVarTuple("_Ts")

#: More digits than any record's key has.
_TOO_LONG = 12

#: Counting stops here: "more than 10 000" is all that a person needs to know.
COUNT_LIMIT = 10_000


@dataclass(frozen=True)
class Total:
    """A count; ``exact`` is False when counting stopped at ``n``."""

    n: int
    exact: bool = True


@dataclass(frozen=True)
class Page(Generic[RowT]):
    """One page of a list.

    :param next_key: the record to page on after; None on the last page.
    :param previous_key: the record to page back before; None on the first page.
    """

    rows: tuple[RowT, ...]
    total: Total
    next_key: int | None
    previous_key: int | None


def typed_key(text: str | None) -> int | None:
    """Return the record's key that an address has as text, or None where it is not one.

    >>> typed_key("17"), typed_key("-1"), typed_key("9" * 12), typed_key(None)
    (17, None, None, None)
    """
    return int(text) if text and text.isdecimal() and len(text) < _TOO_LONG else None


def count_up_to(session: Session, query: Select[int], limit: int = COUNT_LIMIT) -> Total:
    """Count the rows of a query of keys, but no further than the limit; one statement."""
    some = query.order_by(None).limit(limit + 1)
    n = session.execute(select(func.count()).select_from(some.subquery())).scalar_one()
    return Total(min(n, limit), exact=n <= limit)


def counts_up_to(
    session: Session, queries: Sequence[Select[int]], limit: int = COUNT_LIMIT
) -> list[Total]:
    """Count as :func:`count_up_to` does, for each query; one statement for all."""
    counts = (
        select(func.count())
        .select_from(query.order_by(None).limit(limit + 1).subquery())
        .scalar_subquery()
        for query in queries
    )
    found = session.execute(select(*counts)).one()
    return [Total(min(n, limit), exact=n <= limit) for n in found]


def page_of(
    session: Session,
    query: Select[*_Ts],
    key: Sequence[SQLColumnExpression[object]],
    shown: Callable[[Sequence[Row[*_Ts]]], Iterable[KeyedT]],
    *,
    total: Total,
    descending: bool = False,
    after: int | None = None,
    before: int | None = None,
    size: int,
) -> Page[KeyedT]:
    """Return one page in key order; one statement, and one for the mark where the key is longer
    than an id.

    :param key: columns that order the list, all in one direction, with an index on them; the last
        is the id.
    :param shown: makes the rows of the page from those of the query.
    :param after: the id of the row to page on after, ``before`` the one to page back before; one
        that is gone means the first page.
    """
    start = _values(session, key, before)
    backwards = start is not None
    if start is None:
        start = _values(session, key, after)
    down = descending != backwards
    if start is not None:
        here, there = tuple_(*key), tuple_(*start)
        query = query.where(here < there if down else here > there)
    order = [column.desc() if down else column.asc() for column in key]
    rows = list(session.execute(query.order_by(*order).limit(size + 1)))
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    behind, earlier = (True, more) if backwards else (more, start is not None)
    found = tuple(shown(rows))
    return Page(
        found,
        total,
        next_key=found[-1].id if found and behind else None,
        previous_key=found[0].id if found and earlier else None,
    )


def _values(
    session: Session, key: Sequence[SQLColumnExpression[object]], mark: int | None
) -> list[Any] | None:
    """Return the key of the row with this id, or None where it has no place in the list."""
    if mark is None:
        return None
    if len(key) == 1:
        return [mark]
    row = session.execute(select(*key).where(key[-1] == mark)).first()
    return None if row is None or None in tuple(row) else list(row)
