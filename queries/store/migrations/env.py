"""Alembic's entry: it is handed the connection of :mod:`queries.store.migrate`."""

from __future__ import annotations

from alembic import context

from queries.store.migrations.env_names import include
from queries.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=False,
    include_name=include,
    compare_type=True,
    transaction_per_migration=False,
)
context.run_migrations()
