"""The contents of the files of a store, its ledger and its server."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import text

from queries.store.sessions import Store


def files_of(store: Store) -> list[Path]:
    """Every file that the store, its ledger and its server have written."""
    if store.engine.dialect.name == "sqlite":
        database = store.engine.url.database
        assert database is not None
        place = Path(database).parent
        return [path for path in place.rglob("*") if path.is_file()]
    with store.engine.connect() as connection:
        place = Path(connection.execute(text("SHOW data_directory")).scalar_one())
        number = connection.execute(
            text("SELECT oid FROM pg_database WHERE datname = current_database()")
        ).scalar_one()
    return [path for path in (place / "base" / str(number)).iterdir() if path.is_file()]


def bytes_of(store: Store) -> dict[str, bytes]:
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CHECKPOINT"))
    return {str(path): path.read_bytes() for path in files_of(store)}


def found_in(files: dict[str, bytes], values: Iterable[str]) -> list[tuple[str, str]]:
    """Return which values, or runs of six of their characters, are in which file."""
    found = []
    for value in values:
        for spelled in {value, value.casefold(), value.upper()}:
            pieces = {spelled[i : i + 6] for i in range(len(spelled) - 5)} or {spelled}
            # A piece that is an ordinary word, or a digit or two, would say nothing.
            wanted = [piece.encode() for piece in pieces if set("qxzjw79") & set(piece.casefold())]
            for name, data in files.items():
                found += [(name, value) for piece in wanted if piece in data]
    return sorted(set(found))
