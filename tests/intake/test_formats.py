"""The registry of formats: found by their place, known by their words, one for each file."""

from __future__ import annotations

import pytest

from dashboard.words import LANGUAGES, has_word
from queries.intake.formats import all_formats, format_of
from queries.intake.plan import ImportSettings

CODES = [one.code for one in all_formats()]


def test_every_module_of_the_folder_is_found():
    assert sorted(CODES) == [
        "cleaned",
        "customers",
        "finvoice",
        "members",
        "post_codes",
        "subscribed",
        "ubl",
        "unsubscribed",
        "ytj",
    ]
    assert [format_of(code).code for code in CODES] == CODES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_format_has_its_name(language):
    assert [code for code in CODES if not has_word(f"import.forms.{code}", language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mailing_list_says_what_its_rows_do(language):
    lists = [one.code for one in all_formats() if one.is_mailing_list]
    assert [code for code in lists if not has_word(f"import.mailing.{code}", language)] == []


def test_every_choice_is_a_setting():
    known = set(ImportSettings.__dataclass_fields__)
    assert [one.code for one in all_formats() if not set(one.choices) <= known] == []
