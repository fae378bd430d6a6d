"""Kill -9 at many moments of what changes a whole store: disposal, import, restore, migration.

``ASIAKASREKISTERI_KILLS=500 python -m pytest -q -s tests -k killed`` kills at five hundred moments,
a quarter of them in each; without it there are a few. Disposal and import are also killed on
PostgreSQL, in turn the client process and the server's session. Afterwards nothing that was
committed is lost, nothing is half there, and a second attempt completes. Each says how many kills
left the store as it was and how many left the work done.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, NullPool, create_engine, make_url, text

from queries.store.engine import sqlite_url
from queries.store.integrity import IntegrityPart, check
from queries.store.migrate import open_store
from tests.support.trails import everything

#: Kills of each kind of work.
KILLS = max(1, int(os.environ.get("ASIAKASREKISTERI_KILLS", "16")) // 4)
WELL: dict[IntegrityPart, list[Any]] = {part: [] for part in IntegrityPart}
#: What a run says of its own moments.
MOMENTS = {"trail_entry", "setting", "ledger_mark", "derived_mark"}

Work = Callable[[Path], None]

#: The file in a folder that names its database, where its store is on PostgreSQL.
_ADDRESS = "address"
#: How long a session may outlive its client, in seconds.
_ENDS_WITHIN = 30


def in_a_child(work: Work, folder: Path, *, seconds: float | None = None) -> float:
    """Work in a process of its own, killed after so many seconds; how long it took.

    Without ``seconds`` it ends by itself, and well.
    """
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            work(folder)
        except BaseException:  # noqa: BLE001 - the child must not go on as a test
            os._exit(1)
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    _child, status = os.waitpid(child, 0)
    if seconds is None:
        assert status == 0
    return time.monotonic() - begun


def killed(work: Work, begun: Path, place: Path, took: float) -> Iterator[Path]:
    """A copy of a folder for each kill, in which the work was begun and killed."""
    for moment in range(KILLS):
        with copied(begun, place / f"killed-{moment}") as folder:
            seconds = took * (moment + 0.5) / KILLS
            if on_server(folder):
                _killed_on_postgresql(work, folder, seconds, server=moment % 2 == 1)
            else:
                in_a_child(work, folder, seconds=seconds)
            yield folder


def address_of(folder: Path) -> str | URL:
    """Return the address of the store of a folder: in it, or on PostgreSQL."""
    named = folder / _ADDRESS
    return named.read_text() if named.exists() else sqlite_url(folder / "register.sqlite")


def on_postgresql(folder: Path, address: str) -> None:
    """Have the store of a folder on PostgreSQL."""
    (folder / _ADDRESS).write_text(address)


def on_server(folder: Path) -> bool:
    """Check if the store of a folder is on PostgreSQL."""
    return (folder / _ADDRESS).exists()


@contextlib.contextmanager
def copied(begun: Path, folder: Path) -> Iterator[Path]:
    """A copy of a folder with its store, as long as it is needed."""
    shutil.copytree(begun, folder)
    named = folder / _ADDRESS
    if not named.exists():
        yield folder
        shutil.rmtree(folder)
        return
    original = named.read_text()
    template = make_url(original).database
    name = f"{template}_{folder.name.replace('-', '_')}"
    with _administrator(original) as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    copy = make_url(original).set(database=name)
    on_postgresql(folder, copy.render_as_string(hide_password=False))
    try:
        yield folder
    finally:
        with _administrator(original) as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        shutil.rmtree(folder)


@contextlib.contextmanager
def _administrator(address: str) -> Iterator[Connection]:
    """A connection to the server, not to the database; closed before a child is made."""
    engine = create_engine(
        make_url(address).set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool
    )
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _killed_on_postgresql(work: Work, folder: Path, seconds: float, *, server: bool) -> None:
    """Kill the client, or end its session in the server; return once the session is over."""
    address = (folder / _ADDRESS).read_text()
    child = os.fork()
    if child == 0:
        try:
            work(folder)
        except BaseException:  # noqa: BLE001 - the child must not go on as a test
            os._exit(1)
        os._exit(0)
    time.sleep(seconds)
    name = {"name": make_url(address).database}
    sessions = "FROM pg_stat_activity WHERE datname = :name"
    with _administrator(address) as connection:
        if server:
            connection.execute(text(f"SELECT pg_terminate_backend(pid) {sessions}"), name)
        else:
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        until = time.monotonic() + _ENDS_WITHIN
        while connection.scalar(text(f"SELECT count(*) {sessions}"), name):
            assert time.monotonic() < until, "the session outlived its client"
            time.sleep(0.02)


def whole(folder: Path, *without: str) -> dict[str, Any]:
    """Return everything in the store but moments; check that the store is sound."""
    store = open_store(address_of(folder))
    assert dict(check(store, folder)) == WELL
    found = {
        name: rows for name, rows in everything(store).items() if name not in MOMENTS.union(without)
    }
    store.close()
    return found


def said(kind: str, **figures: int) -> None:
    """Return the figures of many kills, for a run with ``-s``."""
    told = ", ".join(f"{name} {figure}" for name, figure in figures.items())
    sys.stdout.write(f"\n{kind}: {KILLS} kills; {told}\n")
