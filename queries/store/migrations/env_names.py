"""The names in the database that the migrations are responsible for."""

from __future__ import annotations


def include(name: str | None, kind: str, *_more: object) -> bool:
    """Return whether Alembic compares this name: the search index belongs to store/derived."""
    return not (
        kind in {"table", "index"} and (name or "").startswith(("party_trigram", "derived_party"))
    )
