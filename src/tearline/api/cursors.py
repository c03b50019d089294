"""Where a list is carried on: a place that only this node can name, for this reader and this list.

A cursor is not a number to count up. It is authenticated (HMAC-SHA256, cut to 128 bits) under a secret that follows
from the node's wrapping key, together with the list, its filters and the reader: one that was altered, or belongs to
another list, is refused. It names the last entry that was given, so entries that are recorded later move nothing.
"""

import hashlib
import hmac

from tearline.facts.errors import Malformed
from tearline.ledger import strict
from tearline.node import Node

MAC = 16
LONGEST = 400
PURPOSE = b"tearline/api/cursor/1"


class Cursors:
    """Makes and reads the cursors of one node. With another wrapping key, earlier ones are worth nothing."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def make(self, scope: str, place: str) -> str:
        """The cursor for this place of this list; ``scope`` names the list, its filters and its reader."""
        return strict.to_base64url(self._mac(scope, place) + place.encode())

    def read(self, scope: str, cursor: str) -> str:
        """The place that ``make`` was given. Malformed for everything that it did not return for this scope."""
        try:
            raw = strict.base64url(cursor) if len(cursor) <= LONGEST else b""
            place = raw[MAC:].decode("ascii")
        except ValueError:
            raise _wrong() from None
        if not place or not hmac.compare_digest(raw[:MAC], self._mac(scope, place)):
            raise _wrong()
        return place

    def _mac(self, scope: str, place: str) -> bytes:
        key = hmac.digest(self._node.ledger.keys.master, PURPOSE, hashlib.sha256)
        said = f"{len(scope)}:{scope}{place}".encode()
        return hmac.digest(key, said, hashlib.sha256)[:MAC]


def _wrong() -> Malformed:
    return Malformed("query", "/after", "a cursor of this list, as an earlier answer gave it to you")
