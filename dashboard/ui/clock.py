"""The clock of the dashboard; the only place that asks what time it is."""

from __future__ import annotations

from datetime import UTC, date, datetime

from queries.rules.calendar_fi import helsinki_day


def now() -> datetime:
    """This instant, UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in Europe/Helsinki."""
    return helsinki_day(now())
