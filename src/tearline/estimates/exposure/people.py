"""People and units in loops: who is in which, and what either says of the other."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tearline.estimates.compiled import compiled, reordered
from tearline.estimates.exposure.factors import People
from tearline.estimates.exposure.tables import Floats, Ints
from tearline.estimates.exposure.units import NOTHING

TINY = 1e-300
"""Keeps a node of weight zero, at which somebody's evidence is impossible, from dividing zero by zero."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roll:
    """The people by index: their units, who is a phantom, and the people of each unit in a row.

    Where time is cut into epochs, somebody is once in each: person ``i`` of epoch ``e`` is ``e * count + i``, and
    ``unit`` and ``phantom`` speak of all of these. ``start`` and ``members`` are those of one epoch.
    """

    unit: People
    phantom: NDArray[np.bool_]
    start: Ints
    members: People

    @classmethod
    def of(cls, unit: People, phantom: NDArray[np.bool_], units: int, epochs: int = 1) -> "Roll":
        members = np.argsort(unit, kind="stable").astype(np.int32)
        start = np.concatenate([[0], np.cumsum(np.bincount(unit, minlength=units))]).astype(np.int64)
        return cls(unit=np.tile(unit, epochs), phantom=np.tile(phantom, epochs), start=start, members=members)

    @property
    def count(self) -> int:
        """How many people there are."""
        return len(self.members)

    def cut(self, units: Ints) -> tuple["Roll", Ints]:
        """The people of these units, who are in order, by themselves; and what index each had."""
        rows = [self.members[self.start[u] : self.start[u + 1]] for u in units.tolist()]
        members = np.concatenate(rows).astype(np.int64)
        unit = np.repeat(np.arange(len(units), dtype=np.int32), [len(row) for row in rows])
        return Roll.of(unit, self.phantom[members], len(units)), members


@compiled
def add_to(total: Floats, people: People, values: Floats) -> None:
    """``total[people] += values``, also where somebody stands twice."""
    for n in range(len(people)):
        total[people[n]] += values[n]


@compiled
def unit_weights(
    units: Ints, start: Ints, members: People, log_m: Floats, nodes: Floats, log_c: Floats
) -> None:
    """``log_c[u, k] = sum over u's people of log(1 - pi_k + pi_k m_i)``, for these units.

    Products are taken until they are about to leave the range of a double, and then a logarithm.
    """
    product = np.empty(nodes.shape[1])
    for n in range(len(units)):
        u = units[n]
        for k in range(nodes.shape[1]):
            log_c[u, k] = 0.0
            product[k] = 1.0
        for at in range(start[u], start[u + 1]):
            log = log_m[members[at]]
            if log == 0.0:
                continue
            yes = 1.0
            no = 1.0
            if log > 0.0:
                no = math.exp(-log)
            else:
                yes = math.exp(log)
            smallest = 1.0
            for k in range(nodes.shape[1]):
                product[k] *= no * (1.0 - nodes[u, k]) + yes * nodes[u, k]
                smallest = min(smallest, product[k])
            for k in range(nodes.shape[1]):
                if log > 0.0:
                    log_c[u, k] += log
                if smallest < 1e-140:
                    log_c[u, k] += math.log(product[k])
                    product[k] = 1.0
        for k in range(nodes.shape[1]):
            log_c[u, k] += math.log(product[k])


def everybody(start: Ints, members: People, log_m: Floats, nodes: Floats, omega: Floats) -> Floats:
    """Each person's probability of being a channel, where what they covered does not matter."""
    posterior = np.empty(len(members))
    people_of(np.arange(len(nodes)), start, members, log_m, nodes, omega, posterior)
    return posterior


@reordered
def people_of(
    units: Ints, start: Ints, members: People, log_m: Floats, nodes: Floats, omega: Floats, posterior: Floats
) -> None:
    """The same for the people of these units."""
    node = np.empty(nodes.shape[1])
    other = np.empty(nodes.shape[1])
    weight = np.empty(nodes.shape[1])
    for u in units:
        plain = 0.0
        count = 0
        for k in range(nodes.shape[1]):
            plain += omega[u, k] * nodes[u, k]
            if omega[u, k] > NOTHING:
                node[count] = nodes[u, k]
                other[count] = 1.0 - nodes[u, k]
                weight[count] = omega[u, k]
                count += 1
        for at in range(start[u], start[u + 1]):
            i = members[at]
            log = log_m[i]
            if log == 0.0:
                posterior[i] = plain
                continue
            yes = math.exp(min(log, 0.0))
            no = math.exp(-max(log, 0.0))
            total = 0.0
            for k in range(count):
                on = yes * node[k]
                total += weight[k] * on / (on + no * other[k] + TINY)
            posterior[i] = total


def weighed(weights: Floats, log_c: Floats, constant: float) -> tuple[Floats, float]:
    """Each unit's nodes with what is known of them, adding up to one; and the log of what they added up to."""
    with np.errstate(divide="ignore"):
        logs = np.log(weights) + log_c
    omega, sums = normalised(logs)
    return omega, constant + float(sums.sum())


def normalised(logs: Floats) -> tuple[Floats, Floats]:
    """Rows of logs as shares, and the log of each row's sum; a row of -inf has no share."""
    highest = logs.max(axis=1)
    shift = np.where(np.isneginf(highest), 0.0, highest)
    scaled = np.exp(logs - shift[:, None])
    sums = scaled.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(sums[:, None] > 0.0, scaled / sums[:, None], 0.0)
        return shares, shift + np.log(sums)
