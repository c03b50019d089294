"""Reading a partner's static ledger over HTTP: its checkpoint, and the tiles from which proofs are computed.

``URL/checkpoint`` and ``URL/tile/L/N[.p/W]``, as C2SP tlog-tiles names them. Nothing that is read here is believed:
whoever asked checks the checkpoint's signature, and checks that the tiles lead to the root that was signed.

A partner may be down, slow, or hostile: an answer has a largest size, and all of one look a longest time.
"""

import time
from types import TracebackType

from tearline.ledger import tiles
from tearline.ledger.tree import HASH, WIDTH, TileReader
from tearline.peers.addresses import Unreachable, checked_url
from tearline.peers.calls import call, new_client

LARGEST_CHECKPOINT = 64 * 1024
SECONDS = 30.0
GONE = (404, 410)


class PartnerLedger:
    """One partner's static ledger, for as long as one look at it takes. Malformed at once for an unfit address."""

    def __init__(self, url: str, *, seconds: float = SECONDS) -> None:
        self._url = checked_url(url)
        self._until = time.monotonic() + seconds
        self._client = new_client()

    def __enter__(self) -> "PartnerLedger":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def checkpoint(self) -> bytes:
        """The bytes of the latest checkpoint. Unreachable when there is none, or too much of one."""
        found = self._get("checkpoint", LARGEST_CHECKPOINT)
        if found is None:
            raise Unreachable(f"{self._url}/checkpoint: there is none")
        return found

    def tiles_of(self, size: int) -> TileReader:
        """The tiles of the tree of ``size`` entries, each fetched when it is asked for.

        Unreachable when a tile is not there, Malformed when it has another length than in a tree of that size.
        """

        def read(level: int, index: int) -> bytes:
            part = tiles.Part(level, index, tiles.width(size, level, index))
            found = self._get(str(part), part.width * HASH)
            if found is None and part.width < WIDTH:
                # A partial tile may be taken away once the full one is there: c2sp.org/tlog-tiles.
                whole = self._get(str(tiles.Part(level, index)), WIDTH * HASH)
                found = whole and whole[: part.width * HASH]
            if found is None:
                raise Unreachable(f"{self._url}/{part}: there is none")
            return tiles.hashes_of(found, part.width, f"{self._url}/{part}")

        return read

    def _get(self, path: str, most: int) -> bytes | None:
        """The bytes at this path, or None when there are none."""
        url = f"{self._url}/{path}"
        answered = call(self._client, "GET", url, largest=most, until=self._until)
        if answered.status in GONE:
            return None
        if answered.status != 200:
            raise Unreachable(f"{url}: answered {answered.status}")
        return answered.body
