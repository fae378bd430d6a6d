"""Suppressions made since a backup, carried over from the store that the backup replaces.

A backup of a day before knows neither the mark nor the end of the subscription. As long as the
replaced store can be read, both come along; where it is lost, nobody knows of them any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, inspect, select

from queries.store.sessions import UnitOfWork
from queries.store.suppression import KEY, address_hash, hash_key
from queries.store.tables import Setting, Subscription, Suppression

_TOGETHER = 500


@dataclass(frozen=True)
class Refusals:
    """The suppressions of a store.

    :param key: the value of the setting that holds their key; None where there are none.
    :param marks: kind, keyed hash and day of each.
    """

    key: str | None = None
    marks: tuple[tuple[str, str, date], ...] = ()


NO_REFUSALS = Refusals()


def refusals_of(connection: Connection) -> Refusals:
    """The suppressions of a store, of an older version too; two statements."""
    if not inspect(connection).has_table(Suppression.__tablename__):
        return Refusals()
    key = connection.scalar(select(Setting.value).where(Setting.name == KEY))
    rows = connection.execute(
        select(Suppression.kind, Suppression.address_hash, Suppression.since)
    ).all()
    return Refusals(key, tuple((row.kind, row.address_hash, row.since) for row in rows))


def carry_over(uow: UnitOfWork, refusals: Refusals) -> dict[str, int]:
    """Bring the suppressions of the replaced store into the copy, and end there what they forbid;
    return how many subscriptions went, as rows by table."""
    session = uow.session
    if refusals.key is None:
        return {}
    kept = session.get(Setting, KEY)
    if kept is None:
        session.add(
            Setting(name=KEY, value=refusals.key, changed_at=uow.now, changed_by=uow.actor.username)
        )
        session.flush()
    elif kept.value != refusals.key:
        return {}  # another register: its hashes mean nothing here
    known = set(session.execute(select(Suppression.kind, Suppression.address_hash)).all())
    session.add_all(
        Suppression(kind=kind, address_hash=mark, since=since)
        for kind, mark, since in refusals.marks
        if (kind, mark) not in known
    )
    session.flush()
    key = hash_key(session)
    assert key is not None, "put there above"  # noqa: S101 - for the type checker
    marks = {mark for _kind, mark, _since in refusals.marks}
    ended = [
        row.id
        for row in session.execute(select(Subscription.id, Subscription.address))
        if address_hash(key, row.address) in marks
    ]
    for at in range(0, len(ended), _TOGETHER):
        some = ended[at : at + _TOGETHER]
        session.execute(delete(Subscription).where(Subscription.id.in_(some)))
    return {Subscription.__tablename__: len(ended)} if ended else {}
