"""Partners' static ledgers, served over real HTTP from a thread: of real ledgers, or of trees that a test grows."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.ledger.ledger import Ledger
from tearline.ledger.note import Checkpoint, sign_checkpoint
from tearline.ledger.tree import HASH, Edge, leaf_hash

Files = Mapping[str, bytes]
"""Path below the ledger's address to what stands there."""


def files_of(entries: Sequence[bytes], note: str) -> dict[str, bytes]:
    """The files that C2SP tlog-tiles prescribes for these entries, with every partial tile there ever was."""
    found: dict[str, bytes] = {"checkpoint": note.encode()}
    edge = Edge()
    for entry in entries:
        edge, finished = edge.grow([leaf_hash(entry)])
        for tile in finished:
            found[path(tile.level, tile.index)] = tile.hashes
        for level, partial in enumerate(edge.partials):
            if partial:
                width = len(partial) // HASH
                found[f"{path(level, edge.size >> 8 * (level + 1))}.p/{width}"] = partial
    return found


def path(level: int, index: int) -> str:
    """Written here anew, so that a fault in the code under test is not repeated."""
    digits = f"{index:03d}" if index < 1000 else f"x{index // 1000:03d}/{index % 1000:03d}"
    return f"tile/{level}/{digits}"


def ledger_files(ledger: Ledger) -> dict[str, bytes]:
    """What a partner's node shows of its ledger."""
    return files_of([ledger.entry(n).leaf for n in range(ledger.size())], ledger.checkpoint())


def grown(entries: Sequence[bytes], origin: str, key: Ed25519PrivateKey) -> dict[str, bytes]:
    """What a log shows that consists of these entries."""
    root = Edge().grow(leaf_hash(e) for e in entries)[0].root()
    return files_of(entries, sign_checkpoint(Checkpoint(origin, len(entries), root), key))


def is_full(path: str) -> bool:
    return ".p/" not in path


Answer = tuple[int, Sequence[tuple[bytes, bytes]], Iterable[bytes]]
"""Status, headers, and the body in pieces."""


class Site:
    """Serves ``files`` on a port of this machine until it is left; both may be changed meanwhile."""

    def __init__(self, files: Files | None = None) -> None:
        self.files: Files = files or {}
        self.asked: list[str] = []
        self.answer: Callable[[str], Answer] = self.usually
        self._server = uvicorn.Server(
            uvicorn.Config(self._app, port=0, log_config=None, lifespan="off", interface="asgi3")
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def usually(self, path: str) -> Answer:
        found = self.files.get(path)
        return (404, [], [b"not here"]) if found is None else (200, [], [found])

    def __enter__(self) -> "Site":
        self._thread.start()
        until = time.monotonic() + 20
        while not self._server.started and time.monotonic() < until:
            time.sleep(0.01)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(20)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/log"

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"].removeprefix("/log/")
        self.asked.append(path)
        status, headers, body = self.answer(path)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for piece in body:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
