"""Commands on the rooms of manual material and on who has their keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from queries.rules.roles import Permission
from queries.store.sessions import UnitOfWork, needs
from queries.store.tables import KeyHolder, StorageRoom, User
from queries.writes.commands import Checks, fetch, save

LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class AmendRoom:
    """A room, or a cabinet in one, as it should be.

    :param id: the room to correct, with the ``version`` that was seen; None to add one.
    :param lock: how it is locked; none is a fault that stays listed.
    :param closed_on: the last day that it is in use; records still in it then have no place.
    """

    id: int | None = None
    version: int | None = None
    name: str
    place: str
    lock: str | None = None
    closed_on: date | None = None
    accept_suspect: bool = False


@dataclass(frozen=True, kw_only=True)
class AmendKey:
    """A person with a key to a room, as it should be.

    :param id: the holder to correct, with the ``version`` that was seen; None to hand out a key.
    :param username: the user of the register that it is; none is a fault that stays listed.
    :param reason: the work for which the key is needed; none is a fault that stays listed.
    :param held_until: the day on which the key came back; none while it is held.
    """

    id: int | None = None
    version: int | None = None
    room_id: int
    name: str
    username: str | None = None
    reason: str | None = None
    held_from: date | None
    held_until: date | None = None
    accept_suspect: bool = False


@needs(Permission.KEEP_PAPER)
def amend_room(uow: UnitOfWork, inputs: AmendRoom) -> int:
    """Add a room or correct one, close it or open it again; return it.

    :raises InvalidInputs: also ``room_taken`` for the name of another room.
    :raises NotFound, StaleRecord:
    """
    checks = Checks(inputs)
    values = {
        "name": checks.text("name", longest=LONGEST, required=True),
        "place": checks.text("place", longest=LONGEST, required=True),
        "lock": checks.text("lock", longest=LONGEST),
        "closed_on": checks.day("closed_on", required=False),
    }
    other = select(StorageRoom.id).where(
        StorageRoom.name == values["name"], StorageRoom.id != (inputs.id or 0)
    )
    if uow.session.scalar(other) is not None:
        checks.refuse("name", "room_taken")
    room = None
    if inputs.id is not None:
        room = fetch(uow, StorageRoom, inputs.id, version=inputs.version, inputs=inputs)
    checks.done()
    actions = "add_room", "amend_room"
    return int(save(uow, StorageRoom, room, values, actions).id)


@needs(Permission.KEEP_PAPER)
def amend_key(uow: UnitOfWork, inputs: AmendKey) -> int:
    """Record that a key was handed out or given back, or correct that; return the holder.

    :raises InvalidInputs: also ``until_before_from``, ``day_in_future``, ``choice`` for a
        user that is none.
    :raises NotFound: also ``storage_room``. :raises StaleRecord:
    """
    checks = Checks(inputs)
    values = {
        "name": checks.text("name", longest=LONGEST, required=True),
        "username": checks.text("username", longest=64),
        "reason": checks.text("reason", longest=LONGEST),
        "held_from": checks.day("held_from", latest=uow.today),
        "held_until": checks.day("held_until", required=False),
    }
    if inputs.held_from and inputs.held_until and inputs.held_until < inputs.held_from:
        checks.refuse("held_until", "until_before_from")
    room = fetch(uow, StorageRoom, inputs.room_id, version=None, inputs=inputs)
    holder = None
    if inputs.id is not None:
        holder = fetch(uow, KeyHolder, inputs.id, version=inputs.version, inputs=inputs)
    known = holder is not None and holder.username == values["username"]
    if values["username"] is not None and not known:
        user = select(User.id).where(User.username == values["username"], User.active)
        if uow.session.scalar(user) is None:
            checks.refuse("username", "choice")
    checks.done()
    given, actions = {"room_id": room.id}, ("hand_out_key", "amend_key")
    return int(save(uow, KeyHolder, holder, values, actions, given=given).id)
