"""What a ledger costs as it grows to a million facts: ``python -m bench scale`` (about five minutes).

The same appends at 10,000, 100,000 and 1,000,000 facts, interleaved with raw SQLite inserts so that the disk's mood
can be told from the ledger's size; then inclusion proofs (each verified), the audit, and the memory of it all.
"""

import os
import random
import resource
import statistics
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.append import Facts, RawSqlite, stored_bytes
from tearline.facts.history import Actor, Draft, Role
from tearline.facts.identifiers import CompromiseId, ItemId, PersonId, SuspensionId, UnitId
from tearline.facts.leaks import CooperationSuspended
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.proof import Proof

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 11
SINGLES = 48
PROOFS = 1000
SEED = 7


def fill(ledger: Ledger, size: int) -> None:
    """Small facts about ever new items, 500 a submission, until there are so many."""
    while (first := ledger.size()) < size:
        drafts = [
            Draft(
                fact=CooperationSuspended(
                    suspension=SuspensionId(f"s-{n}"),
                    unit=UnitId(f"u-{n % 300}"),
                    compromise=CompromiseId(f"c-{n}"),
                    item=ItemId(f"i-{n // 4}"),
                    rule="suspended-on-compromise",
                ),
                happened_at=datetime.now(UTC),
                by=Actor(PersonId("p-1"), Role.NODE),
            )
            for n in range(first, min(size, first + 500))
        ]
        ledger.append(drafts, unless=None, after=0, key=f"fill {first}")


def measured(facts: Facts, raw: RawSqlite) -> Iterator[tuple[float, float, float]]:
    """Of one append, seconds and CPU seconds, and seconds of one raw insert, in each round; the first warms up."""
    for n in range(ROUNDS + 1):
        work = [facts.admitted(1) for _ in range(SINGLES)]
        began, cpu = time.perf_counter(), time.process_time()
        for submissions in work:
            facts.record(submissions)
        middle, cpu = time.perf_counter(), time.process_time() - cpu
        for _ in range(SINGLES):
            raw.insert(1)
        if n:
            yield (middle - began) / SINGLES, cpu / SINGLES, (time.perf_counter() - middle) / SINGLES


def proofs(ledger: Ledger) -> float:
    """Inclusion proofs a second, at random positions."""
    positions = random.Random(SEED).choices(range(ledger.size()), k=PROOFS)
    began = time.perf_counter()
    made = [ledger.prove(position) for position in positions]
    took = time.perf_counter() - began
    for position, text in list(zip(positions, made, strict=True))[:50]:
        Proof.parse(text).verify(ledger.leaves(position, position + 1)[0], ledger.vkey)
    return PROOFS / took


def run() -> None:
    """Measure and print."""
    print(
        f"load average {os.getloadavg()[0]:.2f}; {ROUNDS} rounds of {SINGLES} appends, one a commit; seed {SEED}"
    )
    with TemporaryDirectory() as folder:
        _run(Path(folder))


def _run(folder: Path) -> None:
    ledger = Ledger.make(
        f"sqlite:///{folder}/ledger.db", NodeKeys.new("tearline.example/bench"), lambda: datetime.now(UTC)
    )
    facts = Facts(ledger)
    facts.record(facts.admitted(1))
    raw = RawSqlite(folder / "raw.db", stored_bytes(ledger))
    found: dict[int, tuple[float, float]] = {}
    columns = ("append us", "of it CPU", "raw us", "append/raw", "proofs/s", "audit/s", "RSS MiB")
    print(f"{'facts':>9}" + "".join(f"{column:>11}" for column in columns))
    for size in SIZES:
        fill(ledger, size)
        rounds = list(measured(facts, raw))
        ratio = statistics.median(ours / theirs for ours, _, theirs in rounds)
        ours, cpu, theirs = (1e6 * statistics.median(column) for column in zip(*rounds, strict=True))
        found[size] = (ratio, cpu)
        a_second = proofs(ledger)
        began = time.perf_counter()
        audited = ledger.audit() / (time.perf_counter() - began)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{size:9}{ours:11.0f}{cpu:11.0f}{theirs:11.0f}{ratio:11.2f}{a_second:11.0f}{audited:11.0f}{peak:11.0f}",
            flush=True,
        )
    (ratio, cpu), (first_ratio, first_cpu) = found[SIZES[-1]], found[SIZES[0]]
    print(
        f"an append at {SIZES[-1]:,} facts against {SIZES[0]:,}: {cpu / first_cpu:.2f} of the CPU time,"
        f" {ratio / first_ratio:.2f} of the multiple of a raw insert"
    )
    ledger.close()


if __name__ == "__main__":
    run()
