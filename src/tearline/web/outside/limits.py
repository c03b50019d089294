"""How often something may be sent from outside, without keeping who sent it.

Counts stand in memory under a keyed hash of the address, in a fixed number of places. When a window ends, its counts
and the key go together: afterwards nobody, with whatever list of addresses, can tell who came. What is counted so
coarsely can be passed twice over where two windows meet; that is all right, since 80 bits need no finer guard.

An address of this machine is not counted by itself: everybody who comes through an onion service has that one.
"""

import math
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from enum import Enum

from tearline.config.site import is_loopback
from tearline.signin.limits import TooOften, network_of, place_of
from tearline.web.outside.passing import Later, later

EVERYBODY = "everybody"


class Sent(Enum):
    """What is counted: seconds of its window, how many of one address, how many of all; None: all are not counted."""

    REPORT = 3600, 20, 300
    """Reports, and what is added to them: advocates send for many, and families share a telephone."""
    WRONG_CODE = 600, 10, None
    """Codes that are none. Right ones are not counted; of wrong ones so many are no danger (``signin.receipt``)."""

    def __init__(self, seconds: int, each: int, of_all: int | None) -> None:
        self.seconds = seconds
        self.each = each
        self.of_all = of_all


class OutsideLimits:
    """Counts what is sent. ``clock`` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, later: Later = later) -> None:
        self._clock = clock
        self._later = later
        self._lock = threading.Lock()
        self._windows: dict[Sent, _Window] = {}

    def check(self, what: Sent, address: str) -> None:
        """TooOften when no more of this may come from there now. Counts nothing."""
        with self._lock:
            self._forget()
            window = self._windows.get(what)
            if window is None:
                return
            full = window.counts[window.place(address)] >= what.each and not is_loopback(address)
            everywhere = what.of_all is not None and window.counts[EVERYBODY] >= what.of_all
            if full or everywhere:
                raise TooOften(max(1, math.ceil(window.began + what.seconds - self._clock())))

    def count(self, what: Sent, address: str) -> None:
        """One more came from there."""
        with self._lock:
            self._forget()
            window = self._windows.get(what)
            if window is None:
                window = self._windows[what] = _Window(self._clock())
                self._later(what.seconds, self.forget)
            window.counts.update((window.place(address), EVERYBODY))

    def forget(self) -> None:
        """Let go of the windows that have ended."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        now = self._clock()
        for what in [w for w, window in self._windows.items() if now >= window.began + w.seconds]:
            del self._windows[what]


class _Window:
    def __init__(self, began: float) -> None:
        self.began = began
        self.counts: Counter[str] = Counter()
        self._key = secrets.token_bytes(16)

    def place(self, address: str) -> str:
        return place_of(network_of(address), self._key)
