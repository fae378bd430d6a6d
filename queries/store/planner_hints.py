"""Telling the database which index not to walk."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import ColumnElement, SQLColumnExpression, func

_T = TypeVar("_T")


def unindexed(column: SQLColumnExpression[_T]) -> ColumnElement[_T]:
    """The column's own value, as an expression that no index serves.

    A list that is narrowed to a few records, by a search or a customer, must begin from those:
    SQLite, which keeps no statistics here, would rather walk a million issued invoices in the order
    of their days and look at each.
    """
    return func.coalesce(column, column)
