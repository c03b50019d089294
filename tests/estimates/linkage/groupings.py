"""All groupings of a few reports, by plain enumeration."""

from collections.abc import Iterator

import numpy as np

from tearline.estimates.linkage.clustering import APART
from tearline.estimates.linkage.reports import Floats, Ints


def groupings(n: int) -> Iterator[tuple[int, ...]]:
    def further(member: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(member) == n:
            yield member
            return
        for group in range(max(member, default=-1) + 2):
            yield from further((*member, group))

    return further(())


def gain(member: tuple[int, ...] | Ints, source: Ints, odds: Floats, bonus: float) -> float:
    """``odds`` (n, n) symmetric, APART where the pair is no candidate; minus infinity on a shared source."""
    total = 0.0
    for group in set(np.asarray(member).tolist()):
        here = [i for i in range(len(source)) if member[i] == group]
        if len({int(source[i]) for i in here}) < len(here):
            return -np.inf
        pairs = [odds[i, j] for i in here for j in here if j < i]
        total += (len(here) - 1) * (float(np.mean(pairs)) + bonus) if pairs else 0.0
    return total


def drawn(seed: int, n: int, sources: int) -> tuple[Ints, Ints, Ints, Floats, Floats]:
    """Sources, pairs with log-odds, and the same as a table; about a third of the pairs are no candidates."""
    random = np.random.default_rng(seed)
    source = random.integers(sources, size=n)
    a, b = np.triu_indices(n, 1)
    kept = random.random(len(a)) < 0.7
    a, b = a[kept], b[kept]
    log_odds = random.normal(0.0, 2.0, len(a))
    table = np.full((n, n), APART)
    table[a, b] = table[b, a] = log_odds
    return source, a, b, log_odds, table
