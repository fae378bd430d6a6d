"""The Finnish calendar: Helsinki days, public holidays, working days.

Public holidays: church holidays by Kirkkolaki 652/2023 1:6 and Kirkkojärjestys 657/2023, the First
of May by 272/1944, Independence Day by 388/1937. The rules have been as written here since 1992,
when Ascension Day returned to its Thursday. Midsummer Eve and Christmas Eve are days off in many
collective agreements, but not public holidays: counting them would give a later deadline than the
law does. Laki 150/1930 is for courts and authorities.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")

_SATURDAY, _SUNDAY = 5, 6
_DAY = timedelta(days=1)


def helsinki_day(instant: datetime) -> date:
    """The calendar day of an instant in Europe/Helsinki.

    :raises ValueError: the instant has no time zone; the register's instants are UTC.

    >>> helsinki_day(datetime(2026, 3, 5, 22, 30, tzinfo=UTC))
    datetime.date(2026, 3, 6)
    """
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return instant.astimezone(HELSINKI).date()


def day_begins(day: date) -> datetime:
    """The UTC instant at which a Helsinki day begins; the day before has ended by then.

    >>> day_begins(date(2026, 7, 1)).isoformat()
    '2026-06-30T21:00:00+00:00'
    """
    return datetime(day.year, day.month, day.day, tzinfo=HELSINKI).astimezone(UTC)


def easter_sunday(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, ch. 8).

    >>> easter_sunday(2026)
    datetime.date(2026, 4, 5)
    """
    century, of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    lunar = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * (year % 19) + century - leap_centuries - lunar + 15) % 30
    leaps, leap_rest = divmod(of_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leaps - epact - leap_rest) % 7
    late = (year % 19 + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _saturday_after(day: date) -> date:
    """The first Saturday after a day."""
    return day + timedelta(days=(_SATURDAY - day.weekday() - 1) % 7 + 1)


@functools.lru_cache(maxsize=256)
def public_holidays(year: int) -> Mapping[date, str]:
    """The public holidays of a year by day, with the code of each one's name.

    Two can fall on one day (Ascension Day and the First of May in 2008): then the church's
    counts.

    >>> public_holidays(2026)[date(2026, 4, 3)]
    'good_friday'
    """
    easter = easter_sunday(year)
    return MappingProxyType(
        {
            date(year, 1, 1): "new_year",
            date(year, 1, 6): "epiphany",
            date(year, 5, 1): "first_of_may",
            date(year, 12, 6): "independence_day",
            date(year, 12, 25): "christmas_day",
            date(year, 12, 26): "boxing_day",
            easter - 2 * _DAY: "good_friday",
            easter: "easter_sunday",
            easter + _DAY: "easter_monday",
            easter + 39 * _DAY: "ascension_day",
            easter + 49 * _DAY: "pentecost",
            _saturday_after(date(year, 6, 19)): "midsummer_day",
            _saturday_after(date(year, 10, 30)): "all_saints",
        }
    )


def rest_day(day: date) -> str | None:
    """Return why a day is not a working day: a holiday's code, ``saturday`` or ``sunday``; else
    None.

    >>> rest_day(date(2026, 4, 3)), rest_day(date(2026, 4, 4)), rest_day(date(2026, 6, 19))
    ('good_friday', 'saturday', None)
    """
    holiday = public_holidays(day.year).get(day)
    if holiday is not None:
        return holiday
    return {_SATURDAY: "saturday", _SUNDAY: "sunday"}.get(day.weekday())


def is_working_day(day: date) -> bool:
    """Check that a day is neither a Saturday, a Sunday nor a public holiday.

    >>> is_working_day(date(2026, 12, 24)), is_working_day(date(2026, 12, 25))
    (True, False)
    """
    return rest_day(day) is None


def next_working_day(day: date) -> date:
    """The day itself where it is a working day, else the first one after it.

    >>> next_working_day(date(2026, 4, 3)), next_working_day(date(2026, 4, 8))
    (datetime.date(2026, 4, 7), datetime.date(2026, 4, 8))
    """
    while not is_working_day(day):
        day += _DAY
    return day
