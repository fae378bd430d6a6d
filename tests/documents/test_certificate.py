from __future__ import annotations

import json
from datetime import date

import pytest

from queries.documents.certificate import as_json, as_pdf
from queries.documents.words import branch
from queries.rules.notice import LANGUAGES
from queries.rules.statutes import OWN_CLASSES, STATUTES
from queries.store.backup.ledger import ledger_of
from queries.store.retention.eligibility import Stays
from queries.store.tables import ItemKind
from queries.writes.retention.disposal import carry_on
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from tests.factories.disposals import OVER, SOLD, approve, hold, propose, review, sold
from tests.factories.records import MAKER


@pytest.fixture
def finished(sqlite_store, tmp_path):
    """A disposal of two people's records, one of them under a hold."""
    year = AmendFinancialYear(starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
    sqlite_store.carry_out(amend_financial_year, year, actor=MAKER, now=SOLD)
    party, _order, _bill = sold(sqlite_store, "Kvasimodo")
    sold(sqlite_store, "Veikko")
    hold(sqlite_store, "party", party)
    run = propose(sqlite_store)
    approve(sqlite_store, run)
    carry_on(sqlite_store, ledger_of(sqlite_store, tmp_path), run, actor=MAKER, now=OVER)
    return review(sqlite_store, run)


def test_the_json_says_what_who_when_and_by_which_rule(finished):
    said = json.loads(as_json(finished))
    assert said["proposed"] == {"by": "tekija", "at": "2025-02-03T10:00:00+00:00"}
    assert said["finished_at"] == "2025-02-03T10:00:00+00:00"
    assert (said["proposed_files"], said["disposed_files"], said["kept_files"]) == (8, 4, 4)
    assert said["files"][0] == {
        "kind": "invoice",
        "retention_class": "voucher",
        "rule": "Kirjanpitolaki 1336/1997 2:10.2",
        "first_event": "2018-03-05",
        "last_event": "2018-03-05",
        "proposed": 2,
        "disposed": 1,
        "removed_before": 0,
        "kept": 1,
    }
    assert {line["reason"] for line in said["kept_because"]} == {"hold"}
    assert said["rows"]["party"] == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_paper_is_tagged_and_the_same_each_time(finished, language):
    made = as_pdf(finished, language=language, house="Kixit Oy")
    assert made.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in made
    assert b"/Lang(" + language.encode() in made
    assert as_pdf(finished, language=language, house="Kixit Oy") == made


def test_it_names_nobody_whose_records_went(finished):
    text = as_json(finished).decode()
    assert "Kvasimodo" not in text
    assert "Veikko" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_class_and_reason_has_its_words(language):
    classes = {rule.code for rule in (*STATUTES, *OWN_CLASSES)}
    assert set(branch("certificate.kinds", language)) == set(ItemKind)
    assert set(branch("certificate.reasons", language)) == set(Stays)
    assert set(branch("certificate.classes", language)) <= classes
