"""Whether intervals hold how many there were: on tables of a seed that nothing was set on.

``python -m bench.casualties_study`` draws 125 tables of each family of ``bench.casualties``, a line each in
``casualties_study.jsonl``, and goes on where it was stopped; ``SHOW=1`` only says what is there.
"""

import os
from pathlib import Path

import numpy as np

from bench.casualties import FAMILIES, drawn
from bench.kept import Job, Row, carried_on, rows
from tearline.estimates.casualties import estimate
from tearline.estimates.casualties.decomposable import Interval

SEED = 20310817
"""Of development were 20261129, 57 tables of 20270311, and 20290704 before faults were mended (docs/casualties.md)."""
TABLES = 125
KEPT = Path(__file__).with_suffix(".jsonl")
METHODS = ("graphs", "classes", "degrees")


def answered(job: Job) -> Row:
    """Family and number; deterministic. Intervals of the methods are there even where no number is given."""
    family, n = job
    truth, histories = drawn(FAMILIES[family], np.random.SeedSequence([SEED, family, n]))
    found = estimate(histories, seed=n, varied=False)
    assert found.graphs is not None
    assert found.abilities is not None
    return {
        "truth": truth,
        "lists": len(histories.lists),
        "documented": found.documented,
        "refused": sorted({reason.rule for reason in found.refused}),
        "size": None if found.size is None else _three(found.size),
        "graphs": _three(found.graphs.size),
        "classes": _three(found.latent_size),
        "degrees": _three(found.abilities.size),
    }


def _three(size: Interval) -> list[float]:
    return [round(one, 1) for one in (size.low95, size.median, size.high95)]


def show(found: list[Row]) -> None:
    """A line a family, and one for all."""
    print(
        "family             tables  refused  holds the truth  too low  too high  high/low  "
        + " ".join(METHODS)
    )
    for name, of in (
        *((name, [family]) for family, name in enumerate(FAMILIES)),
        ("all", range(len(FAMILIES))),
    ):
        here = [row for row in found if row["job"][0] in of]
        given = [row for row in here if row["size"]]
        if not given:
            continue
        low = np.mean([row["truth"] > row["size"][2] for row in given])
        high = np.mean([row["truth"] < row["size"][0] for row in given])
        wide = np.median([row["size"][2] / row["size"][0] for row in given])
        alone = " ".join(
            f"{np.mean([row[by][0] <= row['truth'] <= row[by][2] for row in given]):7.1%}" for by in METHODS
        )
        print(
            f"{name:18} {len(here):6} {1 - len(given) / len(here):8.1%} {1 - low - high:16.1%} {low:8.1%}"
            f" {high:9.1%} {wide:9.2f}  {alone}"
        )


if __name__ == "__main__":
    jobs = [(family, n) for n in range(TABLES) for family in range(len(FAMILIES))]
    show(rows(KEPT) if os.environ.get("SHOW") else carried_on(KEPT, jobs, answered, workers=2))
