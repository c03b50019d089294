"""Worlds one after the other, in two processes: each answer is a line in a file as soon as it is there.

A run that was stopped goes on where it was. Whether a world has an answer depends on what was observed alone: an exact
one within ``families.MOST_PRODUCTS``; beyond that it is *too much*, and is counted. The first so many of these are gone
through once more, as a family of their own, as the product does it: exactly within its own budget, else by the sampler,
which may refuse.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.exposure_study.families import FAMILIES, Family, state_of
from bench.exposure_study.ranks import counted, guilt, scored, together
from bench.exposure_study.worlds import PEOPLE, Drawn, world
from bench.kept import Row, rows
from tearline.estimates.exposure.solution import solve
from tearline.estimates.exposure.state import MOST_PRODUCTS, State
from tearline.facts.errors import Refused

WORKERS = 2
SHOWN = 0.05
TOO_MUCH, NO_ANSWER = "too much", "no answer"
FIRST = 3
APART = 1_000_000


def answered(family: Family, number: int) -> Row:
    """One world of a family, asked and compared with the truth; deterministic."""
    drawn = world(family.law, number)
    state = state_of(family, drawn)
    row: Row = {
        "family": family.name,
        "world": number,
        "draws": drawn.draws,
        "leaked": len(drawn.leaked),
        "channels": int(drawn.channel.sum()),
    }
    if family.too_much_of:
        state = replace(state, most_products=MOST_PRODUCTS)
    elif not state.affordable:
        return row | {"method": TOO_MUCH}
    try:
        found = solve(state)
    except Refused:
        return row | {"method": NO_ANSWER}
    row |= {"method": found.method.value, "gap": found.chain_gap}
    return row | _compared(family, drawn, state, found.probability[:PEOPLE])


def _compared(family: Family, drawn: Drawn, state: State, probability: np.ndarray) -> Row:
    high = probability > SHOWN
    first = int(np.argmax(probability))
    scores = {"model": probability, "guilt": guilt(drawn), "count": counted(drawn)}
    row: Row = {
        "above": [
            [round(p, 6), int(z)]
            for p, z in zip(probability[high].tolist(), drawn.channel[high], strict=True)
        ],
        "below": [int((~high).sum()), float(probability[~high].sum()), int(drawn.channel[~high].sum())],
        "first": [round(float(probability[first]), 6), int(drawn.channel[first])],
        "most": int(np.bincount(drawn.person[drawn.came_out], minlength=PEOPLE).max(initial=0)),
        "count": int(scores["count"].max()),
        **scored(scores, drawn),
    }
    if family.together and state.affordable:
        chosen, chance = together(state, FIRST)
        row["top3"]["together"] = float(drawn.channel[chosen].any())
        row["together"] = chance
    return row


def study(families: Iterable[Family], path: Path, *, workers: int = WORKERS) -> None:
    """Asks what is not in the file yet, and writes each answer down."""
    chosen = list(families)
    _ask(((one, range(one.worlds)) for one in chosen if not one.too_much_of), path, workers)
    beyond = [one for one in chosen if one.too_much_of]
    too_much = {
        one.too_much_of: [
            row["world"]
            for row in by_family(rows(path)).get(one.too_much_of, [])
            if row["method"] == TOO_MUCH
        ]
        for one in beyond
    }
    _ask(((one, too_much[one.too_much_of][: one.worlds]) for one in beyond), path, workers)


def _ask(asked: Iterable[tuple[Family, Sequence[int]]], path: Path, workers: int) -> None:
    known = {(row["family"], row["world"]) for row in rows(path)}
    jobs = [(one.name, n) for one, numbers in asked for n in numbers if (one.name, n) not in known]
    if not jobs:
        return
    with path.open("a") as file, ProcessPoolExecutor(workers) as pool:
        file.write("\n")  # what was cut off stays a line by itself
        for row in pool.map(_one, jobs, chunksize=5):
            file.write(json.dumps(row) + "\n")
            file.flush()


def _one(job: tuple[str, int]) -> Row:
    name, number = job
    return answered(FAMILIES[name], number)


def by_family(every: Iterable[Row]) -> Mapping[str, list[Row]]:
    """Each family's worlds in order, once each."""
    by: dict[str, dict[int, Row]] = {}
    for row in every:
        by.setdefault(row["family"], {})[row["world"]] = row
    return {name: [here[n] for n in sorted(here)] for name, here in by.items()}


def tried(families: Iterable[Family], worlds: int) -> Mapping[str, list[Row]]:
    """So many worlds of each, which are none of the study's: they are numbered from ``APART`` on."""
    return {
        one.name: [answered(one, APART + n) for n in range(worlds)] for one in families if not one.too_much_of
    }
