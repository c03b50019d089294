"""Linkages drawn as likely as they are, so that what is counted from them carries the doubt about who is who.

A linkage's weight is e to what it gains (``clustering``): each report in turn leaves its
group and joins one of the groups it has a candidate in, or stands alone, with the chance that this gives (Gibbs
sampling on groupings). No group ever has two reports of one source.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tearline.estimates.compiled import compiled
from tearline.estimates.linkage.clustering import Graph, gain_of, members_of, put_in, renumbered, take_out
from tearline.estimates.linkage.reports import Floats, Ints

BETWEEN = 10
"""Sweeps over all reports from one linkage that is kept to the next."""
MOST_OPTIONS = 256


def linkages(
    of: Graph, start: Ints, *, seed: int, count: int = 100, between: int = BETWEEN
) -> Iterator[Ints]:
    """``count`` groupings, numbered as by ``clusters``; the first after ten times as many sweeps as between two."""
    random = np.random.Generator(np.random.PCG64(seed))
    member = start.astype(np.int64).copy()
    sweep(of, member, random, 10 * between)
    for _ in range(count):
        sweep(of, member, random, between)
        yield renumbered(member)


def sweep(of: Graph, member: Ints, random: np.random.Generator, times: int) -> None:
    """In place."""
    for _ in range(times):
        _sweep(of.begins, of.neighbours, of.log_odds, of.source, of.bonus, member, random.random(len(member)))


@compiled
def _sweep(
    begins: Ints,
    neighbours: Ints,
    log_odds: Floats,
    source: Ints,
    bonus: float,
    member: Ints,
    uniform: NDArray[np.float64],
) -> None:
    n = len(member)
    head, following = members_of(member, n)
    empty = np.empty(n, np.int64)
    spare = 0
    for group in range(n - 1, -1, -1):
        if head[group] < 0:
            empty[spare] = group
            spare += 1
    options = np.empty(MOST_OPTIONS, np.int64)
    gains = np.empty(MOST_OPTIONS, np.float64)
    for i in range(n):
        if begins[i] == begins[i + 1]:
            continue
        was = member[i]
        take_out(i, member, head, following)
        if head[was] < 0:
            empty[spare] = was
            spare += 1
        count = 1
        options[0] = -1
        gains[0] = 0.0
        most = 0.0
        for at in range(begins[i], begins[i + 1]):
            group = member[neighbours[at]]
            known = count >= MOST_OPTIONS
            for k in range(1, count):
                if options[k] == group:
                    known = True
                    break
            if known:
                continue
            gain = gain_of(i, group, begins, neighbours, log_odds, source, bonus, head, following)
            if gain > -20.0:
                options[count] = group
                gains[count] = gain
                most = max(most, gain)
                count += 1
        total = 0.0
        for k in range(count):
            gains[k] = np.exp(gains[k] - most)
            total += gains[k]
        left = uniform[i] * total
        chosen = options[count - 1]
        for k in range(count):
            left -= gains[k]
            if left < 0.0:
                chosen = options[k]
                break
        if chosen < 0:
            spare -= 1
            chosen = empty[spare]
        put_in(i, chosen, member, head, following)
