"""How much is done with a text that anybody may have written: so long, and by so few at once."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 4.0
"""For each of: running a text's cases, and running two texts over dossiers."""
AT_ONCE = 2
PATIENCE = 8.0

_DESKS = threading.BoundedSemaphore(AT_ONCE)


@contextmanager
def at_a_desk() -> Iterator[None]:
    """TimeoutError when every desk stays taken: the site says that it is busy, and everybody else is served."""
    if not _DESKS.acquire(timeout=PATIENCE):
        raise TimeoutError("too many drafts are being looked at")
    try:
        yield
    finally:
        _DESKS.release()


class Until:
    """Whether time is up."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._end = time.monotonic() + seconds

    def __bool__(self) -> bool:
        return time.monotonic() < self._end
