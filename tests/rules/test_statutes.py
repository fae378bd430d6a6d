from __future__ import annotations

from datetime import date

import pytest

from queries.errors import InvalidInput, RuleRefusal
from queries.rules import statutes
from queries.rules.statutes import (
    OWN_CLASSES,
    STATUTES,
    Formula,
    OwnClass,
    Trigger,
    check_own_period,
    check_period,
    own_class,
    statute,
)

# Code, citation's beginning, years: read from the table of the law, not from the module.
LAW = {
    ("voucher", "Kirjanpitolaki 1336/1997 2:10.2", 6),
    ("books", "Kirjanpitolaki 1336/1997 2:10.1", 10),
    ("payroll_ledger", "OVML 768/2016 28.3 §", 10),
    ("real_estate_investment", "AVL 1501/1993 209 q §", 13),
    ("oss_record", "AVL 1501/1993 134 e §", 10),
    ("working_time_record", "Työaikalaki 872/2019 32, 40 §", 2),
    ("claim", "Laki velan vanhentumisesta 728/2003 4-5, 10, 13 §", 3),
}


def test_every_class_of_the_law_is_there_once():
    assert {(rule.code, rule.citation, rule.period) for rule in STATUTES} == LAW
    codes = [rule.code for rule in (*STATUTES, *OWN_CLASSES)]
    assert len(codes) == len(set(codes))


def test_the_rules_that_need_a_financial_year():
    needing = {rule.code for rule in STATUTES if rule.needs_financial_year}
    assert needing == {"voucher", "books", "payroll_ledger"}


def test_the_rules_are_in_force():
    assert all(rule.valid_to is None for rule in STATUTES)
    assert all(date(1997, 1, 1) < rule.valid_from < date(2026, 1, 1) for rule in STATUTES)


def test_own_classes_have_a_reason_and_a_period():
    assert {rule.code for rule in OWN_CLASSES} == {
        "quote_or_lead",
        "contact_without_transaction",
        "request_file",
        "note",
        "sign_in_record",
        "import_record",
        "newsletter",
    }
    for rule in OWN_CLASSES:
        assert rule.citation
        assert rule.formula is Formula.OWN_PERIOD
        check_own_period(rule.code, rule.suggested_months)


def test_every_formula_and_trigger_is_used():
    rules = (*STATUTES, *OWN_CLASSES)
    assert {rule.formula for rule in rules} == set(Formula)
    assert {rule.trigger for rule in rules} == set(Trigger)


@pytest.mark.parametrize("rule", STATUTES, ids=lambda rule: rule.code)
def test_no_setting_changes_a_statute(rule):
    for months in (0, 12 * rule.period, 1200):
        with pytest.raises(RuleRefusal) as refusal:
            check_own_period(rule.code, months)
        assert refusal.value.code == "period_set_by_statute"
        assert refusal.value.citation == rule.citation
        assert refusal.value.facts["years"] == rule.period


def test_a_period_below_its_floor_is_refused():
    rule = OwnClass("letters", "GDPR Art. 5(1)(e)", Trigger.WRITTEN, 72, floor="voucher")
    check_period(rule, 72)
    with pytest.raises(RuleRefusal) as refusal:
        check_period(rule, 71)
    assert refusal.value.code == "period_below_statute"
    assert refusal.value.citation == statute("voucher").citation


@pytest.mark.parametrize(("months", "code"), [(-1, "negative"), (1201, "out_of_range")])
def test_periods_that_are_none(months, code):
    with pytest.raises(InvalidInput) as refusal:
        check_own_period("note", months)
    assert (refusal.value.field, refusal.value.code) == ("months", code)
    assert code in statutes.CODES["months"]


@pytest.mark.parametrize("ask", [statute, own_class, lambda code: check_own_period(code, 12)])
@pytest.mark.parametrize("code", ["", "Voucher", "invoices"])
def test_unknown_classes_are_refused(ask, code):
    with pytest.raises(InvalidInput) as refusal:
        ask(code)
    assert (refusal.value.field, refusal.value.code) == ("retention_class", "unknown")


def test_the_two_kinds_of_class_are_kept_apart():
    for rule in STATUTES:
        with pytest.raises(InvalidInput):
            own_class(rule.code)
    for own in OWN_CLASSES:
        with pytest.raises(InvalidInput):
            statute(own.code)
