"""add-checkpoint, durable: the rules alone, and over HTTP, beside raw synced SQLite updates of the same row."""

import os
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.ledger.add_checkpoint import AddCheckpoint
from tearline.ledger.note import Checkpoint, Note, sign_checkpoint, vkey_of
from tearline.ledger.tree import Edge, Tile, consistency_proof, leaf_hash
from tearline.ledger.witness import Answer, Witness
from tearline.web.witness import create_witness_app

ORIGIN = "bench.example/log"
KEY = Ed25519PrivateKey.from_private_bytes(b"1" * 32)
ROUNDS = 9
EACH = 100


def run() -> None:
    """Print the median of interleaved rounds, and their range."""
    requests = growing(ROUNDS * EACH + 1)
    with TemporaryDirectory() as folder:
        witness = Witness.make(Path(folder) / "a", "w.example/a", lambda: datetime.now(UTC))
        remote = Witness.make(Path(folder) / "b", "w.example/b", lambda: datetime.now(UTC))
        for one in (witness, remote):
            one.trust(vkey_of(ORIGIN, KEY))
            assert one.add_checkpoint(requests[0]).answer is Answer.COSIGNED
        config = uvicorn.Config(create_witness_app(remote), port=0, log_level="error", access_log=False)
        server = uvicorn.Server(config)
        threading.Thread(target=server.run, daemon=True).start()
        while not server.started:
            time.sleep(0.01)
        url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/add-checkpoint"
        took: dict[str, list[float]] = {"raw SQLite": [], "the rules": [], "over HTTP": []}
        with closing(raw(Path(folder) / "raw.db")) as database, httpx2.Client() as client:

            def update(body: bytes) -> None:
                database.execute("UPDATE logs SET note = ?", (body,))

            def add(body: bytes) -> None:
                assert witness.add_checkpoint(body).answer is Answer.COSIGNED

            def post(body: bytes) -> None:
                assert client.post(url, content=body).status_code == 200

            ways: dict[str, Callable[[bytes], None]] = dict(zip(took, (update, add, post), strict=True))
            for n in range(ROUNDS):
                for name, way in ways.items():
                    begun = time.perf_counter()
                    for body in requests[1 + n * EACH : 1 + (n + 1) * EACH]:
                        way(body)
                    took[name].append(EACH / (time.perf_counter() - begun))
        server.should_exit = True
    print(f"load average {os.getloadavg()[0]:.1f}; {ROUNDS} rounds of {EACH}, one client, interleaved")
    for name, rates in took.items():
        print(f"{name:12} median {statistics.median(rates):6.0f}/s ({min(rates):.0f} to {max(rates):.0f})")


def growing(count: int) -> list[bytes]:
    """Requests of a log of about 100,000 entries that grows by 11 entries at a time."""
    edge, tiles, requests, old = Edge(), dict[tuple[int, int], bytes](), [], 0

    def keep(finished: list[Tile]) -> None:
        tiles.update({(t.level, t.index): t.hashes for t in finished})

    edge, finished = edge.grow(leaf_hash(str(n).encode()) for n in range(100_000))
    keep(finished)
    for n in range(count):
        edge, finished = edge.grow(leaf_hash(f"{n} {m}".encode()) for m in range(11))
        keep(finished)
        now = edge

        def read(level: int, index: int, now: Edge = now) -> bytes:
            return tiles.get((level, index), now.partials[level] if level < len(now.partials) else b"")

        note = Note.parse(sign_checkpoint(Checkpoint(ORIGIN, edge.size, edge.root()), KEY))
        proof = tuple(consistency_proof(read, old, edge.size))
        requests.append(str(AddCheckpoint(old=old, proof=proof, note=note)).encode())
        old = edge.size
    return requests


def raw(path: Path) -> sqlite3.Connection:
    """One row, updated and synced at every commit."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE logs (note BLOB)")
    database.execute("INSERT INTO logs VALUES ('')")
    return database
