"""Letters have their checks and their key that is never given twice on SQLite, where a table that
was made anew by an older Alembic may have lost them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_CHECKS = {
    "ck_request_letter_language": "language IN ('fi', 'sv', 'en')",
    "ck_request_letter_sent_by": "(sent_on IS NULL) = (channel IS NULL)",
}


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    told = sa.text("SELECT sql FROM sqlite_master WHERE name = 'request_letter'")
    stands = str(connection.scalar(told))
    missing = {name: said for name, said in _CHECKS.items() if name not in stands}
    if not missing and "AUTOINCREMENT" in stands:
        return
    kept = {"sqlite_autoincrement": True}
    with op.batch_alter_table("request_letter", recreate="always", table_kwargs=kept) as table:
        for name, said in missing.items():
            table.create_check_constraint(op.f(name), said)
