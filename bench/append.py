"""Durable append of admitted facts beside raw inserts of the same bytes: ``python -m bench append``.

On SQLite and on PostgreSQL.

Rounds of the two are interleaved in one run and only their ratio is to be trusted: the disk's own speed
varies several times over. "Admitted" is a fact that was signed, blinded and sealed before; recording it is what is
measured: conflict check, tables, hashes, tiles, signed checkpoint, commit. "Raw" is one table with one blob of the
bytes that the ledger keeps for such a fact, and nothing else, in a database of its own on the same disk with the same
durability (SQLite: WAL, synchronous=FULL; PostgreSQL: synchronous_commit=on).

The first fact comes from nowhere: a round's submissions are admitted before its clock starts.
"""

import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.databases import postgresql
from tearline.facts.fact import Sealed
from tearline.facts.history import Actor, Draft, Role, about
from tearline.facts.identifiers import CompromiseId, ItemId, PersonId
from tearline.facts.leaks import CompromiseReported, Sureness
from tearline.ledger.batch import Submission
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger

ROUNDS = 11
SIZES = ((1, 64), (100, 6), (1000, 1))
"""Facts a commit, and commits a round."""
ITEMS = 50


def made(n: int) -> Draft:
    """The n-th fact: about one of fifty items, with a sealed text of 240 characters."""
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


class Facts:
    """Fresh facts for one ledger, each decided on what stood there when its round began."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.next = 0

    def admitted(self, count: int) -> list[Submission]:
        """So many facts, signed and sealed."""
        after, first = self.ledger.size(), self.next
        self.next += count
        return [
            self.ledger.admit([made(n)], unless=about(f"compromise:c-{n}"), after=after, key=f"k-{n}")
            for n in range(first, self.next)
        ]

    def record(self, submissions: list[Submission]) -> None:
        """All in one transaction, as clients that wait together would be."""
        self.ledger._commit(submissions)  # what the first of them would call for all


def stored_bytes(ledger: Ledger) -> int:
    """What the ledger keeps for one fact, without tags and tree."""
    (row,) = ledger.rows(0, 1)
    return sum(len(part) for part in row if isinstance(part, bytes))


class RawSqlite:
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


class RawPostgresql:
    """The same, by the same driver that the ledger uses."""

    def __init__(self, url: str, size: int) -> None:
        import psycopg

        self.database = psycopg.connect(url.replace("+psycopg", ""), autocommit=True)
        self.database.execute("CREATE TABLE raw (position BIGSERIAL PRIMARY KEY, body BYTEA NOT NULL)")
        self.body = os.urandom(size)

    def insert(self, count: int) -> None:
        self.database.execute("BEGIN")
        with self.database.cursor() as cursor:
            cursor.executemany("INSERT INTO raw (body) VALUES (%s)", [(self.body,)] * count)
        self.database.execute("COMMIT")


@contextmanager
def on_sqlite() -> Iterator[tuple[str, Callable[[int], Any]]]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/ledger.db", lambda size: RawSqlite(Path(folder) / "raw.db", size)


@contextmanager
def on_postgresql() -> Iterator[tuple[str, Callable[[int], Any]]]:
    with postgresql() as new:
        yield new("ledger"), lambda size: RawPostgresql(new("raw"), size)


def run() -> None:
    """Measure and print."""
    print(f"append of admitted facts: {ROUNDS} interleaved rounds; load average {os.getloadavg()[0]:.2f}")
    print(
        f"{'':<12} {'a commit':>8} {'ledger us':>10} {'a second':>9} {'raw us':>8} {'ledger / raw throughput':>24}"
    )
    for name, database in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        with database() as (url, raw):
            _run(name, url, raw)


def _run(name: str, url: str, make_raw: Callable[[int], Any]) -> None:
    ledger = Ledger.make(url, NodeKeys.new("tearline.example/bench"), lambda: datetime.now(UTC))
    facts = Facts(ledger)
    facts.record(facts.admitted(1))
    size = stored_bytes(ledger)
    raw = make_raw(size)
    for count, commits in SIZES:
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(ROUNDS):
            work = [facts.admitted(count) for _ in range(commits)]
            began = time.perf_counter()
            for submissions in work:
                facts.record(submissions)
            middle = time.perf_counter()
            for _ in range(commits):
                raw.insert(count)
            ours.append((middle - began) / commits / count)
            theirs.append((time.perf_counter() - middle) / commits / count)
        ratios = sorted(b / a for a, b in zip(ours, theirs, strict=True))
        ledger_us, raw_us = 1e6 * statistics.median(ours), 1e6 * statistics.median(theirs)
        print(
            f"{name:<12} {count:8} {ledger_us:10.1f} {1e6 / ledger_us:9.0f} {raw_us:8.1f}"
            f" {statistics.median(ratios):10.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        )
    print(f"{name:<12} {size} bytes a fact, {ledger.size()} facts; raw keeps as many bytes")
    ledger.check()
    ledger.close()


if __name__ == "__main__":
    run()
