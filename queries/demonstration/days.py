"""The days of the demonstration: about ten years up to ``today``, counted from the first one.

A day is a whole number from 0 (the company's first) to :attr:`Days.last` (today); its text is
looked up. Formatting fifty million dates one by one would take longer than the rest of the load.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from queries.rules.calendar_fi import is_working_day

#: Due days and the days on which work is planned lie this far beyond today at the most.
AHEAD = 400
_HOUR = time(9, 15)


class Days:
    """The calendar of one demonstration."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.first = date(today.year - 11, 8, 1)
        self.last = (today - self.first).days
        self.calendar = [self.first + timedelta(days=n) for n in range(self.last + AHEAD + 1)]
        #: ``2026-03-05``, as both engines take it.
        self.text = [day.isoformat() for day in self.calendar]
        #: An instant of that day's office hours (UTC), as both engines take it.
        self.instant = [f"{text} {_HOUR.isoformat('microseconds')}" for text in self.text]
        self.now = datetime.combine(today, _HOUR, UTC)
        #: The calendar year.
        self.year = [day.year for day in self.calendar]
        #: The last working day at or before the day (the first day counts as one).
        self.working = [0]
        for n, day in enumerate(self.calendar[1:], start=1):
            self.working.append(n if is_working_day(day) else self.working[-1])

    def financial_years(self) -> list[tuple[date, date]]:
        """First and last days without a gap, until the end of the calendar year of ``today``.

        The first one lasts 17 months, as a new company's may, and two in the middle 18 months
        each, because the company tried a year that ended in June (KPL 1336/1997 1:4).
        """
        year = self.today.year
        broken = year - 6
        ends = [
            date(n, 12, 31) for n in range(year - 10, year + 1) if n not in (broken - 1, broken)
        ]
        ends = sorted([*ends, date(broken, 6, 30)])
        starts = [self.first, *(end + timedelta(days=1) for end in ends[:-1])]
        return list(zip(starts, ends, strict=True))
