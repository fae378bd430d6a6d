"""Limit on the passwords that one process checks in a minute, whoever types them."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

#: Passwords looked at in a minute. One takes a third of a second of one core.
MOST_IN_A_MINUTE = 60
_WINDOW_SECONDS = 60.0


class Tries:
    """Counts tries in the last minute.

    >>> clock = iter([0.0, 1.0, 2.0, 61.0])
    >>> tries = Tries(2, clock=lambda: next(clock))
    >>> tries.may(), tries.may(), tries.may(), tries.may()
    (True, True, False, True)
    """

    def __init__(
        self, most: int = MOST_IN_A_MINUTE, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._clock = clock
        self._at: deque[float] = deque()
        self._lock = threading.Lock()

    def may(self) -> bool:
        """Return whether one more password may be checked now; count it if so."""
        with self._lock:
            now = self._clock()
            while self._at and self._at[0] <= now - _WINDOW_SECONDS:
                self._at.popleft()
            if len(self._at) >= self._most:
                return False
            self._at.append(now)
            return True
