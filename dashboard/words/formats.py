"""Days, instants, sums and numbers as people write them, by babel.

Swedish is that of Finland (``sv_FI``), English the British form with Finnish day order and euros.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

import phonenumbers
from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal

from queries.rules.calendar_fi import HELSINKI

LOCALES = {"fi": "fi_FI", "sv": "sv_FI", "en": "en_GB"}

#: 5.3.2026 in every language of the register: one notation, no doubt about day and month.
DAY = "d.M.yyyy"
_DAY_TYPED = re.compile(
    r"\s*(\d{1,2})\s*[./]\s*(\d{1,2})\s*[./]\s*(\d{4})\s*|\s*(\d{4})-(\d{2})-(\d{2})\s*"
)


def day(value: date | None, language: str) -> str:
    """5.3.2026; empty for no day."""
    return "" if value is None else format_date(value, DAY, locale=LOCALES[language])


def month(value: date, language: str) -> str:
    """3/2026, as on an axis."""
    return format_date(value, "M/yyyy", locale=LOCALES[language])


def instant(value: datetime | None, language: str) -> str:
    """5.3.2026 klo 14.05 (Helsinki time), in the language's own way of telling the time."""
    if value is None:
        return ""
    pattern = {"fi": "d.M.yyyy 'klo' H.mm", "sv": "d.M.yyyy 'kl.' H.mm", "en": "d.M.yyyy, HH:mm"}
    return format_datetime(value, pattern[language], tzinfo=HELSINKI, locale=LOCALES[language])


def euros(cents: int, language: str) -> str:
    """A sum of cents as 1 234,50 €."""
    return format_currency(Decimal(cents) / 100, "EUR", locale=LOCALES[language])


def number(value: int | Decimal, language: str, pattern: str | None = None) -> str:
    """1 234 or 1 234,5; ``pattern`` is of CLDR, ``0.##`` for two decimals at most."""
    return format_decimal(value, pattern, locale=LOCALES[language])


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
