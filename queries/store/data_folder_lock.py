"""The lock of a data folder: shared by many, or held by one alone.

A lock of the operating system (``flock``): it ends with the process that holds it, however that
ends, so nothing is ever left locked. Programs that serve a store or dispose of records in it share
the lock; a restore, which replaces the store, holds it alone.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from queries.errors import StoreRefusal

LOCK_FILE = "register.lock"
_PAUSE = 0.05


@contextmanager
def at_work(folder: Path) -> Iterator[None]:
    """Work in the folder beside others.

    :raises StoreRefusal: ``store_restoring`` while a restore is under way; ``folder_closed``.
    """
    _make(folder)
    with locked(folder / LOCK_FILE, alone=False, refusal="store_restoring"):
        yield


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Work in the folder with nobody else there.

    :raises StoreRefusal: ``store_served`` while anyone is :func:`at_work`; ``folder_closed``.
    """
    _make(folder)
    with locked(folder / LOCK_FILE, alone=True, refusal="store_served"):
        yield


@contextmanager
def locked(path: Path, *, alone: bool, refusal: str, patience: float = 0) -> Iterator[None]:
    """Hold the lock of a file; it is made, for the owner alone, where there is none.

    :param patience: so many seconds it is waited for.
    :raises StoreRefusal: with the code ``refusal`` when others keep it; ``folder_closed`` where it
        cannot be made.
    """
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreRefusal("folder_closed") from error
    try:
        _take(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH, refusal, patience)
        yield
    finally:
        os.close(handle)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreRefusal("folder_closed") from error


def _take(handle: int, kind: int, refusal: str, patience: float) -> None:
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= until:
                raise StoreRefusal(refusal) from error
            time.sleep(_PAUSE)
        else:
            return
