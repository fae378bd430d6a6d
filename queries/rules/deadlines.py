"""The time to answer a data subject: GDPR Art. 12(3), counted by Regulation 1182/71.

One month from receipt; two more where the person is informed of it, with reasons, within the first
(Art. 12(3)). Regulation (EEC, Euratom) 1182/71 Art. 3: the day of receipt is not counted; the
period ends on the same day number of the last month, or on that month's last day where there is
none; a last day that is a Saturday, a Sunday or a public holiday moves to the next working day.

Where the law can be read two ways, the reading with the earlier day is taken. An extension ends
on the earlier of receipt and three months, and the unrolled end of the first month and two.

Refusals are :class:`queries.errors.InvalidInput`: ``suspended_days.negative``,
``suspended_days.out_of_range``, ``day.out_of_range``.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from queries.errors import InvalidInput
from queries.rules.calendar_fi import next_working_day, rest_day

CODES = {"suspended_days": ("negative", "out_of_range"), "day": ("out_of_range",)}
"""Each field's codes, so that a test can ask the catalogues for every sentence."""

CITATION = "GDPR Art. 12(3); Regulation (EEC, Euratom) 1182/71 Art. 3"

_MOST_SUSPENDED = 3660


@lru_cache(maxsize=4096)
def add_months(day: date, months: int) -> date:
    """The same day number so many months later (or earlier), or that month's last day.

    :raises InvalidInput: ``day.out_of_range`` outside the years 1 to 9999.

    >>> add_months(date(2026, 1, 31), 1), add_months(date(2024, 2, 29), 120)
    (datetime.date(2026, 2, 28), datetime.date(2034, 2, 28))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise InvalidInput("day", "out_of_range")
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


@dataclass(frozen=True)
class RestDay:
    """A day over which the last day was moved; ``why`` as in :func:`.calendar_fi.rest_day`."""

    day: date
    why: str


@dataclass(frozen=True)
class DueExplanation:
    """The steps by which a last day was computed.

    :param received: the Helsinki day of receipt, not counted.
    :param months: 1, or 3 where extended.
    :param first_month_ends: receipt and one month, before anything else.
    :param month_was_short: the last month has no such day number, so its last day counts.
    :param extension_from: what the extension was counted from: ``receipt`` and three months, or
        ``first_month`` and two where that is earlier; nothing where not extended.
    :param period_ends: the end of the one or three months.
    :param suspended_days: days added for a suspension.
    :param unrolled: ``period_ends`` and the suspended days.
    :param moved_over: the days of rest that the last day was moved over, in their order.
    :param due: the last day on which an answer is in time.
    """

    received: date
    months: int
    first_month_ends: date
    month_was_short: bool
    extension_from: str | None
    period_ends: date
    suspended_days: int
    unrolled: date
    moved_over: tuple[RestDay, ...]
    due: date
    citation: str = CITATION


def explain_request_due(
    received: date, *, extended: bool = False, suspended_days: int = 0
) -> DueExplanation:
    """The arithmetic of :func:`request_due`, for showing.

    >>> steps = explain_request_due(date(2026, 1, 31))
    >>> steps.unrolled, steps.month_was_short, [day.why for day in steps.moved_over], steps.due
    (datetime.date(2026, 2, 28), True, ['saturday', 'sunday'], datetime.date(2026, 3, 2))
    """
    if isinstance(received, datetime):  # which day it is depends on a time zone
        raise TypeError("received is a day in Helsinki, not an instant")
    if suspended_days < 0:
        raise InvalidInput("suspended_days", "negative")
    if suspended_days > _MOST_SUSPENDED:
        raise InvalidInput("suspended_days", "out_of_range", most=_MOST_SUSPENDED)
    first = add_months(received, 1)
    from_receipt, from_first = add_months(received, 3), add_months(first, 2)
    period_ends = min(from_receipt, from_first) if extended else first
    try:
        unrolled = period_ends + timedelta(days=suspended_days)
        due = next_working_day(unrolled)
    except OverflowError:
        raise InvalidInput("day", "out_of_range") from None
    skipped = (unrolled + timedelta(days=n) for n in range((due - unrolled).days))
    counted_from = "first_month" if from_first < from_receipt else "receipt"
    return DueExplanation(
        received=received,
        months=3 if extended else 1,
        first_month_ends=first,
        month_was_short=period_ends.day < received.day,
        extension_from=counted_from if extended else None,
        period_ends=period_ends,
        suspended_days=suspended_days,
        unrolled=unrolled,
        moved_over=tuple(RestDay(day, rest_day(day) or "") for day in skipped),
        due=due,
    )


def request_due(received: date, *, extended: bool = False, suspended_days: int = 0) -> date:
    """Return the last day on which the answer to a request is in time.

    :param received: the day of receipt in Helsinki (:func:`.calendar_fi.helsinki_day`).
    :param extended: the person was informed of the extension within the first month.
    :param suspended_days: days in which the person's identity was in reasonable doubt and
        information about it was awaited (Art. 12(6)); added before the last day is moved.
    :raises InvalidInput: ``suspended_days.negative``, ``suspended_days.out_of_range`` (over ten
        years), ``day.out_of_range``.

    >>> request_due(date(2026, 3, 5))  # Easter
    datetime.date(2026, 4, 7)
    >>> request_due(date(2024, 2, 29))
    datetime.date(2024, 4, 2)
    >>> request_due(date(2026, 1, 31))
    datetime.date(2026, 3, 2)
    >>> request_due(date(2026, 5, 19))  # Midsummer Eve is a working day
    datetime.date(2026, 6, 19)
    >>> request_due(date(2026, 11, 6))
    datetime.date(2026, 12, 7)
    >>> request_due(date(2026, 9, 30))
    datetime.date(2026, 10, 30)
    >>> request_due(date(2026, 1, 31), extended=True)
    datetime.date(2026, 4, 28)
    >>> request_due(date(2026, 3, 5), suspended_days=3)  # 5.4. + 3 days, not 7.4. + 3
    datetime.date(2026, 4, 8)
    """
    return explain_request_due(received, extended=extended, suspended_days=suspended_days).due


def source_notice_due(since: date) -> date:
    """Return the last day on which to inform a person of data that came from elsewhere.

    One month from the day on which they were obtained (GDPR Art. 14(3)(a)), counted as an answer's.

    :raises InvalidInput: ``day.out_of_range``.

    >>> source_notice_due(date(2026, 3, 5)), source_notice_due(date(2026, 1, 31))
    (datetime.date(2026, 4, 7), datetime.date(2026, 3, 2))
    """
    return request_due(since)


def source_notice_overdue(today: date) -> date:
    """Return the latest day on which data were obtained for which it is now too late to inform
    in time.

    >>> source_notice_overdue(date(2026, 4, 8)), source_notice_overdue(date(2026, 4, 7))
    (datetime.date(2026, 3, 7), datetime.date(2026, 3, 2))
    """
    since = today - timedelta(days=1)
    while source_notice_due(since) >= today:
        since -= timedelta(days=1)
    return since
