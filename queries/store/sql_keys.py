"""Many keys in one parameter: a statement is the same text for four keys and for four thousand.

A list of bound values is made anew, parsed and planned for each batch; this is not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Keys(FunctionElement[int]):
    """The rows of a JSON list of keys."""

    inherit_cache = True


def among(column: Any, keys: Iterable[int]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of these keys."""
    listed = json.dumps([int(key) for key in keys], separators=(",", ":"))
    found: ColumnElement[bool] = column.bool_op("IN")(_Keys(literal(listed)))
    return found


@compiles(_Keys, "sqlite")
def _sqlite(element: _Keys, compiler: SQLCompiler, **more: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **more)}))"  # noqa: S608 - a bound parameter


@compiles(_Keys, "postgresql")
def _postgresql(element: _Keys, compiler: SQLCompiler, **more: Any) -> str:
    keys = compiler.process(element.clauses, **more)
    return f"(SELECT unnest(CAST(translate({keys}, '[]', '{{}}') AS INTEGER[])))"
