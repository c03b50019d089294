"""Every choice of channels among few readers: exact however many items leaked.

The cover takes tables over items, of which there may be many though hardly anybody read them. Then all ``2**readers``
choices are gone through, reader by reader, so that a step takes as many multiplications as there are items. Weights are
sums of positive terms here, too.
"""

import math
from dataclasses import dataclass

import numpy as np

from tearline.estimates.compiled import compiled
from tearline.estimates.exposure.sampler import Target
from tearline.estimates.exposure.tables import Floats, Ints

MOST_READERS = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Enumerated:
    """``posterior`` of each reader; how probable each number of channels in each unit is, as ``log_f`` is laid out."""

    posterior: Floats
    counts: Floats
    log_z: float


def enumerated(target: Target) -> Enumerated:
    """``log_z`` is -inf where nothing fits. The readers must be few."""
    posterior, counts = np.zeros(len(target.unit)), np.zeros(len(target.log_f))
    log_z = _enumerate(
        target.unit,
        target.log_m,
        target.edge_start,
        target.item,
        target.r,
        target.f_start,
        target.log_f,
        target.covered,
        target.uncovered,
        posterior,
        counts,
    )
    return Enumerated(posterior=posterior, counts=counts, log_z=log_z)


@compiled
def _log_weights(caught: Floats, spared: Floats, covered: Floats, uncovered: Floats) -> float:
    total = 0.0
    product = 1.0
    for j in range(len(caught)):
        product *= uncovered[j] * spared[j] + covered[j] * caught[j]
        if product < 1e-150 or product > 1e150:
            total += math.log(product)
            product = 1.0
    return total + math.log(product)


@compiled
def _enumerate(
    unit: Ints,
    log_m: Floats,
    edge_start: Ints,
    item: Ints,
    r: Floats,
    f_start: Ints,
    log_f: Floats,
    covered: Floats,
    uncovered: Floats,
    posterior: Floats,
    counts: Floats,
) -> float:
    """Depth first: at depth ``d`` the first ``d`` readers are chosen; ``z[d]`` counts the choices made of the next."""
    readers = len(unit)
    items = len(covered)
    caught = np.zeros((readers + 1, items))
    spared = np.ones((readers + 1, items))
    channels = np.zeros(len(f_start) - 1, np.int64)
    log_odds = np.zeros(readers + 1)
    z = np.zeros(readers + 1, np.int64)
    highest = -np.inf
    total = 0.0
    d = 0
    while d >= 0:
        if d == readers:
            log = log_odds[d] + _log_weights(caught[d], spared[d], covered, uncovered)
            for u in range(len(channels)):
                log += log_f[f_start[u] + channels[u]]
            if log > highest:
                scale = math.exp(highest - log)
                total *= scale
                for i in range(readers):
                    posterior[i] *= scale
                for n in range(len(counts)):
                    counts[n] *= scale
                highest = log
            if log > -np.inf:
                weight = math.exp(log - highest)
                total += weight
                for i in range(readers):
                    if z[i] == 2:
                        posterior[i] += weight
                for u in range(len(channels)):
                    counts[f_start[u] + channels[u]] += weight
            d -= 1
            continue
        if z[d] == 2:
            channels[unit[d]] -= 1
            z[d] = 0
            d -= 1
            continue
        for j in range(items):
            caught[d + 1, j] = caught[d, j]
            spared[d + 1, j] = spared[d, j]
        log_odds[d + 1] = log_odds[d]
        if z[d] == 1:
            channels[unit[d]] += 1
            log_odds[d + 1] += log_m[d]
            for edge in range(edge_start[d], edge_start[d + 1]):
                j = item[edge]
                caught[d + 1, j] += spared[d + 1, j] * r[edge]
                spared[d + 1, j] *= 1.0 - r[edge]
        z[d] += 1
        d += 1
        z[d] = 0
    if total == 0.0:
        return -np.inf
    for i in range(readers):
        posterior[i] /= total
    for n in range(len(counts)):
        counts[n] /= total
    return highest + math.log(total)
