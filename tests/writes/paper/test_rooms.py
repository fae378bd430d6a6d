from __future__ import annotations

from datetime import date

import pytest

from queries.errors import InvalidInputs, NotAllowed, NotFound, StaleRecord
from queries.reads.paper.rooms import HolderRow, RoomRow, key_holders, rooms, usernames
from queries.writes.paper.rooms import AmendKey, AmendRoom, amend_key, amend_room
from queries.writes.users import SetInUse, set_in_use
from tests.factories.papers import make_key, make_paper, make_room
from tests.factories.records import MAKER, TODAY
from tests.factories.users import make_user
from tests.support.statements import statements
from tests.support.trails import everything, trail_of


def test_a_room_is_added_locked_and_closed(store, office, now):
    room = store.carry_out(
        amend_room, AmendRoom(name="Arkisto", place="Kellari"), actor=office, now=now
    )
    inputs = AmendRoom(
        id=room,
        version=1,
        name="Arkisto",
        place="Kellari",
        lock="Abloy",
        closed_on=date(2026, 3, 4),
    )
    store.carry_out(amend_room, inputs, actor=office, now=now)
    make_room(store, "Kaappi")
    with store.reading(office, now=now) as session, statements(store.engine) as sent:
        found = rooms(session, today=TODAY)
        assert len(sent) == 1
    assert [(row.name, row.is_open) for row in found] == [("Kaappi", True), ("Arkisto", False)]
    assert found[1] == RoomRow(
        room, 2, "Arkisto", "Kellari", "Abloy", date(2026, 3, 4), 0, 0, is_open=False
    )
    assert trail_of(store, "storage_room")[:2] == [
        ("add_room", room, None, "olli", ["closed_on", "lock", "name", "place"]),
        ("amend_room", room, None, "olli", ["closed_on", "lock"]),
    ]


def test_keys_are_handed_out_and_come_back(store, office, now):
    room, user = make_room(store), make_user(store)
    key = make_key(store, room, username="olli")
    make_paper(store, room_id=room)
    with store.reading(office, now=now) as session:
        assert key_holders(session, today=TODAY) == (
            HolderRow(
                key,
                1,
                room,
                "Arkisto",
                "Olli Toimisto",
                "olli",
                "Tositteiden arkistointi",
                date(2024, 1, 2),
                None,
                is_user=True,
                holds=True,
            ),
        )
        assert usernames(session) == ("olli",)
        assert [(row.papers, row.holders) for row in rooms(session, today=TODAY)] == [(1, 1)]
    away = SetInUse(user_id=user, active=False, version=1)
    store.carry_out(set_in_use, away, actor=MAKER, now=now)
    make_key(store, room, id=key, version=1, username="olli", held_until=date(2026, 3, 4))
    with store.reading(office, now=now) as session:
        (row,) = key_holders(session, today=TODAY, room_id=room)
        assert (row.is_user, row.holds, row.version) == (False, False, 2)
        assert key_holders(session, today=TODAY, room_id=room + 1) == ()
        assert usernames(session) == ()
    assert [line[0] for line in trail_of(store, "key_holder")] == ["hand_out_key", "amend_key"]


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"name": " "}, ("name", "required")),
        ({"name": "ARKISTO"}, None),
        ({"name": "Arkisto"}, ("name", "room_taken")),
        ({"place": ""}, ("place", "required")),
        ({"lock": "x" * 201}, ("lock", "too_long")),
        ({"closed_on": date(1700, 1, 1)}, ("closed_on", "day_out_of_range")),
    ],
)
def test_a_room_is_checked_field_by_field(sqlite_store, office, now, values, refused):
    make_room(sqlite_store)
    before = everything(sqlite_store)
    inputs = AmendRoom(**{"name": "Kaappi", "place": "Toimisto", **values})
    if refused is None:
        assert sqlite_store.carry_out(amend_room, inputs, actor=office, now=now)
        return
    with pytest.raises(InvalidInputs) as refusal:
        sqlite_store.carry_out(amend_room, inputs, actor=office, now=now)
    assert [(error.field, error.code) for error in refusal.value.errors] == [refused]
    assert everything(sqlite_store) == before


@pytest.mark.parametrize(
    ("values", "refused"),
    [
        ({"name": ""}, ("name", "required")),
        ({"username": "tuntematon"}, ("username", "choice")),
        ({"held_from": None}, ("held_from", "required")),
        ({"held_from": date(2026, 3, 6)}, ("held_from", "day_in_future")),
        ({"held_until": date(2024, 1, 1)}, ("held_until", "until_before_from")),
        ({"reason": "131052-308T"}, ("reason", "personal_identity_code")),
    ],
)
def test_a_key_is_checked_field_by_field(sqlite_store, office, now, values, refused):
    room = make_room(sqlite_store)
    before = everything(sqlite_store)
    inputs = AmendKey(**{"room_id": room, "name": "Olli", "held_from": date(2024, 1, 2), **values})
    with pytest.raises(InvalidInputs) as refusal:
        sqlite_store.carry_out(amend_key, inputs, actor=office, now=now)
    assert [(error.field, error.code) for error in refusal.value.errors] == [refused]
    assert everything(sqlite_store) == before


def test_stale_missing_and_forbidden_are_refused(store, office, viewer, now):
    room = make_room(store)
    inputs = AmendRoom(id=room, version=9, name="Arkisto", place="Kellari")
    with pytest.raises(StaleRecord) as stale:
        store.carry_out(amend_room, inputs, actor=office, now=now)
    assert stale.value.theirs["lock"] == "Abloy, sarjoitettu"
    with pytest.raises(NotFound):
        make_key(store, room + 1)
    with pytest.raises(NotAllowed):
        store.carry_out(amend_room, AmendRoom(name="A", place="B"), actor=viewer, now=now)
