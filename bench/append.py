"""Durable append of a 1 KiB fact beside a raw SQLite insert of the same bytes: ``python -m bench.append``.

Rounds of the two are interleaved in one run and only their ratio is to be trusted: the disk's own speed
varies several times over. Both databases lie in the same folder, WAL, synchronous=FULL. "Raw" is one
table with one blob of the bytes that the ledger keeps for such a fact, and nothing else: no hash, no
signature, no encryption, no index.
"""

import os
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tearline.facts.fact import Compartment, Sealed
from tearline.facts.history import Actor, Draft, Role, about
from tearline.facts.identifiers import CompromiseId, ItemId, PersonId
from tearline.facts.leaks import CompromiseReported, Sureness
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger

ROUNDS = 11
APPENDS_A_ROUND = 64
APPENDS_A_CLIENT = 10
ITEMS = 50


@dataclass
class Timed:
    """Seconds of each operation, wall and CPU seconds of each round, all of one kind."""

    a_round: int
    each: list[float] = field(default_factory=list)
    walls: list[float] = field(default_factory=list)
    cpus: list[float] = field(default_factory=list)

    def round(self, run: Callable[[list[float]], None]) -> None:
        cpu, wall = time.process_time(), time.perf_counter()
        run(self.each)
        self.walls.append(time.perf_counter() - wall)
        self.cpus.append(time.process_time() - cpu)

    def line(self, name: str) -> str:
        count = len(self.each)
        rate = self.a_round / statistics.median(self.walls)
        p99 = statistics.quantiles(self.each, n=100)[98]
        return (
            f"{name:<34} {1e3 * statistics.median(self.each):8.3f} {1e3 * p99:8.3f}"
            f" {1e6 * sum(self.cpus) / count:8.0f} {rate:10.0f}"
        )


def ratio(ours: Timed, raw: Timed) -> float:
    """Median over the rounds of our time for one fact divided by the raw time in the same round."""
    pairs = zip(ours.walls, raw.walls, strict=True)
    return statistics.median((a / ours.a_round) / (b / raw.a_round) for a, b in pairs)


def made(n: int) -> Draft:
    seen = "Read aloud on an open channel, with the name of the street. " * 4
    return Draft(
        fact=CompromiseReported(
            compromise=CompromiseId(f"c-{n}"),
            item=ItemId(f"i-{n % ITEMS}"),
            sure=Sureness.PROBABLE,
            seen=Sealed(seen),
        ),
        happened_at=datetime.now(UTC),
        by=Actor(PersonId("p-1"), Role.INVESTIGATOR),
    )


class Raw:
    """One table, one blob a row."""

    def __init__(self, path: Path, size: int) -> None:
        self.database = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            self.database.execute(f"PRAGMA {pragma}")
        self.database.execute("CREATE TABLE raw (position INTEGER PRIMARY KEY, body BLOB NOT NULL)")
        self.body = os.urandom(size)

    def insert(self, count: int) -> None:
        self.database.execute("BEGIN IMMEDIATE")
        self.database.executemany("INSERT INTO raw (body) VALUES (?)", [(self.body,)] * count)
        self.database.execute("COMMIT")


def stored_bytes(ledger: Ledger) -> int:
    """What the ledger keeps for the first fact, without tags and tree."""
    statement = """
        SELECT length(leaf) + length(blinding) + length(jws) + length(wrapped) + length(content)
        FROM entries JOIN sealed USING (position) WHERE position = 0
    """
    with ledger._store.statements() as run:
        return int(run.execute(statement).fetchone()[0])


def run() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        _run(Path(folder))


def _run(folder: Path) -> None:
    ledger = Ledger.make(
        f"sqlite:///{folder}/ledger.db", NodeKeys.new("tearline.example/bench"), lambda: datetime.now(UTC)
    )
    numbers = iter(range(10**9))

    def append() -> None:
        n = next(numbers)
        ledger.append([made(n)], unless=about(f"item:i-{n % ITEMS}"), after=ledger.size(), key=f"k-{n}")

    append()
    size = stored_bytes(ledger)
    raw = Raw(folder / "raw.db", size)

    def one_by_one(call: Callable[[], None]) -> Callable[[list[float]], None]:
        def measured(each: list[float]) -> None:
            for _ in range(APPENDS_A_ROUND):
                began = time.perf_counter()
                call()
                each.append(time.perf_counter() - began)

        return measured

    lock = threading.Lock()

    def append_blind() -> None:
        """As many waiting clients would: each about its own matter, decided on what it read before."""
        with lock:
            n = next(numbers)
        ledger.append([made(n)], unless=about(f"compromise:c-{n}"), after=max(0, n - 256), key=f"k-{n}")

    def from_64_threads(each: list[float]) -> None:
        """Clients that each wait for their durable answer before they send the next."""

        def client() -> None:
            for _ in range(APPENDS_A_CLIENT):
                began = time.perf_counter()
                append_blind()
                each.append(time.perf_counter() - began)

        threads = [threading.Thread(target=client) for _ in range(64)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def raw_batch(each: list[float]) -> None:
        began = time.perf_counter()
        raw.insert(APPENDS_A_ROUND)
        each += [time.perf_counter() - began] * APPENDS_A_ROUND

    ours, theirs, batch = Timed(APPENDS_A_ROUND), Timed(APPENDS_A_ROUND), Timed(APPENDS_A_ROUND)
    many = Timed(64 * APPENDS_A_CLIENT)
    for _ in range(ROUNDS):
        ours.round(one_by_one(append))
        theirs.round(one_by_one(lambda: raw.insert(1)))
        many.round(from_64_threads)
        batch.round(raw_batch)
    print(f"append: {ROUNDS} interleaved rounds of {APPENDS_A_ROUND}, {size} bytes a fact")
    print(f"load average {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores, SQLite {sqlite3.sqlite_version}")
    print(f"{'':<34} {'median ms':>8} {'p99 ms':>8} {'CPU us':>8} {'a second':>10}")
    print(ours.line("ledger, 1 client"))
    print(theirs.line("raw insert, 1 a commit"))
    print(many.line("ledger, 64 waiting clients"))
    print(batch.line("raw insert, 64 a commit"))
    print(f"ledger / raw, 1 client: {ratio(ours, theirs):.2f} times the time")
    print(f"ledger with 64 clients / raw 1 a commit: {ratio(many, theirs):.2f} times the time")
    print(f"ledger with 64 clients / raw 64 a commit: {ratio(many, batch):.2f} times the time")
    _reading(ledger)
    ledger.check()
    ledger.close()


def _reading(ledger: Ledger) -> None:
    """What a decision reads: five questions, each again and again while others append."""
    opening = frozenset({Compartment.CONTENT})
    questions = [about(f"item:i-{n}", kinds=[CompromiseReported]) for n in range(5)]

    def cpu(name: str, count: int, call: Callable[[int], object]) -> None:
        began = time.process_time()
        for n in range(count):
            call(n)
        print(f"{name:<52} {1e6 * (time.process_time() - began) / count:8.0f} us CPU")

    found = sum(len(ledger.read(q).facts) for q in questions) // 5
    cpu(
        f"read {found} facts for the first time, opened",
        5,
        lambda n: ledger.read(questions[n], opening=opening),
    )
    cpu("read them again", 500, lambda n: ledger.read(questions[n % 5], opening=opening))
    cpu("inclusion proof", 200, ledger.prove)


if __name__ == "__main__":
    run()
