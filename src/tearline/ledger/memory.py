"""What was read and verified once, kept while there is room. Facts never change, so it cannot go stale."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def _one(_: object) -> int:
    return 1


class Memory(Generic[K, V]):
    """Keeps values of at most ``room`` together, as ``weigh`` counts them; the longest unused go first."""

    def __init__(self, room: int, weigh: Callable[[V], int] = _one) -> None:
        self._room = room
        self._weigh = weigh
        self._lock = threading.Lock()
        self._kept: dict[K, V] = {}
        self._weight = 0

    def get(self, key: K) -> V | None:
        """The value, if it is still kept."""
        with self._lock:
            value = self._kept.pop(key, None)
            if value is not None:
                self._kept[key] = value
            return value

    def put(self, key: K, value: V) -> None:
        """Keep a value, unless it is larger than the whole room."""
        with self._lock:
            replaced = self._kept.pop(key, None)
            if replaced is not None:
                self._weight -= self._weigh(replaced)
            if self._weigh(value) > self._room:
                return
            self._kept[key] = value
            self._weight += self._weigh(value)
            while self._weight > self._room:
                self._weight -= self._weigh(self._kept.pop(next(iter(self._kept))))
