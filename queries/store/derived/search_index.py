"""The trigram index over ``party_search``, in each engine's own way."""

from __future__ import annotations

from sqlalchemy import Connection, text

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
    """Whether this PostgreSQL server has pg_trgm to offer, or this SQLite its trigram index."""
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
