from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import update

from dashboard.words import LANGUAGES, word
from queries.store.backup.carry_holds import carry_safeguards
from queries.store.backup.carry_permissions import SECOND_PERSON
from queries.store.backup.ledger import ledger_of
from queries.store.tables import DisposalRun, RunStatus
from queries.writes.commands import Seen
from queries.writes.retention.disposal import withdraw_disposal
from queries.writes.retention.financial_years import AmendFinancialYear, amend_financial_year
from queries.writes.settings import ChangeSetting, change_setting
from tests.factories.disposals import SOLD, hold, sold
from tests.factories.records import MAKER, make_note, make_person
from tests.support.apps import page, press, signed_in, texts
from tests.support.filled import filled_once
from tests.support.trails import everything, trail_of
from tests.support.words import fi

HOSTILE = "*Ab* [x](javascript:alert(1)) :red[y]"


@filled_once
def over(sqlite_store):
    year = AmendFinancialYear(starts_on=date(2018, 1, 1), ends_on=date(2018, 12, 31))
    sqlite_store.carry_out(amend_financial_year, year, actor=MAKER, now=SOLD)
    sold(sqlite_store, HOSTILE)
    make_person(sqlite_store)
    return sqlite_store


def test_from_proposal_to_certificate(over):
    app = press(page(signed_in(over), "disposal"), "disposal.propose")
    assert fi("run_statuses.proposed") in texts(app)
    assert [metric.value for metric in app.metric][:2] == ["4", "0"]
    assert len(everything(over)["party"]) == 2
    press(app, "disposal.approve")
    press(app, "disposal.sure")
    app.run()
    assert ["Aino" in row for row in everything(over)["party"]] == [True]
    assert dict(app.query_params)["run"] in ("1", ["1"])
    assert [metric.value for metric in app.metric] == ["4", "4", "0", "0"]
    assert [button.label for button in app.get("download_button")] == [
        fi("disposal.download_pdf"),
        fi("disposal.download_json"),
    ]
    assert {line[0] for line in trail_of(over, "disposal_run")} == {
        "propose_disposal",
        "approve_disposal",
        "carry_out_disposal",
        "finish_disposal",
    }
    assert len(ledger_of(over, app_folder(over)).read().erased["party"]) == 1


def app_folder(store):

    return Path(store.engine.url.database).parent


def test_names_are_shown_to_the_letter(over):
    app = press(page(signed_in(over), "disposal"), "disposal.propose")
    assert HOSTILE in texts(app)
    assert not any("javascript" in str(m.value) for m in app.get("markdown"))


def test_the_proposer_sees_why_approving_waits(over):
    over.carry_out(change_setting, ChangeSetting(name=SECOND_PERSON, value=True), actor=MAKER)
    app = press(page(signed_in(over), "disposal"), "disposal.propose")
    assert fi("disposal.second_person") in texts(app)
    assert app.button(key="disposal.approve").disabled
    other = page(signed_in(over, "administrator"), "disposal")
    assert not other.button(key="disposal.approve").disabled


def test_nothing_goes_before_a_restore_was_checked(over):
    with over.writing(MAKER) as uow:
        carry_safeguards(uow, None)
        uow.audit("restore_backup", "store", None)
    app = press(page(signed_in(over), "disposal"), "disposal.propose")
    assert "palautus on tarkistamatta" in texts(app)
    assert fi("restored.title") in texts(page(signed_in(over, "office"), "overview"))
    viewer = page(signed_in(over, "viewer"), "disposal")
    assert fi("restored.title") in texts(viewer)
    assert "restored.checked" not in [button.key for button in viewer.button]
    press(app, "restored.checked")
    assert "tarkistamatta" not in texts(app)
    press(app, "disposal.propose")
    assert fi("run_statuses.proposed") in texts(app)
    assert [line[0] for line in trail_of(over, "setting")] == ["confirm_checked"]


def test_a_second_person_is_asked_for_on_the_page(over):
    app = page(signed_in(over), "disposal")
    assert fi("disposal.second_off") in texts(app)
    press(app, "disposal.second")
    assert fi("disposal.second_on") in texts(app)
    press(app, "disposal.propose")
    assert app.button(key="disposal.approve").disabled
    press(app, "disposal.second")
    assert fi("refusals.disposal_under_way", run=1) in texts(app)
    assert fi("disposal.second_on") in texts(app)
    office = page(signed_in(over, "office"), "disposal")
    assert "disposal.second" not in [button.key for button in office.button]


def test_whatever_stayed_is_listed_by_and_by(over):
    party = make_person(over, "Veikko")
    for n in range(25):
        make_note(over, party, f"Muistiinpano {n}", noted_on=date(2018, 1, 2))
    hold(over, "class", "note")
    app = press(page(signed_in(over), "disposal"), "disposal.propose")
    press(app, "disposal.approve")
    press(app, "disposal.sure")
    app.run()
    class_held = f"{fi('disposal_reasons.class_hold')} ({fi('retention_classes.note')})"
    # Twenty of the notes, the party that follows them, and both in the table of reasons.
    assert texts(app).count(class_held) == 23
    press(app, "disposal.more.note")
    assert texts(app).count(class_held) == 29
    assert "disposal.more.note" not in [button.key for button in app.button]


def test_what_was_withdrawn_meanwhile_is_not_carried_out_in_silence(over):
    app = press(page(signed_in(over), "disposal"), "disposal.propose")
    press(app, "disposal.approve")
    over.carry_out(withdraw_disposal, Seen(id=1, version=2), actor=MAKER)
    press(app, "disposal.sure")
    assert [error.value for error in app.error] == [
        fi("disposal.overtaken", n=1, status=fi("run_statuses.withdrawn"))
    ]
    app.run()
    assert list(app.error) == []
    assert len(everything(over)["party"]) == 2


def test_a_list_of_one_is_not_called_the_first_ones(over):
    app = press(page(signed_in(over), "disposal"), "disposal.propose")
    labels = [expander.label for expander in app.expander]
    assert fi("disposal.first_files", kind=fi("file_kinds.note"), n=1) in labels
    first_ones = fi("disposal.first_files", kind="", n=2).removesuffix("2")
    assert not any(f"{first_ones}1" in label for label in labels)


def test_withdrawn(over):
    app = press(page(signed_in(over), "disposal"), "disposal.propose")
    press(app, "disposal.withdraw")
    assert len(everything(over)["party"]) == 2
    assert fi("run_statuses.withdrawn") in " ".join(button.label for button in app.button)


def test_one_that_was_begun_is_ended_with_what_is_left(over):
    app = press(page(signed_in(over), "disposal"), "disposal.propose")
    press(app, "disposal.approve")
    with over.writing(MAKER) as uow:
        uow.session.execute(update(DisposalRun).values(status=RunStatus.CARRYING_OUT))
    app.run()
    assert "disposal.withdraw" not in {button.key for button in app.button}
    press(app, "disposal.end")
    assert fi("run_statuses.done") in texts(app)
    assert [metric.value for metric in app.metric] == ["4", "0", "4", "0"]
    assert len(everything(over)["party"]) == 2


def test_a_viewer_looks_and_does_nothing(over):
    press(page(signed_in(over), "disposal"), "disposal.propose")
    app = page(signed_in(over, "viewer"), "disposal")
    assert fi("run_statuses.proposed") in texts(app)
    assert not [button for button in app.button if button.key and "disposal." in button.key]


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_every_language(over, language):
    app = press(page(signed_in(over, language=language), "disposal"), "disposal.propose")
    assert word("run_statuses.proposed", language) in texts(app)
