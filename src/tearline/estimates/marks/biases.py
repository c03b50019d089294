"""How often each position of the code is a one: the secret biases, and the distributions they are drawn from.

``discrete`` is the finite distribution of Nuida and others ("An improvement of discrete Tardos fingerprinting
codes", Des. Codes Cryptogr. 52, 2009): the zeros of the Legendre polynomial of degree ⌈c/2⌉, each weighted by its
Gauss-Legendre weight over √(p(1-p)). For up to c colluders it makes their joint score the same whatever they do
(Laarhoven and de Weger, "Discrete distributions in the Tardos scheme, revisited", 2013), and with few colluders it
needs about half as many bits as ``arcsine``, the distribution of Tardos (2003), cut off at 1/(300c), to which it
converges.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import roots_legendre

MOST_COLLUDERS = 20


@dataclass(frozen=True, slots=True)
class Discrete:
    """Biases with their chances, in ascending order."""

    values: NDArray[np.float64]
    chances: NDArray[np.float64]

    def draw(self, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
        """A bias for each uniform number."""
        steps = np.cumsum(self.chances)[:-1]
        return self.values[np.searchsorted(steps, uniform, side="right")]


@dataclass(frozen=True, slots=True)
class Arcsine:
    """Biases sin²(r), with r uniform between the two angles that cut off ``cutoff`` at either end."""

    cutoff: float

    def draw(self, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
        least = np.arcsin(np.sqrt(self.cutoff))
        made: NDArray[np.float64] = np.sin(least + uniform * (np.pi / 2 - 2 * least)) ** 2
        return made


def discrete(colluders: int) -> Discrete:
    """The distribution for up to so many colluders. One bias, a half, for one or two of them."""
    roots, weights = roots_legendre((colluders + 1) // 2)
    values = (1 + roots) / 2
    chances = weights / np.sqrt(values * (1 - values))
    return Discrete(values=values, chances=chances / chances.sum())


def arcsine(colluders: int) -> Arcsine:
    return Arcsine(cutoff=1 / (300 * colluders))
