"""One world of a million readers in a process of its own: ``python -m bench.exposure_million SHAPE POSITIVES SEED``.

Prints one line of JSON for ``bench/exposure.py``. Loops are compiled, or read from where they are kept, on a small
world before the clock starts, as a served node does when it starts.
"""

import gc
import json
import resource
import sys
import time
from collections.abc import Callable

import numpy as np

from bench.exposure_peers import Size, Small
from bench.exposure_reference import Sums, chosen
from bench.exposure_scale import CHANCE, PEOPLE, SHAPES, Drawn, Shape, drawn, known, read_by
from tearline.estimates.exposure import Release, State, attribute, risk
from tearline.estimates.exposure.solution import Solution, how, solve
from tearline.estimates.exposure.world import Compromised, NotCompromised, Observation
from tearline.facts.errors import Refused

SOLVED, EACH = 3, 20
RECIPIENTS = (12, 40)
COMPARED = {50: 1_000, 1_000: 60}
"""Units that are held against the reference, by the size of units: what a minute allows."""


class Clock:
    """Wall and CPU seconds since it was made."""

    def __init__(self) -> None:
        gc.collect()
        self.began, self.busy = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self.began, time.process_time() - self.busy


def peak() -> float:
    """Resident memory at its highest so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(shape: str, positives: str, seed: str, what: str) -> None:
    small = State.of(Small.drawn(Size(people=10, items=6, readers=4, positives=3, unit=5), 0).world)
    attribute(small)
    risk(small, Release(recipients=(0, 7), q=(0.1, 0.2), background=0.01))
    world = drawn(SHAPES[int(shape)], positives=int(positives), seed=int(seed))
    before = peak()
    clock = Clock()
    state = world.state()
    built = clock.read()
    out: dict[str, object] = {"built": built, "drawn_mib": before}
    try:
        solved = [timed(lambda: solve(again(state))) for _ in range(SOLVED)]
    except Refused as refused:
        print(json.dumps(out | {"method": how(state), "refused": str(refused), "solved": [clock.read()]}))
        return
    solution = solve(state)
    out |= {
        "solved": solved,
        "method": solution.method,
        "digits": solution.digits_left,
        "gap": solution.chain_gap,
        "exposed": len(state.layout.people),
        "peak_mib": peak(),
    }
    if "attribute" in what:
        out["attribute"] = timed(lambda: attribute(state))
    if "step" in what:
        out |= steps(state, SHAPES[int(shape)])
    if "reference" in what:
        out["reference"] = [against(world, solution, decimal=decimal) for decimal in (False, True)]
    print(json.dumps(out))


def again(state: State) -> State:
    """The same state, of which nothing has been reckoned yet."""
    return state.weighing(state.log_m, state.log_c, state.covers)


def timed(act: Callable[[], object]) -> tuple[float, float]:
    clock = Clock()
    act()
    return clock.read()


def steps(state: State, shape: Shape) -> dict[str, object]:
    """One more observation, and what a release would be: each so many times, from the same state as solved."""
    random = np.random.default_rng(7)
    out: dict[str, object] = {}
    kinds: dict[str, Observation] = {"negative": NotCompromised(), "positive": Compromised()}
    for name, observation in kinds.items():
        put, whole = [], []
        for n in range(EACH):
            one = known(read_by(shape, random), observation)
            clock = Clock()
            after = state.put(f"new {n}", one)
            put.append(clock.read())
            solve(after)
            whole.append(clock.read())
        out[name] = {"put": put, "whole": whole}
    for count in RECIPIENTS:
        took = []
        for _ in range(EACH):
            people = tuple(random.choice(PEOPLE, count, replace=False).tolist())
            release = Release(recipients=people, q=(CHANCE,) * count, background=1e-5)
            took.append(timed(lambda release=release: risk(state, release)))  # type: ignore[misc]  # a default keeps the value
        out[f"risk {count}"] = took
    return out


def against(world: Drawn, solution: Solution, *, decimal: bool) -> dict[str, float]:
    """How far inclusion-exclusion is from the answer, with doubles or with so many decimal digits as it takes."""
    clock = Clock()
    with np.errstate(all="ignore"):
        sums = Sums(world, decimal=decimal)
        likeliest = np.argsort(-solution.probability)[:20].tolist()
        found = sums.posterior(chosen(sums, likeliest, COMPARED[world.shape.unit_size]))
    here = solution.probability[found.people]
    apart = np.abs(found.probability - here)
    return {
        "lost": found.digits_lost,
        "apart": float(apart.max()),
        "relative": float((apart / here).max()),
        "people": len(found.people),
        "seconds": clock.read()[0],
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
