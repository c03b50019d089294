"""How often something may be tried at the door, by an address, for a key, for a code; and behind it by a session.

Many officers share one address behind their agency's gateway, and one of them must not keep the others out. So what
proves itself (an answer by a good key, the codes of a good invitation, a good token) is never counted and never stopped
by what others failed at; only failures are counted, and beyond the limit they are told to wait. That opens no
guessing: what is guessed at has 140 bits and more, whatever is answered to a wrong guess.

Moving windows in this process's memory. What is counted is put into a fixed number of places by a keyed hash, so
that memory is bounded whoever comes, and nobody can choose to share a place with another. A restart forgets it all:
what is guessed at here has 140 bits and more, and the limits only keep the machine free for others.
"""

import hashlib
import math
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from ipaddress import IPv6Address, ip_address, ip_network

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

PLACES = 4096


class What(Enum):
    """What is tried, and how often it may be."""

    BEGIN = RateLimitItemPerMinute(30)
    """Challenges for one browser, or one session."""
    BEGUN = RateLimitItemPerMinute(900)
    """Challenges for all browsers of an address. Each waits for five minutes, and there is room for 20,000."""
    ANSWER = RateLimitItemPerMinute(60)
    KEY = RateLimitItemPerMinute(20)
    CODE = RateLimitItemPerMinute(10)
    CODES = RateLimitItemPerHour(60)
    PAGE = RateLimitItemPerMinute(1200)
    """Pages and acts of one session. Nobody reads twenty pages a second; whoever copies the record does."""


class TooOften(Exception):
    """``after``: in how many whole seconds it may be tried again."""

    def __init__(self, after: int) -> None:
        super().__init__(f"too often; again in {after} s")
        self.after = after


def place_of(text: str, key: bytes) -> str:
    """One of a fixed number of places, so that memory is bounded; nobody can choose to share another's."""
    hashed = hashlib.blake2b(text.encode(), key=key, digest_size=8).digest()
    return str(int.from_bytes(hashed, "big") % PLACES)


class Limits:
    """Counts what is tried."""

    def __init__(self) -> None:
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._key = secrets.token_bytes(16)

    def tried(self, what: What, by: str) -> None:
        """Count one try. TooOften when there were too many; that one does not count."""
        place = self._place(by)
        item: RateLimitItem = what.value
        if not self._window.hit(item, what.name, place):
            free = self._window.get_window_stats(item, what.name, place).reset_time
            raise TooOften(max(1, math.ceil(free - time.time())))

    @contextmanager
    def failing(self, what: Sequence[What], by: str, *, only: type[Exception]) -> Iterator[None]:
        """Count what fails within, by ``only`` this; TooOften in its place when it failed too often."""
        try:
            yield
        except only:
            for one in what:
                self.tried(one, by)
            raise

    def _place(self, by: str) -> str:
        return place_of(network_of(by), self._key)


def network_of(by: str) -> str:
    """For an address of IPv6 its network of 64 bits, since whoever has one has them all; anything else as it is."""
    try:
        address = ip_address(by)
    except ValueError:
        return by
    if not isinstance(address, IPv6Address):
        return by
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address.packed, 64), strict=False))
