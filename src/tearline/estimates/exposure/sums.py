"""The distribution of a sum of independent numbers, none negative, of very different sizes.

Sums are kept in bins whose width is a fixed share of where they stand, 1/64 of an octave's beginning, each with its
chance and its mean: so the mean is exact, and a quantile is off by no more than a bin's width.
"""

import math

import numpy as np

from tearline.estimates.compiled import compiled
from tearline.estimates.exposure.tables import Floats

OCTAVES, PARTS = 64, 64
SMALLEST = 2.0**-48
"""What is less is as good as nothing; what is 2^16 or more is all one."""


class Sum:
    """Of nothing, to begin with: 0 with chance 1. ``chance`` and ``mean`` of each bin; the last holds all above."""

    def __init__(self) -> None:
        self.chance = np.zeros(OCTAVES * PARTS)
        self.mean = np.zeros(OCTAVES * PARTS)
        self.chance[0] = 1.0

    def add(self, values: Floats, chances: Floats) -> None:
        """One number more: which values it may have, none negative, infinity among them; and how probable each is."""
        chance, moment, above = np.zeros_like(self.chance), np.zeros_like(self.chance), np.isposinf(values)
        _added(self.chance[:-1], self.mean, values[~above], chances[~above], chance, moment)
        self.mean = np.divide(moment, chance, out=np.zeros_like(moment), where=chance > 0)
        chance[-1] += self.chance[-1] * chances.sum() + self.chance[:-1].sum() * chances[above].sum()
        self.chance = chance

    def quantile(self, q: float) -> float:
        """The mean of the bin up to which there is this much of the chance."""
        total = np.cumsum(self.chance)
        at = min(int(np.searchsorted(total, q * total[-1])), len(total) - 1)
        return math.inf if at == len(total) - 1 else float(self.mean[at])


@compiled
def _added(chance: Floats, mean: Floats, values: Floats, chances: Floats, to: Floats, moment: Floats) -> None:
    for b in range(len(chance)):
        if chance[b] > 0.0:
            for n in range(len(values)):
                value = mean[b] + values[n]
                share = chance[b] * chances[n]
                place = 0
                if value >= SMALLEST:
                    fraction, exponent = math.frexp(value / SMALLEST)
                    place = min((exponent - 1) * PARTS + int((fraction - 0.5) * 2 * PARTS) + 1, len(to) - 1)
                to[place] += share
                moment[place] += share * value
