"""A million readers, beside peers, and held against another way: ``python -m bench exposure``.

Every world and every engine runs in a process of its own, so that peak memory is its own and that it can be ended. All
worlds are seeded. Wall and CPU seconds, as other work may share the machine; a target is judged by the wall time,
and by CPU time where that alone is within it, which is said.

- *A million.* 10⁶ people, 10⁴ items, 5.8 million exposures, in three shapes. Built: from arrays of readers and chances
  to a state. Solved: from the state to the posterior of everybody, nothing kept from before.
- *One step more*, each from the solved state: one more item that did not leak, or did, to the posterior of everybody;
  and what the release page shows, with the interval and what each reader adds.
- *The same another way.* Inclusion-exclusion with 200 decimal digits, and with doubles.
- *Peers*: the posterior of all readers, the network built beforehand, medians of up to 25 answers after the first.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bench.exposure_million import EACH, RECIPIENTS
from bench.exposure_peers import ENGINES, MOST_MEMORY, REPEATS, SECONDS, Size, argument
from bench.exposure_scale import EXPOSURES, ITEMS, PEOPLE, SHAPES

POSITIVES, SEEDS = (10, 13, 15), (0, 1, 2)
BEYOND = (20, 30)
MOST_SECONDS, MOST_MIB = 2.0, 1024
STEP_MS, RISK_MS = 50.0, 20.0
FASTER, CLOSE = 100.0, 1e-9
LIMIT = 60
"""Seconds for a peer to build its network and to answer once. Where it has no time left for more, that one counts."""

SIZES = (
    Size(people=10, items=6, readers=4, positives=3, unit=5),
    Size(people=16, items=14, readers=6, positives=6, unit=5),
    Size(people=20, items=20, readers=8, positives=8, unit=5),
    Size(people=20, items=20, readers=8, positives=8, unit=1),
    Size(people=30, items=20, readers=12, positives=8, unit=5),
)
ROUNDS = 3
OURS = "tearline"


def run() -> None:
    started = time.perf_counter()
    print(f"load average {os.getloadavg()[0]:.2f}, on {os.cpu_count()} cores")
    a_million()
    beyond()
    peers()
    print(f"\n{time.perf_counter() - started:.0f} s; load average {os.getloadavg()[0]:.2f}")


def said(wall: float, cpu: float, most: float, what: str) -> None:
    """Whether a target is reached, by the clock on the wall, or by CPU time alone."""
    word = "reached" if wall <= most else "reached in CPU time" if cpu <= most else "MISSED"
    print(f"{word}: {what}", flush=True)


def asked(module: str, *arguments: str, limit: float | None = None) -> list[dict[str, Any]]:
    """What a process says, a line of JSON each; ended after so many seconds, and asked no more."""
    process = subprocess.Popen(  # noqa: S603  our own modules
        [sys.executable, "-m", module, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        said, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        process.kill()
        said, _ = process.communicate()
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


Times = Sequence[tuple[float, float]]
"""Wall and CPU seconds."""


def medians(times: Times) -> tuple[float, float]:
    wall, cpu = (statistics.median(column) for column in zip(*times, strict=True))
    return wall, cpu


def p95(times: Times) -> float:
    return statistics.quantiles([wall for wall, _ in times], n=20)[-1]


# A million


def a_million() -> None:
    print(
        f"\n{PEOPLE:,} people, {ITEMS:,} items, {EXPOSURES / 1e6:.1f} million exposures; seconds, wall / CPU; of the"
        f" solution, median of 3\n{'leaked':>6}{'seed':>5}  {'exposed':>8}{'built':>14}{'solved':>14}{'both':>7}"
        f"{'all beside':>14}{'peak MiB':>10}  method"
    )
    steps: list[tuple[str, int, dict[str, Any]]] = []
    slowest, busiest, largest = 0.0, 0.0, 0.0
    for number, shape in enumerate(SHAPES):
        print(shape.name)
        for positives in POSITIVES:
            for seed in SEEDS:
                what = "attribute,step" if seed == SEEDS[0] else "attribute"
                what += ",reference" if seed == SEEDS[0] else ""
                (found,) = asked("bench.exposure_million", str(number), str(positives), str(seed), what)
                wall, cpu = line(positives, seed, found)
                slowest, busiest = max(slowest, wall), max(busiest, cpu)
                largest = max(largest, found.get("peak_mib", 0.0))
                if seed == SEEDS[0]:
                    steps.append((shape.name, positives, found))
    said(
        slowest,
        busiest,
        MOST_SECONDS,
        f"built and solved in {slowest:.2f} s, CPU {busiest:.2f}, of {MOST_SECONDS} s",
    )
    said(
        largest, largest, MOST_MIB, f"{largest:.0f} of {MOST_MIB} MiB at the peak, drawing the world included"
    )
    one_step_more(steps)
    another_way(steps)


def line(positives: int, seed: int, found: dict[str, Any]) -> tuple[float, float]:
    """Print a world's; returns what it took from arrays to everybody's posterior."""
    if "refused" in found:
        both, busy = (sum(column) for column in zip(found["built"], *found["solved"], strict=True))
        print(
            f"{positives:>6}{seed:>5}  {found['method']}, after {both:.1f} s, CPU {busy:.1f}: {found['refused']}",
            flush=True,
        )
        return both, busy
    built, solved = found["built"], medians(found["solved"])
    beside = f"{found['attribute'][0]:.2f} / {found['attribute'][1]:.2f}" if "attribute" in found else ""
    how = f"{found['method']}, " + (
        f"{found['digits']:.1f} digits" if found["digits"] else f"chains {found['gap']:.4f} apart"
    )
    print(
        f"{positives:>6}{seed:>5}  {found['exposed']:>8,}{built[0]:>7.2f} / {built[1]:.2f}{solved[0]:>7.2f} /"
        f" {solved[1]:.2f}{built[0] + solved[0]:>7.2f}{beside:>14}{found['peak_mib']:>10.0f}  {how}",
        flush=True,
    )
    return built[0] + solved[0], built[1] + solved[1]


def one_step_more(steps: Iterable[tuple[str, int, dict[str, Any]]]) -> None:
    print(
        f"\none step more, ms: median wall, CPU, and wall at the 95th percentile, of {EACH}; seed {SEEDS[0]}"
    )
    for shape, positives, found in steps:
        print(f"{shape}, {positives} leaked")
        for name in ("negative", "positive"):
            _step(f"one more {name}, put", found[name]["put"], None)
            _step(f"one more {name}, put and solved", found[name]["whole"], STEP_MS)
        for count in RECIPIENTS:
            _step(f"a release to {count}", found[f"risk {count}"], RISK_MS)


def _step(name: str, times: Times, most: float | None) -> None:
    wall, cpu = (1e3 * one for one in medians(times))
    text = f"  {name:<32}{wall:>9.1f}{cpu:>9.1f}{1e3 * p95(times):>9.1f}"
    if most is not None:
        word = "reached" if wall <= most else "reached in CPU time" if cpu <= most else "MISSED"
        text += f"  {word}: at most {most:.0f}"
    print(text, flush=True)


def another_way(steps: Iterable[tuple[str, int, dict[str, Any]]]) -> None:
    print(
        "\nthe same by inclusion-exclusion: digits that cancelled, largest difference from ours in anybody's"
        f" probability, and relatively; seed {SEEDS[0]}"
    )
    farthest = 0.0
    for shape, positives, found in steps:
        for name, one in zip(("doubles", "200 digits"), found["reference"], strict=True):
            print(
                f"{shape:<32}{positives:>4}  {name:<11}{one['lost']:>6.1f}{one['apart']:>10.1e}{one['relative']:>10.1e}"
                f"  {one['people']:,} people, {one['seconds']:.1f} s",
                flush=True,
            )
        farthest = max(farthest, found["reference"][-1]["apart"])
    said(
        farthest, farthest, CLOSE, f"at most {farthest:.1e} from inclusion-exclusion with 200 digits, of {CLOSE:g}"
    )  # fmt: skip


def beyond() -> None:
    print(
        f"\nmore that leaked, seed {SEEDS[0]}, no target: where an exact answer is not affordable, the sampler"
    )
    for number, shape in enumerate(SHAPES):
        print(shape.name)
        for positives in BEYOND:
            (found,) = asked("bench.exposure_million", str(number), str(positives), str(SEEDS[0]), "")
            line(positives, SEEDS[0], found)


# Peers


def peers() -> None:
    print(
        "\npeers: the posterior of every reader, the network built beforehand; ms, medians of up to"
        f" {REPEATS} answers in each of {ROUNDS} rounds in turn; {LIMIT} s for the network and a first answer, and"
        f" {MOST_MEMORY >> 30} GiB; seeds 0 to {ROUNDS - 1}; the ratio is the smaller of those of wall and CPU time"
    )
    worst: dict[str, float] = {}
    for size in SIZES:
        print(f"{size}; {'each a unit' if size.unit == 1 else f'units of {size.unit}, with a propensity'}")
        print(f"  {'':<32}{'wall':>10}{'CPU':>10}{'ratio':>9}{'built':>10}{'apart':>10}")
        found = {name: list(rounds) for name, rounds in _in_turn(size)}
        ours = {one: statistics.median(r[1][one] for r in found[OURS]) for one in ("wall", "cpu")}
        for name, rounds in found.items():
            if not rounds:
                print(
                    f"  {name:<32}{f'no answer within {LIMIT} s and {MOST_MEMORY >> 30} GiB':>40}", flush=True
                )
                continue
            wall = statistics.median(one[1]["wall"] for one in rounds)
            cpu = statistics.median(one[1]["cpu"] for one in rounds)
            built = statistics.median(one[0]["built"] for one in rounds)
            ratio = min(wall / ours["wall"], cpu / ours["cpu"])
            apart = max(
                abs(a - b)
                for theirs, mine in zip(
                    rounds, found[OURS], strict=False
                )  # one may have failed in a later round
                for a, b in zip(theirs[0]["posterior"], mine[0]["posterior"], strict=True)
            )
            assert apart <= CLOSE, (name, size, apart)
            print(
                f"  {name:<32}{1e3 * wall:>10.2f}{1e3 * cpu:>10.2f}{ratio:>9.1f}{1e3 * built:>10.1f}"
                f"{apart:>10.1e}{'' if len(rounds) == ROUNDS else f'  in {len(rounds)} of {ROUNDS} rounds'}",
                flush=True,
            )
            if name != OURS:
                worst[str(size)] = min(worst.get(str(size), float("inf")), ratio)
    for text, ratio in worst.items():
        word = "reached" if ratio >= FASTER else "MISSED"
        print(f"{word}: {ratio:.1f} times as fast as the fastest peer that finished, of {FASTER:.0f}: {text}")


def _in_turn(size: Size) -> Iterator[tuple[str, list[Any]]]:
    """What each engine says, in rounds; one that did not answer is not asked again."""
    found: dict[str, list[Any]] = {name: [] for name in ENGINES}
    failed = set()
    for n in range(ROUNDS):
        for name in ENGINES:
            if name in failed:
                continue
            lines = asked("bench.exposure_peers", name, str(n), argument(size), limit=LIMIT + 2 * SECONDS)
            if not lines or lines[0]["built"] + lines[0]["wall"][0] > LIMIT:
                failed.add(name)
                continue
            wall, cpu = (statistics.median(lines[-1][one]) for one in ("wall", "cpu"))
            found[name].append((lines[0], {"wall": wall, "cpu": cpu}))
    yield from found.items()


if __name__ == "__main__":
    run()
