"""A store backed up, restored or lost, as the tests of backups need it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, text

from queries.store.backup.backup import back_up
from queries.store.backup.ledger import ledger_of
from queries.store.backup.restore import Restored, restore
from queries.store.migrate import open_store
from queries.store.sessions import Store
from tests.conftest import NOW
from tests.factories.records import TODAY


def backed_up(store: Store, folder: Path, name: str = "copy") -> Path:
    return back_up(store, ledger_of(store, folder), folder / "backups" / name, on=TODAY).path


def restored(
    store: Store, folder: Path, copy: Path, *, without_ledger: bool = False
) -> tuple[Restored, Store]:
    """Restore over a store that is closed, and open the result."""
    store.close()
    done = restore(copy, store.engine.url, folder, now=NOW, without_ledger=without_ledger)
    return done, open_store(store.engine.url)


def drop(store: Store, *databases: str) -> None:
    """Drop what restores set aside on a server; one that is not there fails the test."""
    admin = create_engine(store.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for name in databases:
            connection.execute(text(f'DROP DATABASE "{name}"'))
    admin.dispose()


def make_unreadable(store: Store) -> None:
    """Lose a store: overwrite its file, or drop its database."""
    store.close()
    database = store.engine.url.database
    assert database is not None
    if store.engine.dialect.name == "postgresql":
        drop(store, database)
        return
    path = Path(database)
    path.write_bytes(bytes(9000))
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
