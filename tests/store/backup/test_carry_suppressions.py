"""Suppressions made since the backup hold after the restore."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from queries.reads.newsletter import subscriptions_against_suppression
from queries.store.tables import SuppressionKind
from queries.writes.newsletter.newsletter import unsubscribe_by_link
from tests.factories.newsletters import addresses, make_subscription, marked, say_no
from tests.factories.records import MAKER
from tests.support.restores import backed_up, restored

TOKEN = "fi-" + "A" * 22


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
def copy(store, folder):
    """A backup in which two get the newsletter, the first register with no refusal yet."""
    make_subscription(store, "aino@esimerkki.example", token=TOKEN)
    make_subscription(store, "bo@esimerkki.example")
    return backed_up(store, folder)


def test_who_left_by_link_since_the_backup_has_left(store, folder, copy):
    with store.writing(MAKER) as uow:
        unsubscribe_by_link(uow, TOKEN)
    done, back = restored(store, folder, copy)
    assert done.replayed.erased == {"subscription": 1}
    assert addresses(back) == ["bo@esimerkki.example"]
    assert marked(back, "Aino@esimerkki.example")
    with back.reading(MAKER) as session:
        assert subscriptions_against_suppression(session) == 0
    back.close()


def test_marks_of_before_stay_and_those_of_since_are_added_once(store, folder, copy):
    say_no(store, "cia@esimerkki.example")
    later = backed_up(store, folder, "later")
    say_no(store, "cia@esimerkki.example", SuppressionKind.MARKETING)
    say_no(store, "BO@esimerkki.example")
    done, back = restored(store, folder, later)
    assert done.replayed.erased == {"subscription": 1}
    assert addresses(back) == ["aino@esimerkki.example"]
    with back.engine.connect() as connection:
        kinds = connection.execute(text("SELECT kind FROM suppression ORDER BY kind")).scalars()
        assert list(kinds) == ["marketing", "newsletter", "newsletter"]
    back.close()


def test_where_nobody_left_nothing_changes(store, folder, copy):
    done, back = restored(store, folder, copy)
    assert done.replayed.erased == {}
    assert addresses(back) == ["aino@esimerkki.example", "bo@esimerkki.example"]
    back.close()


def test_hashes_of_another_key_say_nothing(store, folder, copy):
    say_no(store, "aino@esimerkki.example")
    later = backed_up(store, folder, "later")
    with store.engine.begin() as connection:
        other = '"' + "ab" * 32 + '"'
        connection.execute(
            text("UPDATE setting SET value = :v WHERE name = 'suppression.key'"), {"v": other}
        )
    say_no(store, "bo@esimerkki.example")
    done, back = restored(store, folder, later)
    assert done.replayed.erased == {}
    assert addresses(back) == ["bo@esimerkki.example"]
    back.close()
