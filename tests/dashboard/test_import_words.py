"""Every code that an import can say has its sentence, with its facts, in every language."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.import_words import changes, reason_sentence, to_be_known
from dashboard.words import LANGUAGES, catalogue, has_word, word
from queries.intake.customers.columns import FIELDS
from queries.intake.invoices.finvoice import _OTHERS
from queries.intake.plan import Difference, PlanRow, Reason, RowOutcome
from queries.rules import identifiers

INTAKE = Path(__file__).parents[2] / "queries" / "intake"
_MODULES = sorted(path for path in INTAKE.rglob("*.py") if "demonstration" not in path.parts)
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in _MODULES)
#: Codes that the source makes of parts.
MADE = {
    "matched_by_customer_number",
    "matched_by_business_id",
    "matched_by_name",
    "matched_by_foreign_id",
    "matched_by_email",
    "matched_by_phone",
    "matched_by_choice",
    "ambiguous",
    "name_alone",
    "assumed_person",
    "assumed_organisation",
}
CHOSEN = {
    "namesake_in_file",
    "company_bankrupt",
    "company_in_liquidation",
    "company_in_restructuring",
    "company_situation",
    "repeated_in_file",
    "twice_in_file",
    "differs_kept",
    "already_so",
    "company_ceased",
    "company_ceased_on",
    "day_in_future",
    "day_out_of_range",
    "invoice_type",
    "element_missing",
    "end_before_start",
    "elements_left_out",
    "elements_unknown",
    "original_ambiguous",
    "original_not_found",
    "paid_sums_differ",
    "partly_paid_unclear",
    "asked_about",
    "held",
    "cell_error",
    "columns_hidden",
    "day_unclear",
    "formula",
    "number_cut",
    "numbers_plain",
    "rows_filtered",
    "rows_hidden",
    "sheets_hidden",
    "sheets_left",
}
FACTS = {
    "column": "Sarake",
    "field": "name",
    "names": "A, B",
    "post_code": "123 45",
    "town": "Ort",
    "since": date(2026, 3, 5),
    "situation": "XX",
    "cells": 3,
    "columns": 2,
    "longest": 5,
    "length": 6,
    "first": "A Oy",
    "second": "B Oy",
    "name": "C Oy",
    "stands": "1",
    "given": "2",
    "n": 2,
    "row": 3,
    "declared": "iso-8859-15",
    "elements": "AnyPartyDetails",
    "letter": "F",
    "other": "B",
    "vat_code": "AE",
    "status": "PAID",
    "unit": "kpl",
    "price_unit": "kg",
    "code": "Copy",
    "un_type": "381",
    "numbers": "1, 2",
    "taken": "00100",
    "ended_on": date(2020, 2, 2),
    "element": "InvoiceDate",
    "line": 4,
    "cell": "B4",
    "rows": "3, 5–7",
    "type": "TES01",
    "currency": "SEK",
    "percent": "19",
    "due_on": date(2026, 3, 5),
    "issued_on": date(2026, 3, 5),
    "seller": "Myyjä Oy",
    "seller_id": "1",
    "number": "2001",
    "stands_on": date(2026, 3, 5),
    "given_on": date(2026, 3, 5),
    "latest": date(2026, 3, 5),
    **{
        f"{name}_cents": 12550
        for name in ("net", "vat", "total", "rows", "made", "given", "payable", "paid", "stands")
    },
}


def said_by_source():
    literal = set(re.findall(r'Reason\(\s*"([a-z_]+)"', SOURCE))
    refused = set(re.findall(r'_refuse\([^"()]*"([a-z_]+)"', SOURCE))
    problems = set(re.findall(r'_problem\("([a-z_]+)"', SOURCE))
    return literal | refused | problems | MADE | CHOSEN


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_a_sentence(language):
    codes = said_by_source() - {"value"}
    assert len(codes) > 60
    for code in sorted(codes):
        assert reason_sentence(Reason(code, FACTS), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_left_without_its_reason(language):
    prefix = "import.reasons."
    kept = {key.removeprefix(prefix) for key in catalogue(language) if key.startswith(prefix)}
    assert kept - said_by_source() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_of_a_file_has_a_sentence(language):
    codes = set(re.findall(r'(?:UnreadableFile|ServiceRefusal|RegisterError)\("([a-z_]+)"', SOURCE))
    codes |= set(_OTHERS)
    facts = {
        "most": 20,
        "extension": ".csv",
        "encoding": "utf-8",
        "line": 3,
        "root": "Invoice",
        "name": "TEAPPSXML",
        "n": 2,
        "status": 500,
        "table": "Asiakkaat",
        "on": date(2026, 3, 5),
        "at": 1,
        "by": "X",
        "issue": "X",
    }
    assert len(codes) > 25
    for code in sorted(codes):
        assert word(f"refusals.{code}", language, **facts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_of_a_value_has_a_sentence(language):
    rules = [
        f"{field}.{code}"
        for field, codes in identifiers.CODES.items()
        for code in codes
        if field != "reference_number" and code != "empty"
    ]
    rules += [
        "yes_or_no.choice",
        "kind.choice",
        "status.choice",
        "role.choice",
        "country.form",
        "day.day_form",
        "day.day_missing",
        "day.day_order",
        "day.day_serial",
        "payment_days.form",
    ]
    for rule in rules:
        facts = {"column": "S", "rule": rule, "given": "45356"}
        said = reason_sentence(Reason("value", facts), language)
        assert said != word("import.reasons.value", language, column="S", why="")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_and_setting_has_its_words(language):
    for field in FIELDS:
        assert has_word(f"import.fields.{field}", language)
    differing = ("address", "delivery_address", "is_customer", "is_partner", "billing_email")
    for field in differing:
        assert changes([Difference(field, None, "x", taken=True)], language)


def test_elements_are_named_by_what_they_are_about():
    facts = {
        "elements": "InvoiceRecipientPartyDetails, DeliveryDetails, SubStartDate, Whim, EndDate …",
        "organisations": {"InvoiceRecipientPartyDetails": "Espoon koulu"},
    }
    assert reason_sentence(Reason("elements_left_out", facts), "fi") == (
        "Jätettiin pois, koska rekisterissä ei ole sille paikkaa: laskun vastaanottaja Espoon koulu"
        " (InvoiceRecipientPartyDetails), toimitus (DeliveryDetails), ajanjakso (SubStartDate,"
        " EndDate), Whim …."
    )


def test_a_negative_sum_has_a_minus_sign():
    said = reason_sentence(Reason("sum_rounded", {"made_cents": -50}), "fi")
    assert said.startswith("Maksettavaa summaa on pyöristetty −0,50\xa0€.")


def test_what_is_to_be_known_of_a_row_is_one_line():
    kept = (
        Difference("name", "A Oy", "B Oy", taken=False),
        Difference("email", "a@x.example", "b@x.example", taken=False),
    )
    row = PlanRow(1, RowOutcome.SKIP, "A Oy", differences=kept)
    parts = "; ".join(changes(kept, "fi"))
    assert to_be_known(row, "fi") == parts
    row = replace(row, reasons=(Reason("differs_kept"),))
    assert to_be_known(row, "fi") == (
        f"Tiedot eroavat rekisteristä. Rekisterin tiedot jäävät voimaan. {parts}"
    )


def test_values_that_are_codes_are_shown_in_words():
    shown = changes(
        [
            Difference("status", "active", "ended", taken=False),
            Difference("kind", "person", "organisation", taken=False),
            Difference("email", "a@x.example", "b@x.example", taken=True),
            Difference("is_customer", None, "", taken=True),
        ],
        "fi",
    )
    assert shown == [
        "Tila: rekisterissä Voimassa, tiedostossa Päättynyt (rekisterin tieto jää)",
        "Laji (henkilö vai organisaatio): rekisterissä Henkilö, tiedostossa Organisaatio"
        " (rekisterin tieto jää)",
        "Sähköposti: a@x.example → b@x.example",
        "Asiakas",
    ]
