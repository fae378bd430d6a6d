"""Objects derived from the tables and kept by the database: guards, facts, summaries, search.

Migrations own the tables; everything here is made anew from these modules whenever its fingerprint
changes, so no migration ever has to copy a trigger.

- *Guards* refuse, in the database, to change or remove what only the disposal service may: issued
  invoices and their lines, payments, parties, orders, work entries and the trail.
- *Facts* are the latest days of events from which retention counts, by invoice, order and party.
- *Summaries* are counts and sums by key, kept in the writing transaction.
- *Sources* note what has to be told to a person (GDPR Art. 14).
- *Search* is the trigram index over ``party_search``. The texts of that table are written by the
  program; a mark of their own says how they were made, and one that differs makes them anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from queries.store.derived import facts, guards, search_index, sources, summaries
from queries.store.derived.guards import GATE_SHUT
from queries.store.derived.locks import keep_now
from queries.store.derived.search_index import has_trigrams
from queries.store.derived.summaries import SUMMARIES, KeptSummary
from queries.store.search import texts_fingerprint

__all__ = [
    "GATE_SHUT",
    "SUMMARIES",
    "KeptSummary",
    "differences",
    "has_trigrams",
    "install",
    "is_installed",
    "keep_now",
    "make",
    "rebuild",
    "remove",
    "without",
]


def install(connection: Connection) -> None:
    """Make the derived objects anew where they differ from this module."""
    if is_installed(connection):
        return
    remove(connection)
    wanted = _wanted_marks(connection)
    if _marks(connection)["search"] != wanted["search"]:
        search_index.rewrite(connection)  # before the guards and the index, too
    facts.rebuild(connection)  # before there are triggers to fire at each of its rows
    make(connection)
    summaries.rebuild(connection)
    sources.rebuild(connection)
    search_index.rebuild(connection)
    connection.execute(text("DELETE FROM derived_mark WHERE name = 'search'"))
    connection.execute(
        text("INSERT INTO derived_mark (name, fingerprint) VALUES (:name, :fingerprint)"),
        [{"name": name, "fingerprint": mark} for name, mark in wanted.items()],
    )


def is_installed(connection: Connection) -> bool:
    """Check if the derived objects and the searched texts were made by this version of these
    modules."""
    return _marks(connection) == _wanted_marks(connection)


def _wanted_marks(connection: Connection) -> dict[str, str | None]:
    return {"derived": _fingerprint(connection), "search": texts_fingerprint()}


def _marks(connection: Connection) -> dict[str, str | None]:
    rows = connection.execute(text("SELECT name, fingerprint FROM derived_mark"))
    found = {row.name: row.fingerprint for row in rows}
    return {name: found.get(name) for name in ("derived", "search")}


def make(connection: Connection) -> None:
    """Make the triggers and indexes; what they keep is not computed."""
    for statement in _statements(connection):
        connection.exec_driver_sql(statement)


def remove(connection: Connection) -> None:
    """Take the derived objects out, as before a migration or a bulk load."""
    keep_now(connection)  # a table is not altered while one of its triggers waits
    if connection.dialect.name == "sqlite":
        names = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'derived_%'")
        ).scalars()
        for name in list(names):
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql("DROP TABLE IF EXISTS party_trigram")
    else:
        names = connection.execute(
            text(
                "SELECT proname FROM pg_proc WHERE proname LIKE 'derived\\_%'"
                " AND pronamespace = current_schema()::regnamespace"
            )
        ).scalars()
        for name in list(names):
            connection.exec_driver_sql(f'DROP FUNCTION "{name}"() CASCADE')
        connection.exec_driver_sql("DROP INDEX IF EXISTS derived_party_trigram")
    connection.exec_driver_sql("DROP INDEX IF EXISTS derived_party_over")
    connection.execute(text("DELETE FROM derived_mark WHERE name = 'derived'"))


def rebuild(connection: Connection) -> None:
    """Compute every fact, every summary and the search index from the rows."""
    facts.rebuild(connection)
    summaries.rebuild(connection)
    sources.rebuild(connection)
    search_index.rewrite(connection)
    search_index.rebuild(connection)


def differences(connection: Connection) -> list[str]:
    """Return what is kept and differs from the rows; empty when all is well.

    A caller that changed rows in the same transaction calls :func:`.keep_now` first.
    """
    return sorted(
        [
            *facts.differences(connection),
            *summaries.differences(connection),
            *sources.differences(connection),
        ]
    )


@contextmanager
def without(connection: Connection) -> Iterator[None]:
    """Load in bulk without triggers; they and what they keep are made anew afterwards."""
    remove(connection)
    yield
    install(connection)


def _fingerprint(connection: Connection) -> str:
    known = [*_statements(connection), *facts.definitions(connection.dialect.name)]
    return hashlib.sha256("\n".join(known).encode()).hexdigest()


def _statements(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        return [
            *guards.sqlite(),
            facts.index("sqlite"),
            *facts.triggers("sqlite"),
            *summaries.sqlite(),
            *sources.sqlite(),
            *search_index.SQLITE,
        ]
    found = [
        *guards.postgresql(),
        facts.index("postgresql"),
        *facts.triggers("postgresql"),
        *summaries.postgresql(),
        *sources.postgresql(),
    ]
    return found + (search_index.POSTGRESQL if has_trigrams(connection) else [])
