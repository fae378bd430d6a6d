"""The register as it is on another day: ``python -m tests.browser.later 2025-02-03 serve ...``.

Every ``datetime.now`` of ours runs from ten o'clock (UTC) of that day: the class is put in its
place before any module of ours is imported, and after the libraries whose compiled parts want the
real one.
"""

from __future__ import annotations

import datetime as dt
import sys

import pandas  # noqa: F401, ICN001 - its compiled parts want the real class
import pyarrow  # noqa: F401, ICN001 - as above
import sqlalchemy.dialects.sqlite  # noqa: F401 - as above
import streamlit  # noqa: F401 - as above

_REAL = dt.datetime


class _LikeTheReal(type(_REAL)):
    """Answer as the real class does, also for its own class methods."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _REAL)


class Moved(_REAL, metaclass=_LikeTheReal):
    moved_by = dt.timedelta()

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
        return _REAL.now(tz) + cls.moved_by


def main() -> int:
    day, *words = sys.argv[1:]
    there = _REAL.fromisoformat(f"{day}T10:00:00+00:00")
    Moved.moved_by = there - _REAL.now(dt.UTC)
    dt.datetime = Moved
    from dashboard import cli  # noqa: PLC0415 - after the clock was moved

    return cli.main(words)


if __name__ == "__main__":
    sys.exit(main())
