"""Strong entity tags (RFC 9110, section 8.8.3): by whom it is read, and the very bytes of the answer.

A tag is a hash over reader and body, so it changes when and only when an answer does: with a fact that matters to it, a
purge, another role. That something else was recorded changes no tag. Where an answer follows from facts alone, the tag
that was last given for it is remembered with the ledger's size: while nothing was recorded since, a reader who has it
already is told so, and nothing is read.
"""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Stand:
    """How far the record reached: how many facts, and how many of them were purged."""

    size: int
    purges: int


def tag_of(reader: str, body: bytes) -> str:
    """The tag, in its quotation marks. ``reader``: who reads, and as what."""
    digest = hashlib.blake2b(digest_size=18)
    digest.update(f"{len(reader)}:{reader}".encode())
    digest.update(body)
    return f'"{digest.hexdigest()}"'


def named(header: str | None, tag: str) -> bool:
    """Whether ``If-None-Match`` names this tag. Weak comparison, as RFC 9110, section 13.1.2 asks for."""
    if header is None:
        return False
    listed = [one.strip().removeprefix("W/") for one in header.split(",")]
    return "*" in listed or tag in listed


class Tags:
    """The tags last given, by reader and address. Safe among threads; losing one costs a computation."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: OrderedDict[tuple[str, str], tuple[Stand, str]] = OrderedDict()

    def still(self, reader: str, address: str, stand: Stand) -> str | None:
        """The tag that this answer bears for certain, without making it; None when that is not known."""
        with self._lock:
            last = self._last.get((reader, address))
            if last is None or last[0] != stand:
                return None
            self._last.move_to_end((reader, address))
            return last[1]

    def given(self, reader: str, address: str, stand: Stand, tag: str) -> None:
        """``stand`` was read before the answer was made: what came in between leaves a tag that is not used."""
        with self._lock:
            self._last[reader, address] = (stand, tag)
            self._last.move_to_end((reader, address))
            if len(self._last) > MOST:
                self._last.popitem(last=False)
