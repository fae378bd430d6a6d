"""The amount of work, counted instead of timed: a busy machine counts the same."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls_of(work: Callable[[], Any]) -> int:
    """The calls that the work makes in this thread, of Python's functions and of C's."""
    made = 0

    def count(_frame: FrameType, event: str, _about: Any) -> None:
        nonlocal made
        made += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return made


def grows_evenly(work: Callable[[int], Any], size: int) -> bool:
    """Check if twice the size is at most about twice the work."""
    work(size)  # what is done once, such as an import, is done by now
    return calls_of(lambda: work(2 * size)) <= 2.2 * calls_of(lambda: work(size)) + 100
