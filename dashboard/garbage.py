"""Collecting garbage on a timer, since ``runner.postScriptGC`` is off (it costs 50 ms a click)."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Python's own collector frees most by itself; this catches the oldest generation's cycles.
EVERY_SECONDS = 60.0


@contextmanager
def collected_on_a_timer(every: float = EVERY_SECONDS) -> Iterator[None]:
    """Collect now and then, in a thread of its own, for as long as the block runs."""
    over = threading.Event()

    def collect() -> None:
        while not over.wait(every):
            gc.collect()

    thread = threading.Thread(target=collect, name="collector", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=5)
