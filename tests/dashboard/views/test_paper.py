"""The page of manual material: records, rooms and keys, loans, what is to mend."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dashboard.ui import clock
from tests.conftest import NOW
from tests.factories.disposals import approve, propose
from tests.factories.papers import card, lend, make_key, make_paper, make_room
from tests.factories.records import TODAY, make_party
from tests.factories.retention import make_year
from tests.support.apps import offers, page, press, signed_in, texts
from tests.support.words import fi, start_of

HOSTILE = "*Ab* [x](javascript:alert(1)) :red[y] $z$ <img src=x> & Oy"
ESCAPED = "*Ab* [x](javascript:alert(1)) :red[y] $z$ &lt;img src=x&gt; &amp; Oy"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """The tests' day, 5.3.2026, whenever they run."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


def type_in(app, form, **values):
    for name, value in values.items():
        app.text_input(key=f"{form}.{name}").set_value(value)


def shown(app):
    return app.dataframe[0].value.to_numpy().tolist()


def test_a_record_is_added_and_opens(sqlite_store):
    make_room(sqlite_store)
    app = page(signed_in(sqlite_store, "office"), "paper")
    assert fi("paper.none") in [info.value for info in app.info]
    press(app, "paper-new.open")
    type_in(app, "paper-new", title=HOSTILE, starts_on="1.1.2025", ends_on="30.11.2024", shelf="A")
    app.selectbox(key="paper-new.room_id").set_value(1)
    press(app, "forms.save", last=True)
    assert [error.value for error in app.error] == [fi("refusals.period_ends_first")]
    type_in(app, "paper-new", ends_on="31.12.2025")
    press(app, "forms.save", last=True)
    row = card(sqlite_store, 1).row
    assert (row.number, row.title, row.room, row.shelf) == ("M-0001", HOSTILE, "Arkisto", "A")
    app = page(signed_in(sqlite_store, "manager"), "paper", id="1")
    assert ESCAPED in texts(app)
    assert fi("paper_fields.keep_until") in texts(app)


def test_the_list_is_filtered_in_the_address(sqlite_store):
    make_year(sqlite_store, date(2018, 1, 1), date(2018, 12, 31))
    room = make_room(sqlite_store)
    make_paper(sqlite_store, room_id=room, title=HOSTILE)
    make_paper(sqlite_store, class_code="payroll_ledger")
    app = page(signed_in(sqlite_store, "viewer"), "paper")
    assert shown(app) == [
        [
            "M-0001",
            HOSTILE,
            "Arkisto",
            "31.12.2024",
            "–",
            "1.1.2018–31.12.2018",
            fi("retention_classes.voucher"),
            fi("paper_kinds.binder"),
        ],
        [
            "M-0002",
            "Tositteet 2018",
            fi("paper.nowhere"),
            "31.12.2028",
            fi("paper_states.nowhere"),
            "1.1.2018–31.12.2018",
            fi("retention_classes.payroll_ledger"),
            fi("paper_kinds.binder"),
        ],
    ]
    assert not offers(app, "paper.add")
    app = page(signed_in(sqlite_store, "office"), "paper", state="overdue")
    assert [row[0] for row in shown(app)] == ["M-0001"]
    app.text_input(key="search.paper").set_value("ei tällaista").run()
    assert [info.value for info in app.info] == [fi("paper.none")]


def test_it_is_moved_lent_and_comes_back(sqlite_store):
    room = make_room(sqlite_store)
    make_paper(sqlite_store)
    app = page(signed_in(sqlite_store, "office"), "paper", id="1")
    press(app, "move-1.open")
    app.selectbox(key="move-1.room_id").set_value(room)
    press(app, "paper.move", last=True)
    assert "<dd>Arkisto</dd>" in texts(app)
    press(app, "loan-1.open")
    type_in(app, "loan-1", lent_to="Tilitoimisto Malli", reason="Tarkastus")
    press(app, "paper.lend", last=True)
    out = card(sqlite_store, 1).out
    assert (out.lent_to, out.due_on) == ("Tilitoimisto Malli", TODAY + timedelta(days=14))
    assert fi("paper.out", who="Tilitoimisto Malli", on="19.3.2026") in texts(app)
    press(app, "return-1.open")
    press(app, "paper.return", last=True)
    assert card(sqlite_store, 1).out is None
    assert "<td>Tilitoimisto Malli</td>" in texts(app)


def test_the_second_of_two_loans_is_refused_and_has_nothing_to_compare(sqlite_store):
    make_paper(sqlite_store)
    mine = page(signed_in(sqlite_store), "paper", id="1")
    theirs = page(signed_in(sqlite_store, "office"), "paper", id="1")
    for app, name in ((mine, "Anna"), (theirs, "Olli")):
        press(app, "loan-1.open")
        type_in(app, "loan-1", lent_to=name, reason="Tarkastus")
    press(theirs, "paper.lend", last=True)
    press(mine, "paper.lend", last=True)
    assert start_of("forms.conflict_by", by="office-fi") in texts(mine)
    assert fi("forms.conflict_elsewhere") in texts(mine)
    assert fi("forms.current") not in texts(mine)
    press(mine, "forms.save_over", last=True)
    assert [loan.lent_to for loan in card(sqlite_store, 1).loans] == ["Olli"]


