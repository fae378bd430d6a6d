"""Python's garbage collector, paused while a plan is made.

A plan is many small objects without cycles, which are all kept: to look through them again every
few hundred rows finds nothing, and costs a third of the time. The server collects on a timer too
(:mod:`dashboard.garbage`), which goes on.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_paused = 0


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector in all threads until the last such block ends; leave it paused where it
    was before."""
    global _paused  # noqa: PLW0603 - the collector is the process's, so is the count
    if not gc.isenabled() and not _paused:
        yield
        return
    with _lock:
        _paused += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _paused -= 1
            if not _paused:
                gc.enable()
