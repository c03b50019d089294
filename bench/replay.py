"""A million dossiers replayed on two processes, JSON decoding included: ``python -m bench.replay``.

10,000 different dossiers with a chain of 10, as ``bench.verdict`` makes them, each a line of JSON of about 3.8 kB.
Their lines are given out again and again by a generator in the reading process, as a pipe would give them: nothing
of the 3.8 GB is on a disk. Each is read strictly, put to cross-border/1 and to a text that differs in two rules.

Resident memory is the peak of each process over its whole life, so a smaller count is measured first.
"""

import json
import os
import random
import resource
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bench.verdict import PACKS
from bench.verdict_world import dossier
from tearline.jobs.replay.comparison import Chunk
from tearline.jobs.replay.files import SIZE, lines_of
from tearline.jobs.replay.local import replay_locally
from tearline.jobs.replay.tally import Tally
from tearline.jobs.replay.task import Text, prepare
from tearline.protocol import load_pack, write_dossier
from tearline.protocol.reading import DossierReader

PACK = PACKS / "cross-border.yaml"
DISTINCT = 10_000
COUNTS = (100_000, 1_000_000)
MUST_REACH = 60
"""Seconds for a million."""
CHANGES = (
    ("version: 1", "version: 2"),
    ('chain.exists(p, p.outcome == "pending")', 'chain.exists(p, p.outcome == "failed")'),
    ("source.knowers < agreement.min_knowers", "source.knowers < agreement.min_knowers + 5"),
)


def run() -> None:
    """Print one line a count; the last is the million."""
    lines = made(DISTINCT)
    one_by_one(lines)
    for count in COUNTS:
        measured = measure(count, lines=lines)
        print(measured, flush=True)
        if count == COUNTS[-1]:
            word = "reached" if measured.seconds <= MUST_REACH else "MISSED"
            print(f"{count:,} dossiers: at most {MUST_REACH} s on two processes: {word}")


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Memory is the peak, in MiB; ``workers_mib`` that of the largest worker."""

    tally: Tally
    seconds: float
    cpu_seconds: float
    parent_mib: int
    workers_mib: int
    load: float

    def __str__(self) -> str:
        count = self.tally.compared
        return (
            f"{count:,} dossiers in {self.seconds:.1f} s, {count / self.seconds:,.0f} a second;"
            f" {self.cpu_seconds / count * 1e6:.0f} µs CPU each, in all processes; peak resident memory"
            f" {self.parent_mib} MiB reading, {self.workers_mib} MiB a worker; {self.tally.changed:,} verdicts change;"
            f" load average {self.load:.1f}"
        )


def made(distinct: int) -> list[bytes]:
    """Lines of JSON, each a dossier."""
    pack = load_pack(PACK.read_bytes(), file=PACK.name)
    world = (dossier(pack, 10, random.Random(f"10/{n}")) for n in range(distinct))
    return [json.dumps(write_dossier(one)).encode() + b"\n" for one in world]


def measure(
    count: int, *, distinct: int = DISTINCT, lines: list[bytes] | None = None, workers: int = 2
) -> Measured:
    """Replay so many."""
    text = PACK.read_text("utf-8")
    new = text
    for was, now in CHANGES:
        assert was in new
        new = new.replace(was, now, 1)
    task = prepare([Text(file="new.yaml", text=new)], None, [Text(file=PACK.name, text=text)])
    source = Again(lines or made(distinct), count)
    before = cpu()
    with Watched() as watched:
        start = time.perf_counter()
        tally = replay_locally(task, source.chunks(), workers=workers)
        seconds = time.perf_counter() - start
    return Measured(
        tally=tally,
        seconds=seconds,
        cpu_seconds=cpu() - before,
        parent_mib=resident(os.getpid()),
        workers_mib=max(watched.peaks.values(), default=0),
        load=os.getloadavg()[0],
    )


class Again:
    """The same lines over and over, ``count`` in all, read like a file."""

    def __init__(self, lines: list[bytes], count: int) -> None:
        self.lines = lines
        self.left = count

    def read(self, size: int, /) -> bytes:
        """About ``size`` bytes, in whole lines; none at the end."""
        some = max(1, min(self.left, size // len(self.lines[0])))
        at = (-self.left) % len(self.lines)
        part = self.lines[at : at + min(some, self.left)]
        self.left -= len(part)
        return b"".join(part)

    def chunks(self) -> Iterator[Chunk]:
        return lines_of(self, "generated", size=SIZE)


class Watched:
    """The peak memory of the processes below this one, looked at again and again while they live."""

    def __init__(self) -> None:
        self.peaks: dict[int, int] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Watched":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.25):
            for task in Path(f"/proc/{os.getpid()}/task").iterdir():
                for child in (task / "children").read_text(encoding="ascii").split():
                    self.peaks[int(child)] = max(resident(int(child)), self.peaks.get(int(child), 0))


def resident(process: int) -> int:
    """Peak resident memory in MiB; 0 of one that is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    found = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(found[0].split()[1]) // 1024 if found else 0


def cpu() -> float:
    """Seconds of this process and of all that ended below it."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def one_by_one(lines: list[bytes]) -> None:
    """What a dossier costs in its parts, in one process."""
    pack = load_pack(PACK.read_bytes(), file=PACK.name)
    reader = DossierReader(parameters=pack.parameters)
    some = list(islice(lines, 2_000))
    start = time.thread_time()
    read = [reader.read(line, file="line") for line in some]
    reading = time.thread_time() - start
    start = time.thread_time()
    for one in read:
        pack.outcome(one)
    deciding = time.thread_time() - start
    size = sum(map(len, some)) / len(some)
    print(
        f"{size:,.0f} bytes a dossier: read strictly in {reading / len(some) * 1e6:.0f} µs CPU,"
        f" put to {pack.id} in {deciding / len(some) * 1e6:.0f} µs"
    )


if __name__ == "__main__":
    run()
