"""Rows as the proofs of the notice look at them, stored without a command."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from queries.rules.roles import Role
from queries.store.sessions import Store
from queries.store.tables import Base, PaperRecord, StorageRoom, Subscription, User
from tests.conftest import NOW
from tests.factories.records import TODAY

PUBLIC = "https://rekisteri.example"


STAMP: dict[str, Any] = {"version": 1, "changed_at": NOW, "changed_by": "tekija"}


def put(store: Store, *rows: Base) -> list[Any]:
    with Session(store.engine, info={"now": NOW}) as session:
        for row in rows:
            session.add(row)
            session.flush()
        keys = [getattr(row, "id", None) for row in rows]
        session.commit()
        return keys


def room(name: str = "Arkisto", lock: str | None = "Abloy", **more: Any) -> StorageRoom:
    return StorageRoom(name=name, place="Kellari", lock=lock, **STAMP, **more)


def paper(number: str, room_id: int | None, **more: Any) -> PaperRecord:
    return PaperRecord(
        number=number,
        kind="binder",
        title="Tositteet",
        class_code="voucher",
        room_id=room_id,
        starts_on=date(2024, 1, 1),
        ends_on=date(2024, 12, 31),
        **STAMP,
        **more,
    )


def user(name: str, role: Role = Role.OFFICE, *, last: datetime | None = NOW, **more: Any) -> User:
    return User(
        username=name,
        name=name.title(),
        role=role,
        language="fi",
        password_hash="x",
        created_at=datetime(2020, 1, 1, tzinfo=UTC),
        last_sign_in_at=last,
        failed_sign_ins=0,
        **STAMP,
        **more,
    )


def subscriber(address: str, token: str | None = None) -> Subscription:
    return Subscription(
        address=address,
        address_key=address.lower(),
        language="fi",
        basis="consent",
        source="form",
        sourced_on=TODAY,
        token=token,
        **STAMP,
    )
