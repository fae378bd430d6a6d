"""The objects that one process serves: its store, its folder and its doorway.

Set once when the server starts; a page asks here and nowhere else.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from dashboard.web.doorway import Doorway
from queries.errors import StoreRefusal
from queries.rules.proofs import Exposure
from queries.store.backup.ledger import Ledger, ledger_of
from queries.store.engine import sqlite_url
from queries.store.migrate import open_store
from queries.store.sessions import Store

DATABASE_URL = "ASIAKASREKISTERI_DATABASE_URL"
DATA_FOLDER = "ASIAKASREKISTERI_DATA"
STORE_FILE = "register.sqlite"
DEFAULT_PORT = 8501

_lock = threading.Lock()
_store: Store | None = None
_folder: Path | None = None
_doorway = Doorway(DEFAULT_PORT)
_exposure: Exposure | None = None


def data_folder(given: Path | None = None) -> Path:
    """The folder of the store: the given one, the environment's, or the platform's place for data.

    On Linux and others ``$XDG_DATA_HOME/asiakasrekisteri`` (XDG Base Directory Specification), on
    macOS ``~/Library/Application Support/asiakasrekisteri``.
    """
    if given is not None:
        return given.expanduser().resolve()
    if named := os.environ.get(DATA_FOLDER):
        return Path(named).expanduser().resolve()
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "asiakasrekisteri"


def store_address(database_url: str | None, folder: Path | None) -> str:
    """The address of the store: given, of the environment, or the file in the data folder."""
    given = database_url or (None if folder is not None else os.environ.get(DATABASE_URL))
    if given:
        return given
    return sqlite_url(data_folder(folder) / STORE_FILE).render_as_string(hide_password=False)


def use_store(store: Store | None) -> None:
    """Serve this store; None forgets it, and the next question opens the environment's."""
    global _store  # noqa: PLW0603 - one process serves one store
    with _lock:
        _store = store


def the_store() -> Store:
    """The store that this process serves.

    :raises StoreRefusal: as :func:`queries.store.migrate.open_store`; ``store_address`` when none
        is served and the environment names none.
    """
    global _store  # noqa: PLW0603 - one process serves one store
    with _lock:
        if _store is None:
            address = os.environ.get(DATABASE_URL)
            if not address:
                raise StoreRefusal("store_address")
            _store = open_store(address)
        return _store


def use_folder(folder: Path | None) -> None:
    """The data folder of what is served: the erasure ledger lies there."""
    global _folder  # noqa: PLW0603 - one process serves one store
    _folder = folder


def the_ledger() -> Ledger:
    """The erasure ledger of the register that is served."""
    store = the_store()
    if _folder is not None:
        return ledger_of(store, _folder)
    file = store.engine.url.database
    beside = store.engine.dialect.name == "sqlite" and file
    return ledger_of(store, Path(file).parent if beside and file else data_folder())


def use_doorway(doorway: Doorway) -> None:
    global _doorway  # noqa: PLW0603 - one process serves one address
    _doorway = doorway


def the_doorway() -> Doorway:
    return _doorway


def use_exposure(exposure: Exposure | None) -> None:
    """Keep the result of requesting every address without signing in; None forgets it."""
    global _exposure  # noqa: PLW0603 - one process serves one address
    _exposure = exposure


def the_exposure() -> Exposure | None:
    return _exposure
