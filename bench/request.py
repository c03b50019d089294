"""A whole recorded request: read, decide, sign, encrypt, append durably. Beside it, one raw insert.

Interleaved with single raw SQLite inserts (WAL, synchronous=FULL) of as many bytes as the request stored,
because the disk's speed changes from second to second; only the ratio means something.
"""

import json
import os
import secrets
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.worlds import fresh_node, item, populate, request
from tearline.facts.codec import encode
from tearline.facts.fact import Compartment
from tearline.node import Node

ROUNDS = 15
PER_ROUND = 12
CLIENTS = 64
EACH = 6


class Raw:
    """One table in a database of its own, written as durably as the ledger."""

    def __init__(self, folder: Path) -> None:
        self.connection = sqlite3.connect(folder / "raw.db", isolation_level=None)
        self.connection.execute("PRAGMA journal_mode=WAL")
        self.connection.execute("PRAGMA synchronous=FULL")
        self.connection.execute("CREATE TABLE rows (position INTEGER PRIMARY KEY, body BLOB)")

    def insert(self, body: bytes) -> None:
        self.connection.execute("INSERT INTO rows (body) VALUES (?)", (body,))


def stored_bytes(node: Node, first: int) -> int:
    """What the facts from this position on took: signed facts and their sealed fields."""
    total = 0
    for position in range(first, node.ledger.size()):
        entry = node.ledger.entry(position, opening=frozenset(Compartment))
        sealed = json.dumps(list(encode(entry.recorded.fact).sealed.values()), ensure_ascii=False)
        total += len(entry.jws) + len(entry.blinding) + len(entry.leaf) + len(sealed.encode())
    return total


def _timed(act: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.thread_time()
    act()
    return time.perf_counter() - wall, time.thread_time() - cpu


def one_client(chain: int) -> None:
    with fresh_node() as node, TemporaryDirectory() as folder:
        populate(node, chain=chain, items=ROUNDS * PER_ROUND + 1)
        raw = Raw(Path(folder))
        first = node.ledger.size()
        node.record(request(0, item(0)))
        body = secrets.token_bytes(stored_bytes(node, first))
        ours: list[tuple[float, float]] = []
        raws: list[float] = []
        ratios = []
        for n in range(ROUNDS):
            mine = []
            theirs = []
            for k in range(PER_ROUND):
                number = 1 + n * PER_ROUND + k
                mine.append(_timed(lambda number=number: node.record(request(number, item(number)))))  # type: ignore[misc]  # a default keeps the value
                theirs.append(_timed(lambda: raw.insert(body))[0])
            ours += mine
            raws += theirs
            ratios.append(statistics.median(w for w, _ in mine) / statistics.median(theirs))
        walls = sorted(w for w, _ in ours)
        cpu = statistics.median(c for _, c in ours)
        print(
            f"chain {chain:5}: 1 client: CPU median {cpu * 1e3:.2f} ms;"
            f" wall median {statistics.median(walls) * 1e3:.2f} ms, p99 {walls[int(len(walls) * 0.99)] * 1e3:.2f} ms;"
            f" raw insert of {len(body)} B: median {statistics.median(raws) * 1e3:.2f} ms;"
            f" ratio median {statistics.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f} in {ROUNDS} rounds"
        )


def many_clients(chain: int) -> None:
    with fresh_node() as node:
        populate(node, chain=chain, items=CLIENTS * EACH)
        waits: list[float] = []
        gate = threading.Barrier(CLIENTS + 1)

        def client(c: int) -> None:
            gate.wait()
            for k in range(EACH):
                n = c * EACH + k
                waits.append(_timed(lambda n=n: node.record(request(n, item(n))))[0])  # type: ignore[misc]  # a default keeps the value

        threads = [threading.Thread(target=client, args=(c,)) for c in range(CLIENTS)]
        for t in threads:
            t.start()
        gate.wait()
        start = time.perf_counter()
        for t in threads:
            t.join()
        took = time.perf_counter() - start
        waits.sort()
        print(
            f"chain {chain:5}: {CLIENTS} waiting clients: {len(waits) / took:.0f} requests/s;"
            f" median {statistics.median(waits) * 1e3:.0f} ms, p99 {waits[int(len(waits) * 0.99)] * 1e3:.0f} ms"
        )


def run() -> None:
    """Print the table."""
    print(f"recorded request (load average {os.getloadavg()[0]:.1f})")
    for chain in (10, 100):
        one_client(chain)
    many_clients(10)


if __name__ == "__main__":
    run()
