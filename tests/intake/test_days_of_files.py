"""Days as databases, spreadsheets and people write them."""

from __future__ import annotations

from datetime import date

import pytest

from queries.errors import InvalidInput
from queries.intake.customers.vocabulary import day, emails


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-25 00:00:00",
        "2024-03-25T00:00:00Z",
        "2024-03-25 00:00:00.0000000 +00:00",
        "2024-03-25 00:00:00+02",
        "25.3.2024 klo 12.30",
        "25.3.2024 kl. 12.30",
        "25. 3. 2024",
        "2024/03/25",
        "2024-3-25",
        "3/25/2024",
        "3/25/2024 12:00:00 AM",
        "25/3/2024",
        "20240325",
    ],
)
def test_a_day(text):
    assert day(text) == date(2024, 3, 25)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("3/5/2024", "day_order"),
        ("3/5/2024 12:00:00 AM", "day_order"),
        ("03/25/24", "day_form"),
        ("5.3.24", "day_form"),
        ("05-03-2024", "day_form"),
        ("Mar 5, 2024", "day_form"),
        ("45356", "day_serial"),
        ("45356.5", "day_serial"),
        ("99999", "day_form"),
        ("31.2.2024", "day_missing"),
        ("29.2.2023 12:00", "day_missing"),
        ("2024-25-03", "day_missing"),
    ],
)
def test_what_is_not_told_is_not_guessed(text, code):
    with pytest.raises(InvalidInput) as refused:
        day(text)
    assert (refused.value.code, refused.value.facts["given"]) == (code, text.split(" 12:")[0])


def test_addresses_of_a_cell():
    expected = ("a@x.example", "b@x.example")
    for between in (";", ", ", " ::: ", " / ", " | "):
        assert emails(between.join(expected)) == expected
