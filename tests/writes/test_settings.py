from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from queries.errors import InvalidInputs, NotAllowed, RuleRefusal, StaleRecord
from queries.reads.settings import PeriodRow, periods, setting
from queries.rules.statutes import OWN_CLASSES
from queries.store.retention.series import read_periods
from queries.writes.settings import ChangeSetting, SetPeriod, change_setting, set_period
from tests.conftest import NOW
from tests.factories.records import MAKER
from tests.factories.retention import period
from tests.support.statements import statements
from tests.support.trails import everything, trail_of


def shown(store):
    with store.reading(MAKER) as session:
        return {row.code: row for row in periods(session)}


def test_until_it_is_set_a_period_is_the_suggested_one(store):
    with statements(store.engine) as seen:
        rows = shown(store)
    assert len(seen) == 1
    assert [(row.code, row.months, row.changed_by) for row in rows.values()] == [
        (rule.code, rule.suggested_months, None) for rule in OWN_CLASSES
    ]


def test_a_period_takes_effect_at_once_and_says_who_set_it(store):
    period(store, "note", 6)
    with Session(store.engine) as session:
        assert read_periods(session).own("note").months == 6
    row = shown(store)["note"]
    assert row == PeriodRow("note", 6, 1, MAKER.username, NOW)
    period(store, "note", 9, version=1)
    assert shown(store)["note"] == replace(row, months=9, version=2)
    assert [line[0] for line in trail_of(store, "setting")] == ["set_period", "set_period"]
    assert trail_of(store, "setting")[0][4] == ["period.note"]


def test_what_another_saved_meanwhile_is_not_overwritten(store):
    period(store, "note", 6)
    period(store, "note", 9, version=1)
    for version in (1, None):
        with pytest.raises(StaleRecord):
            period(store, "note", 12, version=version)
    assert shown(store)["note"].months == 9


@pytest.mark.parametrize(
    ("code", "months", "expected"),
    [
        ("note", -1, "months.negative"),
        ("note", 1201, "months.out_of_range"),
        ("nothing", 6, "retention_class.unknown"),
    ],
)
def test_what_is_no_period_is_refused_and_leaves_nothing(store, code, months, expected):
    before = everything(store)
    with pytest.raises(InvalidInputs) as refusal:
        period(store, code, months)
    assert [(error.field, error.code) for error in refusal.value.errors] == [("months", expected)]
    assert everything(store) == before


def test_a_statutory_period_is_not_the_houses_to_set(store):
    with pytest.raises(RuleRefusal) as refusal:
        period(store, "voucher", 12)
    assert refusal.value.code == "period_set_by_statute"
    assert refusal.value.citation == "Kirjanpitolaki 1336/1997 2:10.2"


def test_the_office_sets_nothing(store, office):
    for command, inputs in (
        (set_period, SetPeriod(code="note", months=6)),
        (change_setting, ChangeSetting(name="disposal.second_person", value=True)),
    ):
        with pytest.raises(NotAllowed):
            store.carry_out(command, inputs, actor=office)


def test_any_other_setting_is_kept_as_it_is(store):
    inputs = ChangeSetting(name="disposal.second_person", value=True)
    store.carry_out(change_setting, inputs, actor=MAKER, now=NOW)
    with store.reading(MAKER) as session:
        assert setting(session, "disposal.second_person") is True
        assert setting(session, "nothing") is None
