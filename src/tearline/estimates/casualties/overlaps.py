"""How lists overlap, two by two: what the estimates live on."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from tearline.estimates.casualties.histories import Histories

Z95 = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """People on ``both`` of two lists, and how many there would be if they were independent in a population of the
    size asked about. ``log_odds``, with its 95 % interval, is how much being on one goes with being on the other among
    those who stand on a third list (Haldane's halves added); None with no third list.
    """

    lists: tuple[str, str]
    both: int
    expected: float
    log_odds: tuple[float, float, float] | None


def overlaps(histories: Histories, size: float) -> list[Overlap]:
    """Of each two lists, in a population of this size."""
    return [_overlap(histories, a, b, size) for a, b in combinations(range(len(histories.lists)), 2)]


def _overlap(histories: Histories, a: int, b: int, size: float) -> Overlap:
    patterns = np.arange(len(histories.counts))
    third = (patterns & ~((1 << a) | (1 << b))) > 0
    on_a, on_b = ((patterns >> one) & 1 == 1 for one in (a, b))
    cells = [
        float(histories.counts[third & (on_a == here) & (on_b == there)].sum())
        for here, there in ((True, True), (True, False), (False, True), (False, False))
    ]
    odds = None
    if sum(cells):
        both, first, second, neither = (one + 0.5 for one in cells)
        at = float(np.log(both * neither / (first * second)))
        spread = Z95 * float(np.sqrt(1 / both + 1 / first + 1 / second + 1 / neither))
        odds = (at, at - spread, at + spread)
    return Overlap(
        lists=(histories.lists[a], histories.lists[b]),
        both=histories.on(a, b),
        expected=histories.on(a) * histories.on(b) / size if size else 0.0,
        log_odds=odds,
    )
