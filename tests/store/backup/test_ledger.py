from __future__ import annotations

import json
import os
import stat
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.errors import StoreRefusal
from queries.store.backup.ledger import HOUSE, Ledger, ledger_of, settle
from queries.writes.settings import ChangeSetting, change_setting
from tests.factories.records import MAKER

DAY = date(2026, 3, 5)


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path, "a1")


def intend(ledger, batch, highest=(), **erased):
    with ledger.held():
        ledger.intend(batch, DAY, erased, dict(highest))


def code_of(call):
    with pytest.raises(StoreRefusal) as refusal:
        call()
    return refusal.value.code


def test_a_ledger_that_was_never_written_is_empty(ledger):
    contents = ledger.read()
    assert (contents.erased, contents.unsettled, contents.highest) == ({}, [], {})
    assert not ledger.exists


def test_what_is_intended_and_confirmed_is_erased_and_what_is_void_is_not(ledger):
    intend(ledger, "one", party=[1, 2], invoice=[7])
    ledger.confirm("one")
    intend(ledger, "two", party=[3])
    ledger.void("two")
    intend(ledger, "three", party=[4], highest={"party": 9}.items())
    contents = ledger.read()
    assert contents.erased == {
        "party": {ledger.pseudonym("party", key) for key in (1, 2, 4)},
        "invoice": {ledger.pseudonym("invoice", 7)},
    }
    assert contents.unsettled == ["three"]
    assert contents.highest == {"party": 9}


def test_marks_only_ever_rise(ledger):
    ledger.mark(DAY, {"party": 9, "note": 2}, {"invoice": 1010})
    ledger.mark(DAY, {"party": 5, "invoice": 3}, {"invoice": 1005, "order": 1001})
    contents = ledger.read()
    assert contents.highest == {"party": 9, "note": 2, "invoice": 3}
    assert contents.series == {"invoice": 1010, "order": 1001}


def test_the_ledger_is_its_owners_alone_and_says_nothing_in_clear(ledger):
    intend(ledger, "one", party=[4711])
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in ledger.folder.iterdir()}
    assert modes == {"append": 0o600, "erasures-a1.jsonl": 0o600, "key": 0o600, "lock": 0o600}
    assert stat.S_IMODE(ledger.folder.stat().st_mode) == 0o700
    line = json.loads(ledger.path.read_text())
    assert set(line) == {"n", "kind", "batch", "on", "gone", "highest", "mac"}
    assert "4711" not in ledger.path.read_text()


def test_a_pseudonym_depends_on_key_register_table_and_id(ledger, tmp_path):
    found = {
        ledger.pseudonym(table, key) for table, key in (("party", 1), ("party", 2), ("note", 1))
    }
    found.add(Ledger(tmp_path, "b2").pseudonym("party", 1))
    found.add(Ledger(tmp_path / "elsewhere", "a1").pseudonym("party", 1))
    assert len(found) == 5


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(min_value=1, max_value=400), again=st.booleans())
def test_a_torn_last_line_is_no_intent_and_the_next_one_is_whole(tmp_path_factory, cut, again):
    ledger = Ledger(tmp_path_factory.mktemp("ledger"), "a1")
    intend(ledger, "one", party=[1])
    whole = ledger.path.stat().st_size
    intend(ledger, "two", party=[2, 3])
    size = max(whole, ledger.path.stat().st_size - cut)
    os.truncate(ledger.path, size)
    assert ledger.read().unsettled == ["one"]
    intend(ledger, "three", party=[4])
    if again:
        os.truncate(ledger.path, ledger.path.stat().st_size - min(cut, 100))
        assert ledger.read().unsettled == ["one"]
        intend(ledger, "three", party=[4])
    assert ledger.read().unsettled == ["one", "three"]
    assert ledger.pseudonym("party", 2) not in ledger.read().erased["party"]


def test_a_first_line_that_was_torn(ledger):
    intend(ledger, "one", party=[1])
    os.truncate(ledger.path, 30)
    assert ledger.read().unsettled == []
    intend(ledger, "two", party=[2])
    assert ledger.read().unsettled == ["two"]


def test_a_line_longer_than_what_is_read_at_once(ledger):
    intend(ledger, "one", party=range(60_000))
    intend(ledger, "two", party=[1])
    os.truncate(ledger.path, ledger.path.stat().st_size - 5)
    intend(ledger, "three", party=[2])
    assert ledger.path.stat().st_size > 2 * (1 << 20)
    assert ledger.read().unsettled == ["one", "three"]


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_line_that_was_taken_out_or_changed_is_found(ledger, which):
    for batch in ("one", "two", "three", "four"):
        intend(ledger, batch, party=[1])
    lines = ledger.path.read_text().splitlines(keepends=True)
    ledger.path.write_text("".join(lines[:which] + lines[which + 1 :]))
    assert code_of(ledger.read) == "ledger_damaged"
    lines[which] = lines[which].replace('"party"', '"order"')
    ledger.path.write_text("".join(lines))
    assert code_of(ledger.read) == "ledger_damaged"


def test_another_key_or_none_is_no_key(ledger):
    intend(ledger, "one", party=[1])
    key = ledger.folder / "key"
    key.write_text("0" * 64)
    assert code_of(Ledger(ledger.folder.parent, "a1").read) == "ledger_damaged"
    assert code_of(lambda: Ledger(ledger.folder.parent, "a1").confirm("one")) == "ledger_damaged"
    key.unlink()
    assert code_of(Ledger(ledger.folder.parent, "a1").read) == "ledger_key"
    key.write_text("no key")
    assert code_of(Ledger(ledger.folder.parent, "a1").read) == "ledger_key"


def test_a_full_disk_is_a_sentence(ledger, monkeypatch):
    intend(ledger, "one", party=[1])

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    assert code_of(lambda: intend(ledger, "two", party=[2])) == "ledger_unwritable"


def test_one_disposal_at_a_time(ledger, monkeypatch):
    monkeypatch.setattr("queries.store.backup.ledger.BUSY_SECONDS", 0.1)
    other = Ledger(ledger.folder.parent, "a1")
    with ledger.held():
        assert code_of(lambda: intend(other, "one", party=[1])) == "disposal_busy"


def test_what_a_crash_left_is_settled_by_the_trail(store, tmp_path):
    ledger = ledger_of(store, tmp_path)
    intend(ledger, "committed", party=[1])
    intend(ledger, "lost", party=[2])
    store.carry_out(
        change_setting, ChangeSetting(name="x", value=1), actor=MAKER, token="committed"
    )
    assert settle(ledger, store) == ["committed", "lost"]
    contents = ledger.read()
    assert contents.unsettled == []
    assert contents.erased == {"party": {ledger.pseudonym("party", 1)}}
    assert settle(ledger, store) == []


def test_a_register_is_named_once(store, tmp_path):
    first, second = ledger_of(store, tmp_path), ledger_of(store, tmp_path)
    assert first.path == second.path
    assert len(first.path.stem) == len("erasures-") + 16
    assert HOUSE.username == "(register)"
