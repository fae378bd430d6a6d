"""A store backed up, restored or lost, as the tests of backups need it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine, text

from queries.store.backup.backup import back_up
from queries.store.backup.ledger import ledger_of
from queries.store.backup.restore import restore
from queries.store.migrate import open_store
from tests.conftest import NOW
from tests.factories.records import TODAY


def backed_up(store, folder, name="copy"):
    return back_up(store, ledger_of(store, folder), folder / "backups" / name, on=TODAY).path


def restored(store, folder, copy, **options):
    """Restore over a store that is closed, and open the result."""
    store.close()
    done = restore(copy, store.engine.url, folder, now=NOW, **options)
    return done, open_store(store.engine.url)


def drop(store, *databases):
    """Drop what restores set aside on a server; one that is not there fails the test."""
    admin = create_engine(store.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for name in databases:
            connection.execute(text(f'DROP DATABASE "{name}"'))
    admin.dispose()


def make_unreadable(store):
    """Lose a store: overwrite its file, or drop its database."""
    store.close()
    if store.engine.dialect.name == "postgresql":
        drop(store, store.engine.url.database)
        return
    path = Path(store.engine.url.database)
    path.write_bytes(bytes(9000))
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
