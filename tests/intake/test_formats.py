"""The registry of formats: found by their place, known by their words, one for each file."""

from __future__ import annotations

import pytest

from dashboard.words import LANGUAGES, has_word
from queries.intake.formats import all_formats, format_of
from queries.intake.plan import ImportSettings
from queries.intake.readers.read_file import read_file
from tests.factories.import_files import (
    codes,
    company,
    csv_of,
    finvoice,
    finvoice_file,
    outcomes,
    planned,
    ytj_of,
)
from tests.factories.mailing_lists import COLUMNS, LEFT, line
from tests.factories.post_code_files import pcf
from tests.factories.ubl_files import ubl

CODES = [one.code for one in all_formats()]


def files(who: str) -> dict[str, tuple[str, bytes]]:
    """Return a made-up file of each format, its name and its bytes, with one row about somebody."""
    address = f"{who}@esimerkki.example"
    row = ("1001", who, "", "Esimerkkitie 1", "50100", "Mikkeli", "", "")
    invoice = ubl().replace("Ostajan Oy", who)
    return {
        "cleaned": ("cleaned.csv", f"{COLUMNS}\n{line('a@esimerkki.example', who)}\n".encode()),
        "customers": ("a.csv", csv_of(row)),
        "finvoice": ("a.xml", finvoice_file(finvoice(name=who))),
        "members": ("a.csv", f"Email,Subscribed\n{address},yes\n".encode()),
        "post_codes": ("a.txt", pcf()),
        "subscribed": ("a.csv", f"{COLUMNS}\n{line('a@esimerkki.example', who)}\n".encode()),
        "ubl": ("a.xml", invoice.encode()),
        "unsubscribed": ("a.csv", f"Email Address,{LEFT}\n{address},,,,,\n".encode()),
        "ytj": ("a.json", ytj_of(company(name=who))),
    }


FILES = files("Esimerkki")


def test_every_module_of_the_folder_is_found():
    assert sorted(CODES) == sorted(FILES)
    assert [format_of(code).code for code in CODES] == CODES


@pytest.mark.parametrize("code", FILES)
def test_a_file_of_each_format_is_recognised(code):
    assert read_file(*FILES[code]).form == code


@pytest.mark.parametrize("code", [one.code for one in all_formats() if one.plan])
def test_no_format_brings_a_personal_identity_code(code, sqlite_store):
    plan = planned(sqlite_store, *files("131052-308T")[code])
    assert outcomes(plan) == ["refuse"]
    assert codes(plan) == ["personal_identity_code"]
    assert "131052" not in repr(plan)


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
