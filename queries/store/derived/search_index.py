"""The trigram index over ``party_search``, in each engine's own way, and the texts below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, text, update

from queries.store.search import search_texts, sort_name
from queries.store.tables import Party, PartyKind, PartySearch

SQLITE = [
    "CREATE VIRTUAL TABLE party_trigram USING fts5(text, content='party_search',"
    " content_rowid='party_id', tokenize='trigram', detail=none)",
    "CREATE TRIGGER derived_search_added AFTER INSERT ON party_search BEGIN"
    " INSERT INTO party_trigram(rowid, text) VALUES (NEW.party_id, NEW.text); END",
    "CREATE TRIGGER derived_search_taken AFTER DELETE ON party_search BEGIN"
    " INSERT INTO party_trigram(party_trigram, rowid, text)"
    " VALUES ('delete', OLD.party_id, OLD.text); END",
    "CREATE TRIGGER derived_search_changed AFTER UPDATE ON party_search BEGIN"
    " INSERT INTO party_trigram(party_trigram, rowid, text)"
    " VALUES ('delete', OLD.party_id, OLD.text);"
    " INSERT INTO party_trigram(rowid, text) VALUES (NEW.party_id, NEW.text); END",
]

POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX derived_party_trigram ON party_search USING gin (text gin_trgm_ops)",
]


def has_trigrams(connection: Connection) -> bool:
    """Check if this PostgreSQL server offers pg_trgm, or this SQLite its trigram index."""
    if connection.dialect.name == "sqlite":
        return True
    found = connection.execute(
        text("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
    ).first()
    return found is not None


def rebuild(connection: Connection) -> None:
    """Read the search texts into the index anew."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("INSERT INTO party_trigram(party_trigram) VALUES ('rebuild')")


def rewrite(connection: Connection) -> None:
    """Make the search text and the key of order of every party anew, where they differ.

    Of a store whose texts were made otherwise, by an older program.
    """
    for chunk in _chunks(connection):
        ids = [party.id for party in chunk]
        stored = connection.execute(
            select(PartySearch.party_id, PartySearch.text).where(PartySearch.party_id.in_(ids))
        )
        before = {row.party_id: row.text for row in stored}
        texts = search_texts(connection, ids)
        changed = [key for key in ids if before.get(key) != texts[key]]
        if changed:
            connection.execute(delete(PartySearch).where(PartySearch.party_id.in_(changed)))
            connection.execute(
                insert(PartySearch), [{"party_id": key, "text": texts[key]} for key in changed]
            )
        keys = [
            {"key": party.id, "ordered": name}
            for party in chunk
            if party.sort_name != (name := sort_name(_ordered(party)))
        ]
        if keys:
            connection.execute(
                update(Party.__table__)  # type: ignore[arg-type]  # a table, its type is wider
                .where(Party.id == bindparam("key"))
                .values(sort_name=bindparam("ordered")),
                keys,
            )


def _ordered(party: Any) -> str:
    """The name as lists order it: a person's family name first, where it is known."""
    if party.kind == PartyKind.PERSON and party.family_name:
        return " ".join(part for part in (party.family_name, party.given_name) if part)
    return str(party.name)


def _chunks(connection: Connection) -> Iterator[list[Any]]:
    last = 0
    while chunk := list(
        connection.execute(
            select(
                Party.id,
                Party.kind,
                Party.name,
                Party.given_name,
                Party.family_name,
                Party.sort_name,
            )
            .where(Party.id > last)
            .order_by(Party.id)
            .limit(_CHUNK)
        )
    ):
        yield chunk
        last = chunk[-1].id


_CHUNK = 2_000
