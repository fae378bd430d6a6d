"""Which names in the database the migrations answer for."""

from __future__ import annotations


def include(name: str | None, kind: str, *_more: object) -> bool:
    """Whether Alembic looks at this name: the search index belongs to store/derived."""
    return not (
        kind in {"table", "index"} and (name or "").startswith(("party_trigram", "derived_party"))
    )
