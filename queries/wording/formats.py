"""Days, instants, sums and numbers as people write them, by babel.

Swedish is that of Finland (``sv_FI``), English the British form with Finnish day order and euros.
"""

from __future__ import annotations

import functools
import re
from datetime import date, datetime
from decimal import Decimal

import phonenumbers
from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal, get_decimal_symbol, get_group_symbol

from queries.rules.calendar_fi import HELSINKI

LOCALES = {"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}

_UNGROUPED = 1000
_INSTANT = {"fi": "d.M.yyyy 'klo' H.mm", "sv": "d.M.yyyy 'kl.' H.mm", "en": "d.M.yyyy, HH:mm"}
_DAY_TYPED = re.compile(
    r"\s*(\d{1,2})\s*[./]\s*(\d{1,2})\s*[./]\s*(\d{4})\s*|\s*(\d{4})-(\d{2})-(\d{2})\s*"
)


def day(value: date | None, language: str) -> str:  # noqa: ARG001 - asked like the others
    """5.3.2026 in every language: one notation, no doubt about day and month; empty for no day."""
    return "" if value is None else f"{value.day}.{value.month}.{value.year}"


def month(value: date, language: str) -> str:  # noqa: ARG001 - asked like the others
    """3/2026, as on an axis."""
    return f"{value.month}/{value.year}"


def instant(value: datetime | None, language: str) -> str:
    """5.3.2026 klo 14.05 (Helsinki time), in the language's own way of telling the time."""
    if value is None:
        return ""
    return str(
        format_datetime(value, _INSTANT[language], tzinfo=HELSINKI, locale=LOCALES[language])
    )


def euros(cents: int, language: str) -> str:
    """A sum of cents as 1 234,50 €."""
    frame, group, point = _money(language, cents < 0)
    whole, rest = divmod(abs(cents), 100)
    return frame.format(f"{whole:,}".replace(",", group) + f"{point}{rest:02}")


@functools.cache
def _money(language: str, negative: bool) -> tuple[str, str, str]:
    """Return how babel writes sums: a frame for the digits, and the signs between them.

    A report has thousands of sums, and writing each by babel takes most of its time.
    """
    locale = LOCALES[language]
    written = str(format_currency(Decimal(-111 if negative else 111) / 100, "EUR", locale=locale))
    point = get_decimal_symbol(locale)
    return written.replace(f"1{point}11", "{}"), get_group_symbol(locale), point


@functools.lru_cache(maxsize=1024)
def number(value: int | Decimal, language: str, pattern: str = "#,##0.###") -> str:
    """1 234 or 1 234,5; ``pattern`` is of CLDR, ``0.##`` for two decimals at most."""
    if isinstance(value, int) and 0 <= value < _UNGROUPED:
        return str(value)
    return str(format_decimal(value, pattern, locale=LOCALES[language]))


def telephone(number: str) -> str:
    """An E.164 number with its spaces, +358 40 1234567; anything else as it is."""
    try:
        return phonenumbers.format_number(
            phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )
    except phonenumbers.NumberParseException:
        return number


def typed_day(text: str) -> date | None:
    """A day as a person types it: 5.3.2026, 05.03.2026, 5/3/2026 or 2026-03-05.

    :returns: None for anything else; the caller's refusal names the field.

    >>> typed_day("5.3.2026"), typed_day("2026-03-05"), typed_day("31.2.2026")
    (datetime.date(2026, 3, 5), datetime.date(2026, 3, 5), None)
    """
    found = _DAY_TYPED.fullmatch(text)
    if not found:
        return None
    d, m, y, iso_y, iso_m, iso_d = found.groups()
    try:
        return date(int(y or iso_y), int(m or iso_m), int(d or iso_d))
    except ValueError:
        return None
