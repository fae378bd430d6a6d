"""A restore names what a person had removed since the backup and what is in the register again."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from dashboard.restored_words import removed_sentences
from dashboard.words import LANGUAGES, has_word
from queries.store.backup.backup import back_up
from queries.store.backup.ledger import ledger_of
from queries.store.backup.removed_by_hand import REMOVING, RemovedByHand
from queries.store.backup.restore import restore
from queries.store.migrate import open_store
from queries.store.tables import Phone
from queries.writes.commands import Seen
from queries.writes.customers.contacts import remove_phone
from tests.conftest import NOW
from tests.factories.records import MAKER, make_person, make_phone
from tests.support.filled import filled_once


@filled_once
def person(store):
    """Make somebody with two numbers, of which the first was removed before the backup."""
    party = make_person(store)
    make_phone(store, party)
    make_phone(store, party, "050 123 4567")
    remove(store, first(store))
    return party


def first(store):
    with store.engine.connect() as connection:
        return connection.scalar(select(Phone.id).order_by(Phone.id).limit(1))


def remove(store, phone):
    store.carry_out(remove_phone, Seen(id=phone, version=1), actor=MAKER, now=NOW)


def restored(store, folder, copy):
    store.close()
    return restore(copy, store.engine.url, folder, now=NOW).replayed.is_back


def test_what_was_removed_since_is_named_and_what_was_removed_before_is_not(
    store, person, tmp_path
):
    copy = back_up(store, ledger_of(store, tmp_path), tmp_path / "copy", on=date(2026, 3, 5)).path
    phone = first(store)
    remove(store, phone)
    back = restored(store, tmp_path, copy)
    assert back == (RemovedByHand("remove_phone", "phone", phone, person),)
    assert removed_sentences(back, "en") == [
        "A record that was removed by hand after the backup is in the register again:"
        f" Phone number removed ({person}). Remove it once more."
    ]
    opened = open_store(store.engine.url)
    assert first(opened) == phone
    opened.close()


def test_nothing_is_named_where_nothing_was_removed_since(store, person, tmp_path):
    copy = back_up(store, ledger_of(store, tmp_path), tmp_path / "copy", on=date(2026, 3, 5)).path
    assert restored(store, tmp_path, copy) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_action_that_removes_has_its_words(language):
    assert [action for action in REMOVING if not has_word(f"actions.{action}", language)] == []
