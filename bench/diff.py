"""How long ``tearline protocol diff`` takes, in wall seconds: ``python -m bench.diff``.

Each pair is compared from texts that are loaded already; in the first row of a pair, the packs' own cases are tried
before the solver is asked, as the command does it. "solver only" leaves them out, so that every case comes from the
solver. Every answer must be as it is known to be, or the measurement stops.
"""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from tearline.facts.errors import Malformed
from tearline.protocol import Effect, Pack, Protocol, load_pack
from tearline.protocol.compare import compare
from tearline.protocol.fast import generate

PACKS = Path(__file__).parents[1] / "src/tearline/protocol/packs"
MUST_REACH = 5.0
BOUNDS = (3, 12)

Packs = tuple[Pack, ...]


def run() -> None:
    shipped = [load_pack(file.read_bytes(), file=file.name) for file in sorted(PACKS.glob("*.yaml"))]
    print(
        f"load {os.getloadavg()[0]:.1f}; wall seconds for lists of at most {', '.join(map(str, BOUNDS))} entries"
    )
    print(f"{'pair':<58}{'found':>12}" + "".join(f"{f'≤ {bound}':>9}" for bound in BOUNDS))
    slowest = 0.0
    for name, old, new in (*edits(shipped[0]), *pairs(shipped)):
        if not (fit(old) and fit(new)):
            continue
        taken: list[float] = []
        found = ""
        for bound in BOUNDS:
            start = time.perf_counter()
            found = compare(old, new, bound=bound).result
            taken.append(time.perf_counter() - start)
        slowest = max(slowest, taken[0])
        print(f"{name:<58}{found:>12}" + "".join(f"{seconds:>9.2f}" for seconds in taken), flush=True)
    word = "reached" if slowest <= MUST_REACH else "MISSED"
    print(f"each pair within {MUST_REACH:.0f} s for lists of at most {BOUNDS[0]}: {word} ({slowest:.2f} s)")


def fit(packs: Packs) -> bool:
    """Whether these can bind together: a waive may name holds that only a later version has."""
    try:
        Protocol(packs=packs)
    except Malformed:
        return False
    return True


def edits(pack: Pack) -> Iterator[tuple[str, Packs, Packs]]:
    """The pack beside itself with one rule gone, the rule in the middle, and with nothing left that stops."""
    stops = [rule.id for rule in pack.rules if rule.effect is not Effect.PERMIT]
    yield f"{pack.id}, itself", (pack,), (pack,)
    one = stops[len(stops) // 2]
    for name, gone in ((f"without {one}", [one]), (f"without all {len(stops)} that stop", stops)):
        less = without(pack, gone)
        yield f"{pack.id}, {name}", (pack,), (less,)
        yield f"{pack.id}, {name}, solver only", (replace(pack, cases=()),), (less,)


def pairs(shipped: Sequence[Pack]) -> Iterator[tuple[str, Packs, Packs]]:
    """Every version of a text beside every other, and each leading text beside itself with one more."""
    for one in shipped:
        for other in shipped:
            if one.name == other.name and one.id != other.id:
                yield f"{one.id} → {other.id}", (one,), (other,)
    for one in shipped:
        for other in shipped:
            if one.name == "cross-border" and other.name != one.name:
                yield f"{one.id} → with {other.id}", (one,), (one, other)


def without(pack: Pack, gone: Sequence[str]) -> Pack:
    kept = [n for n, rule in enumerate(pack.rules) if rule.id not in gone]
    trees = tuple(pack.conditions[n] for n in kept)
    rules = tuple(pack.rules[n] for n in kept)
    return replace(pack, rules=rules, conditions=trees, fast=generate(trees), cases=())


if __name__ == "__main__":
    run()
