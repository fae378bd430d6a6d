"""Users for the tests, made by the command."""

from __future__ import annotations

from queries.rules.roles import Role
from queries.store.sessions import Store
from queries.writes.users import AddUser, add_user
from tests.conftest import NOW
from tests.factories.records import MAKER


def make_user(store: Store, username: str = "olli") -> int:
    inputs = AddUser(
        username=username,
        name="Olli Toimisto",
        role=Role.OFFICE,
        password="vaahteran lehti putoaa syksyllä",
    )
    return store.carry_out(add_user, inputs, actor=MAKER, now=NOW)