def test_whom_it_tells_of_is_searched_and_noted(sqlite_store):
    party = make_party(sqlite_store, name=HOSTILE)
    make_paper(sqlite_store)
    app = page(signed_in(sqlite_store), "paper", id="1")
    app.text_input(key="search.paper-people").set_value("javascript").run()
    press(app, f"tells-{party}")
    assert card(sqlite_store, 1).parties == ((party, HOSTILE),)
    assert ESCAPED in texts(app)
    press(app, f"named-{party}.remove")
    assert card(sqlite_store, 1).parties == ()


def test_rooms_and_keys_are_kept(sqlite_store):
    app = page(signed_in(sqlite_store, "office"), "paper", part="rooms")
    assert fi("paper.no_rooms") in [info.value for info in app.info]
    press(app, "room-new.open")
    type_in(app, "room-new", name="Arkisto", place="Kellari")
    press(app, "forms.save", last=True)
    assert [warning.value for warning in app.warning] == [fi("paper.unlocked")]
    press(app, "key-new-1.open")
    type_in(app, "key-new-1", name=HOSTILE, reason="Arkistointi")
    app.selectbox(key="key-new-1.username").set_value("office-fi")
    press(app, "forms.save", last=True)
    assert f"{ESCAPED}" in texts(app)
    assert f"office-fi · Arkistointi · {fi('paper.since', on='5.3.2026')}" in texts(app)
    press(app, "key-1.open")
    type_in(app, "key-1", held_until="4.3.2026", held_from="1.3.2026")
    press(app, "forms.save", last=True)
    assert fi("paper.no_keys") in texts(app)
    assert [fold.label for fold in app.expander] == [fi("paper.earlier_keys", n=1)]
    assert (
        f"office-fi · Arkistointi · {fi('paper.span', start='1.3.2026', end='4.3.2026')}"
        in texts(app)
    )
    press(app, "key-1.open")
    type_in(app, "key-1", held_until="")
    press(app, "forms.save", last=True)
    assert f"office-fi · Arkistointi · {fi('paper.since', on='1.3.2026')}" in texts(app)
    assert list(app.expander) == []


def test_what_is_wrong_is_listed_and_leads_to_its_form(sqlite_store):
    store = sqlite_store
    app = page(signed_in(store), "paper", part="faults")
    assert [one.value for one in app.success] == [fi("paper.all_right")]
    room = make_room(store, lock=None)
    make_key(store, room, reason=None)
    lend(store, make_paper(store), lent_on=date(2026, 1, 1), due_on=date(2026, 1, 15))
    app.run()
    assert [header.value for header in app.subheader] == [
        fi("paper_faults.rooms_without_lock", n=1, of=1),
        fi("paper_faults.holders_without_reason_or_user", n=1, of=1),
        fi("paper_faults.papers_nowhere", n=1, of=1),
        fi("paper_faults.overdue_loans", n=1, of=1),
    ]
    press(app, f"room-{room}.mend")
    type_in(app, f"room-{room}", lock="Abloy")
    press(app, "forms.save", last=True)
    assert fi("paper.locked", lock="Abloy") in texts(app)
    app = page(signed_in(store, "office"), "overview")
    assert f"{fi('paper.late_loans', n=1)} {fi('paper.to_mend', n=2)}" in [
        warning.value for warning in app.warning
    ]
    app = page(signed_in(store, "viewer"), "paper", part="loans")
    assert shown(app)[0][4] == fi("paper.late")


def test_destruction_is_noted_within_an_approved_disposal(sqlite_store):
    store = sqlite_store
    make_year(store, date(2018, 1, 1), date(2018, 12, 31))
    make_paper(store)
    app = page(signed_in(store), "paper", id="1")
    assert fi("paper.destroy_not_yet") in [caption.value for caption in app.caption]
    approve(store, propose(store, as_of=TODAY, now=NOW))
    app.run()
    press(app, "destroy-1.open")
    type_in(app, "destroy-1", destroyed_by="Maija", witness="maija")
    press(app, "paper.destroy", last=True)
    assert [error.value for error in app.error] == [fi("refusals.witness_is_destroyer")]
    type_in(app, "destroy-1", witness="Olli")
    press(app, "paper.destroy", last=True)
    assert fi("paper.destroyed_line", by="Maija", on="5.3.2026", witness="Olli") in texts(app)
    assert "paper-1.open" not in {button.key for button in app.button}
    press(app, "paper.take_back")
    assert card(store, 1).is_paper
    waiting = page(signed_in(store, "administrator"), "disposal")
    assert fi("paper.to_destroy", n=1) in waiting.info[0].value
    assert fi("disposal.sure", n=0) in texts(waiting)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_part_is_drawn_in_every_language(sqlite_store, language):
    store = sqlite_store
    make_year(store, date(2018, 1, 1), date(2018, 12, 31))
    party = make_party(store, name=HOSTILE)
    room = make_room(store, HOSTILE, lock=None)
    make_key(store, room)
    paper = make_paper(store, party, room_id=room, class_code="working_time_record")
    make_paper(store, class_code="books")
    lend(store, paper)
    app = signed_in(store, language=language)
    for part in ("records", "rooms", "loans", "faults"):
        page(app, "paper", part=part)
    for n in ("1", "2"):
        page(app, "paper", id=n)
    app = page(app, "customer", id=str(party))
    assert not app.exception
