"""Days, instants, sums and numbers as people of each language write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from babel.dates import format_date
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st

from queries.rules.notice import LANGUAGES
from queries.wording import formats


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fi", ("5.3.2026", "5.3.2026 klo 12.00", "1\u00a0234,50\u00a0€", "1\u00a0234,5")),
        ("sv", ("5.3.2026", "5.3.2026 kl. 12.00", "1\u00a0234,50\u00a0€", "1\u00a0234,5")),
        ("en", ("5.3.2026", "5.3.2026, 12:00", "€1,234.50", "1,234.5")),
    ],
)
def test_days_instants_sums_and_numbers(language, expected):
    assert (
        formats.day(date(2026, 3, 5), language),
        formats.instant(datetime(2026, 3, 5, 10, tzinfo=UTC), language),
        formats.euros(123450, language),
        formats.number(Decimal("1234.5"), language),
    ) == expected


def test_no_day_and_no_instant_are_empty():
    assert (formats.day(None, "fi"), formats.instant(None, "fi")) == ("", "")


@pytest.mark.parametrize("language", LANGUAGES)
@given(cents=st.integers(-(10**12), 10**12), on=st.dates(date(1000, 1, 1)))
def test_sums_and_days_are_those_of_babel(language, cents, on):
    locale = formats.LOCALES[language]
    assert formats.euros(cents, language) == format_currency(
        Decimal(cents) / 100, "EUR", locale=locale
    )
    assert formats.day(on, language) == format_date(on, "d.M.yyyy", locale=locale)
    assert formats.month(on, language) == format_date(on, "M/yyyy", locale=locale)
