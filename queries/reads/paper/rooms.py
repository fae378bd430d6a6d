"""Rooms of manual material (säilytystilat) and who has their keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Nullable, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from queries.rules.roles import Permission
from queries.store.sessions import needs
from queries.store.tables import KeyHolder, PaperRecord, StorageRoom, User

#: Rooms and keys are shown whole: a longer list is cut here.
MOST = 500


@dataclass(frozen=True)
class RoomRow:
    """A room.

    :param papers: how many records are in it, ``holders`` how many have a key today.
    :param is_open: whether it is in use today.
    """

    id: int
    version: int
    name: str
    place: str
    lock: str | None
    closed_on: date | None
    papers: int
    holders: int
    is_open: bool


@dataclass(frozen=True)
class HolderRow:
    """A present or former holder of a key.

    :param is_user: whether the name of a user belongs to somebody who may sign in.
    :param holds: whether the key is held today.
    """

    id: int
    version: int
    room_id: int
    room: str
    name: str
    username: str | None
    reason: str | None
    held_from: date
    held_until: date | None
    is_user: bool
    holds: bool

    def has_returned(self, today: date) -> bool:
        """Return whether the key was given back before this day."""
        return self.held_until is not None and self.held_until < today


@needs(Permission.SEE_RETENTION)
def rooms(session: Session, *, today: date) -> tuple[RoomRow, ...]:
    """The rooms by name, those in use first; one statement."""
    found = rooms_where(today=today).order_by(
        in_use(today).desc(), StorageRoom.name, StorageRoom.id
    )
    return tuple(room_row(row, today) for row in session.execute(found.limit(MOST)))


@needs(Permission.SEE_RETENTION)
def key_holders(
    session: Session, *, today: date, room_id: int | None = None
) -> tuple[HolderRow, ...]:
    """Return those who have a key, then those who had one, by room and name; one statement.

    :param room_id: of this room only.
    """
    query = holders_where().order_by(
        and_(KeyHolder.held_until.is_not(None), KeyHolder.held_until < today),
        StorageRoom.name,
        KeyHolder.name,
        KeyHolder.id,
    )
    if room_id is not None:
        query = query.where(KeyHolder.room_id == room_id)
    return tuple(holder_row(row, today) for row in session.execute(query.limit(MOST)))


@needs(Permission.KEEP_PAPER)
def usernames(session: Session) -> tuple[str, ...]:
    """The users that a key can be handed to; one statement."""
    return tuple(session.scalars(select(User.username).where(User.active).order_by(User.username)))


def in_use(today: date) -> ColumnElement[bool]:
    """The rooms that are in use on a day."""
    return or_(StorageRoom.closed_on.is_(None), StorageRoom.closed_on >= today)


def is_held(today: date) -> ColumnElement[bool]:
    """The keys that are held on a day."""
    return and_(
        KeyHolder.held_from <= today,
        or_(KeyHolder.held_until.is_(None), KeyHolder.held_until >= today),
    )


def rooms_where(*which: ColumnElement[bool], today: date) -> Select[StorageRoom, int, int]:
    """Return the rooms with what is in them; a piece of other reads."""
    papers = (
        select(func.count())
        .where(PaperRecord.room_id == StorageRoom.id, PaperRecord.disposed_on.is_(None))
        .scalar_subquery()
    )
    holders = (
        select(func.count())
        .where(KeyHolder.room_id == StorageRoom.id, is_held(today))
        .scalar_subquery()
    )
    return select(StorageRoom, papers, holders).where(*which)


def room_row(row: Row[StorageRoom, int, int], today: date) -> RoomRow:
    """A row of :func:`rooms_where`."""
    room, papers, holders = row
    is_open = room.closed_on is None or room.closed_on >= today
    return RoomRow(
        room.id,
        room.version,
        room.name,
        room.place,
        room.lock,
        room.closed_on,
        papers,
        holders,
        is_open,
    )


def holders_where(*which: ColumnElement[bool]) -> Select[KeyHolder, str, int | None]:
    """Return the holders of keys; a piece of other reads."""
    return (
        select(KeyHolder, StorageRoom.name, Nullable(User.id))
        .join(StorageRoom, StorageRoom.id == KeyHolder.room_id)
        .outerjoin(User, and_(User.username == KeyHolder.username, User.active))
        .where(*which)
    )


def holder_row(row: Row[KeyHolder, str, int | None], today: date) -> HolderRow:
    """A row of :func:`holders_where`."""
    holder, room, user = row
    holds = holder.held_from <= today and (holder.held_until is None or holder.held_until >= today)
    return HolderRow(
        holder.id,
        holder.version,
        holder.room_id,
        room,
        holder.name,
        holder.username,
        holder.reason,
        holder.held_from,
        holder.held_until,
        user is not None,
        holds,
    )
