"""Kill -9 at many moments of what changes a whole store: disposal, import, restore, migration.

``ASIAKASREKISTERI_KILLS=500 python -m pytest -q -s tests -k killed`` kills at five hundred moments,
a quarter of them in each; without it there are a few. Afterwards nothing that was committed is
lost, nothing is half there, and a second attempt completes. Each says how many kills left the
store as it was and how many left the work done.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from queries.store.engine import sqlite_url
from queries.store.integrity import IntegrityPart, check
from queries.store.migrate import open_store
from tests.support.trails import everything

#: Kills of each kind of work.
KILLS = max(1, int(os.environ.get("ASIAKASREKISTERI_KILLS", "16")) // 4)
WELL = {part: [] for part in IntegrityPart}
#: What a run says of its own moments.
MOMENTS = {"trail_entry", "setting", "ledger_mark", "derived_mark"}

Work = Callable[[Path], None]


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
        folder = place / f"killed-{moment}"
        shutil.copytree(begun, folder)
        in_a_child(work, folder, seconds=took * (moment + 0.5) / KILLS)
        yield folder
        shutil.rmtree(folder)


def whole(folder: Path, *without: str) -> dict[str, Any]:
    """Return everything in the store but moments; check that the store is sound."""
    store = open_store(sqlite_url(folder / "register.sqlite"))
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
