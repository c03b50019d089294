"""Who stands first, by the model and by what it is compared with; ties are settled by chance, so by expected credit.

The guilt model is that of Papadimitriou & Garcia-Molina (TKDE 23(1), 2011): whoever had item t, of which |V_t| people
had a copy, is guilty with ``1 - prod over what leaked (1 - (1 - p) / |V_t|)``, p being the chance that it was guessed.
Counting is how much of what leaked somebody had read. Both are told of variants: only who held that copy counts.
"""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bench.exposure_study.worlds import PEOPLE, Drawn, Flags, Ints
from tearline.estimates.exposure.solution import solve
from tearline.estimates.exposure.state import State
from tearline.estimates.exposure.world import NotCompromised, Release

Floats = NDArray[np.float64]
GUESSED = 0.1
"""What the guilt model is told: about the share of leaks in these worlds that came of nobody."""


def holders(drawn: Drawn, item: int) -> Ints:
    """The edges by which what came out of an item could have: those of the copy that was seen."""
    edges = drawn.edges(item)
    found: Ints = edges.start + np.flatnonzero(drawn.variant[edges] == drawn.seen[item])
    return found


def counted(drawn: Drawn) -> Floats:
    """How much of what leaked each person had."""
    edges = np.concatenate([holders(drawn, item) for item in drawn.leaked.tolist()])
    return np.bincount(drawn.person[edges], minlength=PEOPLE).astype(np.float64)


def guilt(drawn: Drawn) -> Floats:
    innocent = np.ones(PEOPLE)
    for item in drawn.leaked.tolist():
        held = drawn.person[holders(drawn, item)]
        if len(held):
            innocent[held] *= 1.0 - (1.0 - GUESSED) / len(held)
    return 1.0 - innocent


def any_of_first(scores: Floats, right: Flags, first: int) -> float:
    """The chance that one of the first so many is right, where equal scores stand in any order."""
    scores = np.round(scores, 12)
    first = min(first, len(scores))
    if not first:
        return 0.0
    least = np.partition(scores, -first)[-first]
    above, level = scores > least, scores == least
    if right[above].any():
        return 1.0
    places, tied, among = first - int(above.sum()), int(level.sum()), int(right[level].sum())
    return 1.0 - math.comb(tied - among, places) / math.comb(tied, places)


def leaker_first(scores: Floats, drawn: Drawn) -> float:
    """Over what leaked: how often who stands first among its readers is one through whom it came out."""
    credit = []
    for item in drawn.leaked.tolist():
        edges = holders(drawn, item)
        credit.append(any_of_first(scores[drawn.person[edges]], drawn.came_out[edges], 1))
    return float(np.mean(credit))


def together(state: State, first: int) -> tuple[list[int], float]:
    """People, one after the other, each the likeliest if those before are no channels; and the chance of any channel.

    Marginals put colleagues beside each other who are channels in the same cases: these stand for more cases.
    """
    found: list[int] = []
    none = 1.0
    for n in range(first):
        probability = solve(state).probability[:PEOPLE]
        best = int(np.argmax(probability))
        none *= 1.0 - float(probability[best])
        found.append(best)
        if n + 1 < first:
            asked = Release(recipients=(best,), q=(1.0,), background=1e-12)
            state = state.released(f"asked {n}", asked).observe(f"asked {n}", NotCompromised())
    return found, 1.0 - none


def scored(scores: Mapping[str, Floats], drawn: Drawn) -> dict[str, dict[str, float]]:
    """Each ranking by each measure: see ``figures``."""
    told_out = np.zeros(PEOPLE, bool)
    told_out[drawn.person[drawn.came_out]] = True
    return {
        "top1": {name: any_of_first(one, drawn.channel, 1) for name, one in scores.items()},
        "expected": {name: _expected(one, scores["model"]) for name, one in scores.items()},
        "top3": {name: any_of_first(one, drawn.channel, 3) for name, one in scores.items()},
        "let_out": {name: any_of_first(one, told_out, 1) for name, one in scores.items()},
        "of_item": {name: leaker_first(one, drawn) for name, one in scores.items()},
    }


def _expected(scores: Floats, probability: Floats) -> float:
    """What the posterior says of whoever stands first."""
    scores = np.round(scores, 12)
    return float(probability[scores == scores.max()].mean())
