"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Two minutes: what has not come by then does not come.
MOST_LOOKS = 2400


def comes(condition: Callable[[], object]) -> bool:
    """Check again and again if the condition holds, until it does."""
    for _look in range(MOST_LOOKS):
        if condition():
            return True
        time.sleep(0.05)
    return False
