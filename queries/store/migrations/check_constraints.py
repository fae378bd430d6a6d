"""CHECK constraints that change, on both engines.

The danger: SQLite changes no constraint of a table that exists. Alembic makes such a table anew and
drops the old one, and with it go, by ON DELETE CASCADE, the rows of the tables that refer to it: the
addresses of a party, the sign-ins of a user. The principle: the text of the table is changed in its
place, and no row is touched.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def change_check(table: str, name: str, before: str, after: str) -> None:
    """Replace the condition of a CHECK constraint by one that every row fulfils.

    :param name: of the constraint, whole: ``ck_address_purpose``.
    :raises ValueError: when the constraint is not there with the condition ``before``.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, after)
        return
    which = {"table": table}
    told = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table")
    old, new = (f"CONSTRAINT {name} CHECK ({condition})" for condition in (before, after))
    made = str(connection.scalar(told, which))
    if made.count(old) != 1:
        raise ValueError(f"{table} has no {old}")
    change = sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :table")
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    connection.execute(change, which | {"sql": made.replace(old, new)})
    connection.exec_driver_sql("PRAGMA writable_schema = RESET")
