"""Limit on how often something may be done over the network without signing in.

The memory that it takes is bounded: of more keys than fit, the one that was quiet the longest is
forgotten. Whoever comes from very many addresses is held by a bound on the whole beside it.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable

from starlette.requests import HTTPConnection

from dashboard.web.doorway import Doorway

#: Keys that are remembered at a time.
MOST_KEYS = 10_000
_SUBSCRIBERS_NETWORK = 64


class Rates:
    """Counts what was done under each key in the last ``seconds``.

    >>> clock = iter([0.0, 1.0, 2.0, 3.0, 61.0])
    >>> rates = Rates(2, 60, clock=lambda: next(clock))
    >>> [rates.may(key) for key in ("a", "a", "a", "b", "a")]
    [True, True, False, True, True]
    """

    def __init__(
        self,
        most: int,
        seconds: float,
        *,
        keys: int = MOST_KEYS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds = seconds
        self._most = most
        self._keys = keys
        self._clock = clock
        self._at: OrderedDict[Hashable, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def may(self, key: Hashable) -> bool:
        """Return whether it may be done once more under this key; count it if so."""
        with self._lock:
            now = self._clock()
            times = self._at.setdefault(key, deque(maxlen=self._most))
            self._at.move_to_end(key)
            while len(self._at) > self._keys:
                self._at.popitem(last=False)
            while times and times[0] <= now - self.seconds:
                times.popleft()
            if len(times) >= self._most:
                return False
            times.append(now)
            return True

    @property
    def remembered(self) -> int:
        """Return how many keys it knows at the moment."""
        return len(self._at)


def client_of(request: HTTPConnection, doorway: Doorway) -> str:
    """The network address of who asks, as a key that is kept nowhere else.

    Behind a proxy it is the last that ``X-Forwarded-For`` names, which the proxy wrote itself. Of
    an IPv6 address it is the network of 64 bits, which is one subscriber's.

    >>> from starlette.requests import Request
    >>> def of(header, doorway):
    ...     headers = [(b"x-forwarded-for", header)]
    ...     return client_of(Request({"type": "http", "headers": headers,
    ...                               "client": ("127.0.0.1", 1)}), doorway)
    >>> of(b"9.9.9.9, 192.0.2.7", Doorway(8501, "https://rekisteri.example"))
    '192.0.2.7'
    >>> of(b"2001:db8:1:2:3::4", Doorway(8501, "https://rekisteri.example"))
    '2001:db8:1:2::/64'
    >>> of(b"192.0.2.7", Doorway(8501))
    '127.0.0.1'
    """
    text = request.client.host if request.client else ""
    if doorway.https:
        text = request.headers.get("x-forwarded-for", text).rsplit(",", 1)[-1].strip()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((int(address), _SUBSCRIBERS_NETWORK), strict=False))
